"""What changes articles, their variants and the tables that they choose from."""
