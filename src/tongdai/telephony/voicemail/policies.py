"""What holds of boxes and messages, decided purely."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.flows.public import Prompts, Speech

SHORTEST_S = 1.0
"""Less is no message: somebody hung up at the tone."""
KEPT_DELETED = timedelta(days=1)
"""So long a deleted message can be had back."""
PIN_TRIES = 5
"""Wrong PINs in a row, whoever calls and however often, until the box is locked."""
PIN_LOCK = timedelta(minutes=15)
_PLEASE = {
    "en": ("Please leave your message after the tone.", ("vm-intro",)),
    "vi": ("Vui lòng để lại lời nhắn sau tiếng bíp.", ()),
    "uk": ("Будь ласка, залиште повідомлення після сигналу.", ()),
}
MAIL_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1_440))
"""After each attempt that failed for now: so long until the next. After the last, the mail is given up."""


@dataclass(frozen=True, slots=True)
class Taking:
    """How a message is taken. `mailbox`: as the flow names it; `owner_id`: whose it is, None where nobody's in particular;
    `caller_id`: the colleague who leaves it."""

    mailbox: str
    owner_id: UUID | None
    caller_id: UUID | None
    max_s: float
    silence_s: float


def greeting(language: str) -> Prompts:
    """What a caller hears before the tone where the box has no greeting of its own."""
    language = language if language in _PLEASE else "en"
    text, sounds = _PLEASE[language]
    return (Speech(text=text, language=language, sounds=sounds),)


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong PINs so far."""

    failures: int = 0
    locked_until: datetime | None = None

    def locked(self, at: datetime) -> bool:
        return self.locked_until is not None and at < self.locked_until

    def after(self, at: datetime, *, right: bool) -> "Tries":
        if right:
            return Tries()
        failures = self.failures + 1
        return Tries(0, at + PIN_LOCK) if failures >= PIN_TRIES else Tries(failures)


def next_try(attempts: int, at: datetime) -> datetime | None:
    """When a mail is tried again that could not be sent `attempts` times; None: no more."""
    return at + MAIL_WAITS[attempts - 1] if attempts <= len(MAIL_WAITS) else None
