"""SQL of commands that travel between nodes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.platform.database import Transaction

if TYPE_CHECKING:
    from tongdai.telephony.commands import Wanted


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command as stored. `problem` is an error's code, empty when it was done."""

    id: UUID
    user_id: UUID
    call_id: UUID | None
    command: str
    argument: str
    caller_id: str | None
    project_id: UUID | None
    state: str
    problem: str
    status: int
    detail: str


_COMMAND = ", ".join(CommandRow.__slots__)


class CommandRows:
    """Commands. Deadlines are the database's time, so that nodes need not agree on theirs."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, command_id: UUID, user_id: UUID, wanted: "Wanted") -> CommandRow:
        """Write it down; gives the earlier one when the user has sent this key before."""
        await self._tx.execute(
            "INSERT INTO call_commands (tenant_id, id, user_id, call_id, command, argument, caller_id, project_id, key, deadline)"
            " VALUES (%(tenant)s, %(id)s, %(user)s, %(call)s, %(command)s, %(argument)s, %(caller)s, %(project)s, %(key)s,"
            " now() + %(seconds)s * interval '1 second') ON CONFLICT (tenant_id, user_id, key) DO NOTHING",
            {
                "id": command_id,
                "user": user_id,
                "call": wanted.call_id,
                "command": wanted.command,
                "argument": wanted.argument,
                "caller": wanted.caller_id,
                "project": wanted.project_id,
                "key": wanted.key or str(command_id),
                "seconds": wanted.seconds,
            },
        )
        row = await self._tx.fetch_one(
            CommandRow,
            f"SELECT {_COMMAND} FROM call_commands WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND key = %(key)s",
            {"user": user_id, "key": wanted.key or str(command_id)},
        )
        assert row is not None
        return row

    async def get(self, command_id: UUID) -> CommandRow | None:
        return await self._tx.fetch_one(
            CommandRow,
            f"SELECT {_COMMAND} FROM call_commands WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": command_id},
        )

    async def claim(self, command_id: UUID) -> CommandRow | None:
        """Take it for carrying out; None when somebody has, or when who asked waits no longer."""
        return await self._tx.fetch_one(
            CommandRow,
            "UPDATE call_commands SET state = 'claimed' WHERE tenant_id = %(tenant)s AND id = %(id)s"
            f" AND state = 'asked' AND deadline > now() RETURNING {_COMMAND}",
            {"id": command_id},
        )

    async def answer(self, command_id: UUID, problem: str, status: int, detail: str) -> None:
        """What came of it. What was dialled is forgotten."""
        await self._tx.execute(
            "UPDATE call_commands SET state = 'done', problem = %(problem)s, status = %(status)s,"
            " detail = %(detail)s, argument = '' WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": command_id, "problem": problem, "status": status, "detail": detail[:500]},
        )

    async def asked(self) -> list[tuple[UUID, UUID]]:
        """(tenant, command) of those that nobody took and that are still in time. System scope."""
        rows = await self._tx.fetch_tuples(
            "SELECT tenant_id, id FROM call_commands WHERE state = 'asked' AND deadline > now()"
        )
        return [(tenant, command) for tenant, command in rows]

    async def forget(self) -> None:
        """Old ones are of no use: keys are meant for repeated requests, not for history. System scope."""
        await self._tx.execute("DELETE FROM call_commands WHERE deadline < now() - interval '1 day'")
