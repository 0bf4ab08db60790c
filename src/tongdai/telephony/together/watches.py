"""Who listens to calls of others, and how: rows and SQL. What is heard is nobody's record; that somebody listened is."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.platform.database import Transaction

LISTEN, WHISPER, JOIN = "listen", "whisper", "join"
MODES = (LISTEN, WHISPER, JOIN)
"""listen: heard by nobody. whisper: heard by the agent alone. join: heard by all."""
TONE, SENTENCE = "tone", "sentence"
ALL, AGENTS = "both", "agent"


@dataclass(frozen=True, slots=True)
class Notice:
    """How the people on the line learn that somebody begins to listen. `how`: TONE, or a SENTENCE in `language`; `to`: ALL, or
    AGENTS alone."""

    how: str
    to: str
    language: str


@dataclass(frozen=True, slots=True)
class Watch:
    """One who listens to a call. `state`: ringing (their phone), on, gone. `agent_id`: whose call it was when it began."""

    id: UUID
    call_id: UUID
    user_id: UUID
    agent_id: UUID
    mode: str
    state: str
    channel: str | None
    began_at: datetime
    ended_at: datetime | None = None
    version: int = 1

    def changed(self, **changes: Any) -> "Watch":
        return replace(self, **changes, version=self.version + 1)


_WATCH = ", ".join(Watch.__slots__)


class WatchRows:
    """Watches."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, watch: Watch) -> None:
        places = ", ".join(f"%({name})s" for name in Watch.__slots__)
        await self._tx.write(
            f"INSERT INTO call_watches (tenant_id, {_WATCH}) VALUES (%(tenant)s, {places})",
            {name: getattr(watch, name) for name in Watch.__slots__},
        )

    async def save(self, watch: Watch) -> None:
        await self._tx.write(
            "UPDATE call_watches SET mode = %(mode)s, state = %(state)s, channel = %(channel)s,"
            " ended_at = %(ended_at)s, version = %(version)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {
                name: getattr(watch, name)
                for name in ("id", "mode", "state", "channel", "ended_at", "version")
            },
        )

    async def notices(self) -> dict[UUID, Notice]:
        """The tenants in the scope that have their people told of listeners, and how."""
        rows = await self._tx.fetch_tuples(
            "SELECT id, settings->>'watch_notice', coalesce(settings->>'watch_notice_to', %(all)s), locale FROM tenants"
            " WHERE coalesce(settings->>'watch_notice', 'off') <> 'off'",
            {"all": ALL},
        )
        return {tenant: Notice(*notice) for tenant, *notice in rows}

    async def get(self, watch_id: UUID) -> Watch | None:
        return await self._tx.fetch_one(
            Watch,
            f"SELECT {_WATCH} FROM call_watches WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": watch_id},
        )

    async def of_user(self, user_id: UUID) -> Watch | None:
        """What the user listens to now."""
        return await self._tx.fetch_one(
            Watch,
            f"SELECT {_WATCH} FROM call_watches WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND state <> 'gone'"
            " ORDER BY began_at DESC LIMIT 1",
            {"user": user_id},
        )

    async def end_all(self, call_id: UUID, at: datetime) -> list[Watch]:
        """The call is over."""
        return await self._tx.fetch_all(
            Watch,
            "UPDATE call_watches SET state = 'gone', ended_at = %(at)s, version = version + 1"
            f" WHERE tenant_id = %(tenant)s AND call_id = %(call)s AND state <> 'gone' RETURNING {_WATCH}",
            {"call": call_id, "at": at},
        )

    async def forget(self, call_ids: list[UUID], at: datetime) -> None:
        """Nobody knows the listeners of these calls any more: after a restart they may listen anew. System scope."""
        await self._tx.execute(
            "UPDATE call_watches SET state = 'gone', ended_at = %(at)s, version = version + 1"
            " WHERE call_id = ANY(%(ids)s) AND state <> 'gone'",
            {"ids": call_ids, "at": at},
        )
