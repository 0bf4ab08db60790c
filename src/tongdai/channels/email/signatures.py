"""What stands under a letter: the signature that fits its writer's team, its queue and its mailbox best, with their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.schemas import Signature
from tongdai.conversations.public import InteractionRow, filled, in_language
from tongdai.crm.public import contact_refs
from tongdai.people.public import Person, list_people
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited
from tongdai.platform.errors import NotFound
from tongdai.routing.public import queue_rules

SIGNATURES = Edited("signatures", Signature, json=frozenset({"body"}))
SEPARATOR = "-- "
"""Its line of its own: mail programs know by it where the signature begins (RFC 3676, 4.3)."""


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature and what it is for; None: for any."""

    name: str
    body: dict[str, str]
    mailbox_id: UUID | None
    queue_id: UUID | None
    team_id: UUID | None


def fitting(
    rows: Sequence[SignatureRow], mailbox_id: UUID, queue_id: UUID | None, team_ids: Sequence[UUID]
) -> SignatureRow | None:
    """The one that says most of what it is for; of equals the team's before the queue's before the mailbox's. Pure."""
    suitable = [
        row
        for row in rows
        if row.mailbox_id in (None, mailbox_id)
        and row.queue_id in (None, queue_id)
        and (row.team_id is None or row.team_id in team_ids)
    ]

    def rank(row: SignatureRow) -> tuple[int, bool, bool, str]:
        named = [row.team_id, row.queue_id, row.mailbox_id]
        return named.count(None), row.team_id is None, row.queue_id is None, row.name

    return min(suitable, key=rank, default=None)


def under(text: str, signature: str) -> str:
    """A letter's text with its signature. Pure."""
    return f"{text}\n\n{SEPARATOR}\n{signature}" if signature else text


async def signature_of(
    tx: Transaction, mailbox: MailboxRow, interaction: InteractionRow, user_id: UUID
) -> str:
    """What stands under what this user writes now; empty where there is none for it."""
    rows = await tx.fetch_all(
        SignatureRow,
        "SELECT name, body, mailbox_id, queue_id, team_id FROM signatures WHERE tenant_id = %(tenant)s AND NOT archived",
    )
    person = next(iter(await list_people(tx, [user_id])), Person(user_id, "", None, "en", []))
    row = fitting(rows, mailbox.id, interaction.queue_id, person.team_ids)
    if row is None:
        return ""
    text = in_language(row.body, [interaction.language, person.locale])
    return filled(text, await values_of(tx, interaction, person.name)).strip()


async def values_of(tx: Transaction, interaction: InteractionRow, agent: str = "") -> dict[str, str]:
    """The variables of texts to this interaction's customer."""
    contacts = await contact_refs(tx, [interaction.contact_id] if interaction.contact_id else [])
    return {
        "contact.name": next((one.name for one in contacts.values()), "") or interaction.peer_name,
        "agent.name": agent,
        "queue.name": await _queue_name(tx, interaction.queue_id),
    }


async def _queue_name(tx: Transaction, queue_id: UUID | None) -> str:
    try:
        return (await queue_rules(tx, queue_id)).name if queue_id is not None else ""
    except NotFound:
        return ""
