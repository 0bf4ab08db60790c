"""Many conversations are tagged or put aside at once, and it is undone at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tongdai.conversations.errors import NotInState, TooManyTags
from tongdai.conversations.inbox import service
from tongdai.conversations.inbox.access import changeable
from tongdai.conversations.inbox.schemas import MOST_TAGS, ChangeOfOne, ManyChanged, Refused
from tongdai.conversations.inbox.tags import Tags
from tongdai.conversations.writing import lock_thread
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import Forbidden, NotFound


async def change_many(
    tx: Transaction, me: Principal, changes: Sequence[ChangeOfOne], at: datetime
) -> ManyChanged:
    """Each by itself: what cannot be changed is named, the others are."""
    before: list[ChangeOfOne] = []
    refused: list[Refused] = []
    # In one order, so that two who change the same wait for each other.
    for change in sorted(changes, key=lambda one: one.id):
        try:
            await changeable(tx, me, change.id)
            before.append(await _change(tx, change, me.user_id, at))
        except (NotFound, Forbidden, NotInState, TooManyTags) as error:
            refused.append(Refused(id=change.id, code=error.code))
    return ManyChanged(before=before, refused=refused)


async def _change(tx: Transaction, change: ChangeOfOne, user_id: UUID, at: datetime) -> ChangeOfOne:
    """Gives what undoes it. Nothing is written where it raises."""
    thread = await lock_thread(tx, change.id)
    had = set((await Tags(tx).of([change.id])).get(change.id, ()))
    has = (had - set(change.remove)) | set(change.add)
    if len(has) > MOST_TAGS and len(has) > len(had):
        raise TooManyTags()
    undo = ChangeOfOne(id=change.id, add=sorted(had - has), remove=sorted(has - had))
    if change.moves:
        undo = undo.model_copy(update={"snoozed_until": thread.snoozed_until})
        if change.snoozed_until is None or change.snoozed_until <= at:
            await service.wake(tx, change.id, "agent", at, user_id)
        else:
            await service.snooze(tx, change.id, change.snoozed_until, user_id, at)
    await service.tag(tx, change.id, sorted(has), user_id, at)
    return undo
