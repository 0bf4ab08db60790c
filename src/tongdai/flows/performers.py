"""Who carries out commands that are not the dialogue's, and who knows what a flow may refer to.

Modules register theirs while the app is put together: `app.ensure(Performers).inside(Enqueue, enqueue)`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from tongdai.flows.commands import Command
from tongdai.flows.replies import Reply
from tongdai.flows.verb import Reference
from tongdai.platform.database import Transaction

C = TypeVar("C", bound=Command)


@dataclass(frozen=True, slots=True)
class Performing:
    """The circumstances of an inside command. `subject_id` is the interaction that the run serves."""

    tx: Transaction
    run_id: UUID
    subject_id: UUID
    at: datetime


Inside: TypeAlias = Callable[[Performing, Any], Awaitable[Reply | None]]
"""Answers at once, or begins something (None) whose Reply comes later. Database only; the transaction is the caller's."""
Outside: TypeAlias = Callable[[UUID, Any], Awaitable[Reply]]
"""(tenant id, command): outside I/O, after the commit."""
Exists: TypeAlias = Callable[[Transaction, Reference], Awaitable[bool]]


class Performers:
    """The performers of this process by command, and the checks of references by kind."""

    def __init__(self) -> None:
        self._inside: dict[str, Inside] = {}
        self._outside: dict[str, Outside] = {}
        self._exists: dict[str, Exists] = {}

    def inside(self, command: type[C], perform: Callable[[Performing, C], Awaitable[Reply | None]]) -> None:
        self._inside[command.kind] = perform

    def outside(self, command: type[C], perform: Callable[[UUID, C], Awaitable[Reply]]) -> None:
        self._outside[command.kind] = perform

    def knows(self, kind: str, exists: Exists) -> None:
        """Let validation ask whether the queue, calendar, … of a Reference is there."""
        self._exists[kind] = exists

    async def answer(self, performing: Performing, command: Command) -> Reply | None:
        """A command that nobody performs fails: the flow takes its error way instead of hanging."""
        perform = self._inside.get(command.kind)
        if perform is None:
            return Reply(command.id, "failed", {"reason": "not_available"})
        return await perform(performing, command)

    async def carry_out(self, tenant_id: UUID, command: Command) -> Reply:
        perform = self._outside.get(command.kind)
        if perform is None:
            return Reply(command.id, "failed", {"reason": "not_available"})
        return await perform(tenant_id, command)

    async def exists(self, tx: Transaction, reference: Reference) -> bool | None:
        check = self._exists.get(reference.kind)
        return None if check is None else await check(tx, reference)
