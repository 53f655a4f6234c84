"""Screens of customers and of set-up, and the way in."""
