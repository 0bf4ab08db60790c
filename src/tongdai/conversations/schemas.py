"""What module conversations takes and shows."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from tongdai.conversations.policies import Consequence, Ending, Result, Work
from tongdai.platform.bodies import Body, Change, Locale, Name
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.http import Ref, one_of


class CustomerNumber(BaseModel):
    """A number: E.164 where it can be read, else as received; and as its own country writes it."""

    e164: str
    national: str | None


class InteractionRowView(BaseModel):
    """A row of the log. `result` is None while it lasts; `number` is None when it was withheld; `peer_name` is what the network
    calls the customer."""

    id: UUID
    channel: str
    direction: Annotated[str, one_of("inbound", "outbound", "internal")]
    started_at: datetime
    contact: Ref | None
    number: CustomerNumber | None
    peer_name: str
    peer_verified: bool
    queue: Ref | None
    agent: Ref | None
    result: Annotated[str, one_of(*Result)] | None
    wait_s: float
    talk_s: float
    hold_s: float
    wrap_up_s: float
    hung_up_by: Annotated[str, one_of("customer", "agent", "system")] | None
    cause: str | None
    has_recording: bool
    disposition: str | None


class SegmentView(BaseModel):
    """An interval of one participant. `end` None: it lasts."""

    kind: Annotated[str, one_of("flow", "wait", "ring", "talk", "hold", "voicemail", "wrap_up", "help")]
    participant: str
    start: datetime
    end: datetime | None
    queue: Ref | None
    user: Ref | None


class EventView(BaseModel):
    at: datetime
    type: str
    detail: str | None = None


class FlowStep(BaseModel):
    """A node of the flow that the customer passed, and how it was left."""

    node: str
    label: str
    at: datetime
    result: str | None


class FlowAnswer(BaseModel):
    """What the flow asked and heard."""

    label: str
    value: str


class Candidate(BaseModel):
    """An agent whom routing looked at. `verdict`: chosen, or why not."""

    user: Ref
    verdict: str
    why: str


class PreferredAgent(BaseModel):
    """For whom a contact waits first: whom the flow names, their own agent, or who spoke with them last."""

    user: Ref
    why: Annotated[str, one_of("flow", "contact", "last")]


class RoutingDecision(BaseModel):
    """One decision of routing, and what became of its offer (`outcome`)."""

    at: datetime
    decision: str
    outcome: str | None = None
    chosen: Ref | None
    why: str
    waited_s: float | None = None
    waiting: int | None = None
    free: int | None = None
    preferred: PreferredAgent | None = None
    candidates: list[Candidate]


class MatterCall(BaseModel):
    """One of the calls about the same matter."""

    id: UUID
    at: datetime
    direction: str
    result: str | None


class CallbackOfCall(BaseModel):
    """The callback that was asked for in this call, or that it was; with all its calls, in order."""

    id: UUID
    state: str
    asked_at: datetime
    due_at: datetime | None
    attempts: int
    reason: str | None
    calls: list[MatterCall]


class RecordingView(BaseModel):
    """What can be listened to; `channels` in the order of the file. With `legal_hold` it is kept until that is lifted."""

    id: UUID
    kind: str
    duration_s: float
    channels: list[str]
    size: int
    checksum: str
    codec: str
    legal_hold: bool = False
    hold_reason: str = ""
    held_at: datetime | None = None


class QualityView(BaseModel):
    """How the call sounded, from RTCP: delay there and back, jitter, loss in per cent, estimated MOS (1 to 4.4)."""

    rtt_ms: float | None = None
    jitter_ms: float | None = None
    loss_pct: float | None = None
    mos: float | None = None


class WaitingView(BaseModel):
    """Its place in the queue, from 1, and how long it will wait yet; null: that cannot be said."""

    position: int
    expected_wait_s: float | None


class InteractionView(InteractionRowView):
    """All that is known of an interaction. routing, waiting, flow_path, recordings and quality come from the modules that own
    them. The messages of a channel in writing are those of the conversation."""

    conversation_id: UUID | None
    segments: list[SegmentView]
    notes: str
    disposition_id: UUID | None
    flow_answers: list[FlowAnswer]
    events: list[EventView]
    flow_path: list[FlowStep] = []
    routing: list[RoutingDecision] = []
    waiting: WaitingView | None = None
    callback: CallbackOfCall | None = None
    recordings: list[RecordingView] = []
    quality: QualityView | None = None
    version: int


class NotesIn(Change):
    """Correct what was noted when the interaction was wrapped up. `version` is the interaction's."""

    note: Annotated[str, StringConstraints(max_length=20_000)] = ""
    disposition_id: UUID | None = None


class MyDaySegment(BaseModel):
    state: Annotated[str, one_of("ready", "not_ready", "talking", "hold", "working", "wrap_up", "offline")]
    reason: str | None
    start: datetime
    end: datetime | None


class ResultCount(BaseModel):
    """How many of my contacts I finished with a result."""

    id: UUID
    label: str
    count: int


class MyDay(BaseModel):
    """Own figures since midnight in one's own time zone; a figure that cannot be computed is left out (`internal`,
    `internal_s`: calls with colleagues, which count in no other). `results`: the most frequent first."""

    figures: dict[str, float]
    segments: list[MyDaySegment]
    results: list[ResultCount]


class DispositionView(BaseModel):
    """A result code as agents pick it, in the reader's language."""

    id: UUID
    label: str
    parent_id: UUID | None
    code: str
    requires_note: bool
    work: list[Work]
    suggested_for: list[Ending]
    consequence: Consequence | None
    consequence_days: int | None


Words = Annotated[dict[Locale, Name], Field(min_length=1)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
QueueIds = Annotated[list[UUID], Field(max_length=500)]
Place = Annotated[int, Field(ge=0, le=10_000)]


Works = Annotated[list[Work], Field(max_length=3)]
Endings = Annotated[list[Ending], Field(max_length=10)]
Days = Annotated[int | None, Field(ge=1, le=36_500)]


class DispositionIn(Body):
    """`queue_ids` empty: for all queues; `work` empty: for all kinds of contacts. `suggested_for`: how calls of ours end
    after which it is proposed. `consequence_days`: for how long the number is not called; null: for good."""

    label: Words
    code: Code
    parent_id: UUID | None = None
    requires_note: bool = False
    queue_ids: QueueIds = []
    work: Works = []
    suggested_for: Endings = []
    consequence: Consequence | None = None
    consequence_days: Days = None
    position: Place = 0


class DispositionChange(Change):
    label: Words = {}
    code: Code = ""
    parent_id: UUID | None = None
    requires_note: bool = False
    queue_ids: QueueIds = []
    work: Works = []
    suggested_for: Endings = []
    consequence: Consequence | None = None
    consequence_days: Days = None
    position: Place = 0


class Disposition(EditedRow):
    label: dict[str, str]
    code: str
    parent_id: UUID | None
    requires_note: bool
    queue_ids: list[UUID]
    work: list[Work]
    suggested_for: list[Ending]
    consequence: Consequence | None
    consequence_days: int | None
    position: int
