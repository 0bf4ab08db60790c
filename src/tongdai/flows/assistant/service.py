"""The tenant's language model outside, asked with its limits, and everything kept that it was told and answered.

Whoever asks has an answer of this server's own beside it: None means to take that. Nobody is kept waiting by a model that is
away, and none is asked that has cost what it may.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from tongdai.flows.assistant.policies import Breaker, Nonsense, same_server
from tongdai.flows.assistant.protocol import Completions, Endpoint, Hindered, Said
from tongdai.flows.assistant.repository import AssistantRow, Assistants, Exchanges
from tongdai.flows.assistant.schemas import AssistantChange, AssistantTrial, AssistantView
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.database.session import DatabaseAway, forbid_inside_transaction
from tongdai.platform.errors import StaleVersion, invalid_field
from tongdai.platform.registry import Runtime
from tongdai.platform.sealed import Damaged, KeyMissing, KeyRing, seal_text, unsealed_text
from tongdai.platform.woken import Woken
from tongdai.tenancy.public import audit, changed_fields

log = logging.getLogger(__name__)
A = TypeVar("A")

AWAY_S = 3.0
"""So long a database that is away is waited for."""
EXPIRE_S = 3600.0


@dataclass(frozen=True, slots=True)
class Answer(Generic[A]):
    """What was made of an answer that is believed; `exchange`: where it is kept."""

    value: A
    exchange: UUID


def month_of(at: datetime) -> date:
    return at.date().replace(day=1)


def sealed_for(tenant_id: UUID) -> str:
    return f"assistant {tenant_id}"


class Assistant:
    """The one of the process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.completions = Completions(runtime.settings.assistant_networks)
        self._breakers: dict[tuple[UUID, str, str], Breaker] = {}
        self._woken = Woken()
        self._expired_at = 0.0

    @asynccontextmanager
    async def service(self) -> AsyncGenerator[None]:
        async with self._woken.looking("what the assistant was told", self._expire):
            try:
                yield
            finally:
                await self.completions.close()

    async def _expire(self) -> None:
        if time.monotonic() < self._expired_at + EXPIRE_S and self._expired_at:
            return
        async with self._runtime.database.transaction(Scope.system()) as tx:
            await Exchanges(tx).expire(self._runtime.clock.now())
        self._expired_at = time.monotonic()

    async def wanted(self, tenant_id: UUID, purpose: str) -> AssistantRow | None:
        """How it is set up, if it may be asked for this now."""
        at = self._runtime.clock.now()
        try:
            row = await self._runtime.database.retrying(
                Scope(tenant_id), lambda tx: Assistants(tx).get(month_of(at)), within=AWAY_S
            )
        except DatabaseAway:
            return None
        use = row.answers if purpose == "answer" else row.intents != "off"
        ready = row.enabled and row.url and row.model and use and not row.spent
        return row if ready and not self._breaker(row).rests(time.monotonic()) else None

    def _breaker(self, row: AssistantRow) -> Breaker:
        return self._breakers.setdefault((row.tenant_id, row.url, row.model), Breaker())

    async def ask(
        self,
        row: AssistantRow,
        purpose: str,
        command_id: str,
        messages: list[dict[str, str]],
        read: Callable[[str], A | None],
    ) -> Answer[A | None] | None:
        """Ask, judge and keep. `read` makes something of what it said, None of "this does not answer it"; it raises Nonsense.
        Gives None where there is no answer to be believed. Outside transactions; never raises."""
        forbid_inside_transaction("asking the assistant")
        began, value, said, problem = time.monotonic(), None, Said("", 0), ""
        try:
            said = await self.completions.ask(row.tenant_id, self._endpoint(row), messages)
            value = read(said.text)
            outcome = "no_answer" if value is None else "answered"
        except Hindered as hindered:
            said, outcome, problem = Said("", hindered.tokens), hindered.state, str(hindered)
        except (KeyMissing, Damaged) as error:
            outcome, problem = "key", str(error)
        except Nonsense as nonsense:
            outcome, problem = "nonsense", str(nonsense)
        ended = time.monotonic()
        believed = outcome in ("answered", "no_answer")
        self._breaker(row).tell(ended, failed=not believed and outcome != "nonsense")
        if not believed:
            log.warning("the assistant gave no answer to be believed: %s", outcome)
        kept = {
            "purpose": purpose, "model": row.model, "told": messages, "said": said.text, "outcome": outcome,
            "problem": problem[:300], "tokens": said.tokens, "took_ms": int((ended - began) * 1000),
            "at": self._runtime.clock.now(),
        }  # fmt: skip
        exchange = await self._keep(row.tenant_id, command_id, kept)
        return Answer(value, exchange) if believed and exchange is not None else None

    async def _keep(self, tenant_id: UUID, command_id: str, kept: dict[str, Any]) -> UUID | None:
        """What cannot be kept is not used: of every answer it can be seen where it came from."""

        async def store(tx: Transaction) -> UUID:
            await Assistants(tx).count(month_of(kept["at"]), kept["tokens"])
            return await Exchanges(tx).add(run_of(command_id), command_id, kept)

        try:
            return await self._runtime.database.retrying(Scope(tenant_id), store, within=AWAY_S)
        except DatabaseAway:
            return None

    def _endpoint(self, row: AssistantRow) -> Endpoint:
        """Raises KeyMissing, Damaged."""
        ring = KeyRing(self._runtime.settings.key_ring)
        key = unsealed_text(row.key, ring, sealed_for(row.tenant_id)) if row.key else ""
        return Endpoint(row.url, key, row.model, row.timeout_s)

    async def try_it(self, row: AssistantRow, messages: list[dict[str, str]]) -> AssistantTrial:
        """One question about nobody, whether it is switched on or not. What it costs counts."""
        if not row.url or not row.model:
            return AssistantTrial(state="incomplete", problem="", answer="", tokens=0, took_ms=0)
        began, state, problem, said = time.monotonic(), "ok", "", Said("", 0)
        try:
            said = await self.completions.ask(row.tenant_id, self._endpoint(row), messages)
        except Hindered as hindered:
            said, state, problem = Said("", hindered.tokens), hindered.state, str(hindered)
        except (KeyMissing, Damaged) as error:
            state, problem = "key", str(error)
        took_ms = int((time.monotonic() - began) * 1000)
        if state == "ok":
            self._breaker(row).tell(time.monotonic(), failed=False)
        if said.tokens:
            async with self._runtime.database.transaction(Scope(row.tenant_id)) as tx:
                await Assistants(tx).count(month_of(self._runtime.clock.now()), said.tokens)
        return AssistantTrial(
            state=state, problem=problem[:300], answer=said.text[:500], tokens=said.tokens, took_ms=took_ms
        )


def run_of(command_id: str) -> UUID | None:
    """A command's id begins with its run's."""
    try:
        return UUID(command_id.partition(":")[0])
    except ValueError:
        return None


def view_of(row: AssistantRow) -> AssistantView:
    told = {name: getattr(row, name) for name in AssistantView.model_fields if name != "has_key"}
    return AssistantView(has_key=row.key is not None, **told)


async def change(tx: Transaction, body: AssistantChange, ring: KeyRing, at: datetime) -> AssistantView:
    """Raises StaleVersion with the `current` one, Invalid."""
    row = await Assistants(tx).get(month_of(at), lock=True)
    if row.version != body.version:
        raise StaleVersion(current=view_of(row).model_dump(mode="json"))
    values = body.values()
    key = values.pop("key", "")
    url = values.get("url", row.url)
    if row.key is not None and not key and not same_server(url, row.url):
        raise invalid_field("key", "Another server is named: write its key.", "required")
    for name, given in (("url", url), ("model", values.get("model", row.model))):
        if values.get("enabled", row.enabled) and not given:
            raise invalid_field(name, "Fill this in.", "required")
    if key:
        values["key"] = seal_text(key, ring, sealed_for(row.tenant_id))
    await Assistants(tx).save(values)
    await audit(tx, "assistant.changed", "assistant", row.tenant_id, changed_fields(values))
    return view_of(await Assistants(tx).get(month_of(at)))
