"""What other modules may use of routing."""

from tongdai.routing.errors import AgentBusy, OfferGone, QueueFull
from tongdai.routing.flow_commands import enqueue_again
from tongdai.routing.locks import hold_stay
from tongdai.routing.policies import QueueRules, Relaxation, Requirement, Strategy
from tongdai.routing.repository import QueueCare
from tongdai.routing.service import (
    DIRECT,
    Enqueue,
    accept,
    all_rules,
    begin_direct,
    belongs_by_name,
    care_in,
    care_of,
    end_work,
    enqueue,
    finish,
    leave,
    pass_over,
    position_of,
    queue_names,
    queue_rules,
)

__all__ = [
    "DIRECT",
    "AgentBusy",
    "Enqueue",
    "OfferGone",
    "QueueCare",
    "QueueFull",
    "QueueRules",
    "Relaxation",
    "Requirement",
    "Strategy",
    "accept",
    "all_rules",
    "begin_direct",
    "belongs_by_name",
    "care_in",
    "care_of",
    "end_work",
    "enqueue",
    "enqueue_again",
    "finish",
    "hold_stay",
    "leave",
    "pass_over",
    "position_of",
    "queue_names",
    "queue_rules",
]
