"""Screens of payments: one function per button."""
