"""Callbacks: customers who do not wait on the line and keep their place, and what agents promise."""
