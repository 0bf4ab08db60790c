"""Use cases of views that are kept under a name: one's own, and everybody's."""

from uuid import UUID

from tongdai.conversations.errors import TooManyViews
from tongdai.conversations.inbox.schemas import InboxView, InboxViewChange, InboxViewIn
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited
from tongdai.tenancy.public import audit, changed_fields

SHARE = "inbox_views.edit"
MOST = 50
"""So many of one's own, and so many of everybody's."""
VIEWS = Edited(
    "inbox_views",
    InboxView,
    order="lower(t.name)",
    json=frozenset({"narrowing"}),
    unique={"inbox_views_name_key": "name"},
)
_MINE_TOO = "AND (t.user_id IS NULL OR t.user_id = %(me)s)"


async def views(tx: Transaction, me: Principal) -> list[InboxView]:
    """One's own and everybody's, by name."""
    return await VIEWS.page(tx, limit=2 * MOST, where=_MINE_TOO, me=me.user_id)


async def keep(tx: Transaction, me: Principal, wanted: InboxViewIn) -> InboxView:
    """Raises Forbidden, TooManyViews."""
    owner = None if wanted.shared else me.user_id
    if wanted.shared:
        me.reach(SHARE)
    count = await tx.fetch_value(
        "SELECT count(*) FROM inbox_views WHERE tenant_id = %(tenant)s AND user_id IS NOT DISTINCT FROM %(owner)s::uuid",
        {"owner": owner},
    )
    if count >= MOST:
        raise TooManyViews()
    narrowing = wanted.narrowing.model_dump(mode="json", exclude_none=True)
    row_id = await VIEWS.add(tx, {"name": wanted.name, "narrowing": narrowing, "user_id": owner})
    if wanted.shared:
        await audit(tx, "inbox_view.created", "inbox_view", row_id)
    return await VIEWS.get(tx, row_id)


async def change(tx: Transaction, me: Principal, view_id: UUID, wanted: InboxViewChange) -> InboxView:
    """Raises NotFound for another's own, Forbidden, StaleVersion."""
    row = await _lock(tx, me, view_id, wanted.version)
    values = wanted.values()
    if "narrowing" in values:
        values["narrowing"] = wanted.narrowing.model_dump(mode="json", exclude_none=True)
    await VIEWS.change(tx, view_id, values)
    if row.user_id is None:
        await audit(tx, "inbox_view.changed", "inbox_view", view_id, changed_fields(values))
    return await VIEWS.get(tx, view_id)


async def delete(tx: Transaction, me: Principal, view_id: UUID) -> None:
    """Raises NotFound for another's own, Forbidden."""
    row = await _lock(tx, me, view_id)
    await tx.write("DELETE FROM inbox_views WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": view_id})
    if row.user_id is None:
        await audit(tx, "inbox_view.removed", "inbox_view", view_id, {"name": row.name})


async def _lock(tx: Transaction, me: Principal, view_id: UUID, version: int | None = None) -> InboxView:
    row = await VIEWS.lock(tx, view_id, version, _MINE_TOO, me=me.user_id)
    if row.user_id is None:
        me.reach(SHARE)
    return row
