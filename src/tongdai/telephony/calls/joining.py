"""An agent who asked somebody by a second call of their phone leaves the customer to them."""

from typing import TYPE_CHECKING

from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing
from tongdai.telephony.calls.handing_over import release_agent
from tongdai.telephony.calls.talking import Talking
from tongdai.telephony.errors import CallNotInState, ColleagueBusy
from tongdai.telephony.outbound.legs import OutsideLegs
from tongdai.telephony.together.parties import Parties, Party

if TYPE_CHECKING:
    from uuid import UUID

    from tongdai.telephony.calls.actor import Call


async def join(call: "Call", asked: "Call") -> None:
    """`call` has the other side of `asked`, whose actor waits meanwhile and ends afterwards. Raises what forbids it, and then
    nothing has changed."""
    channel, leaving, gone, at = (
        asked.row.customer_channel,
        call.row.agent_channel,
        call.row.user_id,
        call.now(),
    )
    if not channel:
        raise CallNotInState()
    before = asked.row

    async def work(tx: Transaction) -> None:
        interaction = await conversations.lock(tx, call.row.interaction_id)
        other = await conversations.lock(tx, before.interaction_id)
        await release_agent(tx, call)
        user_id, assignment_id = await _heir(tx, call, asked, interaction)
        await conversations.hand_over(tx, interaction, at, user_id)
        party = Party(
            id=new_id(),
            call_id=call.row.id,
            purpose="transfer",
            state="ringing",
            user_id=user_id,
            assignment_id=assignment_id,
            number="" if user_id is not None else other.peer or other.peer_raw,
            channel=None,
            muted=False,
            invited_by=gone,
            invited_at=before.started_at,
        )
        await Parties(tx).add(party.joined(channel, before.answered_at or at).gone("took_over", at))
        call.row = await call.keep(
            tx,
            left=gone,
            state=Talking.name,
            agent_channel=channel,
            bridge_id=call.bridge,
            user_id=user_id,
            assignment_id=assignment_id,
            held_since=None,
            muted=False,
        )
        await OutsideLegs(tx).go_to(before.id, channel, call.row.id)
        # The channel is this call's alone from now on, whatever happens to us before the other's books are closed.
        asked.row = before
        asked.row = await asked.keep(tx, customer_channel="")

    try:
        await call.save(work)
    except BaseException:
        asked.row = before
        raise
    asked.legs.discard(channel)
    if channel in asked.outside:
        asked.outside.discard(channel)
        call.outside.add(channel)
    asked.channels.discard(channel)
    call.exchange.attach(call, channel)
    await call.become(Talking(call))
    await call.let_go(leaving)


async def _heir(
    tx: Transaction, call: "Call", asked: "Call", interaction: InteractionRow
) -> tuple["UUID | None", "UUID | None"]:
    """The colleague who was asked, and their part in the customer's contact from now on; nobody for an outside number."""
    for one in await conversations.Assignments(tx).open_of_interaction(asked.row.interaction_id):
        if one.state == "accepted" and one.user_id != call.row.user_id:
            return one.user_id, (await routing.carry_over(tx, one, interaction, call.now())).id
    user_id = call.exchange.placing.user_of_channel(asked.row.customer_channel)
    if user_id is None:
        return None, None
    try:
        return user_id, (
            await routing.begin_direct(tx, interaction, user_id, call.now(), queue_id=interaction.queue_id)
        ).id
    except routing.AgentBusy as error:
        raise ColleagueBusy() from error
