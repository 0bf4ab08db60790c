"""What holds of conference rooms, decided purely."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

TRIES = 3
"""So many PINs one call may key; then it is let go."""
LONGEST_PIN = 12
KEY_S = 8.0
"""So long the next key is waited for; then what was keyed is the PIN."""


def bridge_of(room_id: UUID) -> str:
    return f"room-{room_id}"


class PinAsking:
    """The keys of one who is asked for a PIN."""

    def __init__(self) -> None:
        self._typed = ""
        self._wrong = 0

    def key(self, digit: str) -> str | None:
        """What was keyed, once it is whole: at #, or as long as PINs can be. A # by itself ends nothing: it belongs to the PIN
        before."""
        if digit == "#":
            return self.whole() if self._typed else None
        self._typed += digit
        return self.whole() if len(self._typed) >= LONGEST_PIN else None

    def whole(self) -> str:
        """Nothing more is keyed: what there is."""
        typed, self._typed = self._typed, ""
        return typed

    def wrong(self) -> bool:
        """Count a wrong one; whether there may be another."""
        self._wrong += 1
        return self._wrong < TRIES


class Place(StrEnum):
    """What those in a room hear."""

    NOBODY = "nobody"
    MUSIC = "music"
    EACH_OTHER = "each_other"


def place_of(members: Sequence[str]) -> Place:
    if not members:
        return Place.NOBODY
    return Place.MUSIC if len(members) == 1 else Place.EACH_OTHER
