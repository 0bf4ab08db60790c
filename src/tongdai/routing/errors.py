"""Errors of module routing."""

from tongdai.platform.errors import Conflict


class OfferGone(Conflict):
    """This contact is no longer offered to you: it was answered elsewhere, or the caller hung up."""

    code = "offer_gone"


class AgentBusy(Conflict):
    """You are on another contact already."""

    code = "agent_busy"


class QueueFull(Conflict):
    """The queue holds as many as it may."""

    code = "queue_full"
