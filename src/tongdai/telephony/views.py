"""What screens show of calls, phones, recordings and voicemails."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from tongdai.conversations import public as conversations
from tongdai.crm import public as crm
from tongdai.kit.phone import national_format
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.platform.http import one_of
from tongdai.platform.relays import IceServer
from tongdai.routing import public as routing
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.recording.repository import Recordings, Running
from tongdai.telephony.repository import CallRow, Calls, DeviceRow
from tongdai.telephony.together.parties import Parties

STATES = {
    "flow": "ringing",
    "waiting": "ringing",
    "calling_agent": "ringing",
    "calling_customer": "ringing",
    "connecting_agent": "ringing",
    "dialling": "ringing",
    "transferring": "ringing",
    "handing_over": "ringing",
    "consulting": "talking",
    "in_room": "talking",
    "conference": "talking",
    "voicemail": "ringing",
    "sent_to_voicemail": "ringing",
    "talking": "talking",
    "held": "held",
    "rejoining": "held",
    "parked": "held",
    "ended": "ended",
}


UNREACHED = ("busy", "no_answer", "refused", "failed")
WITH_PARTIES = {"consulting": "consult", "conference": "conference"}


class NamedRef(BaseModel):
    id: UUID
    name: str


class Peer(BaseModel):
    number: str | None
    national: str | None
    name: str | None


class PartyView(BaseModel):
    """One who was called into a call. `name` is a colleague's or a ring group's, `number` an outside party's. An agent of a
    `queue` is nobody (`user_id`) as long as none is free. Who `listens` hears all and is heard by nobody."""

    id: UUID
    user_id: UUID | None
    name: str
    number: str | None
    national: str | None
    state: Annotated[str, one_of("ringing", "talking", "held")]
    muted: bool
    listens: bool
    queue: NamedRef | None


class CallView(BaseModel):
    """A call as those on it see it. `recording`: on, paused, off (may be started), none (never);
    `recording_by_agent`: the agent may start, pause and stop it; `recording_pausable`: pause it, until it goes on by itself at
    `recording_paused_until`, if that is known. `on_hold_since`: the customer hears music.

    `together`: none (customer and agent are alone), consult (the party does not hear the customer), conference, or room (in a
    conference room, or at its door). When asking or conferring, `agent` has the customer; who was called in finds themselves
    among `parties`. `park_slot`: where the customer is parked. `unreached`: why nobody answered, once an agent's own call
    has ended so; null also where they gave up themselves.
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
    recording_pausable: bool
    recording_paused_until: datetime | None
    queue: NamedRef | None
    agent: NamedRef | None
    together: Annotated[str, one_of("none", "consult", "conference", "room")]
    parties: list[PartyView]
    park_slot: int | None
    unreached: Annotated[str, one_of(*UNREACHED)] | None


class DeviceView(BaseModel):
    id: UUID
    kind: Annotated[str, one_of("webrtc", "sip")]
    sip_user: str
    registered: bool


class PhoneView(BaseModel):
    """How this session's softphone signs in. The password lives as long as the session. `queued`: calls of queues may come to its
    user, who is asked for a microphone before the first one does."""

    sip_user: str
    sip_password: str
    domain: str
    ws_path: str
    ice_servers: list[IceServer]
    ring_on: Annotated[str, one_of("browser", "phone", "both")]
    extension: str | None
    devices: list[DeviceView]
    queued: bool


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
    together = [row for row in rows if row.state in WITH_PARTIES]
    parties = await _parties(tx, [row.id for row in together])
    agents = await _names(tx, {row.user_id for row in together if row.user_id})
    views: list[CallView] = []
    for row in rows:
        interaction = interactions[row.interaction_id]
        contact = contacts.get(interaction.contact_id) if interaction.contact_id else None
        number = interaction.peer or (interaction.peer_raw if interaction.direction == "internal" else None)
        views.append(
            CallView(
                id=row.id,
                interaction_id=row.interaction_id,
                state="held" if row.held_since and row.ended_at is None else STATES[row.state],
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
                recording_pausable=_pausable(row, running.get(row.id)),
                recording_paused_until=running[row.id].until if row.id in running else None,
                queue=NamedRef(id=interaction.queue_id, name=queues.get(interaction.queue_id, ""))
                if interaction.queue_id
                else None,
                agent=agents.get(row.user_id) if row.user_id else None,
                together="room" if row.state == "in_room" else WITH_PARTIES.get(row.state, "none"),
                parties=parties.get(row.id, []),
                park_slot=row.park_slot,
                unreached=_unreached(row, interaction.result),
            )
        )
    return views


def _unreached(row: CallRow, result: str | None) -> str | None:
    own = row.direction != "inbound" and row.answered_at is None and row.hung_up_by != "agent"
    return result if own and row.ended_at is not None and result in UNREACHED else None


async def _parties(tx: Transaction, call_ids: list[UUID]) -> dict[UUID, list[PartyView]]:
    if not call_ids:
        return {}
    rows = await Parties(tx).of_calls(call_ids)
    names = await _names(tx, {row.user_id for row in rows if row.user_id})
    queues = await routing.queue_names(tx, [row.queue_id for row in rows if row.queue_id])
    extensions = [row.number for row in rows if row.number and not row.number.startswith("+")]
    groups = await Reach(tx).group_names(extensions) if extensions else {}
    found: dict[UUID, list[PartyView]] = {}
    for row in rows:
        view = PartyView(
            id=row.id,
            user_id=row.user_id,
            name=names[row.user_id].name if row.user_id else groups.get(row.number, ""),
            number=row.number or None,
            national=national_format(row.number) if row.number.startswith("+") else row.number or None,
            state=row.state,
            muted=row.muted,
            listens=row.listens,
            queue=NamedRef(id=row.queue_id, name=queues.get(row.queue_id, "")) if row.queue_id else None,
        )
        found.setdefault(row.call_id, []).append(view)
    return found


async def _names(tx: Transaction, user_ids: set[UUID]) -> dict[UUID, NamedRef]:
    if not user_ids:
        return {}
    return {
        one.id: NamedRef(id=one.id, name=one.name) for one in await people.list_people(tx, list(user_ids))
    }


def _recording(row: CallRow, running: Running | None) -> str:
    if row.recording_policy == "never":
        return "none"
    if running is None:
        return "off"
    return "paused" if running.paused else "on"


def _pausable(row: CallRow, running: Running | None) -> bool:
    """Also what began with a pause can be resumed."""
    asked = row.recording_policy == "on_demand" or row.recording_pause_s > 0
    return asked or (running is not None and running.paused)


async def call_view(tx: Transaction, call_id: UUID) -> CallView | None:
    row = await Calls(tx).get(call_id)
    return (await call_views(tx, [row]))[0] if row else None


def device_view(row: DeviceRow, registered: frozenset[str]) -> DeviceView:
    return DeviceView(id=row.id, kind=row.kind, sip_user=row.sip_name, registered=row.sip_name in registered)
