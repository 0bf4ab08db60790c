"""Flow runs in the database: started and advanced inside the caller's transaction.

The contract with a channel (a call's actor, a chat session):

    async with database.transaction(scope) as tx:
        progress = await runs.start(tx, flow_id=…, subject_id=interaction, variables={"call": {...}}, at=now)
    await carry out progress.command        # after the commit
    …
    async with database.transaction(scope) as tx:
        progress = await runs.advance(tx, progress, Reply(command.id, "digits", {...}), at)

What `progress.begun` names the channel begins first, in order. A command of lane `dialogue` is the channel's; one of lane
`outside` is given to `runs.carry_out`, whose Reply is the next event; commands of lane `inside` are done before `start` and
`advance` return (progress.command is then what is waited for, an Enqueue say, and its Reply comes from the module that performs
it). After a restart: `load`, then `reissue`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.flows import engine
from tongdai.flows.answers import answers_of
from tongdai.flows.commands import Command, Lane
from tongdai.flows.engine import Passed
from tongdai.flows.errors import StaleRun
from tongdai.flows.performers import Performers, Performing
from tongdai.flows.replies import Event, Reply
from tongdai.flows.repository import Revision, RunRepository
from tongdai.flows.run import Run
from tongdai.flows.verb import VerbRegistry
from tongdai.flows.versions import Versions
from tongdai.kit.ids import new_id
from tongdai.platform.database import Read, Transaction, forbid_inside_transaction
from tongdai.platform.errors import NotFound


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands, as committed. `command` is what it waits for; None when it has ended (`run.ended`: then the channel
    ends the call) or when the event was ignored. `passed` are the node visits that this step finished."""

    run: Run
    revision: int
    subject_id: UUID
    command: Command | None
    passed: tuple[Passed, ...] = ()
    ignored: bool = False
    begun: tuple[Command, ...] = ()
    """What the channel begins first, in order: the run does not wait for it."""

    @property
    def run_id(self) -> UUID:
        return UUID(self.run.id)

    @property
    def deadline(self) -> datetime | None:
        """Send TimeUp then."""
        return self.run.deadline


class FlowRuns:
    """The one of the process: `runtime.get(FlowRuns)`."""

    def __init__(self, registry: VerbRegistry, performers: Performers, versions: Versions) -> None:
        self._registry = registry
        self._performers = performers
        self._versions = versions

    async def start(
        self,
        tx: Transaction,
        *,
        flow_id: UUID,
        subject_id: UUID,
        variables: Mapping[str, Any],
        at: datetime,
        run_id: UUID | None = None,
    ) -> Progress:
        """Start the flow's published version; one INSERT when its graph is warm. Raises NotPublished."""
        name, pins = await self._versions.pins(tx, flow_id)
        run = Run(str(run_id or new_id()), name, pins, dict(variables))
        stepped, begun = await self._step(tx, run, subject_id, None, at)
        await RunRepository(tx).insert(stepped.run, subject_id, pins[name], stepped.trace, at)
        return Progress(stepped.run, 1, subject_id, stepped.command, stepped.trace, begun=begun)

    async def advance(self, tx: Transaction, progress: Progress, event: Event, at: datetime) -> Progress:
        """Take the run on; one UPDATE. Raises StaleRun when somebody else took it on since `progress`."""
        await self._versions.load(tx, list(progress.run.versions.values()))
        stepped, begun = await self._step(tx, progress.run, progress.subject_id, event, at)
        if stepped.ignored:
            return Progress(progress.run, progress.revision, progress.subject_id, None, ignored=True)
        if not await RunRepository(tx).update(stepped.run, progress.revision, stepped.trace, at):
            raise StaleRun()
        return Progress(
            stepped.run,
            progress.revision + 1,
            progress.subject_id,
            stepped.command,
            stepped.trace,
            begun=begun,
        )

    @staticmethod
    def locking(progress: Progress) -> Read[Revision]:
        """Reads how far the run is, for who reads much together; `hold` what it gives, and `advance` needs no trip of its own."""
        return RunRepository.locking(progress.run_id)

    @staticmethod
    def hold(tx: Transaction, rows: list[Revision]) -> None:
        RunRepository(tx).hold(rows)

    async def load(self, tx: Transaction, run_id: UUID) -> Progress:
        """The run as stored, locked until the transaction ends, with the command that it waits for. Raises NotFound."""
        found = await RunRepository(tx).get(run_id, lock=True)
        if found is None:
            raise NotFound()
        run, revision, subject_id = found
        await self._versions.load(tx, list(run.versions.values()))
        waiting = run.waiting
        command = self._registry.command(waiting.kind, waiting.command) if waiting else None
        return Progress(run, revision, subject_id, command)

    async def recover(self, tx: Transaction, run_id: UUID, at: datetime) -> Progress:
        """After a crash: the command to carry out again. One of lane `outside` that may have been carried out and is not
        declared repeatable, and a dialogue command that may not be repeated (a transfer), go the way of failure instead.
        """
        progress = await self.load(tx, run_id)
        command = progress.command
        if command is None or command.may_repeat():
            return progress
        return await self.advance(tx, progress, Reply(command.id, "failed", {"reason": "uncertain"}), at)

    def answers(self, progress: Progress, passed: Sequence[Passed]) -> list[dict[str, str]]:
        """What the caller has told so far: [{label, value}] of the visits `passed`, for the agent's screen."""
        versions = progress.run.versions
        path = [
            (self._versions.graph(visit.flow, versions[visit.flow]), visit.node, visit.exit)
            for visit in passed
            if visit.flow in versions
        ]
        return answers_of(path, progress.run.variables)

    async def answers_so_far(self, tx: Transaction, progress: Progress) -> list[dict[str, str]]:
        """The same, of all that the run has passed: for who does not keep that in memory."""
        flows = {UUID(version): flow for flow, version in progress.run.versions.items()}
        path = [
            (self._versions.graph(flows[version], str(version)), node, exit_)
            for _, version, node, exit_, _, _ in await RunRepository(tx).path(progress.run_id)
            if version in flows
        ]
        return answers_of(path, progress.run.variables)

    async def carry_out(self, tenant_id: UUID, command: Command) -> Reply:
        """Carry out a command of lane `outside`. Outside transactions only; never raises."""
        forbid_inside_transaction("a flow's outside command")
        return await self._performers.carry_out(tenant_id, command)

    async def _step(
        self, tx: Transaction, run: Run, subject_id: UUID, event: Event | None, at: datetime
    ) -> tuple[engine.Step, tuple[Command, ...]]:
        """Advance through all that is answered inside the transaction, and past what is not awaited (given beside the step)."""
        trace: list[Passed] = []
        begun: list[Command] = []
        ignored = True
        while True:
            step = engine.advance(self._versions, self._registry, run, event, at)
            ignored = ignored and step.ignored
            run = step.run
            trace += step.trace
            reply = None
            if step.command is not None and step.command.lane is Lane.INSIDE:
                performing = Performing(tx, UUID(run.id), subject_id, at)
                reply = await self._performers.answer(performing, step.command)
            elif step.command is not None and not step.command.awaited:
                begun.append(step.command)
                reply = Reply(step.command.id, "done")
            if reply is None:
                return engine.Step(run, step.command, tuple(trace), ignored), tuple(begun)
            if len(trace) > engine.MAX_NODES:
                return self._runaway(run, trace), tuple(begun)
            event = reply

    def _runaway(self, run: Run, trace: list[Passed]) -> engine.Step:
        ended = replace(
            run, waiting=None, ended="fault", detail=f"{engine.MAX_NODES} nodes passed without the caller"
        )
        return engine.Step(ended, None, tuple(trace))
