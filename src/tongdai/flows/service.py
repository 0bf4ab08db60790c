"""What people do with flows: drafts, publishing, rolling back, pushing and pulling YAML, prompts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import UploadFile

from tongdai.flows import yaml_format
from tongdai.flows.audio import MAX_BYTES, to_wav
from tongdai.flows.errors import BadAudio, FlowInvalid, FlowUsed
from tongdai.flows.events import FlowChanged, FlowPublished, PromptChanged
from tongdai.flows.flow_tests import Drafts, load_tests
from tongdai.flows.graph import Document
from tongdai.flows.performers import Performers
from tongdai.flows.repository import FlowRepository, FlowRow, PromptRow
from tongdai.flows.uses import FlowUses, published_naming
from tongdai.flows.validation import Checked, Problem, check
from tongdai.flows.verb import Reference, VerbRegistry
from tongdai.flows.yaml_format import YamlError
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.platform.errors import FieldError, NotFound, StaleVersion, invalid_field
from tongdai.tenancy.public import audit


@dataclass(frozen=True, slots=True)
class Pushed:
    flow_id: UUID
    name: str
    changed: bool
    number: int | None
    """The published version's number, when it was published."""


async def prompt_names(tx: Transaction) -> set[str]:
    """The names of the tenant's prompts."""
    return await FlowRepository(tx).prompt_names()


class FlowService:
    """The one of the process: `runtime.get(FlowService)`. Every method works in the caller's transaction."""

    def __init__(self, registry: VerbRegistry, performers: Performers, uses: FlowUses) -> None:
        self._registry = registry
        self._performers = performers
        self._uses = uses

    async def get(self, tx: Transaction, flow_id: UUID) -> FlowRow:
        row = await FlowRepository(tx).get(flow_id)
        if row is None:
            raise NotFound()
        return row

    async def push(
        self,
        tx: Transaction,
        text: str,
        *,
        at: datetime,
        publish: bool = False,
        note: str = "",
        version: int | None = None,
    ) -> Pushed:
        """Save a flow from its YAML as the draft of the flow with that name, made if need be.

        `version` guards an edit (StaleVersion); None takes what is there. With `publish` it is validated and published."""
        try:
            document = yaml_format.load(text)
        except YamlError as exc:
            raise invalid(exc.problems) from exc
        return await self.save(tx, document, at=at, publish=publish, note=note, version=version)

    async def save(
        self,
        tx: Transaction,
        document: Document,
        *,
        at: datetime,
        publish: bool,
        note: str,
        version: int | None,
    ) -> Pushed:
        repository = FlowRepository(tx)
        stored = yaml_format.to_json(document)
        row = await repository.by_name(document.flow)
        changed = row is None or row.draft != stored or row.archived
        if row is None:
            flow_id = new_id()
            await repository.insert(flow_id, document.flow, document.title, stored)
            tx.emit(FlowChanged(aggregate_id=flow_id, aggregate_version=1))
            await audit(tx, "flow.created", "flow", flow_id)
        else:
            flow_id = row.id
            if version == 0:
                raise invalid_field(
                    "flow", f"There is a flow named '{row.name}' already. Choose another name.", "taken"
                )
            if version is not None and version != row.version:
                raise StaleVersion(current=row.version)
            if changed:
                new = await repository.save_draft(flow_id, document.title, stored, row.version)
                if new is None:
                    raise StaleVersion()
                tx.emit(FlowChanged(aggregate_id=flow_id, aggregate_version=new))
                await audit(tx, "flow.changed", "flow", flow_id)
        number = await self.publish(tx, flow_id, at=at, note=note) if publish else None
        return Pushed(flow_id, document.flow, changed, number)

    async def pull(self, tx: Transaction, flow_id: UUID) -> str:
        """The draft as canonical YAML."""
        return yaml_format.dump(yaml_format.from_json((await self.get(tx, flow_id)).draft))

    async def check(self, tx: Transaction, document: Document) -> Checked:
        """Validate against what there is in this tenant: queues, calendars, prompts, other flows."""
        return check(document, self._registry, await self._world(tx, document))

    async def publish(self, tx: Transaction, flow_id: UUID, *, at: datetime, note: str = "") -> int:
        """Publish the draft as a new version; nothing new when it is the published one already. Raises FlowInvalid."""
        repository = FlowRepository(tx)
        row = await self.get(tx, flow_id)
        checked = await self.check(tx, yaml_format.from_json(row.draft))
        if checked.graph is None:
            raise invalid(checked.errors)
        if row.published_id is not None and row.published_number is not None:
            (current,) = await repository.versions_by_id([row.published_id])
            if current.document == row.draft:
                return row.published_number
        version_id = new_id()
        number = await repository.add_version(version_id, flow_id, row.draft, note, at)
        await self._point(tx, flow_id, version_id, number)
        await audit(tx, "flow.published", "flow", flow_id, {"number": number})
        return number

    async def roll_back(self, tx: Transaction, flow_id: UUID, number: int) -> None:
        """Let new runs take an older version again. Running calls keep the version that they started with."""
        for version in await FlowRepository(tx).versions(flow_id):
            if version.number == number:
                await self._point(tx, flow_id, version.id, number)
                await audit(tx, "flow.rolled_back", "flow", flow_id, {"number": number})
                return
        raise NotFound()

    async def archive(self, tx: Transaction, flow_id: UUID, *, archived: bool = True) -> None:
        """Put aside, or bring back. Raises FlowUsed where callers would be led to nothing."""
        if archived and (used := await self._used(tx, await self.get(tx, flow_id))):
            names = ", ".join(used)
            raise FlowUsed(
                f"Callers are led here by {names}. Lead them elsewhere first, then archive it.", reason=names
            )
        version = await FlowRepository(tx).set_archived(flow_id, archived)
        if version is None:
            raise NotFound()
        tx.emit(FlowChanged(aggregate_id=flow_id, aggregate_version=version))
        await audit(tx, "flow.archived" if archived else "flow.restored", "flow", flow_id)

    async def _used(self, tx: Transaction, flow: FlowRow) -> list[str]:
        """All that leads callers to this flow now."""
        calling = await published_naming(tx, self._registry, "flow", {flow.name}, but=flow.id)
        return [*await self._uses.of(tx, flow.id), *calling]

    async def save_prompt(
        self, tx: Transaction, name: str, language: str, text: str, audio: bytes | None, seconds: float | None
    ) -> PromptRow:
        """Store a prompt whose audio `convert_audio` has made, or one of text alone."""
        checksum = hashlib.sha256(audio).hexdigest() if audio else None
        row = await FlowRepository(tx).save_prompt(new_id(), name, language, text, audio, checksum, seconds)
        tx.emit(PromptChanged(aggregate_id=row.id, aggregate_version=row.version))
        await audit(tx, "prompt.created" if row.version == 1 else "prompt.changed", "prompt", row.id)
        return row

    async def save_tests(self, tx: Transaction, flow_id: UUID, text: str, before: str | None) -> None:
        """Keep the flow's tests; StaleVersion when they are no longer `before`."""
        row = await self.get(tx, flow_id)
        if before is not None and before != row.tests:
            raise StaleVersion(current=row.tests)
        if text.strip():
            try:
                load_tests(text)
            except YamlError as exc:
                raise invalid(exc.problems) from exc
        await FlowRepository(tx).save_tests(flow_id, text)
        await audit(tx, "flow.changed", "flow", flow_id)

    async def drafts(self, tx: Transaction, document: Document) -> Drafts:
        """This document among the tenant's other drafts, ready to be tried."""
        rows = await FlowRepository(tx).list()
        others = [yaml_format.from_json(row.draft) for row in rows if row.name != document.flow]
        return Drafts([document, *others], self._registry)

    async def _point(self, tx: Transaction, flow_id: UUID, version_id: UUID, number: int) -> None:
        version = await FlowRepository(tx).point_at(flow_id, version_id)
        tx.emit(
            FlowPublished(
                aggregate_id=flow_id, aggregate_version=version, version_id=version_id, number=number
            )
        )

    async def _world(self, tx: Transaction, document: Document) -> _TenantWorld:
        repository = FlowRepository(tx)
        flows = {row.name: row for row in await repository.list()}
        prompts = await repository.prompt_names()
        known: dict[tuple[str, str], bool | None] = {}
        for node in document.nodes.values():
            verb_type = self._registry.get(node.verb)
            try:
                verb = verb_type.model_validate(node.params) if verb_type else None
            except ValueError:
                continue  # validation says so itself
            for reference in verb.references() if verb else ():
                key = (reference.kind, reference.name)
                if reference.kind == "flow":
                    known[key] = reference.name in flows or reference.name == document.flow
                elif reference.kind == "prompt":
                    known[key] = reference.name in prompts
                elif key not in known:
                    known[key] = await self._performers.exists(tx, reference)
        return _TenantWorld(document, flows, known)


@dataclass(frozen=True, slots=True)
class _TenantWorld:
    """Other flows are read only if this one leads into them."""

    document: Document
    rows: Mapping[str, FlowRow]
    known: Mapping[tuple[str, str], bool | None]

    def exists(self, reference: Reference) -> bool | None:
        return self.known.get((reference.kind, reference.name))

    def flow(self, name: str) -> Document | None:
        if name == self.document.flow:
            return self.document
        row = self.rows.get(name)
        return yaml_format.from_json(row.draft) if row is not None else None


def invalid(problems: tuple[Problem, ...]) -> FlowInvalid:
    """All problems in one answer; the field is the node."""
    errors = [FieldError(p.node or "flow", f"{p.message}. {p.mend}") for p in problems]
    lines = [
        {"node": p.node, "line": p.line, "code": p.code, "message": p.message, "mend": p.mend}
        for p in problems
    ]
    return FlowInvalid(
        f"{len(problems)} things to correct. First: {problems[0]}", errors=errors, problems=lines
    )


async def convert_audio(data: bytes) -> tuple[bytes, float]:
    """(16 kHz mono WAV, seconds) of a recording, in a thread: decoding is work. Raises BadAudio."""
    return await asyncio.to_thread(to_wav, data)


async def uploaded_audio(file: UploadFile, most: int = MAX_BYTES) -> tuple[bytes, float]:
    """The same of an upload, of which no more than `most` bytes are taken. Raises BadAudio."""
    data = await file.read(most + 1)
    if len(data) > most:
        raise BadAudio(f"The file is larger than {most // 1_000_000} MB.")
    return await convert_audio(data)
