"""Calls to outside: what may be called, over which line, what is shown, what it costs."""
