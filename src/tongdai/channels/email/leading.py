"""Letters that a flow leads: it begins with the letter, what it says goes out as a letter, and what comes back is its answer.

Nothing is ever said to a machine, and to nobody more than a few letters a day, so that two machines do not talk for ever
(RFC 3834): then the flow goes on as if nobody had answered. A letter is never lost in a flow: where that fails, or waits for an
answer that does not come, the letter waits in its mailbox's queue.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tongdai.channels.dialogue.policies import Told
from tongdai.channels.dialogue.repository import TextRunRow
from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.email import written
from tongdai.channels.email.mailboxes import Mailboxes, MailboxRow
from tongdai.channels.email.reading import ReadMail
from tongdai.channels.email.repository import Mails
from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, NewMessage
from tongdai.flows.public import NotPublished
from tongdai.kit.text import clip
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.routing import public as routing

PATIENCE = timedelta(days=3)
"""So long a question waits for its answer, where the flow does not say."""
LONGEST_TEXT = 10_000


def variables_of(mailbox: MailboxRow, mail: ReadMail, *, automatic: bool) -> dict[str, Any]:
    """What the flow knows of the letter. `automatic`: a machine wrote it."""
    return {
        "email": {
            "from": mail.sender.address,
            "name": mail.sender.name,
            "to": mailbox.address,
            "subject": mail.subject,
            "text": clip(mail.text, LONGEST_TEXT),
            "files": len(mail.files),
            "automatic": automatic,
        }
    }


async def begin(
    tx: Transaction,
    dialogues: TextDialogues,
    mailbox: MailboxRow,
    interaction: InteractionRow,
    conversation_id: UUID,
    mail: ReadMail,
    at: datetime,
    *,
    automatic: bool,
    priority: int = 0,
) -> bool:
    """Have the mailbox's flow lead a letter that has begun a conversation, and stands in its thread. False: there is none.
    `priority`: what rules gave it, to which the flow's own is added."""
    if mailbox.flow_id is None:
        return False
    variables = variables_of(mailbox, mail, automatic=automatic)
    if priority:
        variables["routing"] = {"priority": priority}
    if interaction.language:
        variables["language"] = interaction.language
    try:
        await dialogues.begin(tx, interaction, conversation_id, mailbox.flow_id, variables, at)
    except NotPublished:
        return False
    return True


async def tell(tx: Transaction, run: TextRunRow, said: Told, at: datetime) -> bool:
    """The flow says something: a letter that answers the customer's last. False: it may not be sent."""
    letter = next(iter(await Mails(tx).letters(run.conversation_id, 1)), None)
    mailbox = await Mailboxes(tx).get(letter.mailbox_id) if letter is not None else None
    if letter is None or mailbox is None or mailbox.archived:
        return False
    if await written.hindrance(tx, letter.answer_to, at, answers=letter) is not None:
        return False
    data = {name: value for name, value in said.data.items() if name != "choices"}
    new = NewMessage("bot", body_of(said), data=data, interaction_id=run.interaction_id)
    message, _ = await conversations.write(tx, run.conversation_id, new, at)
    await written.post(tx, mailbox, message, letter.answer_to, at, answers=letter)
    return True


def body_of(said: Told) -> str:
    """The words, a paragraph for each prompt, and below them the choices, which are answered by writing one."""
    choices = [f"{one['key']} – {one['label']}" for one in said.data.get("choices", [])]
    return "\n\n".join(part for part in (*said.parts, "\n".join(choices)) if part)


async def over(tx: Transaction, interaction: InteractionRow, at: datetime, ended: str) -> None:
    """The flow has ended with the letter still in its hands: it is closed. One that failed leaves it to people."""
    if ended != "fault":
        await routing.withdraw_direct(tx, interaction, at)
        await conversations.close(tx, interaction, at, hung_up_by="system")
        return
    mailbox_id = await Mails(tx).mailbox_of(interaction.conversation_id or interaction.id)
    mailbox = await Mailboxes(tx).get(mailbox_id) if mailbox_id is not None else None
    if mailbox is None:
        raise NotFound()
    wish = routing.Enqueue(interaction.id, mailbox.queue_id, returning=True, patient=True)
    await routing.enqueue(tx, wish, at)
