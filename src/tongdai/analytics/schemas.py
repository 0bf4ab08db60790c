"""What administration of alerts takes and shows."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from tongdai.analytics.policies import Measure
from tongdai.platform.bodies import Body, Change
from tongdai.platform.database.rows import EditedRow

Threshold = Annotated[float, Field(gt=0, le=86_400, description="Contacts, seconds, or a share up to 1.")]
Severity = Literal["warning", "critical"]
_Seconds = Annotated[float, Field(ge=0, le=3600)]
_Contacts = Annotated[int, Field(ge=1, le=10_000)]


class _Narrow(Body):
    for_s: _Seconds = 0
    at_least: _Contacts = 10
    severity: Severity = "warning"
    queue_id: UUID | None = None
    team_id: UUID | None = None
    reason_id: UUID | None = None


class AlertRuleIn(_Narrow):
    """A new rule. Of a queue's measure only `queue_id` and `at_least` count, of an agent's `team_id` and `reason_id`."""

    measure: Measure
    threshold: Threshold


class AlertRuleChange(_Narrow, Change):
    measure: Measure = Measure.WAITING
    threshold: Threshold = 1


class AlertRuleView(EditedRow):
    measure: Measure
    threshold: float
    for_s: float
    at_least: int
    severity: Severity
    queue_id: UUID | None
    team_id: UUID | None
    reason_id: UUID | None
