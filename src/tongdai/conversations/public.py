"""What other modules may use of conversations."""

from tongdai.conversations.adapters import Capabilities, ChannelAdapter, ChannelAdapters
from tongdai.conversations.errors import DispositionNeedsNote, NotInState
from tongdai.conversations.policies import Phase, Result, State
from tongdai.conversations.repository import (
    AssignmentRow,
    Assignments,
    DispositionRule,
    InteractionRow,
    Interactions,
)
from tongdai.conversations.schemas import CustomerNumber
from tongdai.conversations.service import (
    NOTE_FIELD,
    NewInteraction,
    accept,
    close,
    contact_exists,
    disposition_rule,
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
from tongdai.conversations.views import customer_number
from tongdai.conversations.views import listed as interaction_rows

__all__ = [
    "NOTE_FIELD",
    "AssignmentRow",
    "Assignments",
    "Capabilities",
    "ChannelAdapter",
    "ChannelAdapters",
    "CustomerNumber",
    "DispositionNeedsNote",
    "DispositionRule",
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
    "contact_exists",
    "customer_number",
    "disposition_rule",
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
