"""SQL of the assistant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb, Transaction


@dataclass(frozen=True, slots=True)
class AssistantRow:
    """How it is set up, and what it has cost this month."""

    tenant_id: UUID
    enabled: bool
    url: str
    key: bytes | None
    model: str
    timeout_s: int
    monthly_tokens: int | None
    answers: bool
    intents: str
    keep_days: int
    version: int
    used_tokens: int
    used_questions: int

    @property
    def spent(self) -> bool:
        return self.monthly_tokens is not None and self.used_tokens >= self.monthly_tokens


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    id: UUID
    purpose: str
    subject_id: UUID | None
    model: str
    told: list[dict[str, str]]
    said: str
    outcome: str
    problem: str
    tokens: int
    took_ms: int
    at: datetime


_STORED = tuple(
    name for name in AssistantRow.__slots__ if name not in ("tenant_id", "used_tokens", "used_questions")
)
_EXCHANGE = ", ".join(ExchangeRow.__slots__)


class Assistants:
    """The tenant's one."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def get(self, month: date, *, lock: bool = False) -> AssistantRow:
        """As it is before anybody set it up: off."""
        if lock:
            await self._tx.execute(
                "INSERT INTO assistants (tenant_id) VALUES (%(tenant)s) ON CONFLICT DO NOTHING", {}
            )
        found = await self._tx.fetch_one(
            AssistantRow,
            f"SELECT t.tenant_id, {', '.join(f't.{name}' for name in _STORED)}, coalesce(u.tokens, 0) AS used_tokens,"
            " coalesce(u.questions, 0) AS used_questions FROM assistants t LEFT JOIN assistant_usage u"
            " ON u.tenant_id = t.tenant_id AND u.month = %(month)s WHERE t.tenant_id = %(tenant)s"
            f"{' FOR NO KEY UPDATE OF t' if lock else ''}",
            {"month": month},
        )
        return found or AssistantRow(
            self._tx.tenant_id, False, "", None, "", 8, 500_000, True, "off", 30, 1, 0, 0
        )

    async def save(self, values: dict[str, Any]) -> None:
        written = ", ".join(f"{name} = %({name})s" for name in values if name in _STORED)
        await self._tx.execute(
            f"UPDATE assistants SET {written}{', ' if written else ''}version = version + 1 WHERE tenant_id = %(tenant)s",
            values,
        )

    async def count(self, month: date, tokens: int) -> None:
        await self._tx.execute(
            "INSERT INTO assistant_usage (tenant_id, month, questions, tokens) VALUES (%(tenant)s, %(month)s, 1, %(tokens)s)"
            " ON CONFLICT (tenant_id, month) DO UPDATE SET questions = assistant_usage.questions + 1,"
            " tokens = assistant_usage.tokens + excluded.tokens",
            {"month": month, "tokens": tokens},
        )


class Exchanges:
    """What it was told and answered."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, run_id: UUID | None, command_id: str, values: dict[str, Any]) -> UUID:
        exchange_id = new_id()
        await self._tx.execute(
            "INSERT INTO assistant_exchanges (tenant_id, id, purpose, command_id, subject_id, model, told, said, outcome,"
            " problem, tokens, took_ms, at) VALUES (%(tenant)s, %(id)s, %(purpose)s, %(command)s, (SELECT r.subject_id"
            " FROM flow_runs r WHERE r.tenant_id = %(tenant)s AND r.id = %(run)s::uuid), %(model)s, %(told)s, %(said)s,"
            " %(outcome)s, %(problem)s, %(tokens)s, %(took_ms)s, %(at)s)",
            {
                **values,
                "told": Jsonb(values["told"]),
                "id": exchange_id,
                "run": run_id,
                "command": command_id,
            },
        )
        return exchange_id

    async def get(self, exchange_id: UUID) -> ExchangeRow | None:
        return await self._tx.fetch_one(
            ExchangeRow,
            f"SELECT {_EXCHANGE} FROM assistant_exchanges WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": exchange_id},
        )

    async def page(
        self, purpose: str | None, before: tuple[datetime, UUID] | None, limit: int
    ) -> list[ExchangeRow]:
        """Up to `limit + 1`, newest first."""
        at, last = before or (None, None)
        return await self._tx.fetch_all(
            ExchangeRow,
            f"SELECT {_EXCHANGE} FROM assistant_exchanges WHERE tenant_id = %(tenant)s"
            " AND (%(purpose)s::text IS NULL OR purpose = %(purpose)s)"
            " AND (%(at)s::timestamptz IS NULL OR (at, id) < (%(at)s, %(last)s::uuid))"
            " ORDER BY at DESC, id DESC LIMIT %(limit)s + 1",
            {"purpose": purpose, "at": at, "last": last, "limit": limit},
        )

    async def of_subjects(self, subject_ids: list[UUID]) -> list[ExchangeRow]:
        return await self._tx.fetch_all(
            ExchangeRow,
            f"SELECT {_EXCHANGE} FROM assistant_exchanges WHERE tenant_id = %(tenant)s AND subject_id = ANY(%(ids)s)"
            " ORDER BY at, id",
            {"ids": subject_ids},
        )

    async def forget(self, subject_ids: list[UUID]) -> None:
        await self._tx.execute(
            "DELETE FROM assistant_exchanges WHERE tenant_id = %(tenant)s AND subject_id = ANY(%(ids)s)",
            {"ids": subject_ids},
        )

    async def expire(self, at: datetime) -> None:
        """What was kept long enough. System scope."""
        await self._tx.execute(
            "DELETE FROM assistant_exchanges e USING assistants a WHERE a.tenant_id = e.tenant_id"
            " AND e.at < %(at)s::timestamptz - make_interval(days => a.keep_days)",
            {"at": at},
        )
