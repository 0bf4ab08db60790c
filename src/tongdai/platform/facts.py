"""Facts: what happened, told once, in the past tense."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

FACTS: dict[str, type["Fact"]] = {}


class Fact(BaseModel):
    """Something that happened to one aggregate.

    `(aggregate_id, aggregate_version)` is unique: the version is counted up under the aggregate's row lock in the same
    transaction, so that consumers can fold facts in their true order. Facts carry ids, never personal values.
    Subclasses name themselves: `class CallAnswered(Fact, type="telephony.call_answered")`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str] = ""
    aggregate_id: UUID
    aggregate_version: int

    def __init_subclass__(cls, type: str = "", **kwargs: object) -> None:
        super().__init_subclass__()
        cls.type = type

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        if cls.type:
            if FACTS.get(cls.type, cls).__qualname__ != cls.__qualname__:
                raise TypeError(f"two facts are called {cls.type}")
            FACTS[cls.type] = cls


Position = tuple[int, int]
"""Where a fact stands in the log: (transaction, number). Totally ordered; opaque to clients."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as the log holds it."""

    position: Position
    at: datetime
    tenant_id: UUID
    fact: Fact
