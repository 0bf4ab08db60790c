"""Flows over text, for every text channel."""
