"""Decisions about shared sessions. Pure: time is an argument."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What is shared."""

    COBROWSE = "cobrowse"
    VIDEO = "video"
    """A call between the two browsers: what goes through us are the words by which they find each other."""


class Stage(StrEnum):
    """asked → on → over, or asked → over."""

    ASKED = "asked"
    ON = "on"
    OVER = "over"


class Side(StrEnum):
    """The two ends of a session."""

    CUSTOMER = "customer"
    AGENT = "agent"

    @property
    def other(self) -> "Side":
        return Side.AGENT if self is Side.CUSTOMER else Side.CUSTOMER


class Why(StrEnum):
    """How a session came to its end."""

    DECLINED = "declined"
    UNABLE = "unable"
    """The customer's window has no page beside it, or nothing gets through to it."""
    WITHDRAWN = "withdrawn"
    UNANSWERED = "unanswered"
    STOPPED = "stopped"
    LOST = "lost"
    """One side was away for longer than the grace."""
    LEFT = "left"
    """The chat is over, or its agent is another one now."""


ANSWER = timedelta(minutes=2)
"""So long the customer has to answer."""
SEEN_S = 10.0
"""So often it is written down that a side is there."""
GRACE = timedelta(seconds=40)
"""So long a side may be away: another page is loaded, the network changes. Longer than three times SEEN_S."""


def end_of_itself(
    state: str,
    asked_at: datetime,
    began_at: datetime | None,
    seen: tuple[datetime | None, datetime | None],
    at: datetime,
) -> Why | None:
    """Whether a session ends now without anybody's doing: nobody answered, or a side was last `seen` too long ago."""
    if state == Stage.ASKED and at - asked_at > ANSWER:
        return Why.UNANSWERED
    if state == Stage.ON and at - min(one or began_at or asked_at for one in seen) > GRACE:
        return Why.LOST
    return None


MOST_CHARACTERS = {Side.CUSTOMER: 250_000, Side.AGENT: 60_000}
"""Of one message; a page is sent in pieces."""
WAITING = 4_000_000
"""Characters that wait for a slow side. When there are more, they are dropped: by the numbers that the pieces carry the
reader sees that some are missing, and asks for the page anew."""


@dataclass
class Allowance:
    """`burst` characters at once, and `rate` a second afterwards. Who sends more is read more slowly: it is the sender's buffer
    that fills, and the sender that has to leave something out."""

    burst: float
    rate: float
    level: float
    at: float

    @classmethod
    def of(cls, side: Side, now: float) -> "Allowance":
        burst, rate = (8_000_000.0, 500_000.0) if side is Side.CUSTOMER else (200_000.0, 20_000.0)
        return cls(burst, rate, burst, now)

    def wait(self, characters: int, now: float) -> float:
        """Take so many; gives the seconds after which the next may be read."""
        self.level = min(self.burst, self.level + (now - self.at) * self.rate) - characters
        self.at = now
        return max(0.0, -self.level / self.rate)
