"""What other modules may use of conversations."""

from tongdai.conversations.errors import NotInState
from tongdai.conversations.policies import Phase, Result, State
from tongdai.conversations.repository import AssignmentRow, Assignments, InteractionRow, Interactions
from tongdai.conversations.service import (
    NewInteraction,
    accept,
    close,
    edit,
    end_offer,
    enter,
    extend_wrap_up,
    finish,
    identify,
    lock,
    lock_assignment,
    offer,
    start,
    start_wrap_up,
)

__all__ = [
    "AssignmentRow",
    "Assignments",
    "InteractionRow",
    "Interactions",
    "NewInteraction",
    "NotInState",
    "Phase",
    "Result",
    "State",
    "accept",
    "close",
    "edit",
    "end_offer",
    "enter",
    "extend_wrap_up",
    "finish",
    "identify",
    "lock",
    "lock_assignment",
    "offer",
    "start",
    "start_wrap_up",
]
