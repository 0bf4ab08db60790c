"""What screens show of customers."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.crm.repositories.words import Place, Within, Words
from tongdai.crm.repository import ContactRow, Contacts
from tongdai.crm.schemas import (
    Consent,
    ContactRowView,
    ContactView,
    Identity,
    Merge,
    Note,
    ScreenPop,
    TimelineEntry,
)
from tongdai.crm.sources import CustomerSources
from tongdai.crm.sources import Place as Moment
from tongdai.kit.phone import national_format
from tongdai.people import public as people
from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.database import Transaction
from tongdai.platform.http import Ref


@dataclass(frozen=True, slots=True)
class _Listed:
    id: UUID
    name: str
    company_id: UUID | None
    company_name: str | None
    kind: str
    language: str | None
    tags: list[str]
    name_sort: str


@dataclass(frozen=True, slots=True)
class _IdentityRow:
    contact_id: UUID
    id: UUID
    kind: str
    value: str
    raw: str


@dataclass(frozen=True, slots=True)
class _NoteRow:
    id: UUID
    body: str
    user_id: UUID | None
    user_name: str | None
    created_at: datetime


async def listing(
    tx: Transaction, reach: Reach, after: list[Any] | None, limit: int, *, archived: bool = False
) -> list[tuple[tuple[Any, ...], ContactRowView]]:
    """Up to `limit + 1` contacts by name, each with its place in the order."""
    rows = await _listed(
        tx,
        "AND t.merged_into IS NULL AND t.archived = %(archived)s AND t.erased_at IS NULL"
        " AND (%(all)s OR t.project_id = ANY(%(projects)s))"
        f" {'AND (t.name_sort, t.id) > (%(sort)s, %(after)s::uuid)' if after else ''}"
        " ORDER BY t.name_sort, t.id LIMIT %(limit)s + 1",
        all=reach.everything,
        projects=_projects(reach),
        archived=archived,
        sort=after[0] if after else None,
        after=after[1] if after else None,
        limit=limit,
    )
    return [((row.name_sort, row.id), view) for row, view in rows]


async def found(
    tx: Transaction, reach: Reach, q: str, after: Place | None, limit: int, *, archived: bool = False
) -> list[tuple[tuple[Any, ...], ContactRowView]]:
    """Up to `limit + 1` contacts that `q` finds, the best first, each with its place (`Words.find`)."""
    within = Within(None if reach.everything else _projects(reach), archived)
    places = await Words(tx).find(q, within, after, limit + 1)
    rows = await _listed(tx, "AND t.id = ANY(%(ids)s)", ids=[place.contact_id for place in places])
    views = {row.id: view for row, view in rows}
    return [(astuple(place), views[place.contact_id]) for place in places]


async def _listed(tx: Transaction, where: str, **parameters: Any) -> list[tuple[_Listed, ContactRowView]]:
    rows = await tx.fetch_all(
        _Listed,
        "SELECT t.id, t.name, t.company_id, f.name AS company_name, t.kind, t.language, t.tags, t.name_sort"
        " FROM contacts t LEFT JOIN companies f ON (f.tenant_id, f.id) = (t.tenant_id, t.company_id)"
        f" WHERE t.tenant_id = %(tenant)s {where}",
        parameters,
    )
    groups = await _groups(tx, [row.id for row in rows])
    owned = await identities(tx, groups)
    return [
        (
            row,
            ContactRowView(
                id=row.id,
                name=row.name,
                company=Ref(id=row.company_id, name=row.company_name or "") if row.company_id else None,
                kind=row.kind,
                language=row.language,
                tags=row.tags,
                identities=owned[row.id],
                last_interaction_at=None,
            ),
        )
        for row in rows
    ]


def _projects(reach: Reach) -> list[UUID]:
    return list(reach.project_ids) if WIDTH[reach.extent] >= WIDTH[Extent.PROJECT] else []


async def matching_ids(tx: Transaction, q: str, limit: int = 500) -> list[UUID]:
    """Contacts that `q` finds (with those merged into them), archived or not; the first `limit`."""
    places = await Words(tx).find(q, Within(), None, limit)
    places += await Words(tx).find(q, Within(archived=True), None, limit - len(places))
    groups = await _groups(tx, [place.contact_id for place in places])
    return [one for group in groups.values() for one in group]


async def add_last_times(
    tx: Transaction, contacts: list[ContactRowView], sources: CustomerSources
) -> list[ContactRowView]:
    """When each was last in touch, merged ones counted."""
    groups = await _groups(tx, [contact.id for contact in contacts])
    times: dict[UUID, datetime] = {}
    for source in sources.all:
        for contact_id, at in (
            await source.last_at(tx, [one for ids in groups.values() for one in ids])
        ).items():
            times[contact_id] = max(at, times.get(contact_id, at))
    for contact in contacts:
        known = [times[one] for one in groups[contact.id] if one in times]
        contact.last_interaction_at = max(known, default=None)
    return contacts


async def _groups(tx: Transaction, root_ids: list[UUID]) -> dict[UUID, list[UUID]]:
    groups = {root: [root] for root in root_ids}
    for member, root in await tx.fetch_tuples(
        "SELECT id, root_id FROM contacts WHERE tenant_id = %(tenant)s AND root_id = ANY(%(ids)s)",
        {"ids": root_ids},
    ):
        groups[root].append(member)
    return groups


async def identities(tx: Transaction, groups: Mapping[UUID, list[UUID]]) -> dict[UUID, list[Identity]]:
    """Per contact the identities of all that were merged into it, each once."""
    owner = {member: root for root, members in groups.items() for member in members}
    rows = await tx.fetch_all(
        _IdentityRow,
        "SELECT contact_id, id, kind, value, raw FROM identities WHERE tenant_id = %(tenant)s"
        " AND contact_id = ANY(%(ids)s) ORDER BY kind DESC, created_at, id",
        {"ids": list(owner)},
    )
    found: dict[UUID, dict[tuple[str, str], Identity]] = {root: {} for root in groups}
    for row in rows:
        national = national_format(row.value) if row.kind == "phone" else None
        identity = Identity(id=row.id, kind=row.kind, value=row.value, raw=row.raw, national=national)
        found[owner[row.contact_id]].setdefault((row.kind, row.value), identity)
    return {root: list(unique.values()) for root, unique in found.items()}


async def contact(tx: Transaction, row: ContactRow, sources: CustomerSources) -> ContactView:
    """The whole record of a contact that is not merged into another."""
    group = await Contacts(tx).group(row.id)
    company = await tx.fetch_value(
        "SELECT name FROM companies WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": row.company_id}
    )
    agents = await people.list_people(tx, [row.agent_id]) if row.agent_id else []
    merges = await tx.fetch_tuples(
        "SELECT m.id, m.merged_id, c.name, m.at FROM contact_merges m"
        " JOIN contacts c ON (c.tenant_id, c.id) = (m.tenant_id, m.merged_id)"
        " WHERE m.tenant_id = %(tenant)s AND m.kept_id = ANY(%(ids)s) AND m.undone_at IS NULL ORDER BY m.at DESC",
        {"ids": group},
    )
    view = ContactView(
        id=row.id,
        name=row.name,
        company=Ref(id=row.company_id, name=company) if row.company_id else None,
        kind=row.kind,
        language=row.language,
        tags=row.tags,
        identities=(await identities(tx, {row.id: group}))[row.id],
        last_interaction_at=None,
        agent=Ref(id=agents[0].id, name=agents[0].name) if agents else None,
        fields=row.fields,
        consents=await consents(tx, group),
        merges=[Merge(id=m, other=Ref(id=other, name=name), at=at) for m, other, name, at in merges],
        project_id=row.project_id,
        archived=row.archived,
        version=row.version,
    )
    await add_last_times(tx, [view], sources)
    return view


async def consents(tx: Transaction, group: list[UUID], *, every: bool = False) -> list[Consent]:
    """The latest word per purpose and channel, or every one."""
    return await tx.fetch_all(
        Consent,
        f"SELECT {'' if every else 'DISTINCT ON (purpose, channel)'} purpose, channel, state, source, at FROM consents"
        " WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s) ORDER BY purpose, channel, at DESC, id DESC",
        {"ids": group},
    )


_NOTE = (
    "SELECT n.id, n.body, n.user_id, u.name AS user_name, n.created_at FROM contact_notes n"
    " LEFT JOIN users u ON (u.tenant_id, u.id) = (n.tenant_id, n.user_id) WHERE n.tenant_id = %(tenant)s"
)


async def notes(
    tx: Transaction, group: list[UUID], before: Moment | None = None, limit: int = 1000
) -> list[Note]:
    rows = await tx.fetch_all(
        _NoteRow,
        f"{_NOTE} AND n.contact_id = ANY(%(ids)s)"
        " AND (%(at)s::timestamptz IS NULL OR (n.created_at, n.id) < (%(at)s, %(id)s))"
        " ORDER BY n.created_at DESC, n.id DESC LIMIT %(limit)s",
        {
            "ids": group,
            "at": before[0] if before else None,
            "id": before[1] if before else None,
            "limit": limit,
        },
    )
    return [_note(row) for row in rows]


async def note(tx: Transaction, note_id: UUID) -> Note:
    row = await tx.fetch_one(_NoteRow, f"{_NOTE} AND n.id = %(id)s", {"id": note_id})
    assert row is not None
    return _note(row)


def _note(row: _NoteRow) -> Note:
    author = Ref(id=row.user_id, name=row.user_name or "") if row.user_id else None
    return Note(id=row.id, text=row.body, author=author, at=row.created_at)


async def timeline(
    tx: Transaction, root_id: UUID, sources: CustomerSources, before: Moment | None, limit: int
) -> list[TimelineEntry]:
    """Everything that happened with a contact, newest first, from all sources; up to `limit` entries."""
    group = await Contacts(tx).group(root_id)
    entries = [
        TimelineEntry(id=one.id, kind="note", at=one.at, note=one)
        for one in await notes(tx, group, before, limit)
    ]
    for merge_id, at, name in await tx.fetch_tuples(
        "SELECT m.id, m.at, c.name FROM contact_merges m"
        " JOIN contacts c ON (c.tenant_id, c.id) = (m.tenant_id, m.merged_id)"
        " WHERE m.tenant_id = %(tenant)s AND m.kept_id = ANY(%(ids)s) AND m.undone_at IS NULL"
        " AND (%(at)s::timestamptz IS NULL OR (m.at, m.id) < (%(at)s, %(id)s))"
        " ORDER BY m.at DESC, m.id DESC LIMIT %(limit)s",
        {
            "ids": group,
            "at": before[0] if before else None,
            "id": before[1] if before else None,
            "limit": limit,
        },
    ):
        entries.append(TimelineEntry(id=merge_id, kind="merge", at=at, title=name))
    for consent_id, at, purpose, channel, state, source in await tx.fetch_tuples(
        "SELECT id, at, purpose, channel, state, source FROM consents"
        " WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)"
        " AND (%(at)s::timestamptz IS NULL OR (at, id) < (%(at)s, %(id)s))"
        " ORDER BY at DESC, id DESC LIMIT %(limit)s",
        {
            "ids": group,
            "at": before[0] if before else None,
            "id": before[1] if before else None,
            "limit": limit,
        },
    ):
        said = Consent(purpose=purpose, channel=channel, state=state, source=source, at=at)
        entries.append(TimelineEntry(id=consent_id, kind="change", at=at, consent=said))
    for one in sources.all:
        entries += await one.timeline(tx, group, before, limit)
    entries.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
    return entries[:limit]


async def screen_pop(
    tx: Transaction,
    sources: CustomerSources,
    *,
    number: str | None,
    contact_id: UUID | None,
    flow_answers: list[dict[str, Any]] | None = None,
) -> ScreenPop:
    """Who is calling: the contact if known or picked, else those who share the number, with what matters now."""
    row = await Contacts(tx).find(contact_id) if contact_id else None
    if row is not None and row.root_id is not None:
        row = await Contacts(tx).find(row.root_id)
    known = await Contacts(tx).by_identity("phone", number) if number else []
    matters = []
    if row is not None:
        group = await Contacts(tx).group(row.id)
        matters = [matter for source in sources.all for matter in await source.matters(tx, group)]
    return ScreenPop(
        contact=await contact(tx, row, sources) if row else None,
        candidates=[Ref(id=one.id, name=one.name) for one in known] if len(known) > 1 else [],
        number=number,
        national=national_format(number) if number else None,
        recent=await timeline(tx, row.id, sources, None, 5) if row else [],
        matters=matters,
        flow_answers=flow_answers or [],
    )
