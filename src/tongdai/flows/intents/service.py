"""What people do with intents: write examples, train, look at what was measured, publish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.flows.intents.errors import ExamplesWrong, InTraining, NotTrained
from tongdai.flows.intents.policies import lesson_of, problems_of, report_of
from tongdai.flows.intents.repository import SETS, IntentVersions, VersionRow
from tongdai.flows.intents.schemas import (
    IntentIn,
    IntentProblem,
    IntentSet,
    IntentSetChange,
    IntentSetIn,
    IntentVersion,
    IntentVersionDetail,
    PublishVersionIn,
)
from tongdai.flows.intents.training import EXAMPLES, INTENTS
from tongdai.flows.tables.repository import WITHIN, within
from tongdai.intelligence.public import Guess, measuring
from tongdai.platform.auth import Reach
from tongdai.platform.database import Transaction
from tongdai.platform.errors import FieldError, NotFound, invalid_field
from tongdai.tenancy.public import audit, changed_fields


async def get_set(tx: Transaction, reach: Reach, set_id: UUID) -> IntentSet:
    return await SETS.get(tx, set_id, WITHIN, **within(reach))


def _own_project(reach: Reach, project_id: UUID | None) -> None:
    if not reach.everything and project_id not in reach.project_ids:
        raise invalid_field("project_id", "Choose one of your projects.", "own_project")


async def create_set(tx: Transaction, reach: Reach, new: IntentSetIn) -> IntentSet:
    _own_project(reach, new.project_id)
    set_id = await SETS.add(tx, new.model_dump())
    await audit(tx, "intent_set.created", "intent_set", set_id)
    return await SETS.get(tx, set_id)


async def change_set(tx: Transaction, reach: Reach, set_id: UUID, body: IntentSetChange) -> IntentSet:
    """Raises StaleVersion. What flows ask stays the published version."""
    await SETS.lock(tx, set_id, body.version, WITHIN, **within(reach))
    values = body.values()
    if "project_id" in values:
        _own_project(reach, body.project_id)
    await SETS.change(tx, set_id, values)
    await audit(tx, "intent_set.changed", "intent_set", set_id, changed_fields(values))
    return await SETS.get(tx, set_id)


async def archive_set(tx: Transaction, reach: Reach, set_id: UUID, *, archived: bool) -> IntentSet:
    await SETS.lock(tx, set_id, None, WITHIN, **within(reach))
    await SETS.archive(tx, set_id, archived=archived)
    await audit(tx, "intent_set.archived" if archived else "intent_set.restored", "intent_set", set_id)
    return await SETS.get(tx, set_id)


async def train(tx: Transaction, reach: Reach, set_id: UUID, at: datetime, by: UUID | None) -> IntentVersion:
    """Begin a version of the examples as they are. Raises ExamplesWrong, InTraining."""
    row = await SETS.lock(tx, set_id, None, WITHIN, **within(reach))
    wrong = [one for one in problems_of(row.intents, row.none) if not one.warning]
    if wrong:
        raise _wrong(wrong)
    versions = IntentVersions(tx)
    if await versions.training(set_id):
        raise InTraining()
    stored = row.model_dump(mode="json", include={"intents", "none"})
    number = await versions.add(set_id, stored["intents"], stored["none"], at, by)
    await audit(tx, "intent_set.training", "intent_set", set_id, {"number": number})
    return IntentVersion(
        number=number,
        state="training",
        problem=None,
        threshold=None,
        right_share=None,
        made_at=at,
        made_by=by,
    )


def _wrong(problems: Sequence[IntentProblem]) -> ExamplesWrong:
    told = [
        FieldError("intents", f"{one.rule}: {one.intent or ''} {one.text or ''}".strip()) for one in problems
    ]
    return ExamplesWrong(errors=told, problems=[one.model_dump() for one in problems])


async def list_versions(tx: Transaction, reach: Reach, set_id: UUID) -> list[IntentVersion]:
    await get_set(tx, reach, set_id)
    rows = await IntentVersions(tx).list(set_id)
    return [IntentVersion.model_validate(row, from_attributes=True) for row in rows]


async def version(tx: Transaction, reach: Reach, set_id: UUID, number: int) -> IntentVersionDetail:
    """With all that was measured. Raises NotFound."""
    await get_set(tx, reach, set_id)
    row = await IntentVersions(tx).get(set_id, number)
    if row is None:
        raise NotFound()
    plain: dict[str, Any] = {
        name: getattr(row, name) for name in (*IntentVersion.model_fields, "intents", "none")
    }
    detail = IntentVersionDetail.model_validate(plain)
    if row.state != "ready" or row.threshold is None:
        return detail
    known, strangers = _guesses(row)
    report = report_of(
        detail.intents, lesson_of(detail.intents, detail.none), known, strangers, row.threshold
    )
    return detail.model_copy(
        update={
            "strangers": len(strangers),
            "measures": report.measures,
            "shares": report.shares,
            "curve": report.curve,
            "mistaken": report.mistaken,
        }
    )


async def publish(tx: Transaction, reach: Reach, set_id: UUID, body: PublishVersionIn) -> IntentSet:
    """Let flows ask this version from their next question on; an older one takes back what was published. Raises NotTrained."""
    await SETS.lock(tx, set_id, None, WITHIN, **within(reach))
    row = await IntentVersions(tx).get(set_id, body.number)
    if row is None or row.threshold is None:
        raise NotTrained()
    threshold = row.threshold if body.threshold is None else body.threshold
    known, strangers = _guesses(row)
    truth = _truth(row, len(known))
    right = measuring.share_at(threshold, truth, known, strangers).right
    await IntentVersions(tx).publish(set_id, row.id, threshold, right)
    details = {"number": row.number, "threshold": threshold}
    await audit(tx, "intent_set.published", "intent_set", set_id, details)
    return await SETS.get(tx, set_id)


def _guesses(row: VersionRow) -> tuple[list[Guess], list[Guess]]:
    return _read(row.known), _read(row.strangers)


def _read(stored: list[Any] | None) -> list[Guess]:
    return [Guess(int(intent), score) for intent, score in stored or []]


def _truth(row: VersionRow, count: int) -> tuple[int, ...]:
    intents: list[IntentIn] = INTENTS.validate_python(row.intents)
    return lesson_of(intents, EXAMPLES.validate_python(row.none)).intents[:count]
