"""What module crm takes and shows."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from tongdai.crm.policies import FieldKind
from tongdai.platform.bodies import Body, Change, Locale, Name
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.http import Ref, one_of

Kind = Literal["unknown", "lead", "customer"]
ContactName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Language = Annotated[str | None, Field(pattern=r"^[a-z]{2,3}$")]
FieldValues = Annotated[dict[str, str | float | int | None], Field(max_length=200)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class IdentityIn(Body):
    kind: Literal["phone", "email"]
    value: Annotated[str, StringConstraints(min_length=1, max_length=254)]


class Identity(BaseModel):
    """`value` is normalised; `national` is how people of its country write a number."""

    id: UUID
    kind: Annotated[str, one_of("phone", "email")]
    value: str
    raw: str
    national: str | None


class ContactIn(Body):
    name: ContactName = ""
    company_id: UUID | None = None
    agent_id: UUID | None = None
    language: Language = None
    kind: Kind = "unknown"
    fields: FieldValues = {}
    tags: Annotated[list[Tag], Field(max_length=50)] = []
    project_id: UUID | None = None
    identities: Annotated[list[IdentityIn], Field(max_length=50)] = []


class ContactChange(Change):
    """`agent_id`: their own agent, for whom they wait before others are asked."""

    name: ContactName = ""
    company_id: UUID | None = None
    agent_id: UUID | None = None
    language: Language = None
    kind: Kind = "unknown"
    fields: FieldValues = {}
    tags: Annotated[list[Tag], Field(max_length=50)] = []


class ContactRowView(BaseModel):
    """A contact in a list."""

    id: UUID
    name: str
    company: Ref | None
    kind: Annotated[str, one_of("unknown", "lead", "customer")]
    language: str | None
    tags: list[str]
    identities: list[Identity]
    last_interaction_at: datetime | None


class Consent(BaseModel):
    purpose: str
    channel: str
    state: Annotated[str, one_of("granted", "refused")]
    source: str
    at: datetime


class ConsentIn(Body):
    """The contact agreed or refused to be contacted for a purpose on a channel; `source` says where that was said."""

    purpose: Word
    channel: Word
    state: Literal["granted", "refused"]
    source: Annotated[str | None, StringConstraints(max_length=200)] = None


class Merge(BaseModel):
    """A merge that can be undone: `other` was joined to this contact."""

    id: UUID
    other: Ref
    at: datetime


class ContactView(ContactRowView):
    """A contact with all that belongs to it, that of the contacts merged into it included."""

    agent: Ref | None
    fields: dict[str, str]
    consents: list[Consent]
    merges: list[Merge]
    project_id: UUID | None
    archived: bool
    version: int


class NoteIn(Body):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    interaction_id: UUID | None = None


class Note(BaseModel):
    id: UUID
    text: str
    author: Ref | None
    at: datetime


class TimelineEntry(BaseModel):
    """Something in a contact's history. `interaction` is a row of the interaction log."""

    id: UUID
    kind: Annotated[str, one_of("interaction", "note", "merge", "change")]
    at: datetime
    interaction: dict[str, Any] | None = None
    note: Note | None = None
    consent: Consent | None = None
    title: str = ""
    detail: str | None = None


class Matter(BaseModel):
    """Something unfinished with a contact (a ticket, a promise): shown when they call."""

    kind: str
    id: UUID
    title: str
    since: datetime


class MergeIn(Body):
    other_id: UUID


class MergeMade(BaseModel):
    merge_id: UUID


class CompanyIn(Body):
    name: Name


class CompanyChange(Change):
    name: Name = ""


class Company(EditedRow):
    name: str


Words = Annotated[dict[Locale, Name], Field(min_length=1)]
Choices = Annotated[list[Word], Field(max_length=200)]


class FieldIn(Body):
    """A field that the tenant adds to its contacts. `key` never changes; `options` are for choices."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    label: Words
    kind: FieldKind = FieldKind.TEXT
    options: Choices = []
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    pauses_recording: bool = False
    """What is said while an agent fills it in (a card's number, say) is in no recording."""


class FieldChange(Change):
    label: Words = {}
    options: Choices = []
    position: Annotated[int, Field(ge=0, le=10_000)] = 0
    pauses_recording: bool = False


class FieldDefinition(EditedRow):
    key: str
    label: dict[str, str]
    kind: FieldKind
    options: list[str]
    position: int
    pauses_recording: bool


class FieldView(BaseModel):
    """A field as forms show it, in the reader's language."""

    key: str
    label: str
    kind: FieldKind
    choices: list[str]
    pauses_recording: bool


class ScreenPop(BaseModel):
    """Who is calling, as the offer shows it. Several people share the number: `candidates`, and `contact` is None."""

    contact: ContactView | None
    candidates: list[Ref]
    number: str | None
    national: str | None
    recent: list[TimelineEntry]
    matters: list[Matter]
    flow_answers: list[dict[str, Any]]
