"""What happens to a run from outside: replies to its commands, the passing of time, the caller leaving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the command `command_id`; stale and repeated ones are ignored by the engine."""

    command_id: str
    result: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class TimeUp:
    """The run's deadline may have passed; the engine compares it with `now`."""


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller hung up or closed the chat. Ends the run whatever it waits for."""


Event: TypeAlias = Reply | TimeUp | CallerLeft
