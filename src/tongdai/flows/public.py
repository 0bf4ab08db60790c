"""What other modules may use of flows.

Channels: FlowRuns, Progress, Reply, TimeUp, CallerLeft, DigitCollector, the commands. Modules that teach verbs: Verb,
VerbRegistry, Performers. README.md shows both.
"""

from tongdai.flows.answers import path_of
from tongdai.flows.assistant.policies import Nonsense, masked, read_as
from tongdai.flows.assistant.policies import question as asked_of_assistant
from tongdai.flows.assistant.repository import Exchanges
from tongdai.flows.assistant.service import Assistant
from tongdai.flows.commands import (
    Answer,
    AskCallback,
    AskQueue,
    CheckCalendar,
    CheckSwitch,
    Choice,
    Command,
    Enqueue,
    FindArticle,
    FindColleague,
    Gather,
    HttpRequest,
    Invite,
    Lane,
    Listen,
    LookUpCaller,
    Record,
    Say,
    SendEmail,
    TakeVoicemail,
    TransferTo,
)
from tongdai.flows.dialogue import Capabilities, Dialogue, DigitCollector
from tongdai.flows.engine import Passed
from tongdai.flows.errors import BadAudio, NotPublished, StaleRun
from tongdai.flows.performers import Performers, Performing
from tongdai.flows.prompts import Pause, Prompt, Prompts, Recording, Speech, transcript
from tongdai.flows.rendering import Media, PromptRenderer
from tongdai.flows.replies import CallerLeft, Event, Reply, TimeUp
from tongdai.flows.repository import PublishedFlow, forget_runs, published
from tongdai.flows.run import Run
from tongdai.flows.runs import FlowRuns, Progress
from tongdai.flows.service import FlowService, Pushed, convert_audio, prompt_names, uploaded_audio
from tongdai.flows.spoken import language as spoken_language
from tongdai.flows.spoken_wait import waiting_prompts
from tongdai.flows.uses import FlowUses, PromptUses
from tongdai.flows.verb import Context, Exit, Go, Reference, Verb, VerbRegistry, Wait

__all__ = [
    "Answer",
    "AskCallback",
    "AskQueue",
    "Assistant",
    "BadAudio",
    "CallerLeft",
    "Capabilities",
    "CheckCalendar",
    "CheckSwitch",
    "Choice",
    "Command",
    "Context",
    "Dialogue",
    "DigitCollector",
    "Enqueue",
    "Event",
    "Exchanges",
    "Exit",
    "FindArticle",
    "FindColleague",
    "FlowRuns",
    "FlowService",
    "FlowUses",
    "Gather",
    "Go",
    "HttpRequest",
    "Invite",
    "Lane",
    "Listen",
    "LookUpCaller",
    "Media",
    "Nonsense",
    "NotPublished",
    "Passed",
    "Pause",
    "Performers",
    "Performing",
    "Progress",
    "Prompt",
    "PromptRenderer",
    "PromptUses",
    "Prompts",
    "PublishedFlow",
    "Pushed",
    "Record",
    "Recording",
    "Reference",
    "Reply",
    "Run",
    "Say",
    "SendEmail",
    "Speech",
    "StaleRun",
    "TakeVoicemail",
    "TimeUp",
    "TransferTo",
    "Verb",
    "VerbRegistry",
    "Wait",
    "asked_of_assistant",
    "convert_audio",
    "forget_runs",
    "masked",
    "path_of",
    "prompt_names",
    "published",
    "read_as",
    "spoken_language",
    "transcript",
    "uploaded_audio",
    "waiting_prompts",
]
