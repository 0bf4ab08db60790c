"""Flows over text: begun, answered by what the customer writes, carried on by queues and by time.

A step of the flow is part of the transaction of what caused it: the customer's message, the end of a stay in a queue. Commands
with outside I/O are carried out after the commit, in a task of their own; which ones is stored, so that the next start goes on
with what a crash left.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tongdai.channels.dialogue.policies import UNANSWERABLE, Told, answer, answer_by_letter, told
from tongdai.channels.dialogue.repository import TextRunRow, TextRuns
from tongdai.channels.regularly import regularly
from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, NewMessage, Phase
from tongdai.flows.public import (
    CallerLeft,
    Command,
    Enqueue,
    Event,
    FlowRuns,
    Gather,
    Lane,
    Listen,
    Progress,
    Reply,
    StaleRun,
    TimeUp,
)
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Runtime
from tongdai.routing import public as routing
from tongdai.routing.events import ContactTimedOut

MOST_STEPS = 50
"""So many things a flow may say and ask in one go."""
Over = Callable[[Transaction, InteractionRow, datetime, str], Awaitable[None]]
"""What the channel does when a flow has ended with the customer still there, and how it ended: finished, hung_up, fault."""
Tell = Callable[[Transaction, TextRunRow, Told, datetime], Awaitable[bool]]
"""How the channel tells the customer something that cannot just stand in the thread. False: they may not be told."""


@dataclass(frozen=True, slots=True)
class Manners:
    """Of a channel. `patience`: so long a question waits where the flow does not say; None: for ever."""

    over: Over
    tell: Tell | None = None
    patience: timedelta | None = None
    by_letter: bool = False


class TextDialogues:
    """The one of the process."""

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._manners: dict[str, Manners] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def serve(self, channel: str, manners: Manners) -> None:
        self._manners[channel] = manners

    @property
    def _live(self) -> Runtime:
        assert self._runtime is not None
        return self._runtime

    @property
    def _flows(self) -> FlowRuns:
        return self._live.get(FlowRuns)

    # What happens to a run

    async def begin(
        self,
        tx: Transaction,
        interaction: InteractionRow,
        conversation_id: UUID,
        flow_id: UUID,
        variables: Mapping[str, Any],
        at: datetime,
    ) -> None:
        """Have a flow lead the customer of a new interaction. Raises NotPublished."""
        progress = await self._flows.start(
            tx, flow_id=flow_id, subject_id=interaction.id, variables=variables, at=at
        )
        run = TextRunRow(
            tx.tenant_id, interaction.id, conversation_id, interaction.channel, progress.run_id, False, None
        )
        await TextRuns(tx).add(run)
        await self._go_on(tx, run, progress, at)

    async def heard(
        self, tx: Transaction, interaction: InteractionRow, body: str, pressed: str | None, at: datetime
    ) -> None:
        """The customer of a locked interaction has written something, which stands in the thread. It is an answer only while
        the flow asks."""
        if interaction.phase != Phase.FLOW or (run := await TextRuns(tx).get(interaction.id)) is None:
            return
        progress = await self._flows.load(tx, run.flow_run_id)
        by_letter = self._manners[run.channel].by_letter
        reply = (
            answer_by_letter(progress.command, body) if by_letter else answer(progress.command, body, pressed)
        )
        if reply is not None:
            await self._advance(tx, run, progress, reply, at)

    async def left_queue(self, tx: Transaction, interaction_id: UUID, why: str, at: datetime) -> None:
        """The customer has waited long enough (`timed_out`), or in vain (`no_agents`): the flow goes on."""
        run = await TextRuns(tx).get(interaction_id)
        if run is None:
            return
        interaction = await conversations.lock(tx, interaction_id)
        if interaction.phase != Phase.WAIT:
            return
        progress = await self._flows.load(tx, run.flow_run_id)
        if not isinstance(progress.command, Enqueue):
            return
        await routing.leave(tx, interaction_id, why, at)
        await conversations.enter(tx, interaction, Phase.FLOW, at)
        result = {"timed_out": "timeout", "no_agents": "no_agents"}[why]
        await self._advance(tx, run, progress, Reply(progress.command.id, result), at)

    async def customer_left(self, tx: Transaction, interaction_id: UUID, at: datetime) -> None:
        """The chat is over; nothing more is done for the customer."""
        run = await TextRuns(tx).get(interaction_id)
        if run is None:
            return
        progress = await self._flows.load(tx, run.flow_run_id)
        if progress.run.ended is None:
            await self._flows.advance(tx, progress, CallerLeft(), at)
        await TextRuns(tx).save(replace(run, outside=False, due_at=None))

    async def stay(self, tx: Transaction, interaction_id: UUID, queue: str) -> Enqueue:
        """How the customer is to wait in this queue: as the flow asked, if it sent them there."""
        run = await TextRuns(tx).get(interaction_id)
        command = (await self._flows.load(tx, run.flow_run_id)).command if run is not None else None
        if isinstance(command, Enqueue) and command.queue == queue:
            return command
        return Enqueue(id=f"stay-{interaction_id}", queue=queue, priority=0, language="en")

    # Carrying out what the flow wants

    async def _advance(
        self, tx: Transaction, run: TextRunRow, progress: Progress, event: Event, at: datetime
    ) -> None:
        await self._go_on(tx, run, await self._flows.advance(tx, progress, event, at), at)

    async def _go_on(self, tx: Transaction, run: TextRunRow, progress: Progress, at: datetime) -> None:
        """Do what the flow wants until it waits for something or has ended. One that goes round and round, because nothing that
        it says or asks reaches anybody, fails."""
        steps = 0
        while not progress.ignored and progress.command is not None:
            if (steps := steps + 1) > MOST_STEPS:
                await self._flows.advance(tx, progress, CallerLeft(), at)
                await self._is_over(tx, run, "fault", at)
                return
            if isinstance(progress.command, Enqueue):
                await self._tell_answers(tx, run, progress)
                if await self._is_elsewhere(tx, run, progress.command, at):
                    reply = Reply(progress.command.id, "failed", {"reason": "channel"})
                    progress = await self._flows.advance(tx, progress, reply, at)
                    continue
            reply = await self._perform(tx, run, progress.command, at)
            if reply is None:
                outside = progress.command.lane is Lane.OUTSIDE
                due_at = progress.deadline or self._patience_of(run, progress.command, at)
                await TextRuns(tx).save(replace(run, outside=outside, due_at=due_at))
                if outside:
                    tx.after_commit(lambda: self._begin(self._carry_out(run)))
                return
            progress = await self._flows.advance(tx, progress, reply, at)
        if not progress.ignored:
            await self._is_over(tx, run, progress.run.ended or "fault", at)

    async def _is_over(self, tx: Transaction, run: TextRunRow, ended: str, at: datetime) -> None:
        await TextRuns(tx).save(replace(run, outside=False, due_at=None))
        interaction = await conversations.lock(tx, run.interaction_id)
        if interaction.phase == Phase.FLOW:
            await self._manners[run.channel].over(tx, interaction, at, ended)

    async def _perform(
        self, tx: Transaction, run: TextRunRow, command: Command, at: datetime
    ) -> Reply | None:
        """None: it goes on, and what comes of it is an event later."""
        said, tell = told(command), self._manners[run.channel].tell
        if said is not None and tell is not None:
            if not await tell(tx, run, said, at):
                return Reply(command.id, "no_input" if isinstance(command, Gather | Listen) else "done")
        elif said is not None:
            new = NewMessage("bot", said.body, data=said.data, interaction_id=run.interaction_id)
            await conversations.write(tx, run.conversation_id, new, at)
        if isinstance(command, Gather | Listen | Enqueue) or command.lane is Lane.OUTSIDE:
            return None
        return Reply(command.id, UNANSWERABLE.get(type(command), "done"))

    def _patience_of(self, run: TextRunRow, command: Command, at: datetime) -> datetime | None:
        patience = self._manners[run.channel].patience
        return at + patience if patience is not None and isinstance(command, Gather | Listen) else None

    async def _is_elsewhere(self, tx: Transaction, run: TextRunRow, command: Enqueue, at: datetime) -> bool:
        """The flow has chosen a queue whose agents work on another channel: the customer does not stay there."""
        interaction = await conversations.lock(tx, run.interaction_id)
        if interaction.phase != Phase.WAIT or interaction.queue_id is None:
            return False
        if (await routing.queue_rules(tx, interaction.queue_id)).channel == run.channel:
            return False
        await routing.leave(tx, interaction.id, "no_agents", at)
        await conversations.enter(tx, await conversations.lock(tx, interaction.id), Phase.FLOW, at)
        return True

    async def _tell_answers(self, tx: Transaction, run: TextRunRow, progress: Progress) -> None:
        """What the customer told, before the flow and in it, goes with the offer."""
        answers = await self._flows.answers_so_far(tx, progress)
        if answers:
            before = (await conversations.lock(tx, run.interaction_id)).flow_answers
            merged = {one["label"]: one for one in [*before, *answers]}
            await conversations.Interactions(tx).set_answers(run.interaction_id, list(merged.values()))

    # Beside the transactions

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, run: TextRunRow, *, again: bool = False) -> None:
        """A command with outside I/O, and what the flow makes of its outcome. `again`: it may have been carried out before."""
        database, at = self._live.database, self._live.clock.now
        scope = Scope(run.tenant_id)

        async def read(tx: Transaction) -> Progress:
            await conversations.lock(tx, run.interaction_id)
            if not again:
                return await self._flows.load(tx, run.flow_run_id)
            progress = await self._flows.recover(tx, run.flow_run_id, at())
            if progress.command is None or progress.command.lane is not Lane.OUTSIDE:
                await self._go_on(tx, run, progress, at())
            return progress

        progress = await database.retrying(scope, read)
        command = progress.command
        if command is None or command.lane is not Lane.OUTSIDE:
            return
        reply = await self._flows.carry_out(run.tenant_id, command)

        async def go_on(tx: Transaction) -> None:
            await conversations.lock(tx, run.interaction_id)
            progress = await self._flows.load(tx, run.flow_run_id)
            if progress.command is not None and progress.command.id == command.id:
                await self._advance(tx, run, progress, reply, at())

        with contextlib.suppress(StaleRun):
            await database.retrying(scope, go_on)

    async def timed_out(self, tx: Transaction, event: Recorded) -> None:
        fact = event.fact
        assert isinstance(fact, ContactTimedOut)
        await self.left_queue(tx, fact.interaction_id, fact.why, self._live.clock.now())

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        """Go on with what a crash left, and look at the clock."""
        self._runtime = runtime
        async with runtime.database.transaction(Scope.system()) as tx:
            left = await TextRuns(tx).outside()
        for run in left:
            self._begin(self._carry_out(run, again=True))
        try:
            async with regularly("flows whose time is up", self._look_at_the_clock):
                yield
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look_at_the_clock(self) -> None:
        async with self._live.database.transaction(Scope.system()) as tx:
            due = await TextRuns(tx).due(self._live.clock.now())
        for run in due:
            async with self._live.database.transaction(Scope(run.tenant_id)) as tx:
                await self._time_is_up(tx, run)

    async def _time_is_up(self, tx: Transaction, run: TextRunRow) -> None:
        await conversations.lock(tx, run.interaction_id)
        progress = await self._flows.load(tx, run.flow_run_id)
        command = progress.command
        asked = progress.deadline is None and isinstance(command, Gather | Listen)
        event = Reply(command.id, "no_input") if asked and command is not None else TimeUp()
        advanced = await self._flows.advance(tx, progress, event, self._live.clock.now())
        if advanced.ignored:
            await TextRuns(tx).save(replace(run, due_at=progress.deadline))
        else:
            await self._go_on(tx, run, advanced, self._live.clock.now())
