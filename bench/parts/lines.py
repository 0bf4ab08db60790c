"""What the phones of both ends know of each call: the other book, against which the product's is held. Times in UNIX seconds."""

from dataclasses import dataclass, field
from enum import StrEnum

NUMBER_DIGITS = 9
"""Both ends name a call by the last digits of the caller's number; each number calls once."""


class Ended(StrEnum):
    """How a call ended as its caller saw it."""

    REFUSED = "refused"
    """Never answered."""
    CUSTOMER = "customer"
    CENTRE = "centre"
    LOST = "lost"
    """The line went dead: whoever carried it was killed."""


@dataclass
class Talk:
    """An agent's phone on the line with this caller, from ACK to BYE."""

    agent: str
    began: float
    ended: float | None = None
    hung_up: bool = False
    """By the agent, not by the other end."""


@dataclass
class Line:
    """One call that was placed."""

    number: str
    placed: float
    answered: float | None = None
    over: float | None = None
    ended: Ended | None = None
    talks: list[Talk] = field(default_factory=list[Talk])
    asked: bool = False
    """The caller pressed the keys for a callback."""

    def talked_s(self) -> float:
        """How long at least one agent's phone and the caller were both on the line."""
        if self.answered is None or self.over is None:
            return 0.0
        spans = sorted((talk.began, min(talk.ended or self.over, self.over)) for talk in self.talks)
        total, until = 0.0, self.answered
        for began, ended in spans:
            total += max(0.0, ended - max(began, until))
            until = max(until, ended)
        return total


def number_of(peer: str) -> str:
    return peer[-NUMBER_DIGITS:]
