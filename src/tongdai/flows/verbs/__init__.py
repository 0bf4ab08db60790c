"""The verbs that the flow engine knows by itself. One file per verb."""

from __future__ import annotations

from tongdai.flows.verb import Verb, VerbRegistry
from tongdai.flows.verbs.answer import Answer
from tongdai.flows.verbs.branch import Branch
from tongdai.flows.verbs.callback import Callback
from tongdai.flows.verbs.check_mood import CheckMood
from tongdai.flows.verbs.check_pin import CheckPin
from tongdai.flows.verbs.directory import Directory
from tongdai.flows.verbs.emergency_switch import EmergencySwitch
from tongdai.flows.verbs.gather import Gather
from tongdai.flows.verbs.hang_up import HangUp
from tongdai.flows.verbs.hours import Hours
from tongdai.flows.verbs.http import Http
from tongdai.flows.verbs.intent import Intent
from tongdai.flows.verbs.invite import Invite
from tongdai.flows.verbs.language import Language
from tongdai.flows.verbs.look_up_article import LookUpArticle
from tongdai.flows.verbs.look_up_caller import LookUpCaller
from tongdai.flows.verbs.look_up_table import LookUpTable
from tongdai.flows.verbs.loop import Loop
from tongdai.flows.verbs.menu import Menu
from tongdai.flows.verbs.play_position import PlayPosition
from tongdai.flows.verbs.queue import Queue
from tongdai.flows.verbs.queue_status import QueueStatus
from tongdai.flows.verbs.recording import Recording
from tongdai.flows.verbs.say import Say
from tongdai.flows.verbs.send_email import SendEmail
from tongdai.flows.verbs.set import Set
from tongdai.flows.verbs.set_routing import SetRouting
from tongdai.flows.verbs.split import Split
from tongdai.flows.verbs.sub_flow import ReturnFrom, SubFlow
from tongdai.flows.verbs.transfer import Transfer
from tongdai.flows.verbs.voice_command import VoiceCommand
from tongdai.flows.verbs.voicemail import Voicemail

CORE_VERBS: tuple[type[Verb], ...] = (
    Answer,
    Say,
    Menu,
    VoiceCommand,
    Intent,
    CheckMood,
    Gather,
    Language,
    Set,
    SetRouting,
    Branch,
    Split,
    Loop,
    Hours,
    EmergencySwitch,
    LookUpCaller,
    LookUpTable,
    LookUpArticle,
    CheckPin,
    Recording,
    Invite,
    Http,
    SendEmail,
    Queue,
    QueueStatus,
    PlayPosition,
    Callback,
    Directory,
    Transfer,
    Voicemail,
    HangUp,
    SubFlow,
    ReturnFrom,
)


def core_registry() -> VerbRegistry:
    """A new registry with the engine's own verbs."""
    registry = VerbRegistry()
    for verb in CORE_VERBS:
        registry.add(verb)
    return registry
