"""What agents write: whom a letter goes to, what it is about, what of the conversation it sends on to somebody outside.

A letter is in the outbox when its message is in the thread. Who gets a forwarded letter takes part in the conversation by what
they answer to it; its customer stays who that was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongdai.channels.email import identity
from tongdai.channels.email.mailboxes import Mailboxes, MailboxRow
from tongdai.channels.email.outgoing import Outgoing, queue
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.channels.email.schemas import MailTold, Party
from tongdai.channels.email.signatures import signature_of
from tongdai.channels.errors import NobodyToAnswer
from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, MessageRow
from tongdai.platform.database import Transaction
from tongdai.platform.errors import FieldError, Invalid, NotFound

OWN_ADDRESS = "This is one of our own addresses: send the conversation on to its queue instead."


@dataclass(frozen=True, slots=True)
class Wish:
    """What its writer says of a letter; addresses in lower case, no subject: the usual one. `answers`, `forwards`: messages of
    the conversation that came as mails; without either it answers the customer's last."""

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str = ""
    answers: UUID | None = None
    forwards: UUID | None = None


@dataclass(frozen=True, slots=True)
class Receivers:
    """Each address once, in the place where it stands first."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]

    @classmethod
    def of(cls, to: Sequence[str], cc: Sequence[str], bcc: Sequence[str]) -> "Receivers":
        open_to, copies, hidden = dict.fromkeys(to), dict.fromkeys(cc), dict.fromkeys(bcc)
        return cls(
            tuple(open_to),
            tuple(one for one in copies if one not in open_to),
            tuple(one for one in hidden if one not in open_to and one not in copies),
        )

    @property
    def all(self) -> list[str]:
        return [*self.to, *self.cc, *self.bcc]


def others(mail: MailRow, own: set[str]) -> list[str]:
    """Who gets an answer to all beside its sender: whoever the mail went to openly, without ourselves. Pure."""
    found = dict.fromkeys([*mail.to, *mail.cc])
    return [one for one in found if one != mail.answer_to and not identity.is_own(own, one)]


async def post(
    tx: Transaction,
    interaction: InteractionRow,
    message: MessageRow,
    at: datetime,
    wish: Wish | None = None,
) -> MessageRow:
    """An agent has written, in an interaction of theirs. Gives the message as it stands then. Raises NobodyToAnswer, NotFound,
    Invalid that names every receiver who cannot be one."""
    letter, mailbox = await check(tx, message.conversation_id, wish)
    wish = wish or Wish((letter.answer_to,))
    receivers = Receivers.of(wish.to, wish.cc, wish.bcc)
    row = await queue(tx, mailbox, message, _outgoing(letter, receivers, wish), at)
    told = MailTold(
        id=row.id,
        subject=row.subject,
        sender=Party(address=mailbox.address, name=mailbox.name),
        to=[Party(address=one) for one in receivers.to],
        cc=[Party(address=one) for one in receivers.cc],
        bcc=[Party(address=one) for one in receivers.bcc],
        forwards=Party(address=letter.sender) if wish.forwards else None,
        signature=await signature_of(tx, mailbox, interaction, message.user_id) if message.user_id else "",
        state="queued",
    )
    return await conversations.amend(tx, message, {"email": told.model_dump(mode="json")}, at)


async def check(tx: Transaction, conversation_id: UUID, wish: Wish | None) -> tuple[MailRow, MailboxRow]:
    """The mail that a letter is about, and the mailbox that it goes out from. Raises what `post` does."""
    about = await _about(tx, conversation_id, wish)
    if wish is not None:
        await _check(tx, wish)
    return about


async def _about(tx: Transaction, conversation_id: UUID, wish: Wish | None) -> tuple[MailRow, MailboxRow]:
    """The mail that is answered or sent on, and the mailbox that it came to."""
    named = (wish.forwards or wish.answers) if wish is not None else None
    if named is not None:
        letter = await Mails(tx).letter(conversation_id, named)
        if letter is None:
            raise NotFound()
    else:
        letter = next(iter(await Mails(tx).letters(conversation_id, 1)), None)
    mailbox = await Mailboxes(tx).get(letter.mailbox_id) if letter is not None else None
    if letter is None or mailbox is None or mailbox.archived:
        raise NobodyToAnswer()
    return letter, mailbox


async def _check(tx: Transaction, wish: Wish) -> None:
    own = await Mailboxes(tx).addresses()
    wrong = [
        FieldError(f"{field}.{place}", OWN_ADDRESS, "own_address")
        for field, addresses in (("to", wish.to), ("cc", wish.cc), ("bcc", wish.bcc))
        for place, address in enumerate(addresses)
        if identity.is_own(own, address)
    ]
    if wrong:
        raise Invalid(OWN_ADDRESS, errors=wrong)


def _outgoing(letter: MailRow, receivers: Receivers, wish: Wish) -> Outgoing:
    """What is sent on begins a thread of its own for who gets it."""
    answers = wish.forwards is None
    usual = identity.reply_subject if answers else identity.forward_subject
    return Outgoing(
        receivers.all,
        wish.subject or usual(letter.subject),
        automatic=False,
        cc=receivers.cc,
        bcc=receivers.bcc,
        answers=letter if answers else None,
        forwards_id=wish.forwards,
        aside=answers and letter.aside,
    )
