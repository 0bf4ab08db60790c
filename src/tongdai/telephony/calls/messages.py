"""What reaches a call's actor. Each message names the method of the state that takes it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from tongdai.telephony.together.targets import Target


@dataclass(frozen=True, slots=True)
class Message:
    """Base: `handler` is the method of `CallState` that it is for."""

    handler: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class LegUp(Message):
    """A channel that we placed was answered and is ours (StasisStart)."""

    handler: ClassVar[str] = "on_leg_up"
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LegRinging(Message):
    """The far side rings."""

    handler: ClassVar[str] = "on_leg_ringing"
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LegGone(Message):
    """A channel is no more. `cause` is Q.850; `lost` when it ended without anybody hanging up."""

    handler: ClassVar[str] = "on_leg_gone"
    channel: str
    cause: int
    at: datetime

    @property
    def lost(self) -> bool:
        return self.cause in LOST_CAUSES


LOST_CAUSES = frozenset({0, 38, 41, 42, 44, 102, 127})
"""Q.850 causes of a leg that died rather than hung up: network out of order, temporary failure, RTP time-out, …"""


DECLINED = frozenset({17, 21})
"""Q.850 of a person who pressed "decline": busy, rejected."""


NOBODY_HUNG_UP = frozenset({41, 44})
"""The line ended by itself: with its Asterisk (41), or because no sound came any more (44)."""


@dataclass(frozen=True, slots=True)
class Key(Message):
    """A key was pressed (RFC 4733 or in-band, whatever Asterisk understood)."""

    handler: ClassVar[str] = "on_key"
    channel: str
    digit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PlaybackDone(Message):
    handler: ClassVar[str] = "on_playback_done"
    playback: str
    at: datetime
    failed: bool = False


@dataclass(frozen=True, slots=True)
class RecordingDone(Message):
    """A recording ended by itself: silence, time-out, key. `seconds` as Asterisk measured."""

    handler: ClassVar[str] = "on_recording_done"
    name: str
    seconds: float
    failed: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Talks(Message):
    """Somebody began to talk, or (`begun` False) has been silent for a while after `seconds` of it. Told of channels for which it
    was asked."""

    handler: ClassVar[str] = "on_talks"
    channel: str
    begun: bool
    seconds: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Understood(Message):
    """What was said in a recording; None: that cannot be known."""

    handler: ClassVar[str] = "on_understood"
    recording: str
    text: str | None


@dataclass(frozen=True, slots=True)
class HoldSignal(Message):
    """The phone itself put the other side on hold (re-INVITE)."""

    handler: ClassVar[str] = "on_hold_signal"
    channel: str
    held: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Offered(Message):
    """Routing offers the call to an agent: ring them."""

    handler: ClassVar[str] = "on_offered"
    assignment_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class OfferEnded(Message):
    """An offer is over (missed, declined in the desktop, answered elsewhere, withdrawn): stop ringing."""

    handler: ClassVar[str] = "on_offer_ended"
    assignment_id: UUID


@dataclass(frozen=True, slots=True)
class QueueTimedOut(Message):
    """The caller is to wait no longer. `exit`: by which the flow goes on."""

    handler: ClassVar[str] = "on_queue_timed_out"
    exit: str = "timeout"


@dataclass(frozen=True, slots=True)
class LeftQueue(Message):
    """The callback waits no more, and no agent has it."""

    handler: ClassVar[str] = "on_left_queue"


@dataclass(frozen=True, slots=True)
class Wake(Message):
    """A timer of the present state. `ticket` tells timers of earlier states apart."""

    handler: ClassVar[str] = "on_wake"
    ticket: int


@dataclass(frozen=True, slots=True)
class Picker:
    """A colleague whose phone dialled in to take a call, and is there already."""

    user_id: UUID
    channel: str


@dataclass(frozen=True, slots=True)
class Order(Message):
    """Somebody wants something: hold, resume, hang_up, send_keys, mute… The future tells what became of it."""

    handler: ClassVar[str] = "on_order"
    command: str
    argument: str | Target | Picker
    user_id: UUID
    done: "asyncio.Future[None]" = field(compare=False)

    @classmethod
    def unawaited(cls, command: str, argument: str, user_id: UUID) -> "Order":
        """One whose outcome nobody waits for: that it was refused is no news."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.add_done_callback(lambda future: future.exception())
        return cls(command, argument, user_id, done)
