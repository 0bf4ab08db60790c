"""Which calls are recorded, how long, and how they may be paused: rows and SQL."""

from typing import Annotated
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited, EditedRow
from tongdai.platform.http import one_of
from tongdai.telephony.policies import RecordingRule


class RecordingRuleRow(EditedRow):
    """What is recorded: the first rule by `order` that fits decides; empty conditions fit all. See policies.RecordingRule."""

    order: int
    directions: list[Annotated[str, one_of("inbound", "outbound", "internal")]]
    queue_ids: list[UUID]
    project_ids: list[UUID]
    number_ids: list[UUID]
    recording: Annotated[str, one_of("always", "on_demand", "never", "sample")]
    percent: int
    pause_s: int
    keep_days: int | None


RECORDING_RULES = Edited(
    "recording_rules",
    RecordingRuleRow,
    order="lpad(t.order::text, 6, '0')",
    search="t.recording",
    json=frozenset({"directions", "queue_ids", "project_ids", "number_ids"}),
)


async def all_recording_rules(tx: Transaction) -> dict[UUID, list[RecordingRule]]:
    """The rules of each tenant in the scope, in the order in which they are asked."""
    rows = await tx.fetch_tuples(
        "SELECT tenant_id, directions, queue_ids, project_ids, number_ids, recording, percent, pause_s, keep_days"
        ' FROM recording_rules WHERE NOT archived ORDER BY "order", id'
    )
    found: dict[UUID, list[RecordingRule]] = {}
    for tenant_id, directions, queues, projects, numbers, recording, percent, pause_s, keep_days in rows:
        rule = RecordingRule(
            directions=directions,
            queue_ids=_ids(queues),
            project_ids=_ids(projects),
            number_ids=_ids(numbers),
            recording=recording,
            percent=percent,
            pause_s=pause_s,
            keep_days=keep_days,
        )
        found.setdefault(tenant_id, []).append(rule)
    return found


def _ids(written: list[str]) -> list[UUID]:
    return [UUID(one) for one in written]
