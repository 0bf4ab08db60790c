"""Use cases of mails that are here: agents work them, and what became of ours is told. How they come is in receiving.py, what
agents write in letters.py.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongdai.channels.email.beginning import CHANNEL, begin_again, customer, open_interaction
from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.conversations import public as conversations
from tongdai.conversations.public import NewMessage, Phase, State
from tongdai.platform.database import Transaction
from tongdai.routing import public as routing


async def became(
    tx: Transaction,
    mail: MailRow,
    state: str,
    at: datetime,
    problem: str = "",
    due_at: datetime | None = None,
) -> None:
    """How the delivery of a mail of ours goes now, for who looks at its message."""
    await Mails(tx).become(mail.id, state, problem, due_at)
    message = await conversations.message(tx, mail.written_id) if mail.written_id else None
    if message is not None and (told := message.data.get("email")):
        await conversations.amend(
            tx, message, {"email": {**told, "state": state, "problem": problem[:300]}}, at
        )


async def came_back(
    tx: Transaction, mailbox: MailboxRow, mail: MailRow, why: str, at: datetime, *, final: bool
) -> None:
    """A mail of ours did not arrive (`final`), or is late. What did not arrive concerns somebody, also after the end."""
    if not final:
        await became(tx, mail, mail.state, at, why)
        return
    if mail.conversation_id is None:
        return
    if mail.state == "bounced":
        if why not in mail.problem:  # it did not reach another of its receivers either
            await became(tx, mail, "bounced", at, f"{mail.problem}; {why}")
        return
    conversation_id = await conversations.going_on(tx, mail.conversation_id, at, CHANNEL)
    interaction = await open_interaction(tx, conversation_id)
    if interaction is None:
        peer = await customer(tx, mail.conversation_id)
        interaction = await begin_again(tx, mailbox, conversation_id, peer, at)
    await became(tx, mail, "bounced", at, why)
    new = NewMessage("system", kind="event", data={"event": "bounced"}, interaction_id=interaction.id)
    await conversations.write(tx, conversation_id, new, at)


async def accept(
    tx: Transaction, interaction_id: UUID, assignment_id: UUID, user_id: UUID, at: datetime
) -> None:
    """The agent takes the offered mail. Raises OfferGone."""
    await routing.accept(tx, assignment_id, at, interaction_id, user_id)


async def end(tx: Transaction, interaction_id: UUID, at: datetime) -> None:
    """The matter is closed as far as the agent goes; the customer's next mail opens it again. Ending it twice changes nothing."""
    interaction = await conversations.lock(tx, interaction_id)
    if interaction.state == State.CLOSED:
        return
    await routing.withdraw_direct(tx, interaction, at)
    await conversations.close(tx, interaction, at, hung_up_by="agent")
    for assignment in await conversations.Assignments(tx).open_of_interaction(interaction_id):
        if assignment.state == "accepted":
            await routing.end_work(tx, assignment.id, at)


async def send_to_queue(tx: Transaction, assignment_id: UUID, queue_id: UUID, at: datetime) -> None:
    """An agent sends a mail on: it waits there for another. Raises NotFound, NotInState."""
    (found,) = await conversations.Assignments(tx).get([assignment_id])
    interaction = await conversations.lock(tx, found.interaction_id)
    mine = await conversations.lock_assignment(tx, assignment_id)
    if mine.state != "accepted" or interaction.phase != Phase.TALK:
        raise conversations.NotInState()
    await routing.withdraw_direct(tx, interaction, at)
    await routing.end_work(tx, mine.id, at)
    await conversations.Assignments(tx).share(mine.id)
    wish = routing.Enqueue(
        interaction.id, queue_id, returning=True, patient=True, passed_over=(mine.user_id,)
    )
    await routing.enqueue(tx, wish, at)


async def return_to_queue(tx: Transaction, interaction_id: UUID, user_id: UUID, at: datetime) -> None:
    """The agent is gone: another one goes on with it, before what came later."""
    interaction = await conversations.lock(tx, interaction_id)
    mine = [
        row
        for row in await conversations.Assignments(tx).open_of_interaction(interaction.id)
        if row.state == "accepted" and row.user_id == user_id
    ]
    if interaction.phase != Phase.TALK or interaction.queue_id is None or not mine:
        return
    await routing.withdraw_direct(tx, interaction, at)
    for assignment in mine:
        await routing.finish(tx, assignment, at)
    wish = routing.Enqueue(interaction.id, interaction.queue_id, returning=True, patient=True)
    await routing.enqueue(tx, replace(wish, passed_over=(user_id,), waited_s=interaction.wait_s), at)
