"""Everything that changes a sales order. Each function is one transaction (design.md, One change, one shape)."""
