"""What is worked out of figures alone: spreading over VAT rates, what is handed over. No database."""
