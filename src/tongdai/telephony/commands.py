"""Commands to calls from any node: the node that owns the Asterisk carries them out, and each at most once.

On the owner itself a command goes straight to the call. From another node, or with a key, it is a row first: the fact about it
reaches the owner, who claims the row before its deadline, acts, and writes the outcome; the fact about that reaches who asked.
What was dialled is in the row and never in a fact.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope
from tongdai.platform.errors import AppError
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Registry
from tongdai.routing import public as routing
from tongdai.telephony.ari.connection import AriError, AsteriskAway
from tongdai.telephony.command_rows import CommandRow, CommandRows
from tongdai.telephony.events import CallCommandAnswered, CallCommandRequested
from tongdai.telephony.together.targets import Destination, Target

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

DEADLINE_S = 5.0
AIMED = frozenset({"transfer", "consult", "add_party", "add_listener"})
"""Orders whose argument is a Destination, read before the call hears of it: what forbids it changes nothing."""
PLACE, KNOW, KEEP = "place", "know_phone", "keep_promise"
"""Beside the orders of the call's states: calling somebody, telling Asterisk of a phone (the argument is its user), and calling
as promised (the argument is the callback)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants: an order to a call, or a new call (`call_id` None)."""

    command: str
    call_id: UUID | None = None
    argument: str = ""
    caller_id: str | None = None
    project_id: UUID | None = None
    """For which a new call is made; None: that of whom is called."""
    seconds: float = DEADLINE_S
    key: str | None = None
    """The same key from the same user is the same wish: it is carried out once, and has one answer."""


class Elsewhere(AppError):
    """The other server refused this."""

    def __init__(self, row: CommandRow) -> None:
        super().__init__(row.detail)
        self.status = row.status  # type: ignore[misc]
        self.code = row.problem  # type: ignore[misc]


class Commands:
    """Part of the exchange of each node, whether it owns an Asterisk or not."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._waiting: dict[UUID, asyncio.Future[None]] = {}

    def listen(self, registry: Registry) -> None:
        registry.subscriptions.on_fact(CallCommandRequested, self._requested)
        registry.subscriptions.on_fact(CallCommandAnswered, self._answered)

    async def give(self, me: Principal, wanted: Wanted) -> str:
        """Have it done; gives the outcome (for a new call, its id). Raises what forbids it; AsteriskAway after the deadline,
        and at once where there is no Asterisk to wait for."""
        exchange = self._exchange
        if not exchange.runtime.settings.ari_url or (exchange.leads and not exchange.owns):
            raise AsteriskAway()
        if self._exchange.owns and wanted.key is None:
            return await self._act(me, wanted)
        return await self._by_row(me, wanted)

    async def _by_row(self, me: Principal, wanted: Wanted) -> str:
        database = self._exchange.runtime.database
        scope = Scope(me.tenant_id, me.user_id)
        command_id = new_id()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[command_id] = done
        try:
            async with database.transaction(scope, prompt=True) as tx:
                row = await CommandRows(tx).add(command_id, me.user_id, wanted)
                if row.id == command_id:
                    requested = CallCommandRequested(
                        aggregate_id=command_id,
                        aggregate_version=1,
                        call_id=wanted.call_id,
                        command=wanted.command,
                        user_id=me.user_id,
                    )
                    tx.emit(requested)
                else:
                    self._waiting.setdefault(row.id, done)
            if row.state != "done":
                async with asyncio.timeout(wanted.seconds):
                    await done
                async with database.transaction(scope, prompt=True) as tx:
                    row = await CommandRows(tx).get(row.id) or row
        except TimeoutError as error:
            raise AsteriskAway() from error
        finally:
            for waiting in [key for key, future in self._waiting.items() if future is done]:
                del self._waiting[waiting]
        if row.problem:
            raise Elsewhere(row)
        return row.detail

    def _answered(self, event: Recorded) -> None:
        done = self._waiting.get(event.fact.aggregate_id)
        if done is not None and not done.done():
            done.set_result(None)

    # As the owner

    def _requested(self, event: Recorded) -> None:
        if self._exchange.owns:
            self._exchange.spawn(self._carry_out(event.tenant_id, event.fact.aggregate_id))

    async def catch_up(self) -> None:
        """What was asked for while nobody owned the Asterisk and can still be done in time."""
        async with self._exchange.database.transaction(Scope.system()) as tx:
            await CommandRows(tx).forget()
            asked = await CommandRows(tx).asked()
        for tenant_id, command_id in asked:
            self._exchange.spawn(self._carry_out(tenant_id, command_id))

    async def _carry_out(self, tenant_id: UUID, command_id: UUID) -> None:
        """Claim it, do it, say what came of it. Who does not get the row leaves it alone."""
        database = self._exchange.database
        async with database.transaction(Scope(tenant_id), prompt=True) as tx:
            row = await CommandRows(tx).claim(command_id)
            if row is None:
                return
            me = await people.principal_of_user(tx, row.user_id)
        problem, status, detail = "", 200, ""
        try:
            detail = await self._act(
                me, Wanted(row.command, row.call_id, row.argument, row.caller_id, row.project_id)
            )
        except AppError as error:
            problem, status, detail = error.code, error.status, error.detail
        except AriError as error:
            log.info("command %s: %s", command_id, error)
            problem, status, detail = AsteriskAway.code, AsteriskAway.status, AsteriskAway().detail
        async with database.transaction(Scope(tenant_id), prompt=True) as tx:
            await CommandRows(tx).answer(command_id, problem, status, detail)
            tx.emit(CallCommandAnswered(aggregate_id=command_id, aggregate_version=2, problem=problem))

    async def _act(self, me: Principal, wanted: Wanted) -> str:
        special: dict[str, Callable[[Principal, Wanted], Awaitable[str]]] = {
            PLACE: self._place,
            KNOW: self._know,
            KEEP: self._keep_promise,
        }
        act = special.get(wanted.command)
        if act is not None:
            return await act(me, wanted)
        assert wanted.call_id is not None
        argument: str | Target = wanted.argument
        if wanted.command in AIMED:
            target = Destination.model_validate_json(wanted.argument)
            argument = await self._exchange.targets.read(me, target)
        await self._exchange.order(wanted.call_id, wanted.command, argument, me.user_id)
        return ""

    async def _place(self, me: Principal, wanted: Wanted) -> str:
        arrivals = self._exchange.arrivals
        return str(await arrivals.place(me, wanted.argument, wanted.caller_id, project_id=wanted.project_id))

    async def _keep_promise(self, me: Principal, wanted: Wanted) -> str:
        callback_id = UUID(wanted.argument)
        async with self._exchange.database.transaction(Scope(me.tenant_id, me.user_id), prompt=True) as tx:
            number, project = await routing.number_of_callback(tx, me, callback_id)
        return str(await self._exchange.arrivals.place(me, number, None, callback_id, project))

    async def _know(self, me: Principal, wanted: Wanted) -> str:
        """The user's phones as Asterisk knows them, new ones included; gives the names of those that can be called."""
        return ",".join(sorted(await self._exchange.directory.know_phones_of(me.tenant_id, me.user_id)))
