"""The tree of result codes."""

from uuid import UUID

from tongdai.conversations.schemas import Disposition, DispositionChange, DispositionIn
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited
from tongdai.platform.errors import invalid_field
from tongdai.tenancy.public import audit, changed_fields

DISPOSITIONS = Edited(
    "dispositions",
    Disposition,
    order="lpad(t.position::text, 9, '0')",
    search="t.label",
    json=frozenset({"label", "queue_ids", "work", "suggested_for"}),
    unique={"dispositions_tenant_id_code_key": "code"},
)


async def create(tx: Transaction, new: DispositionIn) -> Disposition:
    row_id = await DISPOSITIONS.add(tx, new.model_dump())
    await audit(tx, "disposition.created", "disposition", row_id)
    return await DISPOSITIONS.get(tx, row_id)


async def change(tx: Transaction, row_id: UUID, body: DispositionChange) -> Disposition:
    """Raises StaleVersion; Invalid when the tree would bite its tail."""
    values = body.values()
    if values.get("parent_id") is not None:
        await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(tenant)s::uuid::text, 4713))")
    await DISPOSITIONS.lock(tx, row_id, body.version)
    if body.parent_id is not None and await _is_under(tx, body.parent_id, row_id):
        raise invalid_field("parent_id", "A result cannot be under itself: choose another place.", "itself")
    await DISPOSITIONS.change(tx, row_id, values)
    await audit(tx, "disposition.changed", "disposition", row_id, changed_fields(values))
    return await DISPOSITIONS.get(tx, row_id)


async def archive(tx: Transaction, row_id: UUID, *, archived: bool) -> Disposition:
    """What is under an archived result is not shown to agents either."""
    await DISPOSITIONS.archive(tx, row_id, archived=archived)
    await audit(tx, "disposition.archived" if archived else "disposition.restored", "disposition", row_id)
    return await DISPOSITIONS.get(tx, row_id)


async def _is_under(tx: Transaction, row_id: UUID, above: UUID) -> bool:
    return await tx.fetch_value(
        "WITH RECURSIVE up AS (SELECT id, parent_id FROM dispositions WHERE tenant_id = %(tenant)s AND id = %(id)s"
        " UNION SELECT d.id, d.parent_id FROM dispositions d JOIN up ON d.id = up.parent_id"
        " WHERE d.tenant_id = %(tenant)s) SELECT EXISTS (SELECT FROM up WHERE id = %(above)s)",
        {"id": row_id, "above": above},
    )


_DEFAULTS: tuple[tuple[str, str, str, str, bool, str | None], ...] = (
    ("resolved", "Resolved", "Đã giải quyết", "Вирішено", False, None),
    ("information", "Information given", "Đã cung cấp thông tin", "Надано інформацію", False, "resolved"),
    ("order", "Order or request taken", "Đã nhận yêu cầu", "Прийнято замовлення", False, "resolved"),
    ("complaint", "Complaint settled", "Đã xử lý khiếu nại", "Скаргу врегульовано", True, "resolved"),
    ("follow_up", "Needs follow-up", "Cần theo dõi tiếp", "Потрібна подальша робота", False, None),
    (
        "escalated",
        "Passed to another team",
        "Chuyển bộ phận khác",
        "Передано іншій команді",
        True,
        "follow_up",
    ),
    ("call_back", "Call back later", "Gọi lại sau", "Передзвонити пізніше", True, "follow_up"),
    ("not_reached", "Nobody to talk to", "Không liên lạc được", "Розмова не відбулася", False, None),
    ("no_answer", "Nobody answered", "Không nghe máy", "Не відповіли", False, "not_reached"),
    ("busy", "Busy", "Máy bận", "Зайнято", False, "not_reached"),
    ("machine", "Answering machine", "Hộp thư thoại", "Автовідповідач", False, "not_reached"),
    ("wrong_number", "Wrong number", "Nhầm số", "Помилковий номер", False, "not_reached"),
    ("not_wanted", "Wants no calls", "Không muốn nhận cuộc gọi", "Не хоче дзвінків", False, None),
    ("silent", "Silent or cut off", "Im lặng hoặc mất kết nối", "Тиша або обрив", False, "not_reached"),
)


_OURS = ["outbound", "callback"]
_MORE: dict[str, dict[str, object]] = {
    "call_back": {"consequence": "callback"},
    "no_answer": {"work": _OURS, "suggested_for": ["no_answer"]},
    "busy": {"work": _OURS, "suggested_for": ["busy", "refused"]},
    "machine": {"work": _OURS},
    "wrong_number": {"suggested_for": ["wrong_number"]},
    "not_wanted": {"consequence": "do_not_call"},
}
"""For which contacts they are meant, and what they do."""


async def add_default_dispositions(tx: Transaction) -> None:
    """What a new centre begins with; editable."""
    made: dict[str, UUID] = {}
    for position, (code, en, vi, uk, needs_note, parent) in enumerate(_DEFAULTS):
        made[code] = await DISPOSITIONS.add(
            tx,
            {
                "label": {"en": en, "vi": vi, "uk": uk},
                "code": code,
                "requires_note": needs_note,
                "position": position * 10,
                "parent_id": made[parent] if parent else None,
                **_MORE.get(code, {}),
            },
        )
