"""All SQL of intents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.flows.intents.schemas import IntentSet
from tongdai.intelligence.public import Guess
from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb, Transaction
from tongdai.platform.database.rows import Edited

SETS = Edited(
    "intent_sets",
    IntentSet,
    json=frozenset({"intents", "none"}),
    computed={
        "published_number": "(SELECT v.number FROM intent_versions v WHERE (v.tenant_id, v.id) = (t.tenant_id, t.published_id))"
    },
)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version without its weights. `known` and `strangers` are [[intent, score]]."""

    id: UUID
    number: int
    intents: list[Any]
    none: dict[str, Any]
    state: str
    problem: str | None
    model: str | None
    known: list[Any] | None
    strangers: list[Any] | None
    threshold: float | None
    right_share: float | None
    made_at: datetime
    made_by: UUID | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A version in a list."""

    number: int
    state: str
    problem: str | None
    threshold: float | None
    right_share: float | None
    made_at: datetime
    made_by: UUID | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a flow needs to know of a version to understand by it; its weights are read once."""

    id: UUID
    names: list[str]
    titles: list[str]
    model: str
    threshold: float


@dataclass(frozen=True, slots=True)
class Claimed:
    """A version that this node is to train."""

    tenant_id: UUID
    id: UUID
    set_id: UUID
    number: int
    intents: list[Any]
    none: dict[str, Any]


_ASKED = (
    "v.id, ARRAY(SELECT i->>'name' FROM jsonb_array_elements(v.intents) i) AS names,"
    " ARRAY(SELECT i->>'title' FROM jsonb_array_elements(v.intents) i) AS titles, v.model, v.threshold"
)


class IntentVersions:
    """Versions of sets of intents."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def list(self, set_id: UUID) -> list[Listed]:
        return await self.tx.fetch_all(
            Listed,
            f"SELECT {', '.join(Listed.__slots__)} FROM intent_versions"
            " WHERE tenant_id = %(tenant)s AND set_id = %(set)s ORDER BY number DESC LIMIT 200",
            {"set": set_id},
        )

    async def get(self, set_id: UUID, number: int) -> VersionRow | None:
        return await self.tx.fetch_one(
            VersionRow,
            f"SELECT {', '.join(VersionRow.__slots__)} FROM intent_versions"
            " WHERE tenant_id = %(tenant)s AND set_id = %(set)s AND number = %(number)s",
            {"set": set_id, "number": number},
        )

    async def training(self, set_id: UUID) -> bool:
        return bool(
            await self.tx.fetch_value(
                "SELECT EXISTS (SELECT FROM intent_versions WHERE tenant_id = %(tenant)s AND set_id = %(set)s"
                " AND state = 'training')",
                {"set": set_id},
            )
        )

    async def add(
        self, set_id: UUID, intents: list[Any], none: dict[str, Any], at: datetime, by: UUID | None
    ) -> int:
        """A version that is to be trained, of a locked set; gives its number."""
        return await self.tx.fetch_value(
            "INSERT INTO intent_versions (tenant_id, id, set_id, number, intents, none, state, made_at, made_by)"
            " SELECT %(tenant)s, %(id)s, %(set)s, coalesce(max(number), 0) + 1, %(intents)s::jsonb, %(none)s::jsonb,"
            " 'training', %(at)s, %(by)s::uuid FROM intent_versions WHERE tenant_id = %(tenant)s AND set_id = %(set)s"
            " RETURNING number",
            {
                "id": new_id(),
                "set": set_id,
                "intents": Jsonb(intents),
                "none": Jsonb(none),
                "at": at,
                "by": by,
            },
        )

    async def asked(self, name: str) -> Asked | None:
        """The published version of the set of that name."""
        return await self.tx.fetch_one(
            Asked,
            f"SELECT {_ASKED} FROM intent_sets s JOIN intent_versions v ON (v.tenant_id, v.id) = (s.tenant_id, s.published_id)"
            " WHERE s.tenant_id = %(tenant)s AND s.name = %(name)s AND NOT s.archived",
            {"name": name},
        )

    async def intents_of(self, version_id: UUID) -> list[dict[str, Any]]:
        """The version's intents and their examples."""
        return await self.tx.fetch_value(
            "SELECT intents FROM intent_versions WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": version_id},
        )

    async def ready(self, set_id: UUID, number: int | None) -> Asked | None:
        """A version that is trained; None for the number: the published one."""
        return await self.tx.fetch_one(
            Asked,
            f"SELECT {_ASKED} FROM intent_sets s JOIN intent_versions v ON (v.tenant_id, v.set_id) = (s.tenant_id, s.id)"
            " WHERE s.tenant_id = %(tenant)s AND s.id = %(set)s AND v.state = 'ready'"
            " AND CASE WHEN %(number)s::int IS NULL THEN v.id = s.published_id ELSE v.number = %(number)s END",
            {"set": set_id, "number": number},
        )

    async def weights(self, version_id: UUID) -> bytes:
        return await self.tx.fetch_value(
            "SELECT weights FROM intent_versions WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": version_id},
        )

    async def publish(self, set_id: UUID, version_id: UUID, threshold: float, right_share: float) -> None:
        await self.tx.execute(
            "UPDATE intent_versions SET threshold = %(threshold)s, right_share = %(right)s"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": version_id, "threshold": threshold, "right": right_share},
        )
        await self.tx.execute(
            "UPDATE intent_sets SET published_id = %(id)s, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND id = %(set)s",
            {"set": set_id, "id": version_id},
        )

    async def claim(self, now: datetime, until: datetime) -> Claimed | None:
        """Of all tenants: the next one that nobody trains. System scope."""
        return await self.tx.fetch_one(
            Claimed,
            "UPDATE intent_versions SET claimed_until = %(until)s WHERE (tenant_id, id) IN (SELECT tenant_id, id"
            " FROM intent_versions WHERE state = 'training' AND coalesce(claimed_until < %(now)s, true) ORDER BY made_at LIMIT 1"
            f" FOR UPDATE SKIP LOCKED) RETURNING {', '.join(Claimed.__slots__)}",
            {"now": now, "until": until},
        )

    async def trained(
        self,
        version_id: UUID,
        *,
        model: str,
        weights: bytes,
        known: Sequence[Guess],
        strangers: Sequence[Guess],
        threshold: float,
        right_share: float,
    ) -> None:
        await self.tx.execute(
            "UPDATE intent_versions SET state = 'ready', problem = NULL, model = %(model)s, weights = %(weights)s,"
            " known = %(known)s::jsonb, strangers = %(strangers)s::jsonb, threshold = %(threshold)s, right_share = %(right)s"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s AND state = 'training'",
            {
                "id": version_id,
                "model": model,
                "weights": weights,
                "known": Jsonb([[one.intent, one.score] for one in known]),
                "strangers": Jsonb([[one.intent, one.score] for one in strangers]),
                "threshold": threshold,
                "right": right_share,
            },
        )

    async def failed(self, version_id: UUID, problem: str) -> None:
        await self.tx.execute(
            "UPDATE intent_versions SET state = 'failed', problem = %(problem)s"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s AND state = 'training'",
            {"id": version_id, "problem": problem},
        )
