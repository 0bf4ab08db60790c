"""Colleagues by their extension: whom it rings, forwarding, groups, speed dials."""
