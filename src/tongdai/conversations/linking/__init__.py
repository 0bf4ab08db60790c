"""Conversations that have to do with each other: links between two of them."""
