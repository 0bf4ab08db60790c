"""Errors of module routing."""

from tongdai.platform.errors import Conflict
from tongdai.routing.policies import Closed


class OfferGone(Conflict):
    """This contact is no longer offered to you: it was answered elsewhere, or the caller hung up."""

    code = "offer_gone"


class AgentBusy(Conflict):
    """You are on another contact already."""

    code = "agent_busy"


class AgentAway(Conflict):
    """Whoever takes a contact must not be offline: choose another state first."""

    code = "agent_away"


class WrapUpFull(Conflict):
    """The wrap-up cannot be made longer: the queue allows no more."""

    code = "wrap_up_full"


class QueueClosed(Conflict):
    """This queue is closed in an emergency; it takes nobody until it is opened again."""

    code = "queue_closed"

    def __init__(self, closed: Closed) -> None:
        super().__init__()
        self.closed = closed


class QueueFull(Conflict):
    """The queue holds as many as it may."""

    code = "queue_full"


class QueueUnstaffed(Conflict):
    """Nobody who serves this queue is signed in."""

    code = "queue_unstaffed"


class CallbackMoved(Conflict):
    """This callback has just moved on. Look again."""

    code = "callback_moved"


class CallbackClosed(Conflict):
    """This callback is over, or its customer is being called just now."""

    code = "callback_closed"


class MusicPlayed(Conflict):
    """Queues play this music. Choose other music for them first, then delete it."""

    code = "music_played"


class MusicFull(Conflict):
    """There are as many pieces of music as there may be. Delete one that no queue plays."""

    code = "music_full"
