"""Listening to a call from outside it: beside the call's states, and over all of them as long as an agent is on it.

Who listens is in a bridge of their own with a snoop channel on the agent's line, which hears both sides; whispering lets it speak
to the agent's ear alone. Who joins is in the call's own bridge. When the agent's line changes (another agent, a phone that came
back) the snoop channel follows.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.handing_over import release_agent
from tongdai.telephony.calls.messages import LegGone, LegUp, Message
from tongdai.telephony.calls.returning import AUTO_ANSWER
from tongdai.telephony.calls.talking import Held, Paired, Talking
from tongdai.telephony.calls.telling import Telling
from tongdai.telephony.errors import CallNotInState, NoPhone
from tongdai.telephony.events import WatchChanged
from tongdai.telephony.placing import LEG
from tongdai.telephony.together.watches import JOIN, LISTEN, WHISPER, Notice, Watch, WatchRows
from tongdai.tenancy import public as tenancy

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call

WATCH = {"X-Tongdai-Watch": "1"}


def _bridge(spy: str) -> str:
    """One for each snoop channel: a bridge made by the name of one just destroyed may be that one, still dying."""
    return f"watch-{spy}"


class Watching:
    """The listeners of one call. Part of its actor."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._watches: dict[UUID, Watch] = {}
        self._ringing: dict[str, UUID] = {}
        self._telling = Telling(call)
        self._spies: dict[UUID, tuple[str, str]] = {}
        """Per watch: the snoop channel, and the line that it is on."""
        self._made = 0

    @property
    def any(self) -> bool:
        return bool(self._watches)

    @property
    def bridges(self) -> list[str]:
        return [_bridge(spy) for spy, _ in self._spies.values()]

    async def takes(self, message: Message) -> bool:
        """Whether a message was about a listener's channels; then it has been dealt with."""
        if await self._telling.takes(message):
            return True
        if not self._watches or not isinstance(message, LegUp | LegGone):
            return False
        channel = message.channel
        spied = next((one for one, (spy, _) in self._spies.items() if spy == channel), None)
        of = self._ringing.get(channel) or next(
            (one.id for one in self._watches.values() if one.channel == channel), None
        )
        match message:
            case LegUp() if channel in self._ringing:
                await self._up(self._ringing[channel], channel)
            case LegUp() if spied is not None:
                pair = f"{channel},{self._watches[spied].channel}"
                await self._call.ari.bridges.add_channel(_bridge(channel), pair)
            case LegGone() if spied is not None:
                self._call.legs.discard(channel)
                del self._spies[spied]
                await self._call.exchange.media.drop_bridge(_bridge(channel))
            case LegGone() if of is not None:
                self._call.legs.discard(channel)
                self._ringing.pop(channel, None)
                if of not in self._ringing.values():
                    await self._end(of)
            case _:
                return False
        return True

    # Orders; `user_id` is who listens

    async def order_watch(self, mode: str, user_id: UUID) -> None:
        """Ring the listener's phone, which answers by itself."""
        call = self._call
        if not isinstance(call.state, Paired) or call.row.user_id is None:
            raise CallNotInState("Nobody talks on this call just now.")
        if any(one.user_id == user_id for one in self._watches.values()):
            raise CallNotInState("You listen to this call already.")
        watch = Watch(new_id(), call.row.id, user_id, call.row.user_id, mode, "ringing", None, call.now())

        async def work(tx: Transaction) -> None:
            await WatchRows(tx).add(watch)
            self._fact(tx, watch)

        await call.save(work)
        self._watches[watch.id] = watch
        placed = await call.exchange.placing.ring_agent(
            call, user_id, f"watch-{call.row.id}-{watch.id}", assignment_id=None, headers=WATCH | AUTO_ANSWER
        )
        self._ringing |= dict.fromkeys(placed, watch.id)
        if not placed:
            await self._end(watch.id)
            raise NoPhone()

    async def order_watch_mode(self, mode: str, user_id: UUID) -> None:
        watch = self._of(user_id)
        if watch.channel is None:
            raise CallNotInState("Your phone has not answered yet.")
        await self._set(watch, mode)
        await self._connect(self._watches[watch.id])

    async def order_unwatch(self, _: str, user_id: UUID) -> None:
        await self._end(self._of(user_id).id)

    async def order_take_over(self, _: str, user_id: UUID) -> None:
        """The listener has the customer from now on; the agent's part is over. Raises AgentBusy."""
        call, watch = self._call, self._of(user_id)
        if watch.channel is None or not isinstance(call.state, Talking | Held):
            raise CallNotInState()
        leaving, gone, at = call.row.agent_channel, call.row.user_id, call.now()

        async def work(tx: Transaction) -> None:
            interaction = await conversations.lock(tx, call.row.interaction_id)
            await release_agent(tx, call)
            assignment_id = await routing.take_back(tx, interaction, user_id, at)
            await conversations.hand_over(tx, interaction, at, user_id)
            await self._save(tx, watch.changed(state="gone", ended_at=at))
            await tenancy.audit(tx, "call.taken_over", "interaction", interaction.id, by=user_id)
            call.row = await call.keep(
                tx,
                left=gone,
                state=Talking.name,
                agent_channel=watch.channel,
                user_id=user_id,
                assignment_id=assignment_id,
                held_since=None,
                muted=False,
            )

        await call.save(work)
        self._forget(watch.id)
        await self._drop_spy(watch.id)
        await call.exchange.media.join(call.bridge, [call.customer, watch.channel])
        await call.let_go(leaving)
        await call.become(Talking(call, bridged=True))

    def _of(self, user_id: UUID) -> Watch:
        watch = next((one for one in self._watches.values() if one.user_id == user_id), None)
        if watch is None:
            raise CallNotInState("You do not listen to this call.")
        return watch

    # What becomes of it

    async def _up(self, watch_id: UUID, channel: str) -> None:
        call = self._call
        others = [leg for leg, of in self._ringing.items() if of == watch_id and leg != channel]
        for leg in [channel, *others]:
            del self._ringing[leg]
        after = self._watches[watch_id].changed(state="on", channel=channel)
        notice = self._telling.notice

        async def work(tx: Transaction) -> None:
            await self._save(tx, after)
            await self._audit(tx, after, notice)

        await call.save(work)
        self._watches[watch_id] = after
        for leg in others:
            await call.hang_up(leg)
        await self._telling.tell(watch_id)
        await self._connect(after)

    async def _set(self, watch: Watch, mode: str) -> None:
        after = watch.changed(mode=mode)

        async def work(tx: Transaction) -> None:
            await self._save(tx, after)
            await self._audit(tx, after)

        await self._call.save(work)
        self._watches[watch.id] = after

    async def _connect(self, watch: Watch) -> None:
        """Have the listener hear, and be heard, as the mode says."""
        call = self._call
        await self._drop_spy(watch.id)
        if watch.mode == JOIN:
            await call.ari.bridges.add_channel(call.bridge, watch.channel or "")
            return
        agent = call.row.agent_channel
        if agent is None:
            return
        self._made += 1
        spy = f"spy-{call.row.id}-{watch.id}-{self._made}"
        await call.exchange.media.make_bridge(_bridge(spy))
        self._spies[watch.id] = (spy, agent)
        call.legs.add(spy)
        call.exchange.attach(call, spy)
        whisper = "out" if watch.mode == WHISPER else "none"
        await call.ari.channels.snoop_channel_with_id(
            agent, spy, call.exchange.app, spy="both", whisper=whisper, app_args=LEG
        )

    async def follow(self) -> None:
        """The call is in another state: the agent's line may be another, and others may have come to it."""
        agent = self._call.row.agent_channel
        if self._call.state is None or self._call.state.final:
            return  # a bridge that was made now would stay for ever
        for watch in list(self._watches.values()):
            if watch.state == "on":
                await self._telling.tell(watch.id)
            spied = self._spies.get(watch.id)
            if (
                watch.state == "on"
                and watch.mode != JOIN
                and agent is not None
                and (not spied or spied[1] != agent)
            ):
                await self._connect(watch)

    async def _end(self, watch_id: UUID) -> None:
        call, watch = self._call, self._watches[watch_id]

        async def work(tx: Transaction) -> None:
            await self._save(tx, watch.changed(state="gone", ended_at=call.now()))

        await call.save(work)
        ringing = [leg for leg, of in self._ringing.items() if of == watch_id]
        self._forget(watch_id)
        await self._drop_spy(watch_id)
        for leg in [*ringing, watch.channel]:
            await call.let_go(leg)

    def _forget(self, watch_id: UUID) -> None:
        del self._watches[watch_id]
        self._telling.forget(watch_id)
        self._ringing = {leg: of for leg, of in self._ringing.items() if of != watch_id}

    async def _drop_spy(self, watch_id: UUID) -> None:
        call = self._call
        spy, _ = self._spies.pop(watch_id, ("", ""))
        if spy:
            await call.let_go(spy)
            await call.exchange.media.drop_bridge(_bridge(spy))

    async def close(self, tx: Transaction) -> None:
        """The call is over."""
        for watch in await WatchRows(tx).end_all(self._call.row.id, self._call.now()):
            self._fact(tx, watch)

    async def drop_bridges(self) -> None:
        for bridge in self.bridges:
            await self._call.exchange.media.drop_bridge(bridge)

    async def _audit(self, tx: Transaction, watch: Watch, notice: Notice | None = None) -> None:
        """Who listened to whom, and how; and with what notice to those on the line."""
        call, agent = self._call.row.interaction_id, {"agent_id": str(watch.agent_id)}
        if notice is not None:
            agent |= {"announced": notice.how, "announced_to": notice.to}
        if watch.mode == LISTEN:
            await tenancy.audit(tx, "call.listened", "interaction", call, agent, by=watch.user_id)
        elif watch.mode == WHISPER:
            await tenancy.audit(tx, "call.whispered", "interaction", call, agent, by=watch.user_id)
        else:
            await tenancy.audit(tx, "call.joined", "interaction", call, agent, by=watch.user_id)

    async def _save(self, tx: Transaction, watch: Watch) -> None:
        await WatchRows(tx).save(watch)
        self._fact(tx, watch)

    def _fact(self, tx: Transaction, watch: Watch) -> None:
        tx.emit(WatchChanged(aggregate_id=watch.id, aggregate_version=watch.version, user_id=watch.user_id))
