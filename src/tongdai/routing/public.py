"""What other modules may use of routing."""

from tongdai.routing.callbacks.door import number_of_callback, offered_callbacks
from tongdai.routing.callbacks.keeping import attempted as callback_attempted
from tongdai.routing.callbacks.keeping import reached as callback_reached
from tongdai.routing.callbacks.service import dial_now as dial_callback
from tongdai.routing.consequences import DoNotCallPort
from tongdai.routing.direct import (
    DirectOffer,
    accept_direct,
    begin_direct,
    carry_over,
    join_round,
    may_take_back,
    offer_direct,
    take_back,
    withdraw_direct,
)
from tongdai.routing.errors import AgentAway, AgentBusy, OfferGone, QueueClosed, QueueFull, QueueUnstaffed
from tongdai.routing.flow_commands import enqueue_again, enqueue_transferred
from tongdai.routing.helping import PASS_S, agent_to_ask
from tongdai.routing.known import (
    DIRECT,
    agents_there,
    all_rules,
    belongs_by_name,
    care_in,
    care_of,
    may_be_offered,
    queue_named,
    queue_names,
    queue_rules,
    waiting_in_queues,
)
from tongdai.routing.locks import hold_stay
from tongdai.routing.music.repository import Music, Piece
from tongdai.routing.policies import QueueRules, Relaxation, Requirement, Strategy
from tongdai.routing.repositories.paces import PaceRow
from tongdai.routing.repository import QueueCare, WaitingQueue
from tongdai.routing.service import (
    Enqueue,
    accept,
    did_not_come,
    end_work,
    enqueue,
    finish,
    leave,
    pass_over,
)
from tongdai.routing.taking import take_waiting
from tongdai.routing.waiting import Prospect, QueueStatus, paces, prospect_of, somebody_there, status_of

__all__ = [
    "DIRECT",
    "PASS_S",
    "AgentAway",
    "AgentBusy",
    "DirectOffer",
    "DoNotCallPort",
    "Enqueue",
    "Music",
    "OfferGone",
    "PaceRow",
    "Piece",
    "Prospect",
    "QueueCare",
    "QueueClosed",
    "QueueFull",
    "QueueRules",
    "QueueStatus",
    "QueueUnstaffed",
    "Relaxation",
    "Requirement",
    "Strategy",
    "WaitingQueue",
    "accept",
    "accept_direct",
    "agent_to_ask",
    "agents_there",
    "all_rules",
    "begin_direct",
    "belongs_by_name",
    "callback_attempted",
    "callback_reached",
    "care_in",
    "care_of",
    "carry_over",
    "dial_callback",
    "did_not_come",
    "end_work",
    "enqueue",
    "enqueue_again",
    "enqueue_transferred",
    "finish",
    "hold_stay",
    "join_round",
    "leave",
    "may_be_offered",
    "may_take_back",
    "number_of_callback",
    "offer_direct",
    "offered_callbacks",
    "paces",
    "pass_over",
    "prospect_of",
    "queue_named",
    "queue_names",
    "queue_rules",
    "somebody_there",
    "status_of",
    "take_back",
    "take_waiting",
    "waiting_in_queues",
    "withdraw_direct",
]
