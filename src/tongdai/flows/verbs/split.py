"""`split`: shares of the callers go different ways: `split: {shares: {new: 10, old: 90}}`."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from pydantic import Field, model_validator

from tongdai.flows.verb import Context, Exit, Go, Outcome, Verb
from tongdai.flows.verbs.fields import ExitName, Expr

_STEPS = 1 << 32


class Split(Verb):
    """Every name under `shares` is an exit; the shares are weights, of whatever sum. Which way is drawn for each visit; with `by`
    (`by: call.from`, say) the same value always goes the same way through this node."""

    name = "split"
    named = ("shares", "keys")
    waits = False
    shares: dict[ExitName, Annotated[float, Field(ge=0, le=1_000_000)]] = Field(min_length=1, max_length=50)
    by: Expr | None = None

    @model_validator(mode="after")
    def _some_share(self) -> Split:
        if sum(self.shares.values()) <= 0:
            raise ValueError("give at least one way a share of more than 0")
        return self

    def exits(self) -> tuple[Exit, ...]:
        return tuple(Exit(name) for name in self.shares)

    def start(self, ctx: Context) -> Outcome:
        token = ctx.visit_id if self.by is None else repr(self.by.value(ctx.variables))
        return Go(way(self.shares, token))


def way(shares: dict[str, float], token: str) -> str:
    """Where a token goes: spread evenly over the shares by its hash. The order of the names decides too, so a share that grows
    at the end takes no one away from the first."""
    point = int.from_bytes(sha256(token.encode()).digest()[:4]) / _STEPS * sum(shares.values())
    for name, share in shares.items():
        point -= share
        if point < 0:
            return name
    return next(name for name, share in reversed(shares.items()) if share > 0)
