"""Routes of contacts."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from tongdai.crm import views
from tongdai.crm.repositories.words import Place
from tongdai.crm.repository import Contacts
from tongdai.crm.schemas import (
    ConsentIn,
    ContactChange,
    ContactIn,
    ContactRowView,
    ContactView,
    Identity,
    IdentityIn,
    MergeIn,
    MergeMade,
    Note,
    NoteIn,
    TimelineEntry,
)
from tongdai.crm.services import contacts, merges, privacy
from tongdai.crm.sources import CustomerSources
from tongdai.people import public as people
from tongdai.platform.auth import Reach
from tongdai.platform.cursors import instant_or_invalid, uuid_or_invalid, whole_or_invalid
from tongdai.platform.database import Transaction
from tongdai.platform.http import Me, Page, Ref, RuntimeOf, Tx
from tongdai.platform.paging import Asked, decode_cursor, encode_cursor

router = APIRouter(prefix="/api/v1", tags=["crm"])
SEE, EDIT = "contacts.see", "contacts.edit"


async def _view(tx: Transaction, runtime: RuntimeOf, reach: Reach, contact_id: UUID) -> ContactView:
    row = await contacts.root_of(tx, contact_id, reach)
    return await views.contact(tx, row, runtime.get(CustomerSources))


@router.get("/contacts")
async def list_contacts(me: Me, tx: Tx, asked: Asked, runtime: RuntimeOf) -> Page[ContactRowView]:
    """By name; with `q` those who are found by it, the best first: each of its words begins a word of the contact's name or
    company or an address of theirs (accents do not count), or is a part of a number."""
    reach = me.reach(SEE)
    if asked.q:
        rows = await views.found(
            tx, reach, asked.q, _place(asked.cursor), asked.limit, archived=asked.archived
        )
    else:
        after = decode_cursor(asked.cursor, 2)
        if after:
            after = [str(after[0]), uuid_or_invalid(after[1])]
        rows = await views.listing(tx, reach, after, asked.limit, archived=asked.archived)
    shown = rows[: asked.limit]
    more = len(rows) > asked.limit
    cursor = encode_cursor(*shown[-1][0]) if more else None
    items = await views.add_last_times(tx, [row for _, row in shown], runtime.get(CustomerSources))
    return Page(items=items, next_cursor=cursor)


def _place(cursor: str) -> Place | None:
    values = decode_cursor(cursor, 5)
    if values is None:
        return None
    tier, driver, word, line, contact_id = values
    return Place(
        whole_or_invalid(tier), whole_or_invalid(driver), str(word), str(line), uuid_or_invalid(contact_id)
    )


@router.post("/contacts", status_code=201)
async def post_contact(body: ContactIn, me: Me, tx: Tx, runtime: RuntimeOf) -> ContactView:
    reach = me.reach(EDIT)
    contact_id = await contacts.create(tx, reach, body, runtime.clock.now())
    return await _view(tx, runtime, reach, contact_id)


@router.get("/contact-agents")
async def list_contact_agents(me: Me, tx: Tx) -> list[Ref]:
    """Who can be a contact's own agent."""
    me.reach(EDIT)
    return [Ref(id=one.id, name=one.name) for one in await people.list_people(tx)]


@router.get("/contacts/{contact_id}")
async def get_contact(contact_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> ContactView:
    """The id of a merged contact gives the one that it was merged into."""
    return await _view(tx, runtime, me.reach(SEE), contact_id)


@router.patch("/contacts/{contact_id}")
async def patch_contact(
    contact_id: UUID, body: ContactChange, me: Me, tx: Tx, runtime: RuntimeOf
) -> ContactView:
    reach = me.reach(EDIT)
    root = await contacts.change(tx, reach, contact_id, body, runtime.get(CustomerSources))
    return await _view(tx, runtime, reach, root)


@router.delete("/contacts/{contact_id}", status_code=204)
async def delete_contact(contact_id: UUID, me: Me, tx: Tx) -> None:
    """Archive; `…/erase` is what forgets."""
    await contacts.archive(tx, me.reach("contacts.delete"), contact_id, archived=True)


@router.post("/contacts/{contact_id}/restore")
async def restore_contact(contact_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> ContactView:
    reach = me.reach("contacts.delete")
    root = await contacts.archive(tx, reach, contact_id, archived=False)
    return await _view(tx, runtime, reach, root)


@router.post("/contacts/{contact_id}/identities", status_code=201)
async def post_identity(contact_id: UUID, body: IdentityIn, me: Me, tx: Tx) -> Identity:
    return await contacts.add_identity(tx, me.reach(EDIT), contact_id, body)


@router.delete("/contacts/{contact_id}/identities/{identity_id}", status_code=204)
async def delete_identity(contact_id: UUID, identity_id: UUID, me: Me, tx: Tx) -> None:
    await contacts.remove_identity(tx, me.reach(EDIT), contact_id, identity_id)


@router.get("/contacts/{contact_id}/notes")
async def list_notes(contact_id: UUID, me: Me, tx: Tx) -> list[Note]:
    row = await contacts.root_of(tx, contact_id, me.reach(SEE))
    return await views.notes(tx, await Contacts(tx).group(row.id))


@router.post("/contacts/{contact_id}/notes", status_code=201)
async def post_note(contact_id: UUID, body: NoteIn, me: Me, tx: Tx, runtime: RuntimeOf) -> Note:
    return await contacts.add_note(tx, me.reach(EDIT), contact_id, body, runtime.clock.now())


@router.get("/contacts/{contact_id}/timeline")
async def get_timeline(
    contact_id: UUID, me: Me, tx: Tx, asked: Asked, runtime: RuntimeOf
) -> Page[TimelineEntry]:
    """Newest first: interactions, notes, consents, merges, and whatever other modules add."""
    row = await contacts.root_of(tx, contact_id, me.reach(SEE))
    cursor = decode_cursor(asked.cursor, 2)
    before = (instant_or_invalid(cursor[0]), uuid_or_invalid(cursor[1])) if cursor else None
    entries = await views.timeline(tx, row.id, runtime.get(CustomerSources), before, asked.limit + 1)
    shown = entries[: asked.limit]
    more = len(entries) > asked.limit
    return Page(
        items=shown, next_cursor=encode_cursor(shown[-1].at.isoformat(), shown[-1].id) if more else None
    )


@router.put("/contacts/{contact_id}/consents")
async def put_consent(contact_id: UUID, body: ConsentIn, me: Me, tx: Tx, runtime: RuntimeOf) -> ContactView:
    reach = me.reach(EDIT)
    root = await contacts.set_consent(tx, reach, contact_id, body, runtime.clock.now())
    return await _view(tx, runtime, reach, root)


@router.post("/contacts/{contact_id}/merge")
async def post_merge(contact_id: UUID, body: MergeIn, me: Me, tx: Tx, runtime: RuntimeOf) -> MergeMade:
    """Join `other_id` to this contact."""
    reach = me.reach("contacts.merge")
    return MergeMade(merge_id=await merges.merge(tx, reach, contact_id, body.other_id, runtime.clock.now()))


@router.post("/contacts/merges/{merge_id}/undo", status_code=204)
async def post_undo(merge_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    await merges.undo(tx, me.reach("contacts.merge"), merge_id, runtime.clock.now())


@router.get("/contacts/{contact_id}/export")
async def get_export(contact_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> dict[str, Any]:
    """Everything that is stored about the person, from every module."""
    return await privacy.export(tx, me.reach("contacts.erase"), contact_id, runtime.get(CustomerSources))


@router.post("/contacts/{contact_id}/erase", status_code=204)
async def post_erase(contact_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Forget the person. Cannot be undone."""
    sources = runtime.get(CustomerSources)
    await privacy.erase(tx, me.reach("contacts.erase"), contact_id, sources, runtime.clock.now())
