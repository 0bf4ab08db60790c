"""How many contacts an agent of the centre has at once, and what is offered to whom who has something in hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHATS, EMAILS = "chats_at_once", "emails_at_once"
CHATS_AT_ONCE, EMAILS_AT_ONCE = 3, 5
BESIDE_CALL, BESIDE_CHAT, BESIDE_EMAIL = "beside_call", "beside_chat", "beside_email"
BESIDE_AN_EMAIL = ("voice", "webchat")
"""A mail can wait for a minute, a caller cannot."""


@dataclass(frozen=True, slots=True)
class AtOnce:
    """`beside_call` and so on: the channels of which more is offered to who has a call in hand."""

    chats_at_once: int
    emails_at_once: int
    beside_call: list[str]
    beside_chat: list[str]
    beside_email: list[str]


def at_once(settings: Mapping[str, Any]) -> AtOnce:
    """From a tenant's settings as they are kept; what was never set is as a new centre begins."""
    return AtOnce(
        chats_at_once=int(settings.get(CHATS, CHATS_AT_ONCE)),
        emails_at_once=int(settings.get(EMAILS, EMAILS_AT_ONCE)),
        beside_call=list(settings.get(BESIDE_CALL, ())),
        beside_chat=list(settings.get(BESIDE_CHAT, ())),
        beside_email=list(settings.get(BESIDE_EMAIL, BESIDE_AN_EMAIL)),
    )
