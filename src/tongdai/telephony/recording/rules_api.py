"""Routes of the rules by which calls are recorded."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from tongdai.kit.ids import new_id
from tongdai.platform.bodies import Body, Change
from tongdai.platform.chosen import check_chosen
from tongdai.platform.database import Transaction
from tongdai.platform.http import Me, Page, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.telephony.events import TelephonyConfigured
from tongdai.telephony.recording.rules import RECORDING_RULES, RecordingRuleRow
from tongdai.tenancy import public as tenancy

router = APIRouter(prefix="/api/v1", tags=["telephony"])
EDIT = "telephony.edit"

Ids = Annotated[list[UUID], Field(max_length=200)]
Directions = Annotated[list[Literal["inbound", "outbound", "internal"]], Field(max_length=3)]
Percent = Annotated[int, Field(ge=0, le=100)]
PauseSeconds = Annotated[int, Field(ge=0, le=3600)]
Days = Annotated[int | None, Field(ge=1, le=36_500)]
How = Literal["always", "on_demand", "never", "sample"]


class RecordingRuleIn(Body):
    """Conditions that name nothing hold for all calls. `percent` is of a sample; `pause_s` 0: what is always recorded cannot be
    paused; `keep_days` null: as long as the centre keeps recordings."""

    order: Annotated[int, Field(ge=0, le=1000)] = 0
    directions: Directions = []
    queue_ids: Ids = []
    project_ids: Ids = []
    number_ids: Ids = []
    recording: How = "always"
    percent: Percent = 100
    pause_s: PauseSeconds = 0
    keep_days: Days = None


class RecordingRuleChange(Change):
    order: Annotated[int, Field(ge=0, le=1000)] = 0
    directions: Directions = []
    queue_ids: Ids = []
    project_ids: Ids = []
    number_ids: Ids = []
    recording: How = "always"
    percent: Percent = 100
    pause_s: PauseSeconds = 0
    keep_days: Days = None


_CHOSEN = {"queue_ids": "queues", "project_ids": "projects", "number_ids": "numbers"}


async def _changed(
    tx: Transaction, action: str, row_id: UUID, version: int, values: Mapping[str, Any]
) -> None:
    await tenancy.recorded(tx, TelephonyConfigured, action, row_id, version, values)


@router.get("/recording-rules")
async def list_recording_rules(me: Me, tx: Tx, asked: Asked) -> Page[RecordingRuleRow]:
    me.reach(EDIT)
    return await listed(tx, RECORDING_RULES, asked)


@router.post("/recording-rules", status_code=201)
async def post_recording_rule(body: RecordingRuleIn, me: Me, tx: Tx) -> RecordingRuleRow:
    """Say what is recorded, from the next call on. Without a rule that fits, the queue's own setting counts."""
    me.reach(EDIT)
    values = body.model_dump()
    await check_chosen(tx, values, _CHOSEN)
    row_id = new_id()
    await RECORDING_RULES.add(tx, values, row_id)
    await _changed(tx, "recording_rule.created", row_id, 1, values)
    return await RECORDING_RULES.get(tx, row_id)


@router.patch("/recording-rules/{rule_id}")
async def patch_recording_rule(rule_id: UUID, body: RecordingRuleChange, me: Me, tx: Tx) -> RecordingRuleRow:
    me.reach(EDIT)
    await RECORDING_RULES.lock(tx, rule_id, body.version)
    values = body.values()
    await check_chosen(tx, values, _CHOSEN)
    version = await RECORDING_RULES.change(tx, rule_id, values)
    await _changed(tx, "recording_rule.changed", rule_id, version, values)
    return await RECORDING_RULES.get(tx, rule_id)


@router.delete("/recording-rules/{rule_id}", status_code=204)
async def delete_recording_rule(rule_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(EDIT)
    version = await RECORDING_RULES.archive(tx, rule_id)
    await _changed(tx, "recording_rule.archived", rule_id, version, {})


@router.post("/recording-rules/{rule_id}/restore")
async def restore_recording_rule(rule_id: UUID, me: Me, tx: Tx) -> RecordingRuleRow:
    me.reach(EDIT)
    version = await RECORDING_RULES.archive(tx, rule_id, archived=False)
    await _changed(tx, "recording_rule.restored", rule_id, version, {})
    return await RECORDING_RULES.get(tx, rule_id)
