"""For how long what agents send can be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHAT, EMAIL = "undo_chat_s", "undo_email_s"
CHAT_S, EMAIL_S = 0.0, 5.0
"""A chat is a talk, a letter is not: five seconds are what one needs to see that the file is missing."""


@dataclass(frozen=True, slots=True)
class UndoSeconds:
    """0: it goes at once."""

    undo_chat_s: float
    undo_email_s: float


def undo_of(settings: Mapping[str, Any]) -> UndoSeconds:
    """From a tenant's settings as they are kept."""
    return UndoSeconds(float(settings.get(CHAT, CHAT_S)), float(settings.get(EMAIL, EMAIL_S)))
