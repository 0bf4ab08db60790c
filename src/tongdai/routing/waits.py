"""How long somebody who waits will wait: pure, from how fast a queue's agents have worked and how soon its callers give up.

With n agents at work, each finishing contacts at the rate mu, and callers of whom each gives up at the rate theta, whoever has Q
before them is served after the sum over k = 0…Q of 1 / (n·mu + k·theta) on average: Q + 1 departures, each faster the more still
wait (Whitt 1999; exact for exponential service and patience). mu and theta are what was lately observed, older news counting
less and less.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from math import log

HALF_LIFE_S = 3600.0
"""After so long an observation counts half. How long talks take and how patient callers are change slowly; who is at work and how
many wait is counted afresh each time."""
ENOUGH = 10.0
"""Finished contacts, so many of them of late, that say how fast a queue's agents work."""
COUNTED = 200
"""So many departures are added up one by one; the rest of the sum is an integral."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What was lately observed of a queue, as of `at`: sums in which what happened HALF_LIFE_S before counts half.

    `finished` contacts took agents `worked_s` in all, wrap-up included; callers waited `waited_s` in all and `abandoned` of them
    gave up. `last_wait_s` is the wait of who was served last. For the service level `counted` were answered or gave
    up (not at once), `in_time` of them answered within the target. Of a queue that nothing is known of all is zero.
    """

    at: datetime
    finished: float = 0.0
    worked_s: float = 0.0
    abandoned: float = 0.0
    waited_s: float = 0.0
    last_wait_s: float | None = None
    counted: float = 0.0
    in_time: float = 0.0

    def aged(self, now: datetime) -> "Pace":
        """The same as it counts at `now`. Clocks that disagree make nothing younger."""
        passed = (now - self.at).total_seconds()
        if passed <= 0:
            return self
        share = 0.5 ** (passed / HALF_LIFE_S)
        return replace(
            self,
            at=now,
            finished=self.finished * share,
            worked_s=self.worked_s * share,
            abandoned=self.abandoned * share,
            waited_s=self.waited_s * share,
            counted=self.counted * share,
            in_time=self.in_time * share,
        )

    def joined(self, later: "Pace") -> "Pace":
        """With what was observed after it."""
        before, after = self.aged(later.at), later.aged(self.at)
        return Pace(
            max(self.at, later.at),
            before.finished + after.finished,
            before.worked_s + after.worked_s,
            before.abandoned + after.abandoned,
            before.waited_s + after.waited_s,
            self.last_wait_s if later.last_wait_s is None else later.last_wait_s,
            before.counted + after.counted,
            before.in_time + after.in_time,
        )

    def worked(self, busy_s: float, now: datetime) -> "Pace":
        """An agent finished a contact that took them this long."""
        aged = self.aged(now)
        return replace(aged, finished=aged.finished + 1, worked_s=aged.worked_s + busy_s)

    def left(self, waited_s: float, now: datetime, *, served: bool, gave_up: bool) -> "Pace":
        """A stay is over. Who was neither served nor gave up (timed out, say) has shown patience, and no more."""
        aged = self.aged(now)
        return replace(
            aged,
            waited_s=aged.waited_s + waited_s,
            abandoned=aged.abandoned + gave_up,
            last_wait_s=waited_s if served else aged.last_wait_s,
        )

    def levelled(self, now: datetime, *, in_time: bool) -> "Pace":
        """One more that the service level counts."""
        aged = self.aged(now)
        return replace(aged, counted=aged.counted + 1, in_time=aged.in_time + in_time)

    @property
    def service_rate(self) -> float | None:
        """mu: contacts that one agent finishes per second of work; None while too little is known."""
        return self.finished / self.worked_s if self.finished >= ENOUGH and self.worked_s > 0 else None

    @property
    def abandon_rate(self) -> float:
        """theta: how often who waits gives up, per second of waiting. The likeliest rate, given all waits."""
        return self.abandoned / self.waited_s if self.waited_s > 0 else 0.0


def expected_wait(pace: Pace, agents: float, ahead: int, *, free: bool = False) -> float | None:
    """Seconds until who has `ahead` before them is served, if they stay; None: nobody is at work, or nothing is known yet.

    `agents` are those at work for this queue; who serves several counts as the part of their work that goes to this one.
    `free`: somebody could take the contact now, whoever else waits. While too little is known, it is the wait of who was served
    last.
    """
    if agents <= 0:
        return None
    if free:
        return 0.0
    mu = pace.service_rate
    if mu is None:
        return pace.last_wait_s
    return _departures(agents * mu, pace.abandon_rate, ahead)


def _departures(service: float, theta: float, ahead: int) -> float:
    """The sum over k = 0…ahead of 1 / (service + k·theta), at a cost that does not grow with `ahead`."""
    counted = sum(1 / (service + k * theta) for k in range(min(ahead, COUNTED) + 1))
    rest = ahead - COUNTED
    if rest <= 0:
        return counted
    first = service + (COUNTED + 0.5) * theta
    if theta * rest < 1e-9 * first:
        return counted + rest / first
    return counted + log(1 + theta * rest / first) / theta
