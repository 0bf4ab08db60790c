"""Phones and lines: what Asterisk is told of them, and what is ordered by a phone itself."""
