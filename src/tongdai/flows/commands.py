"""What a flow asks of the world. Commands are values: the engine decides them, others carry them out.

Each has an `id` that is the same when it is issued again after a restart (the idempotency key), and a `lane`:
- `dialogue`: for the channel that carries the caller, after the transaction is committed;
- `inside`: answered or begun by a performer inside the same transaction (database only, no outside I/O);
- `outside`: carried out by a performer after the commit, with outside I/O.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, SecretStr

from tongdai.flows.prompts import Prompts


class Lane(StrEnum):
    DIALOGUE = "dialogue"
    INSIDE = "inside"
    OUTSIDE = "outside"


class Command(BaseModel):
    """Base of all commands. `results` are the results that a Reply to it may carry; every one also takes "failed"."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str]
    lane: ClassVar[Lane]
    results: ClassVar[frozenset[str]]
    repeatable: ClassVar[bool] = True
    """Whether it may be carried out again when it is uncertain whether it was."""
    awaited: ClassVar[bool] = True
    """Whether the flow learns from its end. One that is not awaited is done for the flow as soon as it is decided: the channel
    begins it before whatever comes next, and a failure shows as the caller being gone."""

    id: str

    def may_repeat(self) -> bool:
        return self.repeatable

    def summary(self) -> dict[str, Any]:
        """Its fields without the id, for people and for tests."""
        return {"kind": self.kind, **self.model_dump(mode="json", exclude={"id"})}


class Answer(Command):
    """Answer the call. Replies: done."""

    kind = "answer"
    lane = Lane.DIALOGUE
    results = frozenset({"done"})
    awaited = False


class Record(Command):
    """What becomes of the recordings of the talks that follow: never, always, on_demand, pause, resume. Replies: done."""

    kind = "recording"
    lane = Lane.DIALOGUE
    results = frozenset({"done"})
    awaited = False
    do: str


class Invite(Command):
    """Whoever takes the call is to find somebody called in. `to`: an extension, an outside number, a queue's name. Replies: done,
    refused (there is nobody whom the flow may call so)."""

    kind = "invite"
    lane = Lane.DIALOGUE
    results = frozenset({"done", "refused"})
    to: str
    target: str


class Say(Command):
    """Say the prompts to their end. Replies: done, {key: …} when `interruptible` and the caller pressed one."""

    kind = "say"
    lane = Lane.DIALOGUE
    results = frozenset({"done"})
    prompts: Prompts
    interruptible: bool = False


class Choice(BaseModel):
    """One of the answers that a Gather takes; text channels show the label as a button."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: str
    label: str


class Gather(Command):
    """Say the prompts and collect keys. Replies: digits {digits, ended_by: terminator|full|timeout}, no_input.

    `timeout` counts from the end of the prompts to the first key, `inter_digit` between keys. With `choices` the
    collection is full as soon as the keys are a choice that no longer one begins with. DigitCollector implements this.
    """

    kind = "gather"
    lane = Lane.DIALOGUE
    results = frozenset({"digits", "no_input"})
    prompts: Prompts
    max_digits: int
    timeout: float
    inter_digit: float
    terminator: str = ""
    barge_in: bool = True
    secret: bool = False
    """The keys are a PIN: `digits` is a SecretStr then, which shows nothing and cannot be stored."""
    choices: tuple[Choice, ...] = ()
    exchange: str | None = None
    """Where it is kept what the assistant was told that wrote this."""


class Listen(Command):
    """Say the prompts and take down one sentence of the caller's, or the keys that they press instead: after one key nothing is
    listened to any more. Replies: heard {text}, digits and no_input as of a Gather, deaf (speech is not understood here, or
    not in time: ask by keys).

    `timeout` counts from the end of the prompts to the first word, `pause` is the silence that ends the sentence. `phrases` are
    what is expected.
    """

    kind = "listen"
    lane = Lane.DIALOGUE
    results = frozenset({"heard", "digits", "no_input", "deaf"})
    prompts: Prompts
    phrases: tuple[str, ...]
    choices: tuple[Choice, ...]
    language: str
    max_digits: int
    timeout: float
    inter_digit: float
    pause: float
    max_seconds: float
    barge_in: bool = True
    exchange: str | None = None

    def by_keys(self) -> Gather:
        """What it is for the keys alone; with the same id, so that its reply is this one's."""
        return Gather(
            id=self.id,
            prompts=self.prompts,
            max_digits=self.max_digits,
            timeout=self.timeout,
            inter_digit=self.inter_digit,
            barge_in=self.barge_in,
            choices=self.choices,
            exchange=self.exchange,
        )


class TransferTo(Command):
    """Connect the caller to an extension or an outside number. Replies: done (they talked; the caller is still
    there), busy, no_answer, refused, failed."""

    kind = "transfer"
    lane = Lane.DIALOGUE
    results = frozenset({"done", "busy", "no_answer", "refused"})
    repeatable = False
    to: str
    target: str
    """extension | number"""
    timeout: float
    caller_id: str | None = None


class TakeVoicemail(Command):
    """Say the prompts, beep, record. Replies: taken {seconds, voicemail_id}, empty."""

    kind = "voicemail"
    lane = Lane.DIALOGUE
    results = frozenset({"taken", "empty"})
    prompts: Prompts
    mailbox: str
    max_seconds: float
    silence_seconds: float
    language: str


class CheckCalendar(Command):
    """Is the calendar open at this instant? Replies: open, closed, holiday {name}; both with {exit, prompt} when it was closed
    in an emergency."""

    kind = "check_calendar"
    lane = Lane.INSIDE
    results = frozenset({"open", "closed", "holiday"})
    calendar: str
    at: str
    """RFC 3339"""


class CheckSwitch(Command):
    """Is this emergency switch turned on? Replies: open, closed {prompt} (what is to be said then)."""

    kind = "check_switch"
    lane = Lane.INSIDE
    results = frozenset({"open", "closed"})
    switch: str


class LookUpCaller(Command):
    """Find the contact of a number, or of an address. Replies: found {contact: {...}}, several {contacts: n}, unknown."""

    kind = "look_up_caller"
    lane = Lane.INSIDE
    results = frozenset({"found", "several", "unknown"})
    number: str | None
    email: str | None = None


class LookUpRow(Command):
    """Find the row of a data table whose key columns hold `key` (column → what is looked for). Replies: found {row: {column:
    value}} with the columns asked for, not_found."""

    kind = "look_up_row"
    lane = Lane.INSIDE
    results = frozenset({"found", "not_found"})
    table: str
    key: dict[str, str]
    columns: tuple[str, ...]


class CheckPin(Command):
    """Is this the PIN of the row with this key? Wrong ones are counted for the row and for the caller. Replies: verified, wrong
    (also when there is no such row, or no PIN in it), locked (too many wrong ones; the PIN was not looked at)."""

    kind = "check_pin"
    lane = Lane.INSIDE
    results = frozenset({"verified", "wrong", "locked"})
    table: str
    key: dict[str, str]
    column: str
    pin: SecretStr
    caller: str


class FindColleague(Command):
    """Whose name, first or last, begins with these keys of the telephone? Replies: found {people: [{name, extension}]} in the
    order of their names, many (more than `most`), nobody."""

    kind = "find_colleague"
    lane = Lane.INSIDE
    results = frozenset({"found", "many", "nobody"})
    keys: str
    most: int


class Enqueue(Command):
    """Put the caller into a queue. Replies: answered (the talk with the agent is over and the caller still there),
    timeout, overflow, no_agents, left (the caller pressed the leave key), callback (the key for that), closed {exit, prompt}
    (in an emergency)."""

    kind = "enqueue"
    lane = Lane.INSIDE
    results = frozenset({"answered", "timeout", "overflow", "no_agents", "left", "callback", "closed"})
    queue: str
    priority: int
    skills: dict[str, int] = {}
    preferred: str | None = None
    """Extension or e-mail address of the agent for whom the caller waits first, as long as the queue says."""
    language: str
    max_wait: float | None = None
    leave_key: str | None = None
    callback_key: str | None = None
    callback_after: float | None = None
    """After so many seconds of waiting it is said that one can be called back; None: it is not said."""
    callback_offer: Prompts = ()
    announcements: Prompts = ()
    announce_every: float | None = None


class AskCallback(Command):
    """Call this number back when the place in the queue comes up, or at the next `time` ("1430", the customer's clock). Replies:
    promised {id, number, due_at}, already {…} (it was promised before), refused {reason: number, premium, international, time,
    hours, closed}."""

    kind = "ask_callback"
    lane = Lane.INSIDE
    results = frozenset({"promised", "already", "refused"})
    queue: str
    number: str
    time: str | None = None
    priority: int = 0
    skills: dict[str, int] = {}
    language: str


class AskQueue(Command):
    """How is this queue just now? Replies: staffed, unstaffed, closed; each with {waiting, position, expected_wait, agents_ready,
    agents_at_work}. `position`: the place of a caller of this priority who enters now."""

    kind = "ask_queue"
    lane = Lane.INSIDE
    results = frozenset({"staffed", "unstaffed", "closed"})
    queue: str
    priority: int = 0


class HttpRequest(Command):
    """Call a web service. Replies: answered {status, values}, timeout, refused {reason} (not allowed by policy)."""

    kind = "http"
    lane = Lane.OUTSIDE
    results = frozenset({"answered", "timeout", "refused"})
    method: str
    url: str
    headers: dict[str, str] = {}
    body: str | None = None
    timeout: float
    extract: dict[str, str] = {}
    """variable → path into the JSON answer"""
    repeat: bool = False

    def may_repeat(self) -> bool:
        return self.repeat


class Understand(Command):
    """What is wanted in this text, by the published version of a set of intents? Replies: understood {intent, title, score,
    language, anger, angry}, out_of_scope {the same, of the nearest intent}, unavailable {reason}. `among`: what the flow has ways
    for. `by` and `exchange` say that the assistant chose, and where it is kept."""

    kind = "understand"
    lane = Lane.OUTSIDE
    results = frozenset({"understood", "out_of_scope", "unavailable"})
    intents: str
    among: tuple[str, ...]
    text: str


class CheckMood(Command):
    """Is the writer of this text angry? Replies: calm, angry, both with {anger, language}; unavailable {reason}."""

    kind = "check_mood"
    lane = Lane.OUTSIDE
    results = frozenset({"calm", "angry", "unavailable"})
    text: str


class FindArticle(Command):
    """Which passage of a public article answers this question? Replies: found {title, link, text, score}, nothing, unavailable
    {reason}. `project`: of whose articles, besides those of the whole centre. Of what the assistant wrote: `sources`, and
    `exchange`, where it is kept."""

    kind = "find_article"
    lane = Lane.OUTSIDE
    results = frozenset({"found", "nothing", "unavailable"})
    question: str
    language: str
    project: str | None = None


class SendEmail(Command):
    """Send a letter from the mailbox with this address. `to`: None for the customer's own. Replies: sent, no_address, refused
    {reason: automatic, limit, own_address, consent, mailbox}."""

    kind = "send_email"
    lane = Lane.INSIDE
    results = frozenset({"sent", "no_address", "refused"})
    mailbox: str
    subject: str
    text: str
    to: str | None
    purpose: str
    language: str


CORE_COMMANDS: tuple[type[Command], ...] = (
    Answer,
    Say,
    Gather,
    Listen,
    TransferTo,
    TakeVoicemail,
    CheckCalendar,
    CheckSwitch,
    LookUpCaller,
    LookUpRow,
    CheckPin,
    FindColleague,
    Enqueue,
    AskCallback,
    AskQueue,
    Record,
    Invite,
    HttpRequest,
    Understand,
    CheckMood,
    FindArticle,
    SendEmail,
)
