"""A small model of a shop beside the product: random days drive both, and after every step they must agree."""
