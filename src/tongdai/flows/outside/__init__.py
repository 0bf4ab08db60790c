"""Performers of commands that leave the system."""
