"""Providers of speech and language, behind ports with capabilities. See README.md."""
