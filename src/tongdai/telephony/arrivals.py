"""Calls that come in: from customers over a trunk, from agents' own phones; and those that agents place from the desktop."""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import NewInteraction
from tongdai.crm import public as crm
from tongdai.flows.public import NotPublished, Progress, TransferTo
from tongdai.kit.ids import new_id
from tongdai.kit.phone import is_withheld, national_format, parse_number
from tongdai.kit.text import clip
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.embedded.asterisk_config import FROM_AGENT, FROM_TRUNK
from tongdai.platform.errors import AppError
from tongdai.routing import public as routing
from tongdai.telephony.ari.connection import AriError
from tongdai.telephony.calls.actor import Call
from tongdai.telephony.calls.inbound import InFlow
from tongdai.telephony.calls.outbound import CallingAgent, Dialling
from tongdai.telephony.errors import BadNumber
from tongdai.telephony.extensions.chasing import Chase
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.outbound.dialplan import Route, read_dialled
from tongdai.telephony.repository import CallRow, Calls, DeviceRow, Lines, NumberRow, TrunkRow
from tongdai.telephony.together.targets import may_dial

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

_SIP_USER = re.compile(r"sips?:([^@;>]+)@")

UNALLOCATED, CONGESTION, REJECTED = 1, 34, 21
"""Q.850: the caller is told 404, 503, 403."""


class Arrivals:
    """The doors of the exchange."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._shown: dict[UUID, str] = {}

    async def arrive(self, channel: Mapping[str, Any], entrance: str, at: datetime) -> None:
        """A new channel knocks. Whatever goes wrong, it is either a call or hung up."""
        try:
            if entrance == FROM_TRUNK:
                await self._customer(channel, at)
            elif entrance == FROM_AGENT:
                await self._agent(channel, at)
            else:
                await self._exchange.drop(channel["id"], REJECTED)
        except AppError as error:
            log.info("call from %s refused: %s", channel["name"], error)
            await self._exchange.drop(channel["id"], REJECTED)
        except Exception:
            log.exception("a call could not be taken")
            await self._exchange.drop(channel["id"], CONGESTION)

    async def _customer(self, channel: Mapping[str, Any], at: datetime) -> None:
        """Only known trunks and known numbers reach the database."""
        exchange = self._exchange
        trunk = exchange.directory.trunk_of(channel["name"])
        number = exchange.directory.number(trunk.tenant_id, channel["dialplan"]["exten"]) if trunk else None
        if trunk is None or number is None or number.flow_id is None:
            await self._exchange.drop(channel["id"], UNALLOCATED)
            return
        if not exchange.directory.has_room_in(trunk):
            await self._exchange.drop(channel["id"], CONGESTION)
            return
        caller_number = await self._caller_number(channel)
        call, caller = self._inbound(channel, caller_number, trunk, number, at)

        async def work(tx: Transaction) -> Progress:
            contact = await crm.recognise(tx, caller["peer"], name=caller["name"], at=at)
            await conversations.start(
                tx,
                NewInteraction(
                    id=call.row.interaction_id,
                    channel="voice",
                    direction="inbound",
                    started_at=at,
                    peer_raw=caller["raw"],
                    peer=caller["peer"],
                    peer_name=caller["name"],
                    own_address=number.number,
                    project_id=number.project_id,
                    contact_id=contact.id if contact else None,
                    language=contact.language if contact else None,
                ),
            )
            progress = await exchange.flows.start(
                tx,
                flow_id=number.flow_id or new_id(),
                subject_id=call.row.interaction_id,
                variables={
                    "call": {
                        "from": caller["peer"] or "",
                        "to": number.number,
                        "direction": "inbound",
                    },
                    **({"language": contact.language} if contact and contact.language else {}),
                },
                at=at,
                run_id=call.row.flow_run_id,
            )
            await call.note(tx, progress, at)
            await Calls(tx).add(call.row)
            return progress

        exchange.adopt(call)
        self._shown[call.row.interaction_id] = _shown(caller["name"], caller["peer"] or caller["raw"])
        try:
            number_of = caller["peer"]
            call.run = await call.save(work, alone=crm.caller(number_of) if number_of else None)
        except NotPublished:
            exchange.forget(call)
            await self._exchange.drop(channel["id"], UNALLOCATED)
            return
        except BaseException:
            exchange.forget(call)
            raise
        call.start(InFlow(call, call.run))

    async def _caller_number(self, channel: Mapping[str, Any]) -> str:
        """The caller's number. Asterisk 22 sometimes says "unknown" though From holds a number (seen for about one call in
        three from trunks that sign in by digest), so then From itself is read."""
        number: str = channel["caller"]["number"]
        if number not in ("unknown", ""):
            return number
        try:
            answer = await self._exchange.ari.channels.get_channel_var(
                channel["id"], "PJSIP_HEADER(read,From)"
            )
        except AriError:
            return number
        found = _SIP_USER.search(answer["value"])
        return unquote(found[1]) if found else number

    def _inbound(
        self, channel: Mapping[str, Any], caller_number: str, trunk: TrunkRow, number: NumberRow, at: datetime
    ) -> tuple[Call, dict[str, Any]]:
        raw = clip(caller_number, 64)
        read = parse_number(raw, trunk.country)
        name = clip(channel["caller"]["name"], 80)
        row = self.new_row(
            trunk.tenant_id,
            "inbound",
            "flow",
            channel["id"],
            at,
            trunk_id=trunk.id,
            number_id=number.id,
            flow_run_id=new_id(),
        )
        caller = {"raw": raw, "peer": read.e164, "name": "" if is_withheld(name) or name == raw else name}
        return Call(self._exchange, row), caller

    def new_row(
        self, tenant_id: UUID, direction: str, state: str, customer_channel: str, at: datetime, **known: Any
    ) -> CallRow:
        values: dict[str, Any] = dict.fromkeys(CallRow.__slots__) | {
            "tenant_id": tenant_id,
            "id": new_id(),
            "interaction_id": new_id(),
            "direction": direction,
            "state": state,
            "server": self._exchange.server,
            "customer_channel": customer_channel,
            "started_at": at,
            "muted": False,
            "recording_policy": "never",
            "recording_pause_s": 0,
            "recording_wish": "",
            "recording_told": False,
            "invites": "",
            "quality": {},
            "version": 1,
        }
        return CallRow(**(values | known))

    async def _agent(self, channel: Mapping[str, Any], at: datetime) -> None:
        """An agent dials on a phone (or in the browser)."""
        device = self._exchange.directory.device_of(channel["name"])
        if device is None:
            await self._exchange.drop(channel["id"], REJECTED)
            return
        principal = await self._principal(device)
        orders, number = self._exchange.phone_orders, channel["dialplan"]["exten"]
        number = await orders.behind_digit(principal, number) or number
        if await orders.dialled(principal, channel["id"], number):
            return
        row, routes, chase = await self._place(principal, number, None, at, agent_channel=channel["id"])
        call = Call(self._exchange, row)
        self._exchange.adopt(call)
        call.legs.add(channel["id"])
        call.start(Dialling(call, routes, chase))

    async def _principal(self, device: DeviceRow) -> Principal:
        async with self._exchange.database.transaction(Scope(device.tenant_id), prompt=True) as tx:
            return await people.principal_of_user(tx, device.user_id)

    async def place(
        self,
        principal: Principal,
        to: str,
        caller_id: str | None,
        callback_id: UUID | None = None,
        project_id: UUID | None = None,
    ) -> UUID:
        """Click-to-call: the agent's own phone is rung first. Gives the call's id. Raises what forbids it. `callback_id`: the
        promise that is kept by it; `project_id`: else that of whom is called."""
        at = self._exchange.clock.now()
        row, routes, chase = await self._place(
            principal, to, caller_id, at, callback_id=callback_id, project_id=project_id
        )
        call = Call(self._exchange, row)
        self._exchange.adopt(call)
        call.start(CallingAgent(call, tuple(routes), chase))
        return row.id

    async def _place(
        self,
        principal: Principal,
        to: str,
        caller_id: str | None,
        at: datetime,
        *,
        agent_channel: str | None = None,
        callback_id: UUID | None = None,
        project_id: UUID | None = None,
    ) -> tuple[CallRow, list[Route], Chase | None]:
        """A call with its books, and the ways to try: trunks, or the chase after a colleague or group."""
        exchange = self._exchange
        async with exchange.database.transaction(
            Scope(principal.tenant_id, principal.user_id), prompt=True
        ) as tx:
            target = await Reach(tx).at(to)
            country, _ = await Lines(tx).country_and_zone()
        chase = None
        if target is not None:
            tenant_id, me = principal.tenant_id, principal.user_id
            shown = await self._shown_of(tenant_id, me)
            chase = Chase(exchange, tenant_id, target, shown, caller=me, to_box=True)
        dialled = None if target is not None else read_dialled(to, country)
        if target is None and dialled is None:
            raise BadNumber()
        if dialled is not None:
            may_dial(principal, dialled)
        direction = "internal" if target is not None else "outbound"
        row = self.new_row(
            principal.tenant_id,
            direction,
            "dialling" if agent_channel else "calling_agent",
            "",
            at,
            agent_channel=agent_channel,
            user_id=principal.user_id,
        )

        async def work(tx: Transaction) -> tuple[CallRow, list[Route]]:
            routes: list[Route] = []
            contact, project = None, project_id
            if dialled is not None:
                e164 = parse_number(dialled.number, country).e164
                contact = await crm.recognise(tx, e164, name="", at=at, project_id=project)
                project = project or (contact.project_id if contact else None)
                ask = exchange.targets.routes
                routes = await ask(tx, principal, dialled, caller_id, at, project_id=project)
            interaction = await conversations.start(
                tx,
                NewInteraction(
                    id=row.interaction_id,
                    channel="voice",
                    direction=direction,
                    started_at=at,
                    peer_raw=clip(to, 64),
                    peer=dialled.number if dialled and dialled.number.startswith("+") else None,
                    own_address=routes[0].shown if dialled is not None else "",
                    contact_id=contact.id if contact else None,
                    project_id=project,
                    user_id=principal.user_id,
                ),
            )
            if callback_id is not None:
                await routing.dial_callback(tx, callback_id, interaction, at)
            assignment_id = await self._work_of(tx, interaction, principal.user_id, agent_channel, at)
            first = routes[0] if routes else None
            trunk_id = first.trunk_id if first else None
            placed = replace(row, assignment_id=assignment_id, trunk_id=trunk_id)
            await Calls(tx).add(placed)
            return placed, routes

        async with exchange.database.transaction(
            Scope(principal.tenant_id, principal.user_id), prompt=True
        ) as tx:
            placed, routes = await work(tx)
        self._shown[placed.interaction_id] = _shown("", dialled.number if dialled else to)
        return placed, routes, chase

    async def _work_of(
        self,
        tx: Transaction,
        interaction: conversations.InteractionRow,
        user_id: UUID,
        channel: str | None,
        at: datetime,
    ) -> UUID | None:
        """The caller's part in the call that they place. Who dials on a phone while they have a call up asks somebody about
        that one: this is no further work of theirs. Raises AgentBusy."""
        try:
            return (await routing.begin_direct(tx, interaction, user_id, at)).id
        except routing.AgentBusy:
            calls = self._exchange.calls()
            if channel is None or not any(
                one.row.user_id == user_id and one.row.agent_channel is not None for one in calls
            ):
                raise
            return None

    async def _shown_of(self, tenant_id: UUID, user_id: UUID) -> str:
        """A colleague's name and extension, as another's phone shows them."""
        (person,) = await self._exchange.database.retrying(
            Scope(tenant_id), lambda tx: people.list_people(tx, [user_id])
        )
        return _shown(person.name, person.extension or "")

    async def chase_for_flow(self, row: CallRow, command: TransferTo) -> Chase | None:
        """After the colleague or group to whom a flow connects its caller; None when there is no such extension."""
        scope = Scope(row.tenant_id)
        target = await self._exchange.database.retrying(scope, lambda tx: Reach(tx).at(command.to))
        if target is None:
            return None
        shown = await self.shown_to_agent(row)
        return Chase(self._exchange, row.tenant_id, target, shown, ring_s=command.timeout)

    async def shown_to_agent(self, row: CallRow) -> str:
        """Name and number as an agent's phone shows them."""
        if row.interaction_id not in self._shown:
            (found,) = await self._exchange.database.retrying(
                Scope(row.tenant_id), lambda tx: conversations.Interactions(tx).get([row.interaction_id])
            )
            if len(self._shown) > 10_000:
                self._shown.clear()
            self._shown[row.interaction_id] = _shown(found.peer_name, found.peer or found.peer_raw)
        return self._shown[row.interaction_id]


def _shown(name: str, number: str) -> str:
    """Caller id for SIP: quotes and angle brackets cannot break out of it."""
    national = national_format(number) if number.startswith("+") else number
    safe = "".join(c for c in (name or national) if c not in '"<>\\' and c.isprintable())[:60]
    digits = "".join(c for c in number if c in "0123456789+*#")[:40]
    return f'"{safe}" <{digits}>'
