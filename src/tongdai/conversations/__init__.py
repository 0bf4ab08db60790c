"""Conversations, interactions, assignments, segments."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    """Adds tables only; routes come with the log."""
