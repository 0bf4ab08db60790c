"""The tenant's outside language model: what it is told, what of its answers is believed, and what it may cost."""
