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
from tongdai.conversations.sources import InteractionSource, InteractionSources
from tongdai.conversations.views import listed as interaction_rows

__all__ = [
    "AssignmentRow",
    "Assignments",
    "InteractionRow",
    "InteractionSource",
    "InteractionSources",
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
    "interaction_rows",
    "lock",
    "lock_assignment",
    "offer",
    "start",
    "start_wrap_up",
]
