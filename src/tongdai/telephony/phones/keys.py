"""What an agent orders by the keys of a phone during a call, decided purely. The codes are those of Asterisk's own features.

`##` and a number, `#` at its end, sends the customer on; `*2` and a number asks there first. While asking: `*1` goes back to
the customer, `*2` leaves them to who was asked, `*3` puts all together, `*4` swaps.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CODE_S = 1.5
"""So far apart the two keys of a code may be: slower ones are meant for the other side."""
NUMBER_S = 4.0
"""So long a phone waits for the next key of a number; then the number is whole."""
LONGEST = 32


class Aim(StrEnum):
    """What becomes of the number that follows."""

    TRANSFER = "transfer"
    CONSULT = "consult"


_AIMS = {"##": Aim.TRANSFER, "*2": Aim.CONSULT}
_ASKING = {"*1": "cancel", "*2": "complete", "*3": "merge", "*4": "swap"}


class CodeKeys:
    """Two keys, one soon after the other, that are a code."""

    def __init__(self) -> None:
        self._before = ""
        self._at: datetime | None = None

    def aim(self, digit: str, at: datetime) -> Aim | None:
        """What a call's agent is about to do with this key."""
        return _AIMS.get(self._pair(digit, at))

    def asking(self, digit: str, at: datetime) -> str | None:
        """The order of an agent who asks somebody."""
        return _ASKING.get(self._pair(digit, at))

    def _pair(self, digit: str, at: datetime) -> str:
        soon = self._at is not None and at - self._at <= timedelta(seconds=CODE_S)
        pair = self._before + digit if soon else digit
        self._before, self._at = ("", None) if pair in _AIMS or pair in _ASKING else (digit, at)
        return pair


@dataclass(slots=True)
class NumberKeys:
    """The number that follows a code. Once whole it is `number`; "" takes the code back."""

    aim: Aim
    typed: str = ""
    number: str | None = None

    def key(self, digit: str) -> None:
        if digit == "#" or len(self.typed) >= LONGEST:
            self.whole()
        else:
            self.typed += digit

    def whole(self) -> None:
        """Nothing follows any more."""
        self.number = self.typed
