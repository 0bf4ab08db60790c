"""All SQL of module crm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.crm.repositories.words import Words
from tongdai.crm.schemas import Company, FieldDefinition
from tongdai.kit.ids import new_id
from tongdai.kit.text import fold, sort_key
from tongdai.platform.database import Jsonb, Transaction
from tongdai.platform.database.rows import Edited

COMPANIES = Edited("companies", Company, order="t.name_sort", search="t.name_fold")
FIELDS = Edited(
    "contact_fields",
    FieldDefinition,
    order="lpad(t.position::text, 9, '0')",
    search="t.key",
    json=frozenset({"label", "options"}),
    unique={"contact_fields_tenant_id_key_key": "key"},
)
NAMELESS = "\uffff"
"""Sorts behind every name."""


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as recognised by an identity."""

    id: UUID
    name: str
    language: str | None
    project_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as stored."""

    id: UUID
    project_id: UUID | None
    name: str
    company_id: UUID | None
    agent_id: UUID | None
    kind: str
    language: str | None
    fields: dict[str, Any]
    tags: list[str]
    merged_into: UUID | None
    root_id: UUID | None
    erased_at: datetime | None
    archived: bool
    version: int


@dataclass(frozen=True, slots=True)
class ContactRef:
    """A contact as others show it."""

    id: UUID
    name: str
    company: str | None


@dataclass(frozen=True, slots=True)
class MergeRow:
    id: UUID
    kept_id: UUID
    merged_id: UUID
    undone_at: datetime | None


_CONTACT = ", ".join(ContactRow.__slots__)


def name_columns(name: str) -> dict[str, str]:
    return {"name": name, "name_fold": fold(name), "name_sort": sort_key(name) if name else NAMELESS}


class Contacts:
    """Contacts and their identities."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def by_identity(self, kind: str, value: str) -> list[Known]:
        """Who has this identity; merged contacts give the one they were merged into.

        OFFSET 0 keeps coalesce out of the join: under row-level security a function that is not leakproof cannot be looked
        up in an index, and the planner would read all contacts.
        """
        return await self._tx.fetch_all(
            Known,
            "SELECT DISTINCT k.id, k.name, k.language, k.project_id"
            " FROM (SELECT coalesce(c.root_id, c.id) AS id FROM identities i"
            " JOIN contacts c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id WHERE i.tenant_id = %(tenant)s"
            " AND i.kind = %(kind)s AND i.value = %(value)s OFFSET 0) found"
            " JOIN contacts k ON k.tenant_id = %(tenant)s AND k.id = found.id WHERE NOT k.archived",
            {"kind": kind, "value": value},
        )

    async def sharing(self, kind: str, values: list[str]) -> dict[str, list[Known]]:
        """Who has each of these identities, by name, in one statement; see `by_identity`."""
        rows = await self._tx.fetch_tuples(
            "SELECT DISTINCT found.value, k.name_sort, k.id, k.name, k.language, k.project_id FROM"
            " (SELECT i.value, coalesce(c.root_id, c.id) AS id FROM identities i"
            " JOIN contacts c ON c.tenant_id = i.tenant_id AND c.id = i.contact_id WHERE i.tenant_id = %(tenant)s"
            " AND i.kind = %(kind)s AND i.value = ANY(%(values)s) OFFSET 0) found"
            " JOIN contacts k ON k.tenant_id = %(tenant)s AND k.id = found.id WHERE NOT k.archived ORDER BY 1, 2, 3",
            {"kind": kind, "values": values},
        )
        found: dict[str, list[Known]] = {value: [] for value in values}
        for value, _, contact_id, name, language, project_id in rows:
            found[value].append(Known(contact_id, name, language, project_id))
        return found

    async def refs(self, contact_ids: list[UUID]) -> dict[UUID, ContactRef]:
        rows = await self._tx.fetch_tuples(
            "SELECT asked.id, k.id, k.name, f.name FROM (SELECT id, coalesce(root_id, id) AS root FROM contacts"
            " WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) OFFSET 0) asked"
            " JOIN contacts k ON k.tenant_id = %(tenant)s AND k.id = asked.root"
            " LEFT JOIN companies f ON (f.tenant_id, f.id) = (k.tenant_id, k.company_id)",
            {"ids": contact_ids},
        )
        return {asked: ContactRef(found, name, company) for asked, found, name, company in rows}

    async def add_unknown(
        self, kind: str, value: str, raw: str, at: datetime, project_id: UUID | None = None
    ) -> UUID:
        """A contact of whom nothing is known but an identity."""
        contact_id = new_id()
        await self._tx.write(
            "INSERT INTO contacts (tenant_id, id, project_id, name_sort, created_at)"
            " VALUES (%(tenant)s, %(contact)s, %(project)s, %(sort)s, %(at)s)",
            {"contact": contact_id, "project": project_id, "sort": NAMELESS, "at": at},
        )
        await self._tx.write(
            "INSERT INTO identities (tenant_id, id, contact_id, kind, value, raw)"
            " VALUES (%(tenant)s, %(id)s, %(contact)s, %(kind)s, %(value)s, %(raw)s)",
            {"id": new_id(), "contact": contact_id, "kind": kind, "value": value, "raw": raw},
        )
        await Words(self._tx).write_new(contact_id, project_id, kind, value)
        return contact_id

    async def add(self, values: Mapping[str, Any], at: datetime) -> UUID:
        contact_id = new_id()
        names = [*values, "id", "created_at"]
        await self._tx.execute(
            f"INSERT INTO contacts (tenant_id, {', '.join(names)})"
            f" VALUES (%(tenant)s, {', '.join(f'%({name})s' for name in names)})",
            {**_stored(values), "id": contact_id, "created_at": at},
        )
        return contact_id

    async def find(self, contact_id: UUID, *, lock: bool = False) -> ContactRow | None:
        return await self._tx.fetch_one(
            ContactRow,
            f"SELECT {_CONTACT} FROM contacts WHERE tenant_id = %(tenant)s AND id = %(id)s"
            f" {'FOR UPDATE' if lock else ''}",
            {"id": contact_id},
        )

    async def own_agent(self, contact_id: UUID) -> UUID | None:
        """Of a contact, or of the one that it was merged into."""
        return await self._tx.fetch_value(
            "SELECT k.agent_id FROM contacts c JOIN contacts k ON k.tenant_id = c.tenant_id"
            " AND k.id = coalesce(c.root_id, c.id) WHERE c.tenant_id = %(tenant)s AND c.id = %(id)s",
            {"id": contact_id},
        )

    async def change(self, contact_id: UUID, values: Mapping[str, Any]) -> int:
        """Write the values; gives the new version."""
        sets = "".join(f"{name} = %({name})s, " for name in values)
        return await self._tx.fetch_value(
            f"UPDATE contacts SET {sets}version = version + 1 WHERE tenant_id = %(tenant)s AND id = %(id)s"
            " RETURNING version",
            {**_stored(values), "id": contact_id},
        )

    async def group(self, root_id: UUID) -> list[UUID]:
        """The contact and all that were merged into it, over chains of merges."""
        rows = await self._tx.fetch_tuples(
            "SELECT id FROM contacts WHERE tenant_id = %(tenant)s AND (id = %(id)s OR root_id = %(id)s)",
            {"id": root_id},
        )
        return [row[0] for row in rows]

    async def add_identity(self, contact_id: UUID, kind: str, value: str, raw: str) -> UUID:
        """The identity; one that the contact has already is left as it is."""
        await self._tx.execute(
            "INSERT INTO identities (tenant_id, id, contact_id, kind, value, raw)"
            " VALUES (%(tenant)s, %(id)s, %(contact)s, %(kind)s, %(value)s, %(raw)s) ON CONFLICT DO NOTHING",
            {"id": new_id(), "contact": contact_id, "kind": kind, "value": value, "raw": raw},
        )
        return await self._tx.fetch_value(
            "SELECT id FROM identities WHERE tenant_id = %(tenant)s AND contact_id = %(contact)s"
            " AND kind = %(kind)s AND value = %(value)s",
            {"contact": contact_id, "kind": kind, "value": value},
        )

    async def has_identity(self, contact_id: UUID) -> bool:
        return await self._tx.fetch_value(
            "SELECT EXISTS (SELECT FROM identities WHERE tenant_id = %(tenant)s AND contact_id = %(id)s)",
            {"id": contact_id},
        )

    async def remove_identity(self, contact_ids: list[UUID], identity_id: UUID | None = None) -> int:
        """One identity, or all of these contacts."""
        return await self._tx.execute(
            "DELETE FROM identities WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(contacts)s)"
            " AND (%(id)s::uuid IS NULL OR id = %(id)s)",
            {"contacts": contact_ids, "id": identity_id},
        )

    async def add_note(self, contact_id: UUID, body: str, interaction_id: UUID | None, at: datetime) -> UUID:
        note_id = new_id()
        await self._tx.execute(
            "INSERT INTO contact_notes (tenant_id, id, contact_id, user_id, interaction_id, body, created_at)"
            " VALUES (%(tenant)s, %(id)s, %(contact)s, %(user)s, %(interaction)s, %(body)s, %(at)s)",
            {
                "id": note_id,
                "contact": contact_id,
                "user": self._tx.scope.user_id,
                "interaction": interaction_id,
                "body": body,
                "at": at,
            },
        )
        return note_id

    async def add_consent(
        self, contact_id: UUID, purpose: str, channel: str, state: str, source: str, at: datetime
    ) -> None:
        await self._tx.execute(
            "INSERT INTO consents (tenant_id, id, contact_id, purpose, channel, state, source, at, user_id)"
            " VALUES (%(tenant)s, %(id)s, %(contact)s, %(purpose)s, %(channel)s, %(state)s, %(source)s, %(at)s, %(user)s)",
            {
                "id": new_id(),
                "contact": contact_id,
                "purpose": purpose,
                "channel": channel,
                "state": state,
                "source": source,
                "at": at,
                "user": self._tx.scope.user_id,
            },
        )

    async def refused(self, contact_ids: list[UUID], purpose: str, channel: str) -> bool:
        """Whether the last that was said of this purpose, on this channel or on all, is a refusal."""
        state = await self._tx.fetch_value(
            "SELECT state FROM consents WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)"
            " AND purpose = %(purpose)s AND channel IN (%(channel)s, 'any', 'all') ORDER BY at DESC, id DESC LIMIT 1",
            {"ids": contact_ids, "purpose": purpose, "channel": channel},
        )
        return state == "refused"

    async def address_of(self, contact_ids: list[UUID], kind: str) -> str | None:
        """The first of this kind that was known."""
        return await self._tx.fetch_value(
            "SELECT value FROM identities WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s) AND kind = %(kind)s"
            " ORDER BY id LIMIT 1",
            {"ids": contact_ids, "kind": kind},
        )

    async def forget(self, contact_ids: list[UUID], at: datetime) -> None:
        """Erase what is personal in crm's own tables; the empty contacts stay, so that figures still add up."""
        ids = {"ids": contact_ids, "at": at, "sort": NAMELESS}
        await self._tx.execute(
            "UPDATE contacts SET name = '', name_fold = '', name_sort = %(sort)s, company_id = NULL,"
            " language = NULL, fields = '{}', tags = '{}', archived = true, erased_at = %(at)s,"
            " version = version + 1 WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
            ids,
        )
        for table in ("identities", "contact_words", "contact_notes", "consents"):
            await self._tx.execute(
                f"DELETE FROM {table} WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)", ids
            )


class Merges:
    """Merges are pointers. They wait for each other, so that two that meet cannot make a ring."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def serialise(self) -> None:
        await self._tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(tenant)s::uuid::text, 4712))")

    async def add(self, kept_id: UUID, merged_id: UUID, at: datetime) -> UUID:
        merge_id = new_id()
        await self._tx.execute(
            "INSERT INTO contact_merges (tenant_id, id, kept_id, merged_id, user_id, at)"
            " VALUES (%(tenant)s, %(id)s, %(kept)s, %(merged)s, %(user)s, %(at)s)",
            {
                "id": merge_id,
                "kept": kept_id,
                "merged": merged_id,
                "user": self._tx.scope.user_id,
                "at": at,
            },
        )
        await self._tx.execute(
            "UPDATE contacts SET root_id = %(kept)s WHERE tenant_id = %(tenant)s"
            " AND (id = %(merged)s OR root_id = %(merged)s)",
            {"kept": kept_id, "merged": merged_id},
        )
        return merge_id

    async def lock(self, merge_id: UUID) -> MergeRow | None:
        return await self._tx.fetch_one(
            MergeRow,
            "SELECT id, kept_id, merged_id, undone_at FROM contact_merges"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s FOR UPDATE",
            {"id": merge_id},
        )

    async def undo(self, merge: MergeRow, at: datetime) -> None:
        """Take the pointer back: what had been merged into the contact before goes with it again."""
        await self._tx.execute(
            "UPDATE contact_merges SET undone_at = %(at)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": merge.id, "at": at},
        )
        await self._tx.execute(
            "WITH RECURSIVE own AS (SELECT %(merged)s::uuid AS id UNION SELECT c.id FROM contacts c"
            " JOIN own ON c.merged_into = own.id WHERE c.tenant_id = %(tenant)s)"
            " UPDATE contacts SET root_id = nullif(%(merged)s::uuid, contacts.id) FROM own"
            " WHERE tenant_id = %(tenant)s AND contacts.id = own.id",
            {"merged": merge.merged_id},
        )


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Jsonb(value) if name == "fields" else value for name, value in values.items()}
