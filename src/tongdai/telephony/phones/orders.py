"""What agents order by the phone itself: transfers by REFER, and by keys. The same orders as from the desktop, with the same
permissions and records."""

import contextlib
import logging
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope
from tongdai.platform.errors import AppError, Forbidden
from tongdai.telephony.ari.connection import AriError, AsteriskAway, Event
from tongdai.telephony.calls.actor import Call
from tongdai.telephony.calls.messages import Picker
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.extensions.speed_dials import CODE, SpeedDials
from tongdai.telephony.phones.keys import NumberKeys
from tongdai.telephony.together.targets import Destination

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

TAKE = "calls.take"
PICK_UP = "*8"
"""Takes a colleague's ringing call; with an extension, that colleague's."""
DONE, REFUSED = "channel_answered", "channel_declined"
"""What a phone is told of its REFER: 200, 603."""
WRONG = "sound:beeperr"


class PhoneOrders:
    """Part of the exchange."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._referring: set[str] = set()
        """Channels whose phone waits to hear what became of its REFER."""

    # Dialling

    async def dialled(self, me: Principal, channel: str, number: str) -> bool:
        """What is dialled that is no call: a star code, or the place where somebody is parked. False when it is neither."""
        parked = self._parked_at(me.tenant_id, number)
        if parked is not None:
            await self._pick_up(me, parked, "pick_up_here", channel)
        elif number.startswith(PICK_UP):
            await self._answer_for(me, channel, number.removeprefix(PICK_UP))
        elif number.startswith("*"):
            await self._exchange.codes.dialled(me, channel, number)
        else:
            return False
        return True

    async def behind_digit(self, me: Principal, dialled: str) -> str | None:
        """The number of a speed dial; None when none was dialled."""
        if not dialled.startswith(CODE):
            return None
        async with self._exchange.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
            dials = await SpeedDials(tx).of_user(me.user_id)
        return next((one.number for one in dials if dialled == f"{CODE}{one.digit}"), None)

    def _parked_at(self, tenant_id: UUID, number: str) -> Call | None:
        for call in self._exchange.calls():
            if call.row.tenant_id == tenant_id and number == str(call.row.park_slot):
                return call
        return None

    async def _answer_for(self, me: Principal, channel: str, extension: str) -> None:
        """Take the call that rings longest at this extension; without one, at any phone of the user's teams and groups."""
        async with self._exchange.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
            if extension:
                found = await Reach(tx).at(extension)
                users = {found} if found is not None else set[UUID]()
            else:
                users = await Reach(tx).mates(me.user_id)
        ringing = [
            call
            for call in self._exchange.calls()
            if call.row.tenant_id == me.tenant_id
            and call.state is not None
            and users & {self._exchange.placing.user_of_channel(leg) for leg in call.state.ringing_legs()}
        ]
        if ringing:
            first = min(ringing, key=lambda call: call.row.started_at)
            await self._pick_up(me, first, "take_ringing", channel)
        else:
            await self._exchange.codes.refuse(me, channel)

    async def _pick_up(self, me: Principal, call: Call, command: str, channel: str) -> None:
        try:
            me.reach(TAKE)
            await self._exchange.order(call.row.id, command, Picker(me.user_id, channel), me.user_id)
        except (AppError, AriError) as error:
            log.info("call %s cannot be picked up: %s", call.row.id, error)
            await self._exchange.codes.refuse(me, channel)

    # REFER

    def referred(self, event: Event) -> None:
        """A phone wants its call transferred. Asterisk's echo of what we told the phone has a state, and is none."""
        if "state" not in event:
            self._exchange.spawn(self._refer(event))

    async def _refer(self, event: Event) -> None:
        channel: str = event["referred_by"]["source_channel"]["id"]
        self._referring.add(channel)
        try:
            await self._transfer(event)
        except (AppError, AriError) as error:
            log.info("the transfer by %s is refused: %s", channel, error)
            await self._tell(channel, REFUSED)
        else:
            await self._tell(channel, DONE)
        finally:
            self._referring.discard(channel)

    async def _tell(self, channel: str, state: str) -> None:
        if channel in self._referring:
            self._referring.discard(channel)
            with contextlib.suppress(AriError, AsteriskAway):
                await self._exchange.ari.channels.transfer_progress(channel, state)

    async def before_end(self, channel: str) -> None:
        """A leg is about to be ended: its phone learns first that its transfer is done."""
        await self._tell(channel, DONE)

    async def _transfer(self, event: Event) -> None:
        exchange, source = self._exchange, event["referred_by"]["source_channel"]
        device = exchange.directory.device_of(source["name"])
        call = exchange.call_on(source["id"])
        if device is None or call is None:
            raise CallNotInState()
        me = await self._principal(device.tenant_id, device.user_id)
        self._need_own(me, call, source["id"])
        wanted = event["refer_to"]
        if "destination_channel" not in wanted:
            number = str(wanted["requested_destination"].get("destination", ""))
            await self._aim(me, call, "transfer", number)
            return
        other = exchange.call_on(wanted["destination_channel"]["id"])
        if other is None or other is call:
            raise CallNotInState()
        self._need_own(me, other, wanted["destination_channel"]["id"])
        # The call that began first is the customer's; the phone may refer either to the other.
        customers, asked = sorted((call, other), key=lambda one: one.row.started_at)
        if asked.row.customer_channel:
            await exchange.order(asked.row.id, "give_to", str(customers.row.id), me.user_id)
            return
        async with exchange.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
            (dialled,) = await conversations.Interactions(tx).get([asked.row.interaction_id])
        # Whoever is asked has not answered yet: they ring anew, for the customer.
        await exchange.order(asked.row.id, "hang_up", "", me.user_id)
        await self._aim(me, customers, "transfer", dialled.peer_raw)

    def _need_own(self, me: Principal, call: Call, channel: str) -> None:
        me.reach(TAKE)
        if call.row.user_id != me.user_id or call.row.agent_channel != channel:
            raise Forbidden("This is somebody else's call.")

    # Keys

    async def keyed(self, call: Call, user_id: UUID, keys: NumberKeys) -> None:
        """Carry out what was keyed in while the customer hears music. What is refused sounds so, and the customer is back."""
        try:
            if not keys.number:
                raise CallNotInState()
            me = await self._principal(call.row.tenant_id, user_id)
            me.reach(TAKE)
            await self._aim(me, call, keys.aim, keys.number)
        except (AppError, AriError) as error:
            log.info("call %s: what was keyed in is refused: %s", call.row.id, error)
            with contextlib.suppress(AppError, AriError):
                await self._exchange.order(call.row.id, "resume", "", user_id)
                await self.sound_wrong(call)

    async def pressed(self, call: Call, user_id: UUID, command: str) -> None:
        """Carry out a code of an agent who asks somebody."""
        try:
            await self._exchange.order(call.row.id, command, "", user_id)
        except (AppError, AriError) as error:
            log.info("call %s: %s by keys is refused: %s", call.row.id, command, error)
            await self.sound_wrong(call)

    async def sound_wrong(self, call: Call) -> None:
        """Let the agent hear that this did not work."""
        if call.row.agent_channel is not None:
            with contextlib.suppress(AriError, AsteriskAway):
                await self._exchange.ari.channels.play_with_id(
                    call.row.agent_channel, f"wrong-{call.row.id}", WRONG
                )

    async def _aim(self, me: Principal, call: Call, command: str, number: str) -> None:
        target = await self._exchange.targets.read(me, Destination(kind="number", number=number[:64]))
        await self._exchange.order(call.row.id, command, target, me.user_id)

    async def _principal(self, tenant_id: UUID, user_id: UUID) -> Principal:
        async with self._exchange.database.transaction(Scope(tenant_id)) as tx:
            return await people.principal_of_user(tx, user_id)
