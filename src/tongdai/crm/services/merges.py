"""Merging and unmerging. A merge is a pointer: nothing of either contact is changed, so taking it back loses nothing."""

from datetime import datetime
from uuid import UUID

from tongdai.crm.errors import AlreadyMerged, Erased, NotMerged
from tongdai.crm.events import ContactsMerged, MergeUndone
from tongdai.crm.repositories.words import Words
from tongdai.crm.repository import Contacts, Merges
from tongdai.crm.services.contacts import covers, root_of
from tongdai.platform.auth import Extent, Reach
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.tenancy.public import audit

EVERYTHING = Reach(Extent.TENANT, None)


async def merge(tx: Transaction, reach: Reach, kept_id: UUID, other_id: UUID, at: datetime) -> UUID:
    """Join `other` to `kept`; either may stand for a whole chain. Gives the merge's id. Raises AlreadyMerged, Erased."""
    await Merges(tx).serialise()
    await Words(tx).keep_companies()
    kept, other = await root_of(tx, kept_id, reach), await root_of(tx, other_id, reach)
    if kept.id == other.id:
        raise AlreadyMerged()
    if kept.erased_at is not None or other.erased_at is not None:
        raise Erased()
    merge_id = await Merges(tx).add(kept.id, other.id, at)
    await Contacts(tx).change(other.id, {"merged_into": kept.id})
    version = await Contacts(tx).change(kept.id, {})
    await Words(tx).renew([kept.id, other.id])
    tx.emit(ContactsMerged(aggregate_id=kept.id, aggregate_version=version, merged_id=other.id))
    await audit(tx, "contact.merged", "contact", kept.id, {"merged_id": str(other.id)})
    return merge_id


async def merge_visitor(tx: Transaction, kept_id: UUID, visitor_id: UUID, at: datetime) -> bool:
    """A contact that `make_visitor` made turned out to be `kept`. Only as long as it stands for nobody else: one that an agent
    has merged or given a number or address stays as it is (False)."""
    row = await Contacts(tx).find(visitor_id)
    if row is None or row.root_id is not None or row.erased_at is not None:
        return False
    if await Contacts(tx).has_identity(row.id) or len(await Contacts(tx).group(row.id)) > 1:
        return False
    try:
        await merge(tx, EVERYTHING, kept_id, row.id, at)
    except (AlreadyMerged, Erased, NotFound):
        return False
    return True


async def undo(tx: Transaction, reach: Reach, merge_id: UUID, at: datetime) -> None:
    """Everything as before: the other contact has its own again, with all that had been merged into it."""
    await Merges(tx).serialise()
    await Words(tx).keep_companies()
    found = await Merges(tx).lock(merge_id)
    kept = await Contacts(tx).find(found.kept_id) if found else None
    if found is None or kept is None or not covers(reach, kept):
        raise NotFound()
    if found.undone_at is not None:
        raise NotMerged()
    await Merges(tx).undo(found, at)
    await Contacts(tx).change(found.merged_id, {"merged_into": None})
    version = await Contacts(tx).change(found.kept_id, {})
    await Words(tx).renew([found.kept_id, found.merged_id])
    tx.emit(MergeUndone(aggregate_id=found.kept_id, aggregate_version=version, merged_id=found.merged_id))
    await audit(tx, "contact.unmerged", "contact", found.kept_id, {"merged_id": str(found.merged_id)})
