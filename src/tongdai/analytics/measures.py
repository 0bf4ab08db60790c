"""What rules for alerts measure, read off the live board. Pure: no I/O, time is an argument."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from tongdai.analytics.live import QueueFigures
from tongdai.analytics.policies import OF_QUEUES, OF_STATE, AlertRule, Measure, Measured
from tongdai.analytics.repository import AgentRow
from tongdai.analytics.views import shown


def measured(
    rule: AlertRule, queues: Iterable[QueueFigures], agents: Iterable[AgentRow], now: datetime
) -> Iterator[Measured]:
    """What the rule looks at, of each queue or agent that it is about."""
    if rule.measure in OF_QUEUES:
        for figures in queues:
            queue = figures.rules
            if rule.queue_id in (None, queue.id):
                value = _of_queue(rule, figures, now)
                yield Measured(queue.id, value, queue_id=queue.id, project_id=queue.project_id)
        return
    for row in agents:
        if rule.team_id is None or rule.team_id in row.team_ids:
            yield Measured(
                row.user_id,
                _of_agent(rule, row, now),
                user_id=row.user_id,
                reason_id=row.reason_id,
                team_ids=tuple(row.team_ids),
            )


def _of_queue(rule: AlertRule, figures: QueueFigures, now: datetime) -> float | None:
    tally = figures.tally
    ended = tally.answered + tally.abandoned - tally.short_abandoned
    match rule.measure:
        case Measure.WAITING:
            return float(len(figures.waiting))
        case Measure.LONGEST_WAIT:
            since = figures.longest_wait_since
            return (now - since).total_seconds() if since is not None else 0.0
        case Measure.SERVICE_LEVEL:
            return figures.level if ended >= rule.at_least else None
        case _:
            return (
                (tally.abandoned - tally.short_abandoned) / ended if ended >= max(1, rule.at_least) else None
            )


def _of_agent(rule: AlertRule, row: AgentRow, now: datetime) -> float | None:
    if OF_STATE.get(shown(row)) is not rule.measure:
        return None
    if rule.measure is Measure.NOT_READY and rule.reason_id not in (None, row.reason_id):
        return None
    return (now - row.since).total_seconds()
