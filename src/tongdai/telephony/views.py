"""What screens show of calls, phones, recordings and voicemails."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from tongdai.conversations import public as conversations
from tongdai.crm import public as crm
from tongdai.kit.phone import national_format
from tongdai.platform.database import Transaction
from tongdai.platform.http import one_of
from tongdai.routing import public as routing
from tongdai.telephony.recordings import Recordings
from tongdai.telephony.repository import CallRow, Calls, DeviceRow

STATES = {
    "flow": "ringing",
    "waiting": "ringing",
    "calling_agent": "ringing",
    "dialling": "ringing",
    "transferring": "ringing",
    "voicemail": "ringing",
    "talking": "talking",
    "held": "held",
    "rejoining": "held",
    "ended": "ended",
}


class NamedRef(BaseModel):
    id: UUID
    name: str


class Peer(BaseModel):
    number: str | None
    national: str | None
    name: str | None


class CallView(BaseModel):
    """A call as its agent sees it. `recording`: on, paused, off (may be started), none (never); `recording_by_agent`: the agent
    may start, pause and stop it.
    """

    id: UUID
    interaction_id: UUID
    state: Annotated[str, one_of("ringing", "talking", "held", "ended")]
    direction: Annotated[str, one_of("inbound", "outbound", "internal")]
    peer: Peer
    started_at: datetime
    answered_at: datetime | None
    on_hold_since: datetime | None
    muted: bool
    recording: Annotated[str, one_of("on", "paused", "off", "none")]
    recording_by_agent: bool
    queue: NamedRef | None


class DeviceView(BaseModel):
    id: UUID
    kind: Annotated[str, one_of("webrtc", "sip")]
    sip_user: str
    registered: bool


class IceServer(BaseModel):
    urls: str
    username: str | None = None
    credential: str | None = None


class PhoneView(BaseModel):
    """How this session's softphone signs in. The password lives as long as the session."""

    sip_user: str
    sip_password: str
    domain: str
    ws_path: str
    ice_servers: list[IceServer]
    ring_on: Annotated[str, one_of("browser", "phone", "both")]
    extension: str | None
    devices: list[DeviceView]


class VoicemailView(BaseModel):
    id: UUID
    interaction_id: UUID
    recording_id: UUID | None
    number: conversations.CustomerNumber | None
    peer_name: str
    contact: NamedRef | None
    queue: NamedRef | None
    mailbox: str
    left_at: datetime
    duration_s: float
    heard: bool
    version: int


async def call_views(tx: Transaction, rows: list[CallRow]) -> list[CallView]:
    """Calls as their agents see them."""
    if not rows:
        return []
    interactions = {
        row.id: row for row in await conversations.Interactions(tx).get([row.interaction_id for row in rows])
    }
    contacts = await crm.contact_refs(tx, [row.contact_id for row in interactions.values() if row.contact_id])
    queues = await routing.queue_names(tx, [row.queue_id for row in interactions.values() if row.queue_id])
    may_run = [row.id for row in rows if row.recording_policy != "never"]
    running = await Recordings(tx).running(may_run) if may_run else {}
    views: list[CallView] = []
    for row in rows:
        interaction = interactions[row.interaction_id]
        contact = contacts.get(interaction.contact_id) if interaction.contact_id else None
        number = interaction.peer or (interaction.peer_raw if interaction.direction == "internal" else None)
        views.append(
            CallView(
                id=row.id,
                interaction_id=row.interaction_id,
                state=STATES[row.state],
                direction=row.direction,
                peer=Peer(
                    number=number,
                    national=national_format(number) if number and number.startswith("+") else number,
                    name=(contact.name if contact else "") or interaction.peer_name or None,
                ),
                started_at=row.started_at,
                answered_at=row.answered_at,
                on_hold_since=row.held_since,
                muted=row.muted,
                recording=_recording(row, running.get(row.id)),
                recording_by_agent=row.recording_policy == "on_demand",
                queue=NamedRef(id=interaction.queue_id, name=queues.get(interaction.queue_id, ""))
                if interaction.queue_id
                else None,
            )
        )
    return views


def _recording(row: CallRow, paused: bool | None) -> str:
    if row.recording_policy == "never":
        return "none"
    if paused is None:
        return "off"
    return "paused" if paused else "on"


async def call_view(tx: Transaction, call_id: UUID) -> CallView | None:
    row = await Calls(tx).get(call_id)
    return (await call_views(tx, [row]))[0] if row else None


def device_view(row: DeviceRow, registered: frozenset[str]) -> DeviceView:
    return DeviceView(id=row.id, kind=row.kind, sip_user=row.sip_name, registered=row.sip_name in registered)


async def voicemail_views(
    tx: Transaction, *, limit: int, only: UUID | None = None, queue_ids: frozenset[UUID] | None = None
) -> list[VoicemailView]:
    """Messages, newest first; with `queue_ids` those of calls that reached no queue or one of these. How long they are is
    known to the tenth once the sound is collected, and by the clock until then."""
    rows = await tx.fetch_tuples(
        "SELECT v.id, v.interaction_id, v.recording_id, i.peer, i.contact_id, v.queue_id, v.mailbox, v.at,"
        " coalesce(r.duration_s, greatest(0, extract(epoch FROM r.ended_at - r.started_at)), 0)::float8,"
        " v.heard_at IS NOT NULL, v.version, i.peer_name FROM voicemails v"
        " JOIN interactions i ON (i.tenant_id, i.id) = (v.tenant_id, v.interaction_id)"
        " LEFT JOIN recordings r ON (r.tenant_id, r.id) = (v.tenant_id, v.recording_id)"
        " WHERE v.tenant_id = %(tenant)s AND (%(only)s::uuid IS NULL OR v.id = %(only)s)"
        " AND (%(all)s OR i.queue_id IS NULL OR i.queue_id = ANY(%(queues)s::uuid[]))"
        " AND coalesce(r.state, 'erased') <> 'erased' ORDER BY v.at DESC LIMIT %(limit)s",
        {"limit": limit, "only": only, "all": queue_ids is None, "queues": list(queue_ids or ())},
    )
    contacts = await crm.contact_refs(tx, [row[4] for row in rows if row[4]])
    queues = await routing.queue_names(tx, [row[5] for row in rows if row[5]])
    return [
        VoicemailView(
            id=row[0],
            interaction_id=row[1],
            recording_id=row[2],
            number=conversations.CustomerNumber(e164=row[3], national=national_format(row[3]))
            if row[3]
            else None,
            peer_name=row[11],
            contact=NamedRef(id=contacts[row[4]].id, name=contacts[row[4]].name)
            if row[4] in contacts
            else None,
            queue=NamedRef(id=row[5], name=queues[row[5]]) if row[5] in queues else None,
            mailbox=row[6],
            left_at=row[7],
            duration_s=row[8],
            heard=row[9],
            version=row[10],
        )
        for row in rows
    ]
