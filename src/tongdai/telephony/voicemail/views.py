"""What screens show of messages and boxes."""

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
from tongdai.telephony.views import NamedRef


class VoicemailView(BaseModel):
    """A message. `owner`: whose box it is in, a user's or ring group's; null where it waits for whoever answers such calls.
    `caller`: a colleague who left it. `mail`: what became of the mail about it."""

    id: UUID
    interaction_id: UUID
    recording_id: UUID | None
    number: conversations.CustomerNumber | None
    peer_name: str
    contact: NamedRef | None
    caller: NamedRef | None
    extension: str | None
    owner: NamedRef | None
    queue: NamedRef | None
    mailbox: str
    left_at: datetime
    duration_s: float
    heard: bool
    mail: Annotated[str | None, one_of("due", "sending", "sent", "failed", "uncertain")]
    version: int


class VoicemailNews(BaseModel):
    """How many messages are new to me: in my box, and in those of my ring groups."""

    new: int


async def voicemail_views(
    tx: Transaction,
    *,
    limit: int,
    owners: list[UUID],
    others: bool,
    queue_ids: frozenset[UUID] | None,
    only: UUID | None = None,
    deleted: bool = False,
) -> list[VoicemailView]:
    """Messages of these owners, newest first; with `others` those of nobody in particular, too, whose calls reached no queue or
    one of `queue_ids` (None: any). How long they are is known to the tenth once the sound is collected, and by the clock until
    then."""
    rows = await tx.fetch_tuples(
        "SELECT v.id, v.interaction_id, v.recording_id, i.peer, i.contact_id, v.queue_id, v.mailbox, v.at,"
        " coalesce(r.duration_s, greatest(0, extract(epoch FROM r.ended_at - r.started_at)), 0)::float8,"
        " v.heard_at IS NOT NULL, v.version, i.peer_name, v.caller_id, c.name, c.extension, v.owner_id,"
        " coalesce(o.name, g.name), m.state FROM voicemails v"
        " JOIN interactions i ON (i.tenant_id, i.id) = (v.tenant_id, v.interaction_id)"
        " LEFT JOIN recordings r ON (r.tenant_id, r.id) = (v.tenant_id, v.recording_id)"
        " LEFT JOIN users c ON (c.tenant_id, c.id) = (v.tenant_id, v.caller_id)"
        " LEFT JOIN users o ON (o.tenant_id, o.id) = (v.tenant_id, v.owner_id)"
        " LEFT JOIN extension_groups g ON (g.tenant_id, g.id) = (v.tenant_id, v.owner_id)"
        " LEFT JOIN voicemail_mails m ON (m.tenant_id, m.voicemail_id) = (v.tenant_id, v.id)"
        " WHERE v.tenant_id = %(tenant)s AND (%(only)s::uuid IS NULL OR v.id = %(only)s)"
        " AND (v.owner_id = ANY(%(owners)s::uuid[]) OR %(others)s AND v.owner_id IS NULL"
        " AND (%(all)s OR i.queue_id IS NULL OR i.queue_id = ANY(%(queues)s::uuid[])))"
        " AND (v.deleted_at IS NOT NULL) = %(deleted)s"
        " AND coalesce(r.state, 'erased') NOT IN ('erasing', 'erased') ORDER BY v.at DESC LIMIT %(limit)s",
        {
            "limit": limit,
            "only": only,
            "owners": owners,
            "all": queue_ids is None,
            "others": others,
            "queues": list(queue_ids or ()),
            "deleted": deleted,
        },
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
            caller=NamedRef(id=row[12], name=row[13]) if row[12] and row[13] else None,
            extension=row[14],
            owner=NamedRef(id=row[15], name=row[16]) if row[15] and row[16] else None,
            queue=NamedRef(id=row[5], name=queues[row[5]]) if row[5] in queues else None,
            mailbox=row[6],
            left_at=row[7],
            duration_s=row[8],
            heard=row[9],
            mail=row[17],
            version=row[10],
        )
        for row in rows
    ]
