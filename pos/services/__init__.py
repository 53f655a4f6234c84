"""What changes at a till."""
