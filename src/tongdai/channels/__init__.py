"""Text channels: conversations in writing, with the same flows, queues and figures as calls."""

from tongdai.channels.module import register

__all__ = ["register"]
