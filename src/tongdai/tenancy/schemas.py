"""What module tenancy takes and shows."""

import re
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from tongdai.platform.bodies import Body, Change, Country, Locale, Name, Zone
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.errors import WrongValue
from tongdai.platform.http import Ref, one_of

_PERIOD = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
_YEARLY = re.compile(r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")


def _periods(periods: list[tuple[str, str]]) -> list[tuple[str, str]]:
    for start, end in periods:
        if not _PERIOD.match(start) or not (_PERIOD.match(end) or end == "24:00"):
            raise WrongValue("write times as 08:00; a day ends at 24:00", "hours")
        if start == end:
            raise WrongValue(f"{start}–{end} has no length", "hours")
    ordered = sorted(periods)
    for (_, end), (start, _) in pairwise(ordered):
        if end > start:
            raise WrongValue("two periods of one day overlap: join them", "overlap")
    return ordered


def _date(text: str) -> str:
    if _YEARLY.match(text):
        return text
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongValue("write the date as 2026-01-01, or 01-01 for every year", "date") from None


Periods = Annotated[list[tuple[str, str]], Field(max_length=12), AfterValidator(_periods)]


class Weekly(Body):
    """Periods per day, local time."""

    mon: Periods = []
    tue: Periods = []
    wed: Periods = []
    thu: Periods = []
    fri: Periods = []
    sat: Periods = []
    sun: Periods = []


class ExceptionDay(Body):
    """A holiday, or a day with other hours: its periods replace the day's; none means closed."""

    date: Annotated[str, AfterValidator(_date)]
    name: Annotated[str, StringConstraints(max_length=120)] = ""
    periods: Periods = []


class ProjectIn(Body):
    name: Name


class ProjectChange(Change):
    name: Name = ""


class Project(EditedRow):
    name: str


class Closing(BaseModel):
    """Closed at once, until somebody opens it again: which exit the flows take, and what is said before (a recorded prompt)."""

    since: datetime
    by: UUID | None
    exit: str
    prompt: str | None


class CalendarIn(Body):
    name: Name
    time_zone: Zone
    project_id: UUID | None = None
    weekly: Weekly = Weekly()
    exceptions: Annotated[list[ExceptionDay], Field(max_length=500)] = []


class CalendarChange(Change):
    name: Name = ""
    time_zone: Zone = "UTC"
    project_id: UUID | None = None
    weekly: Weekly = Weekly()
    exceptions: Annotated[list[ExceptionDay], Field(max_length=500)] = []


class Calendar(EditedRow):
    name: str
    time_zone: str
    project_id: UUID | None
    weekly: dict[str, Any]
    exceptions: list[dict[str, Any]]
    closing: Closing | None


class CalendarPreview(BaseModel):
    """The calendar at an instant. `next_change` is when it opens or closes next; None within a year, and while it is closed in
    an emergency."""

    at: datetime
    open: bool
    holiday: str | None
    next_change: datetime | None


ChatsAtOnce = Annotated[int, Field(ge=1, le=20)]
EmailsAtOnce = Annotated[int, Field(ge=1, le=50)]
UndoS = Annotated[float, Field(ge=0, le=60)]
Channel = Annotated[str, one_of("voice", "webchat", "email")]


def _each_once(channels: list[str]) -> list[str]:
    return sorted(set(channels))


class SettingsView(BaseModel):
    """The centre's own settings. `beside_call` and so on: of which channels more is offered to who has a call in hand.
    `undo_chat_s`, `undo_email_s`: for so many seconds agents can take back what they sent.
    `phone_keys`: during a call, the keys of an agent's phone give orders (`##`, `*2` …).
    `watch_notice`: what the people on the line hear when a supervisor begins to listen, whisper or barge in; `watch_notice_to`:
    whether the agent alone does. `fallback_language`: in which a prompt is played that there is not in the caller's language."""

    name: str
    slug: str
    country: str
    time_zone: str
    locale: str
    recording_retention_days: int
    alert_retention_days: int
    outbound_wrap_up_s: float
    chats_at_once: int
    emails_at_once: int
    beside_call: list[Channel]
    beside_chat: list[Channel]
    beside_email: list[Channel]
    undo_chat_s: float
    undo_email_s: float
    phone_keys: bool
    watch_notice: Annotated[str, one_of("off", "tone", "sentence")]
    watch_notice_to: Annotated[str, one_of("both", "agent")]
    fallback_language: str
    version: int


class SettingsChange(Change):
    name: Name = ""
    country: Country = "VN"
    time_zone: Zone = "UTC"
    locale: Locale = "en"
    recording_retention_days: Annotated[int, Field(ge=1, le=36500)] = 365
    alert_retention_days: Annotated[int, Field(ge=1, le=36500)] = 365
    outbound_wrap_up_s: Annotated[float, Field(ge=0, le=3600)] = 0
    chats_at_once: ChatsAtOnce = 3
    emails_at_once: EmailsAtOnce = 5
    beside_call: Annotated[list[Literal["webchat", "email"]], AfterValidator(_each_once)] = []
    beside_chat: Annotated[list[Literal["voice", "email"]], AfterValidator(_each_once)] = []
    beside_email: Annotated[list[Literal["voice", "webchat"]], AfterValidator(_each_once)] = []
    undo_chat_s: UndoS = 0
    undo_email_s: UndoS = 5
    phone_keys: bool = True
    watch_notice: Literal["off", "tone", "sentence"] = "off"
    watch_notice_to: Literal["both", "agent"] = "both"
    fallback_language: Locale = "en"


class AuditEntry(BaseModel):
    """Who did what to which thing. Details hold ids and names of changed fields, never personal values.

    `subject_name` is what the thing is called now, per language where it has a name for each; null when it is gone, has no
    name, or is not for the reader. `interaction_id` is the call that shows it.
    """

    id: UUID
    at: datetime
    user: Ref | None
    action: str
    subject_kind: str
    subject_id: UUID | None
    subject_name: str | dict[str, str] | None
    interaction_id: UUID | None
    details: dict[str, Any]
