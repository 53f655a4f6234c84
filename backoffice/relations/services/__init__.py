"""What changes branches, employees and customers."""
