"""Canned replies: texts with a short code that agents insert where they write."""
