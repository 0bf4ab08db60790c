"""What will happen: pure functions of a seed. The same seed and options give the same plan, on any machine.

Arrivals are a Poisson process; patience and durations are lognormal, which is how waiting and handling times of contact
centres are distributed. Each call and each agent draws from a generator of its own: a longer plan begins like a shorter one.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """Press `digits` this many seconds after the call was answered."""

    after_s: float
    digits: str


@dataclass(frozen=True, slots=True)
class Caller:
    """One call: who calls what and when, and how long is endured."""

    number: int
    at_s: float
    caller: str
    hotline: str
    keys: tuple[Key, ...]
    patience_s: float
    """Waits this long after the last key for a person, then hangs up."""
    talk_s: float
    """Hangs up after this long with a person, if the agent did not before."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How an agent treats one call."""

    answer_after_s: float
    talk_s: float
    hangs_up: bool
    wrap_up_s: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who calls."""

    per_minute: float
    hotlines: tuple[str, ...]
    keys: tuple[str, ...] = ("",)
    """Choices of keys, one of which each caller presses: "2,123456#,1" are three, five seconds apart."""
    patience_s: float = 60.0
    talk_s: float = 30.0
    key_after_s: float = 3.0

    def __post_init__(self) -> None:
        if not (self.per_minute > 0 and self.patience_s > 0 and self.talk_s > 0):
            raise ValueError("rate, patience and talk must be positive")
        if not self.hotlines or not self.keys:
            raise ValueError("there must be a hotline and a choice of keys")


KEY_GAP_S = 5.0


def callers(
    seed: int, crowd: Crowd, *, count: int | None = None, seconds: float | None = None
) -> list[Caller]:
    """The calls in the order of their arrival: `count` of them, or those of the first `seconds`."""
    if (count is None) == (seconds is None):
        raise ValueError("say either a count or a time")
    arrivals, at, plan = random.Random(f"{seed}:arrivals"), 0.0, list[Caller]()  # noqa: S311
    while count is None or len(plan) < count:
        at += arrivals.expovariate(crowd.per_minute / 60)
        if seconds is not None and at > seconds:
            break
        plan.append(_caller(seed, len(plan), at, crowd))
    return plan


def _caller(seed: int, number: int, at: float, crowd: Crowd) -> Caller:
    draw = random.Random(f"{seed}:caller:{number}")  # noqa: S311
    pressed = [part for part in draw.choice(crowd.keys).split(",") if part]
    return Caller(
        number=number,
        at_s=round(at, 3),
        caller=f"09{seed % 100:02d}{number % 1_000_000:06d}",
        hotline=draw.choice(crowd.hotlines),
        keys=tuple(
            Key(crowd.key_after_s + KEY_GAP_S * place, digits) for place, digits in enumerate(pressed)
        ),
        patience_s=_lognormal(draw, crowd.patience_s, 0.6),
        talk_s=_lognormal(draw, crowd.talk_s, 0.5),
    )


def turn(seed: int, agent: int, call: int, *, talk_s: float = 25.0, wrap_up_s: float = 8.0) -> Turn:
    """What the agent of this number does with the call-th call."""
    draw = random.Random(f"{seed}:agent:{agent}:{call}")  # noqa: S311
    return Turn(
        answer_after_s=_lognormal(draw, 2.5, 0.4),
        talk_s=_lognormal(draw, talk_s, 0.5),
        hangs_up=draw.random() < 0.6,
        wrap_up_s=_lognormal(draw, wrap_up_s, 0.4),
    )


def per_minute(text: str) -> float:
    """Calls per minute from "6/min", "2/s", "100/h" or a bare number per minute. Raises ValueError."""
    amount, _, unit = text.partition("/")
    factors = {"": 1.0, "min": 1.0, "m": 1.0, "s": 60.0, "sec": 60.0, "h": 1 / 60, "hour": 1 / 60}
    if unit.strip() not in factors:
        raise ValueError(f"{text!r} is no rate: write 6/min, 2/s or 100/h")
    rate = float(amount) * factors[unit.strip()]
    if not (rate > 0 and math.isfinite(rate)):
        raise ValueError(f"{text!r} is no rate: it must be more than nothing")
    return rate


def describe(plan: Sequence[Caller]) -> list[str]:
    """A line per call, as `--plan` prints it."""
    return [
        f"{call.at_s:9.3f} s  {call.caller} → {call.hotline}  keys {','.join(key.digits for key in call.keys) or '-'}"
        f"  patience {call.patience_s:.1f} s  talk {call.talk_s:.1f} s"
        for call in plan
    ]


def _lognormal(draw: random.Random, mean: float, sigma: float) -> float:
    """Of this mean; never shorter than a tenth of it, never longer than ten times it."""
    value = draw.lognormvariate(math.log(mean) - sigma * sigma / 2, sigma)
    return round(min(max(value, mean / 10), mean * 10), 3)
