"""What is stored of a mail that came, and what its message says of it. Pure."""

from collections.abc import Sequence
from datetime import datetime

from tongdai.channels.email.files import in_place
from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.pages import content_ids, has_images
from tongdai.channels.email.reading import Address, File, ReadMail
from tongdai.channels.email.repository import MailRow
from tongdai.channels.email.schemas import MailTold, Party
from tongdai.conversations.public import StoredFile
from tongdai.kit.ids import new_id
from tongdai.kit.text import clip

LONGEST_QUOTE = 20_000


def incoming(mailbox: MailboxRow, uid: int | None, mail: ReadMail, at: datetime) -> MailRow:
    """`uid` where it lies on the server; None: it came by no mail server, and nothing is marked there."""
    return MailRow(
        tenant_id=mailbox.tenant_id,
        id=new_id(),
        mailbox_id=mailbox.id,
        direction="in",
        message_id=mail.message_id,
        uid=uid,
        marked=uid is None,
        conversation_id=None,
        written_id=None,
        subject=mail.subject,
        sender=mail.sender.address,
        receivers=list(dict.fromkeys(one.address for one in (*mail.to, *mail.cc))),
        cc=_only_copies(mail),
        bcc=[],
        answer_to=(mail.reply_to or mail.sender).address,
        in_reply_to=mail.in_reply_to[0] if mail.in_reply_to else None,
        parents=list(mail.references or mail.in_reply_to),
        forwards_id=None,
        aside=False,
        automatic=False,
        token=None,
        state="received",
        due_at=None,
        attempts=0,
        problem="",
        at=at,
    )


def _only_copies(mail: ReadMail) -> list[str]:
    """Whom it went to as a copy alone."""
    openly = {one.address for one in mail.to}
    return [one.address for one in mail.cc if one.address not in openly]


def told_of(
    row: MailRow,
    mail: ReadMail,
    files: Sequence[tuple[File, StoredFile]],
    *,
    automatic: bool,
    aside: bool,
) -> MailTold:
    kept = {id(file) for file, _ in files}

    def parties(found: tuple[Address, ...]) -> list[Party]:
        return [Party(address=one.address, name=one.name) for one in found]

    return MailTold(
        id=row.id,
        subject=mail.subject,
        sender=Party(address=mail.sender.address, name=mail.sender.name),
        to=parties(mail.to),
        cc=parties(mail.cc),
        html=bool(mail.html),
        images=has_images(mail.html),
        quoted=clip(mail.quoted, LONGEST_QUOTE),
        files=[one.name for one in mail.files if id(one) not in kept],
        inline=in_place(files, content_ids(mail.html)),
        cut=mail.cut,
        automatic=automatic,
        aside=aside,
        state="received",
    )
