"""Where a call can be sent, or who can be called into it: read from what the agent asks, with all that forbids it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from tongdai.kit.phone import NumberKind
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import AppError, invalid_field
from tongdai.routing import public as routing
from tongdai.telephony.errors import (
    BadNumber,
    CallerIdRefused,
    ColleagueBusy,
    ColleagueUnreachable,
    NumberRefused,
)
from tongdai.telephony.extensions.policies import Outside, Pursuit, Ring, Room
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.outbound.dialplan import DIAL_PERMISSION, Dialled, Route, read_dialled
from tongdai.telephony.outbound.rules import DialRuleRows
from tongdai.telephony.policies import Purpose, shown_number
from tongdai.telephony.repository import Lines
from tongdai.telephony.together.parties import Party
from tongdai.telephony.voicemail.repository import Boxes

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange


class Destination(BaseModel):
    """Whom an agent means: a colleague, queue, flow, ring group, conference room or whose voicemail (of a user or ring group) by
    `id`, or what was dialled (an extension, an outside number)."""

    kind: Literal["colleague", "queue", "flow", "voicemail", "number", "group", "room"]
    id: UUID | None = None
    number: Annotated[str | None, Field(max_length=64)] = None


@dataclass(frozen=True, slots=True)
class ToColleague:
    user_id: UUID


@dataclass(frozen=True, slots=True)
class ToNumber:
    """An outside number, and the trunks that take it, in order."""

    number: str
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class ToGroup:
    """A ring or hunt group: whoever of it answers."""

    group_id: UUID
    extension: str


@dataclass(frozen=True, slots=True)
class ToRoom:
    """A conference room."""

    room_id: UUID


@dataclass(frozen=True, slots=True)
class ToQueue:
    """A queue: the customer waits in it, or (asked) whichever of its agents routing chooses."""

    queue_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ToPark:
    """A parking place, whose number the agent's phone is told."""


@dataclass(frozen=True, slots=True)
class ToFlow:
    flow_id: UUID


@dataclass(frozen=True, slots=True)
class ToBox:
    """The voicemail of a user or ring group (which is found again by its extension)."""

    owner_id: UUID
    extension: str
    group: bool


Somebody = ToColleague | ToNumber
Askable = Somebody | ToGroup | ToQueue
"""Who can be asked, or called into a conversation."""
Target = Askable | ToRoom | ToFlow | ToPark | ToBox
PARK = "*70"
"""What is dialled to park a customer."""
BOX = "*71"
"""What is dialled, before an extension, to send a customer into its voicemail."""


class Targets:
    """Part of the exchange that owns the Asterisk."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    async def read(self, me: Principal, wanted: Destination) -> Target:
        """Raises what forbids it: an unknown, unreachable or forbidden destination."""
        async with self._exchange.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
            match wanted.kind:
                case "colleague":
                    target = await self._colleague(tx, me, _given(wanted.id))
                case "queue":
                    rules = await routing.queue_rules(tx, _given(wanted.id))
                    return ToQueue(rules.id, (await routing.queue_names(tx, [rules.id]))[rules.id])
                case "flow":
                    return ToFlow(_given(wanted.id))
                case "group" | "room":
                    return await self._place(tx, wanted.kind, _given(wanted.id))
                case "voicemail":
                    return await self._box(tx, _given(wanted.id), "id")
                case "number":
                    if not wanted.number:
                        raise invalid_field("number", "Type a number, or an extension.", "required")
                    if wanted.number == PARK:
                        return ToPark()
                    if wanted.number.startswith(BOX):
                        found = await Reach(tx).at(wanted.number.removeprefix(BOX))
                        return await self._box(tx, found, "number")
                    found = await Reach(tx).at(wanted.number)
                    if found is None:
                        return await self._number(tx, me, wanted.number)
                    target = await self._extension(tx, me.user_id, found, wanted.number)
        if isinstance(target, ToColleague) and not await self._exchange.directory.reachable(target.user_id):
            raise ColleagueUnreachable()
        return target

    async def _colleague(self, tx: Transaction, me: Principal, user_id: UUID) -> Target:
        if user_id == me.user_id or not await people.list_people(tx, [user_id]):
            raise invalid_field("id", "Choose a colleague from the list.", "choose")
        return await self._extension(tx, me.user_id, user_id, "")

    async def _place(self, tx: Transaction, kind: str, found: UUID) -> ToGroup | ToRoom:
        book = await Reach(tx).book()
        extension = next((one for one, of in book.extensions.items() if of == found), "")
        if kind == "group" and found in book.groups:
            return ToGroup(found, extension)
        if kind == "room" and found in book.rooms:
            return ToRoom(found)
        raise invalid_field("id", "Choose one from the list: this one was removed.", "choose")

    async def _box(self, tx: Transaction, owner: UUID | None, field: str) -> ToBox:
        box = next((one for one in await Boxes(tx).to_leave_in() if one.owner_id == owner), None)
        if box is None:
            raise invalid_field(field, "Choose somebody who takes messages.", "choose")
        return ToBox(box.owner_id, box.extension or "", box.group)

    async def _extension(self, tx: Transaction, own: UUID | None, found: UUID, extension: str) -> Target:
        """A room, a group, or a user, who may have all calls sent on. Raises ColleagueBusy for one who is not to be disturbed."""
        book = await Reach(tx).book()
        if found in book.groups:
            return ToGroup(found, extension)
        pursuit = Pursuit(replace(book, on_call=frozenset()))
        match pursuit.begin(found):
            case Ring(users=(user_id,)) if not pursuit.groups:
                if user_id == own:
                    raise ColleagueBusy(
                        "Your colleague sends all calls to you. Choose somebody else, or a queue."
                    )
                return ToColleague(user_id)
            case Room(room_id=room_id):
                return ToRoom(room_id)
            case Outside() as step:
                return ToNumber(step.number, tuple(await self.outside(tx, step)))
            case _ if pursuit.groups:
                group = pursuit.groups[0]
                return ToGroup(group, next(one for one, of in book.extensions.items() if of == group))
            case _:
                raise ColleagueBusy(
                    "Your colleague does not want to be disturbed. Choose somebody else, or a queue."
                )

    async def invited(self, tx: Transaction, kind: str, to: str) -> Askable | None:
        """Whom a customer wants called in: any agent of the queue of this name, who is at an extension, a national number. None:
        nobody is there, or may be called by a flow."""
        if kind == "queue":
            queue_id = await routing.queue_named(tx, to)
            return ToQueue(queue_id, to) if queue_id is not None else None
        try:
            if kind == "number":
                return ToNumber(to, tuple(await self.outside(tx, Outside(to, None))))
            found = await Reach(tx).at(to)
            target = await self._extension(tx, None, found, to) if found is not None else None
        except AppError:
            return None
        return target if isinstance(target, ToColleague | ToNumber | ToGroup) else None

    async def _number(self, tx: Transaction, me: Principal, number: str) -> ToNumber:
        country, _ = await Lines(tx).country_and_zone()
        dialled = read_dialled(number, country)
        if dialled is None:
            raise BadNumber()
        may_dial(me, dialled)
        at = self._exchange.clock.now()
        routes = await self.routes(tx, me, dialled, None, at, purpose=Purpose.JOIN)
        return ToNumber(dialled.number, tuple(routes))

    async def outside(self, tx: Transaction, step: Outside) -> list[Route]:
        """The trunks for a call that a user sends on to outside: as if they dialled themselves. Where a group's rule sends it on,
        national numbers only. Raises what forbids it."""
        country, _ = await Lines(tx).country_and_zone()
        dialled = read_dialled(step.number, country)
        if dialled is None or dialled.kind is NumberKind.EMERGENCY:
            raise BadNumber()
        at = self._exchange.clock.now()
        if step.by is None:
            if dialled.kind is not NumberKind.NATIONAL:
                raise NumberRefused()
            directory = self._exchange.directory
            return await directory.routes(tx, tx.tenant_id, dialled, None, purpose=Purpose.JOIN, at=at)
        me = await people.principal_of_user(tx, step.by)
        may_dial(me, dialled)
        return await self.routes(tx, me, dialled, None, at, purpose=Purpose.JOIN)

    async def routes(
        self,
        tx: Transaction,
        me: Principal,
        dialled: Dialled,
        caller_id: str | None,
        at: datetime,
        *,
        purpose: Purpose = Purpose.CALL,
        project_id: UUID | None = None,
    ) -> list[Route]:
        """The trunks that take an outside number, if the user has not dialled too much today, and what they show: the number
        asked for, if it may be, or the rule's. Emergency calls always pass."""
        directory = self._exchange.directory
        if dialled.kind is not NumberKind.EMERGENCY:
            await directory.check_dial_limits(tx, me.user_id, at)
        own = {row.id: row.number for row in directory.numbers(me.tenant_id)}
        sources = self._exchange.runtime.registry.ensure(people.PrincipalSources)
        rule = await DialRuleRows(tx).caller_id_rule(me.user_id, sources, dialled, project_id)
        shown = shown_number(rule, own, caller_id)
        return await directory.routes(tx, me.tenant_id, dialled, shown, purpose=purpose, at=at, by=me.user_id)

    async def routes_to(
        self,
        tx: Transaction,
        me: Principal,
        number: str,
        caller_id: str | None,
        at: datetime,
        project_id: UUID | None,
    ) -> list[Route]:
        """The same for a number that was not dialled just now (somebody is called back). An own number that is none any more is
        not shown. Raises what forbids the call."""
        country, _ = await Lines(tx).country_and_zone()
        dialled = read_dialled(number, country)
        if dialled is None:
            raise BadNumber()
        may_dial(me, dialled)
        try:
            return await self.routes(tx, me, dialled, caller_id or None, at, project_id=project_id)
        except CallerIdRefused:
            return await self.routes(tx, me, dialled, None, at, project_id=project_id)

    async def again(self, tx: Transaction, party: Party) -> Askable:
        """Who was being called before a restart."""
        if party.queue_id is not None:
            return ToQueue(party.queue_id, (await routing.queue_names(tx, [party.queue_id]))[party.queue_id])
        if party.user_id is not None:
            return ToColleague(party.user_id)
        found = await Reach(tx).at(party.number)
        if found is not None:
            return ToGroup(found, party.number)
        country, _ = await Lines(tx).country_and_zone()
        dialled = read_dialled(party.number, country)
        if dialled is None:
            return ToNumber(party.number, ())
        at = self._exchange.clock.now()
        directory = self._exchange.directory
        routes = await directory.routes(
            tx, tx.tenant_id, dialled, None, purpose=Purpose.JOIN, at=at, by=party.invited_by
        )
        return ToNumber(party.number, tuple(routes))


def may_dial(me: Principal, dialled: Dialled) -> None:
    """Raises NumberRefused unless the role allows this kind of number. Emergency numbers need no permission."""
    if dialled.kind is not NumberKind.EMERGENCY:
        needed = DIAL_PERMISSION[dialled.kind]
        if not me.may(needed):
            raise NumberRefused(permission=needed)


def _given(id_: UUID | None) -> UUID:
    if id_ is None:
        raise invalid_field("id", "Choose whom you mean.", "required")
    return id_
