"""The live figures of one tenant, folded from facts. Pure: no I/O, time is an argument.

Every stay of an interaction in a queue has one outcome; the same fact twice changes nothing, so that a snapshot and the facts
around it may overlap.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tongdai.analytics.policies import ServiceLevel, Tally, service_level

TREND_EVERY = timedelta(minutes=1)
TREND_POINTS = 60


class Outcome(StrEnum):
    """What became of a stay in a queue."""

    WAITING = "waiting"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Stay:
    """One interaction in one queue. `waited_s` counts once it has ended."""

    queue_id: UUID
    since: datetime
    outcome: Outcome = Outcome.WAITING
    waited_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Promise:
    """A callback of a queue: `state` as routing tells it. It is waiting, or over in one of four ways."""

    queue_id: UUID
    state: str
    asked_at: datetime
    to_callback_s: float | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """What the board needs to know of a queue."""

    id: UUID
    name: str
    project_id: UUID | None
    target_s: float
    target_share: float
    formula: ServiceLevel
    short_abandon_s: float
    closed: bool = False


@dataclass(frozen=True, slots=True)
class TrendPoint:
    at: datetime
    waiting: int
    service_level: float | None


@dataclass
class QueueFigures:
    """The running figures of a queue today."""

    rules: QueueRow
    tally: Tally = field(default_factory=Tally)
    offered: int = 0
    waiting: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    promises: dict[UUID, Promise] = field(default_factory=dict[UUID, Promise])
    """Callbacks that were asked for today, and those that are still open."""
    trend: deque[TrendPoint] = field(default_factory=lambda: deque[TrendPoint](maxlen=TREND_POINTS))

    @property
    def longest_wait_since(self) -> datetime | None:
        return min(self.waiting.values(), default=None)

    @property
    def level(self) -> float | None:
        return service_level(self.tally, self.rules.formula)

    def promised(self, day: datetime) -> "PromiseFigures":
        """How the callbacks stand; `asked` counts from the beginning of the day."""
        states = Counter(promise.state for promise in self.promises.values())
        taken = [one.to_callback_s for one in self.promises.values() if one.to_callback_s is not None]
        return PromiseFigures(
            waiting=sum(states[state] for state in OPEN_PROMISES),
            asked=sum(promise.asked_at >= day for promise in self.promises.values()),
            served=states["served"],
            failed=states["failed"],
            cancelled=states["cancelled"],
            called_again=states["called_again"],
            mean_s=sum(taken) / len(taken) if taken else None,
        )

    def count(self, stay: Stay, sign: int) -> None:
        """Add a finished stay to the tally (or take it out again, with sign −1)."""
        in_target = stay.waited_s <= self.rules.target_s
        tally = self.tally
        match stay.outcome:
            case Outcome.ANSWERED:
                self.tally = replace(
                    tally,
                    answered=tally.answered + sign,
                    answered_in_target=tally.answered_in_target + sign * in_target,
                )
            case Outcome.ABANDONED:
                self.tally = replace(
                    tally,
                    abandoned=tally.abandoned + sign,
                    abandoned_in_target=tally.abandoned_in_target + sign * in_target,
                    short_abandoned=tally.short_abandoned
                    + sign * (stay.waited_s < self.rules.short_abandon_s),
                )
            case Outcome.WAITING | Outcome.LEFT:
                pass


OPEN_PROMISES = ("scheduled", "waiting", "calling")


@dataclass(frozen=True, slots=True)
class PromiseFigures:
    """Callbacks of a queue today. `waiting`: open now; `mean_s` from asking until the customer answered, of those served."""

    waiting: int
    asked: int
    served: int
    failed: int
    cancelled: int
    called_again: int
    mean_s: float | None


class LiveFigures:
    """Queues and stays of one tenant since the day began."""

    def __init__(self, day: datetime) -> None:
        self.day = day
        self.queues: dict[UUID, QueueFigures] = {}
        self._stays: dict[UUID, Stay] = {}
        self._promises: dict[UUID, Promise] = {}
        self.not_on_the_line: set[UUID] = set()
        """Interactions that wait in a queue for nobody on the line: callbacks are counted apart."""

    def put_queue(self, rules: QueueRow) -> None:
        """Know a queue, or its new rules. What was tallied under the old target is tallied again."""
        old = self.queues.get(rules.id)
        figures = QueueFigures(rules)
        self.queues[rules.id] = figures
        if old is not None:
            figures.trend = old.trend
        for interaction_id, stay in self._stays.items():
            if stay.queue_id == rules.id:
                self._add(interaction_id, stay, 1)
        figures.promises = {key: one for key, one in self._promises.items() if one.queue_id == rules.id}

    def knows_promise(self, callback_id: UUID) -> bool:
        return callback_id in self._promises

    def put_promise(self, callback_id: UUID, promise: Promise) -> UUID | None:
        """A callback as it is now. Gives the queue whose figures changed; None when nothing did."""
        if self._promises.get(callback_id) == promise:
            return None
        self._promises[callback_id] = promise
        if (figures := self.queues.get(promise.queue_id)) is not None:
            figures.promises[callback_id] = promise
        return promise.queue_id

    def forget_queues_but(self, known: set[UUID]) -> None:
        """Queues that were archived are not looked at any more."""
        for queue_id in self.queues.keys() - known:
            del self.queues[queue_id]

    def put_stay(self, interaction_id: UUID, stay: Stay) -> UUID | None:
        """A stay as it is now. Gives the queue whose figures changed; None when nothing did."""
        old = self._stays.get(interaction_id)
        if old == stay:
            return None
        if old is not None:
            self._add(interaction_id, old, -1)
        self._stays[interaction_id] = stay
        self._add(interaction_id, stay, 1)
        return stay.queue_id

    def stay(self, interaction_id: UUID) -> Stay | None:
        return self._stays.get(interaction_id)

    def _add(self, interaction_id: UUID, stay: Stay, sign: int) -> None:
        figures = self.queues.get(stay.queue_id)
        if figures is None:
            return
        figures.offered += sign
        if stay.outcome is Outcome.WAITING and sign > 0:
            figures.waiting[interaction_id] = stay.since
        else:
            figures.waiting.pop(interaction_id, None)
        figures.count(stay, sign)

    def recall_trend(self, now: datetime) -> None:
        """Draw the last hour from the stays: a board that was just built has seen nothing of it itself."""
        of_queue: dict[UUID, list[Stay]] = {}
        for stay in self._stays.values():
            of_queue.setdefault(stay.queue_id, []).append(stay)
        for queue_id, figures in self.queues.items():
            replay, waiting = QueueFigures(figures.rules), 0
            moments = deque(sorted(_moments(of_queue.get(queue_id, [])), key=lambda one: one[:2]))
            figures.trend.clear()
            for back in range(TREND_POINTS - 1, -1, -1):
                at = now - back * TREND_EVERY
                while moments and moments[0][0] <= at:
                    _, ended, stay = moments.popleft()
                    waiting += -1 if ended else 1
                    if ended:
                        replay.count(stay, 1)
                if at >= self.day:
                    figures.trend.append(TrendPoint(at, waiting, replay.level))

    def note_trend(self, now: datetime) -> list[UUID]:
        """Add a point to each queue's trend when the last is old enough; gives the queues that got one."""
        moved: list[UUID] = []
        for queue_id, figures in self.queues.items():
            if not figures.trend or now - figures.trend[-1].at >= TREND_EVERY:
                figures.trend.append(TrendPoint(now, len(figures.waiting), figures.level))
                moved.append(queue_id)
        return moved


def _moments(stays: Iterable[Stay]) -> Iterator[tuple[datetime, bool, Stay]]:
    """When each stay began (False), and ended (True) if it has."""
    for stay in stays:
        yield stay.since, False, stay
        if stay.outcome is not Outcome.WAITING:
            yield stay.since + timedelta(seconds=stay.waited_s), True, stay
