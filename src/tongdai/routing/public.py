"""What other modules may use of routing."""

from tongdai.routing.errors import AgentBusy, OfferGone, QueueFull
from tongdai.routing.policies import QueueRules, Relaxation, Requirement, Strategy
from tongdai.routing.service import (
    Enqueue,
    accept,
    begin_direct,
    end_work,
    enqueue,
    finish,
    leave,
    pass_over,
    queue_rules,
)

__all__ = [
    "AgentBusy",
    "Enqueue",
    "OfferGone",
    "QueueFull",
    "QueueRules",
    "Relaxation",
    "Requirement",
    "Strategy",
    "accept",
    "begin_direct",
    "end_work",
    "enqueue",
    "finish",
    "leave",
    "pass_over",
    "queue_rules",
]
