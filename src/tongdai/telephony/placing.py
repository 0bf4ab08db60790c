"""Placing calls: an agent's phones, and numbers over trunks. Each channel is attached to its call before Asterisk hears of it."""

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.kit.waiting import is_set_within
from tongdai.telephony.ari.connection import AriError, AsteriskAway, Gone
from tongdai.telephony.calls.messages import LegUp, Picker
from tongdai.telephony.outbound.dialplan import Route

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

LEG, DIALLED = "leg", "dialled"
"""The arguments with which channels that we placed enter the application: when they are answered, or before they are called."""
OUT = "out-"
"""How the names of channels begin that are called first and answer later, in the application."""
TRANSFERS_TOLD = {"PJSIP_TRANSFER_HANDLING()": "ari-only"}
"""What a phone transfers by REFER is told to us. (As `set_var` of its endpoint, that could never be pushed again.)"""
ENTERS_WITHIN_S = 5.0
"""Until a channel that was made is in the application: milliseconds, unless Asterisk goes away just then."""
OURS = ("agent-", "rejoin-", OUT, "party-", "rec-", "watch-", "spy-", "tell-")
"""How the names of channels begin that we make; those that come in are named by Asterisk."""


class Placing:
    """Part of the exchange."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._user_of_leg: dict[str, UUID] = {}
        self._entering: dict[str, asyncio.Event] = {}

    def user_of_channel(self, channel: str) -> UUID | None:
        """The colleague whose phone this channel is."""
        return self._user_of_leg.get(channel)

    async def bring_in(self, call: "Call", who: Picker) -> None:
        """A colleague's phone that dialled in to take a call is the call's from now on."""
        self._exchange.attach(call, who.channel)
        call.legs.add(who.channel)
        self._user_of_leg[who.channel] = who.user_id
        with contextlib.suppress(AriError):  # they hung up already, which is about to be told
            await self._exchange.ari.channels.answer(who.channel)

    def forget(self, channel: str) -> None:
        self._user_of_leg.pop(channel, None)

    async def ring_agent(
        self,
        call: "Call",
        user_id: UUID,
        prefix: str,
        *,
        assignment_id: UUID | None,
        headers: dict[str, str] | None = None,
    ) -> list[str]:
        """Ring where the agent wants to be rung; gives the channels (none when no phone is there)."""
        variables = _named(call)
        if assignment_id is not None:
            variables["PJSIP_HEADER(add,X-Tongdai-Assignment)"] = str(assignment_id)
        for name, value in (headers or {}).items():
            variables[f"PJSIP_HEADER(add,{name})"] = value
        devices = self._exchange.directory.ring_targets(user_id)
        shown = await self._exchange.arrivals.shown_to_agent(call.row)
        return await self._place(
            call,
            [(f"{prefix}-{n}", f"PJSIP/{device.sip_name}") for n, device in enumerate(devices)],
            shown,
            variables,
        )

    async def ring_device(self, call: "Call", sip_name: str, channel: str, seconds: int) -> list[str]:
        """Ring one phone, which shows the customer; gives the channel, if it was made."""
        shown = await self._exchange.arrivals.shown_to_agent(call.row)
        return await self._place(call, [(channel, f"PJSIP/{sip_name}")], shown, {}, seconds)

    async def dial(self, call: "Call", route: Route, seconds: int) -> list[str]:
        """Call a route's endpoints; gives the channels that were made."""
        prefix = f"{OUT}{call.row.id}-{call.row.version}-{next(call.dials)}"
        endpoints = [(f"{prefix}-{n}", endpoint) for n, endpoint in enumerate(route.endpoints)]
        if route.toll is None:
            return await self._place(call, endpoints, route.shown, _named(call), seconds, keep=True)
        legs = [channel for channel, _ in endpoints]
        await call.goes_outside(legs, route.toll)
        placed = await self._place(call, endpoints, route.shown, {}, seconds, keep=True)
        await call.came_back([leg for leg in legs if leg not in placed])
        return placed

    async def _place(
        self,
        call: "Call",
        endpoints: list[tuple[str, str]],
        shown: str,
        variables: dict[str, str],
        seconds: int = 90,
        *,
        keep: bool = False,
    ) -> list[str]:
        """With `keep`, whoever answers while we are away stays on the line until we are back. (The others are hung up: they
        are colleagues, who are rung again.)"""
        place = self._dial if keep else self._originate
        placed: list[str] = []
        for channel, endpoint in endpoints:
            user_id = self._exchange.directory.user_of_endpoint(endpoint)
            self._exchange.attach(call, channel)
            call.legs.add(channel)
            try:
                told = TRANSFERS_TOLD if user_id is not None else {}
                await place(channel, endpoint, shown, variables | told, seconds)
            except AriError as error:
                if error.status != 409:
                    self._take_back(call, channel)
                    log.info("call %s: %s cannot be called: %s", call.row.id, endpoint, error)
                    continue
                await self._rings_on(call, channel)
            except BaseException:
                # Perhaps it was made, and nobody could tell us: without a call, the reconciliation ends it.
                self._take_back(call, channel)
                raise
            placed.append(channel)
            if user_id is not None:
                self._user_of_leg[channel] = user_id
        return placed

    async def _originate(
        self, channel: str, endpoint: str, shown: str, variables: dict[str, str], seconds: int
    ) -> None:
        await self._exchange.ari.channels.originate_with_id(
            channel,
            endpoint,
            app=self._exchange.app,
            app_args=LEG,
            caller_id=shown,
            timeout=seconds,
            variables=variables,
        )

    async def _dial(
        self, channel: str, endpoint: str, shown: str, variables: dict[str, str], seconds: int
    ) -> None:
        """An originated channel that is answered while the application is away is hung up by Asterisk. One that is made first is
        in the application before it is called. It knows whom it shows as the line that it is connected with."""
        channels = self._exchange.ari.channels
        entered = self._entering[channel] = asyncio.Event()
        try:
            await channels.create(
                endpoint,
                self._exchange.app,
                app_args=DIALLED,
                channel_id=channel,
                variables={**variables, "CONNECTEDLINE(all,i)": shown},
            )
            if not await is_set_within(entered, ENTERS_WITHIN_S):
                raise AsteriskAway()
        finally:
            del self._entering[channel]
        with contextlib.suppress(Gone):  # which is told
            await channels.dial(channel, timeout=seconds)

    def entered(self, channel: str) -> None:
        """A channel that was made is in the application: it can be called."""
        if (entering := self._entering.get(channel)) is not None:
            entering.set()

    async def _rings_on(self, call: "Call", channel: str) -> None:
        """It rings since before a restart; perhaps it was answered while nobody was there to hear of it."""
        with contextlib.suppress(Gone):
            if (await self._exchange.ari.channels.get(channel)).get("state") == "Up":
                call.post(LegUp(channel, self._exchange.clock.now()))

    def _take_back(self, call: "Call", channel: str) -> None:
        self._exchange.detach(channel)
        call.legs.discard(channel)


def _named(call: "Call") -> dict[str, str]:
    """Tells a browser which call it is."""
    return {"PJSIP_HEADER(add,X-Tongdai-Call)": str(call.row.id)}
