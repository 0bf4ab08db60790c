"""All SQL of module flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.flows.engine import Passed
from tongdai.flows.run import Run
from tongdai.platform.database import Jsonb, Read, Transaction


@dataclass(frozen=True, slots=True)
class FlowRow:
    id: UUID
    name: str
    title: str
    project_id: UUID | None
    draft: dict[str, Any]
    published_id: UUID | None
    published_number: int | None
    archived: bool
    version: int
    updated_at: datetime
    tests: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    id: UUID
    flow_id: UUID
    number: int
    document: dict[str, Any]
    note: str
    published_at: datetime
    published_by: UUID | None


@dataclass(frozen=True, slots=True)
class PromptRow:
    id: UUID
    name: str
    language: str
    text: str
    checksum: str | None
    seconds: float | None
    formerly: list[str]
    version: int
    updated_at: datetime


_FLOW = (
    "SELECT f.id, f.name, f.title, f.project_id, f.draft, f.published_id, v.number AS published_number, f.archived,"
    " f.version, f.updated_at, f.tests FROM flows f"
    " LEFT JOIN flow_versions v ON (v.tenant_id, v.id) = (f.tenant_id, f.published_id)"
    " WHERE f.tenant_id = %(tenant)s"
)


@dataclass(frozen=True, slots=True)
class PublishedFlow:
    """A flow that callers can be sent to."""

    id: UUID
    title: str


async def published(tx: Transaction) -> list[PublishedFlow]:
    """Flows in use that have a published version, by title."""
    return await tx.fetch_all(
        PublishedFlow,
        "SELECT id, coalesce(nullif(title, ''), name) AS title FROM flows WHERE tenant_id = %(tenant)s"
        " AND NOT archived AND published_id IS NOT NULL ORDER BY 2",
    )


_VERSION = (
    "SELECT id, flow_id, number, document, note, published_at, published_by FROM flow_versions"
    " WHERE tenant_id = %(tenant)s"
)
_PROMPT_COLUMNS = "id, name, language, text, checksum, seconds, formerly, version, updated_at"
_PROMPT = f"SELECT {_PROMPT_COLUMNS} FROM prompts WHERE tenant_id = %(tenant)s"
_HEARD = (
    f"{_PROMPT} AND name = (SELECT n.name FROM prompts n WHERE n.tenant_id = %(tenant)s"
    " AND (n.name = %(name)s OR %(name)s = ANY(n.formerly)) ORDER BY n.name = %(name)s DESC, n.name LIMIT 1)"
    " ORDER BY language = %(language)s DESC, language = split_part(%(language)s, '-', 1) DESC,"
    " split_part(language, '-', 1) = split_part(%(language)s, '-', 1) DESC,"
    " language = (SELECT coalesce(t.settings->>'fallback_language', t.locale) FROM tenants t WHERE t.id = %(tenant)s) DESC,"
    " language LIMIT 1"
)
_VISITS = (
    "INSERT INTO flow_visits (tenant_id, run_id, number, version_id, node, exit, fault, left_at)"
    " SELECT %(tenant)s, %(id)s, v.* FROM unnest(%(numbers)s::int[], %(versions)s::uuid[], %(nodes)s::text[],"
    " %(exits)s::text[], %(faults)s::text[], %(times)s::timestamptz[]) v"
)


@dataclass(frozen=True, slots=True)
class Revision:
    """How far a run is as stored."""

    id: UUID
    revision: int


class FlowRepository:
    """Flows, their versions and prompts of one tenant."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def list(self, *, archived: bool = False) -> list[FlowRow]:
        return await self.tx.fetch_all(
            FlowRow, f"{_FLOW} AND f.archived = %(archived)s ORDER BY f.name", {"archived": archived}
        )

    async def get(self, flow_id: UUID) -> FlowRow | None:
        return await self.tx.fetch_one(FlowRow, f"{_FLOW} AND f.id = %(id)s", {"id": flow_id})

    async def by_name(self, name: str) -> FlowRow | None:
        return await self.tx.fetch_one(FlowRow, f"{_FLOW} AND f.name = %(name)s", {"name": name})

    async def insert(self, flow_id: UUID, name: str, title: str, draft: Mapping[str, Any]) -> None:
        await self.tx.execute(
            "INSERT INTO flows (tenant_id, id, name, title, draft) VALUES (%(tenant)s, %(id)s, %(name)s, %(title)s, %(draft)s)",
            {"id": flow_id, "name": name, "title": title, "draft": Jsonb(draft)},
        )

    async def save_draft(
        self, flow_id: UUID, title: str, draft: Mapping[str, Any], version: int
    ) -> int | None:
        """The new version, None when `version` is no longer the row's."""
        return await self.tx.fetch_value(
            "UPDATE flows SET title = %(title)s, draft = %(draft)s, version = version + 1, updated_at = now(), archived = false"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s AND version = %(version)s RETURNING version",
            {"id": flow_id, "title": title, "draft": Jsonb(draft), "version": version},
        )

    async def save_tests(self, flow_id: UUID, tests: str) -> None:
        await self.tx.execute(
            "UPDATE flows SET tests = %(tests)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": flow_id, "tests": tests},
        )

    async def set_archived(self, flow_id: UUID, archived: bool) -> int | None:
        return await self.tx.fetch_value(
            "UPDATE flows SET archived = %(archived)s, version = version + 1, updated_at = now()"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING version",
            {"id": flow_id, "archived": archived},
        )

    async def point_at(self, flow_id: UUID, version_id: UUID) -> int:
        """Let new runs take this version; gives the flow row's new version."""
        return await self.tx.fetch_value(
            "UPDATE flows SET published_id = %(version)s, version = version + 1, updated_at = now()"
            " WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING version",
            {"id": flow_id, "version": version_id},
        )

    async def add_version(
        self, version_id: UUID, flow_id: UUID, document: Mapping[str, Any], note: str, at: datetime
    ) -> int:
        """Gives the version's number. The flow's row is locked by the caller's UPDATE or by this statement."""
        await self.tx.execute(
            "SELECT FROM flows WHERE tenant_id = %(tenant)s AND id = %(id)s FOR UPDATE", {"id": flow_id}
        )
        return await self.tx.fetch_value(
            "INSERT INTO flow_versions (tenant_id, id, flow_id, number, document, note, published_at, published_by)"
            " SELECT %(tenant)s, %(id)s, %(flow)s, coalesce(max(number), 0) + 1, %(document)s, %(note)s, %(at)s, %(user)s"
            " FROM flow_versions WHERE tenant_id = %(tenant)s AND flow_id = %(flow)s RETURNING number",
            {"id": version_id, "flow": flow_id, "document": Jsonb(document), "note": note, "at": at,
             "user": self.tx.scope.user_id},
        )  # fmt: skip

    async def versions(self, flow_id: UUID) -> list[VersionRow]:
        return await self.tx.fetch_all(
            VersionRow, f"{_VERSION} AND flow_id = %(id)s ORDER BY number DESC", {"id": flow_id}
        )

    async def versions_by_id(self, ids: Sequence[UUID]) -> list[VersionRow]:
        return await self.tx.fetch_all(VersionRow, f"{_VERSION} AND id = ANY(%(ids)s)", {"ids": list(ids)})

    async def published(self) -> list[tuple[UUID, str, UUID]]:
        """(flow id, name, version id) of all published flows."""
        rows = await self.tx.fetch_tuples(
            "SELECT id, name, published_id FROM flows WHERE tenant_id = %(tenant)s AND published_id IS NOT NULL AND NOT archived"
        )
        return [(flow_id, name, version_id) for flow_id, name, version_id in rows]

    async def path_counts(
        self, version_id: UUID, since: datetime | None = None
    ) -> list[tuple[str, str, int]]:
        """(node, exit, how often) of a version; exit "" are ends and faults."""
        rows = await self.tx.fetch_tuples(
            "SELECT node, exit, count(*) FROM flow_visits WHERE tenant_id = %(tenant)s AND version_id = %(version)s"
            " AND (%(since)s::timestamptz IS NULL OR left_at >= %(since)s) GROUP BY node, exit",
            {"version": version_id, "since": since},
        )
        return [(node, exit_, count) for node, exit_, count in rows]

    async def prompts(self, q: str = "") -> list[PromptRow]:
        return await self.tx.fetch_all(
            PromptRow,
            f"{_PROMPT} AND strpos(lower(name), lower(%(q)s)) > 0 ORDER BY name, language",
            {"q": q},
        )

    async def prompt(self, name: str, language: str) -> PromptRow | None:
        """The recording of this name, or of the prompt that once had it, in this language; else of the same language elsewhere
        (en or en-US for en-GB); else in the tenant's fallback language; else in whichever there is: words that the caller may
        not know are better than silence."""
        return await self.tx.fetch_one(PromptRow, _HEARD, {"name": name, "language": language})

    async def prompt_names(self) -> set[str]:
        """Names by which flows may play prompts: the present ones and the former."""
        rows = await self.tx.fetch_tuples(
            "SELECT name FROM prompts WHERE tenant_id = %(tenant)s"
            " UNION SELECT unnest(formerly) FROM prompts WHERE tenant_id = %(tenant)s"
        )
        return {row[0] for row in rows}

    async def prompt_by_id(self, prompt_id: UUID) -> PromptRow | None:
        return await self.tx.fetch_one(PromptRow, f"{_PROMPT} AND id = %(id)s", {"id": prompt_id})

    async def prompt_in_all_languages(self, name: str) -> list[PromptRow]:
        """Its recordings, locked."""
        return await self.tx.fetch_all(
            PromptRow, f"{_PROMPT} AND name = %(name)s ORDER BY language FOR UPDATE", {"name": name}
        )

    async def rename_prompt(self, name: str, to: str) -> list[PromptRow]:
        """In all languages; the old name goes on leading to it."""
        return await self.tx.fetch_all(
            PromptRow,
            "UPDATE prompts SET name = %(to)s, version = version + 1, updated_at = now(),"
            " formerly = array_append(array_remove(formerly, %(to)s), %(name)s)"
            f" WHERE tenant_id = %(tenant)s AND name = %(name)s RETURNING {_PROMPT_COLUMNS}",
            {"name": name, "to": to},
        )

    async def delete_prompt(self, prompt_id: UUID) -> None:
        await self.tx.execute(
            "DELETE FROM prompts WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": prompt_id}
        )

    async def prompt_audio(self, prompt_id: UUID) -> bytes | None:
        return await self.tx.fetch_value(
            "SELECT audio FROM prompts WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": prompt_id}
        )

    async def save_prompt(
        self,
        prompt_id: UUID,
        name: str,
        language: str,
        text: str,
        audio: bytes | None,
        checksum: str | None,
        seconds: float | None,
    ) -> PromptRow:
        """Insert, or replace the recording of the same name and language."""
        row = await self.tx.fetch_one(
            PromptRow,
            "INSERT INTO prompts (tenant_id, id, name, language, text, audio, checksum, seconds, formerly)"
            " SELECT %(tenant)s, %(id)s, %(name)s, %(language)s, %(text)s, %(audio)s, %(checksum)s, %(seconds)s,"
            " coalesce((SELECT o.formerly FROM prompts o WHERE o.tenant_id = %(tenant)s AND o.name = %(name)s LIMIT 1), '{}')"
            " ON CONFLICT (tenant_id, name, language) DO UPDATE SET text = excluded.text, audio = excluded.audio,"
            " checksum = excluded.checksum, seconds = excluded.seconds, version = prompts.version + 1, updated_at = now()"
            f" RETURNING {_PROMPT_COLUMNS}",
            {"id": prompt_id, "name": name, "language": language, "text": text, "audio": audio, "checksum": checksum,
             "seconds": seconds},
        )  # fmt: skip
        assert row is not None
        return row


async def forget_runs(tx: Transaction, subject_ids: list[UUID]) -> None:
    """What customers told flows that are over goes with them; which way they took stays."""
    await tx.execute(
        'UPDATE flow_runs SET state = (state::jsonb || \'{"variables": {}, "stack": [], "waiting": null}\')::json'
        " WHERE tenant_id = %(tenant)s AND subject_id = ANY(%(ids)s) AND ended IS NOT NULL",
        {"ids": subject_ids},
    )


class RunRepository:
    """Flow runs: the run's row, and the visits that each step finished."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx

    async def insert(
        self, run: Run, subject_id: UUID, version_id: str, passed: Sequence[Passed], at: datetime
    ) -> None:
        await self.tx.write(
            "INSERT INTO flow_runs (tenant_id, id, version_id, subject_id, state, deadline, ended, started_at, updated_at)"
            " VALUES (%(tenant)s, %(id)s, %(version)s, %(subject)s, %(state)s, %(deadline)s, %(ended)s, %(at)s, %(at)s)",
            {**_state(run, at), "version": version_id, "subject": subject_id},
        )
        await self._add_visits(run, passed)

    async def update(self, run: Run, revision: int, passed: Sequence[Passed], at: datetime) -> bool:
        """False when the run is no longer at `revision`. The visits are only stored with the run."""
        sql = (
            "UPDATE flow_runs SET state = %(state)s, deadline = %(deadline)s, ended = %(ended)s, updated_at = %(at)s,"
            " revision = revision + 1 WHERE tenant_id = %(tenant)s AND id = %(id)s AND revision = %(revision)s"
        )
        values = {**_state(run, at), "revision": revision}
        held: Revision | None = self.tx.held.pop((Revision, str(run.id)), None)
        if held is None:
            stored = await self.tx.execute(sql, values) == 1
        elif stored := held.revision == revision:
            await self.tx.write(sql, values)
        if stored:
            await self._add_visits(run, passed)
        return stored

    @staticmethod
    def locking(run_id: UUID) -> Read[Revision]:
        """How far the run is."""
        return Read(
            Revision,
            "SELECT id, revision FROM flow_runs WHERE tenant_id = %(tenant)s AND id = %(run)s FOR NO KEY UPDATE",
            {"run": run_id},
        )

    def hold(self, rows: list[Revision]) -> None:
        """These were read and locked in this transaction."""
        self.tx.held |= {(Revision, str(row.id)): row for row in rows}

    async def _add_visits(self, run: Run, passed: Sequence[Passed]) -> None:
        if passed:
            await self.tx.write(_VISITS, {"id": run.id, **_visits(run, passed)})

    async def get(self, run_id: UUID, *, lock: bool) -> tuple[Run, int, UUID] | None:
        rows = await self.tx.fetch_tuples(
            "SELECT state, revision, subject_id FROM flow_runs WHERE tenant_id = %(tenant)s AND id = %(id)s"
            + (" FOR UPDATE" if lock else ""),
            {"id": run_id},
        )
        return (Run.from_json(rows[0][0]), rows[0][1], rows[0][2]) if rows else None

    async def path(self, run_id: UUID) -> list[tuple[int, UUID, str, str, str | None, datetime]]:
        """(number, version, node, exit, fault, came there at) of the run's visits in order."""
        rows = await self.tx.fetch_tuples(
            "SELECT v.number, v.version_id, v.node, v.exit, v.fault,"
            " lag(v.left_at, 1, r.started_at) OVER (ORDER BY v.number) FROM flow_visits v"
            " JOIN flow_runs r ON r.tenant_id = v.tenant_id AND r.id = v.run_id"
            " WHERE v.tenant_id = %(tenant)s AND v.run_id = %(id)s ORDER BY v.number",
            {"id": run_id},
        )
        return [(number, version, node, exit_, fault, at) for number, version, node, exit_, fault, at in rows]


def _state(run: Run, at: datetime) -> dict[str, Any]:
    return {
        "id": run.id,
        "state": Jsonb(run.to_json()),
        "deadline": run.deadline,
        "ended": run.ended,
        "at": at,
    }


def _visits(run: Run, passed: Sequence[Passed]) -> dict[str, Any]:
    return {
        "numbers": [p.visit for p in passed],
        "versions": [run.versions[p.flow] for p in passed],
        "nodes": [p.node for p in passed],
        "exits": [p.exit for p in passed],
        "faults": [p.fault for p in passed],
        "times": [p.at for p in passed],
    }
