"""What changes money: one function per button, each one transaction."""
