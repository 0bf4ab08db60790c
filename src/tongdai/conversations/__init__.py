"""Conversations, interactions, assignments, segments."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    from tongdai.conversations.module import register as register_module

    register_module(app)
