"""Everything that changes a sales order. Each function is one transaction (docs/house.md, One change, one shape)."""
