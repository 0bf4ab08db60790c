"""Mails that wait to be sent: each is offered to its server until that takes or refuses it, and never again where it may have.

The row's state is the queue: `queued` before, `sending` in the one moment of which nobody can know, should we die in it. One
process sends, under a lease; the mailboxes go beside each other, so that a slow server keeps nobody else waiting.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from uuid import UUID

from tongdai.channels.email import identity, service, transcripts
from tongdai.channels.email.access import Credentials, credentials_of
from tongdai.channels.email.automatic import OUR_HEADERS
from tongdai.channels.email.files import put_into
from tongdai.channels.email.forwards import forwarded_text
from tongdai.channels.email.mailboxes import Mailboxes, MailboxRow
from tongdai.channels.email.oauth import ProviderAway, SignInAgain
from tongdai.channels.email.repository import MailRow, Mails
from tongdai.channels.email.signatures import under
from tongdai.channels.events import MailQueued
from tongdai.conversations import public as conversations
from tongdai.conversations.public import AttachmentRow, Attachments, FileUnreadable
from tongdai.kit.waiting import is_set_within
from tongdai.platform import leases
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.database.driver import CONFLICTS
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.mail import (
    MailNotSignedIn,
    MailNotTaken,
    MailRefused,
    MailServer,
    MailUncertain,
    send_mail,
)
from tongdai.platform.registry import Runtime
from tongdai.platform.sealed import Damaged, KeyMissing

log = logging.getLogger(__name__)

LEASE = "channels.outgoing_mails"
LOOK_S = 10.0
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 960))
"""After each attempt that failed for now: so long until the next. After the last, the mail is given up."""
AGAIN_S = 0.5
FINISH_S = 5.0
"""At an orderly end, so long for what is being sent: it need not become uncertain."""
INTERRUPTED = "interrupted"


_IDS = frozenset({"message-id", "in-reply-to", "references"})


class _Written(EmailPolicy):
    """Message-IDs stand as they are, one a line: the library would encode those that are longer than a line."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _IDS:
            return f"{name}: {f'{self.linesep} '.join(str(value).split())}{self.linesep}"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return (
            self.fold(name, value).encode("ascii")
            if name.lower() in _IDS
            else super().fold_binary(name, value)
        )


def server_of(mailbox: MailboxRow, known: Credentials) -> MailServer:
    access = mailbox.smtp
    # A server beside us that wants no sign-in does not offer one.
    user = mailbox.username if known.password or known.token else ""
    host, port, security = str(access["host"]), int(access["port"]), str(access["security"])
    return MailServer(host, port, security, user, known.password, known.token)


def mail_of(mailbox: MailboxRow, row: MailRow, body: str) -> EmailMessage:
    """The mail as it goes out. Pure."""
    mail = EmailMessage(policy=_Written(linesep="\r\n"))
    mail["Subject"] = row.subject
    mail["From"] = Address(mailbox.name, addr_spec=mailbox.address)
    for name, addresses in (("To", row.to), ("Cc", row.cc)):
        if addresses:
            mail[name] = [Address(addr_spec=one) for one in addresses]
    if mailbox.tagged and row.conversation_id is not None:
        mail["Reply-To"] = Address(
            mailbox.name,
            addr_spec=identity.reply_address(mailbox.secret, row.conversation_id, mailbox.address),
        )
    mail["Date"] = row.at
    mail["Message-ID"] = row.message_id
    if row.in_reply_to:
        mail["In-Reply-To"] = row.in_reply_to
    if row.parents:
        mail["References"] = " ".join(row.parents)
    if row.automatic:
        for name, value in OUR_HEADERS.items():
            mail[name] = value
    mail.set_content(body)
    return mail


@dataclass(frozen=True, slots=True)
class Content:
    """What an agent wrote, and what that sends on, with the files of both."""

    text: str
    files: list[AttachmentRow]


async def _content(tx: Transaction, row: MailRow) -> Content | None:
    """None when its message has been erased, or what it sends on."""
    ids = [one for one in (row.written_id, row.forwards_id) if one is not None]
    found = {one.id: one for one in await conversations.messages(tx, ids)}
    files = await Attachments(tx).of_messages(ids)
    written, forwarded = (found.get(one) if one else None for one in (row.written_id, row.forwards_id))
    if written is None or (row.forwards_id is not None and (forwarded is None or not forwarded.data)):
        return None
    if written.data.get("event") == transcripts.EVENT:
        text = await transcripts.text_of(tx, written)
        return Content(text, []) if text is not None else None
    told: dict[str, object] = written.data.get("email", {})
    signed = under(written.body, str(told.get("signature", "")))
    text = signed if forwarded is None else f"{signed}\n\n{forwarded_text(forwarded)}".lstrip()
    content = Content(text, [file for one in ids for file in files.get(one, [])])
    return content if written.body or forwarded or content.files else None


class Outbox:
    """The one of the process."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._closing = False
        self._busy: dict[tuple[UUID, UUID], asyncio.Task[None]] = {}

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        self._runtime = runtime
        runtime.registry.subscriptions.on_fact(MailQueued, lambda _: self._woken.set())
        async with leases.held(runtime.database, LEASE, self._run):
            yield

    async def _run(self, _: leases.Lease) -> None:
        self._closing = False
        try:
            await self._own_up()
            while True:
                with contextlib.suppress(DatabaseAway, *CONFLICTS):
                    await self._look()
                await is_set_within(self._woken, LOOK_S)
                self._woken.clear()
        finally:
            self._closing = True
            if self._busy:
                await asyncio.wait(self._busy.values(), timeout=FINISH_S)
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)
            self._busy.clear()

    async def _own_up(self) -> None:
        """Whoever was sending is no more: those mails may have gone, and are not sent again."""
        database, at = self._runtime.database, self._runtime.clock.now()
        async with database.transaction(Scope.system()) as tx:
            left = await Mails(tx).interrupted()
        for tenant_id, mail_id in left:
            async with database.transaction(Scope(tenant_id)) as tx:
                row = await Mails(tx).get(mail_id, lock=True)
                if row is not None and row.state == "sending":
                    await service.became(tx, row, "uncertain", at, INTERRUPTED)

    async def _look(self) -> None:
        async with self._runtime.database.transaction(Scope.system()) as tx:
            due = await Mails(tx).due()
        for key in due:
            if key not in self._busy:
                task = self._busy[key] = asyncio.create_task(self._send_all(*key))
                task.add_done_callback(lambda done, key=key: self._done(key, done))

    def _done(self, key: tuple[UUID, UUID], task: "asyncio.Task[None]") -> None:
        if self._busy.get(key) is task:
            del self._busy[key]
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, DatabaseAway):
            log.error("mails of mailbox %s could not be sent", key[1], exc_info=error)
        if not task.cancelled() and task.exception() is None:
            self._woken.set()  # something may have been queued while it ended

    async def _send_all(self, tenant_id: UUID, mailbox_id: UUID) -> None:
        while await self.send_one(tenant_id, mailbox_id):
            pass

    async def send_one(self, tenant_id: UUID, mailbox_id: UUID) -> bool:
        """The next that is due. False: none is."""
        scope, clock = Scope(tenant_id), self._runtime.clock
        async with self._runtime.database.transaction(scope) as tx:
            row = await Mails(tx).claim(mailbox_id)
            mailbox = await Mailboxes(tx).get(mailbox_id)
            content = await _content(tx, row) if row is not None else None
        if row is None or mailbox is None:
            return False
        state, problem, due_at = await self._offer(mailbox, row, content, clock.now())
        if problem:
            # What the server said is in the row: it may name the receiver.
            log.warning("mail %s: %s", row.id, state)
        await self._settle(scope, row.id, state, problem, due_at)
        return not self._closing

    async def _settle(
        self, scope: Scope, mail_id: UUID, state: str, problem: str, due_at: datetime | None
    ) -> None:
        """What came of it is known to us alone: it is told as soon as the database hears it. Who took us for dead meanwhile has
        called the mail uncertain, and not sent it."""
        while True:
            try:
                async with self._runtime.database.transaction(scope) as tx:
                    row = await Mails(tx).get(mail_id, lock=True)
                    if row is not None and row.state in ("sending", "uncertain"):
                        at = self._runtime.clock.now()
                        await service.became(tx, row, state, at, problem, due_at)
                return
            except (DatabaseAway, *CONFLICTS):
                await asyncio.sleep(AGAIN_S)

    async def _offer(
        self, mailbox: MailboxRow, row: MailRow, content: Content | None, at: datetime
    ) -> tuple[str, str, datetime | None]:
        """(state, problem, when again)."""
        if content is None or not row.receivers:
            return "failed", "the message is gone", None
        try:
            mail = mail_of(mailbox, row, content.text)
            await put_into(self._runtime.settings, mail, content.files)
            await self._hand_in(mailbox, mail, row)
        except SignInAgain as error:
            return self._later(row, f"the mailbox has to be signed in again: {error}", at)
        except (MailNotTaken, KeyMissing, ProviderAway) as error:
            return self._later(row, str(error), at)
        except (MailRefused, Damaged, FileUnreadable, ValueError, MessageError) as error:
            return "failed", str(error), None
        except MailUncertain as error:
            return "uncertain", str(error), None
        return "sent", "", None

    async def _hand_in(self, mailbox: MailboxRow, mail: EmailMessage, row: MailRow) -> None:
        """Of what we write by ourselves nobody is told that it came back. A token that the server does not take may have been
        taken back before its time: a fresh one is tried."""
        known = await credentials_of(self._runtime, mailbox)
        sender = "" if row.automatic else None
        try:
            await asyncio.to_thread(send_mail, server_of(mailbox, known), mail, sender, row.receivers)
        except MailNotSignedIn:
            if not known.token:
                raise
            known = await credentials_of(self._runtime, mailbox, refused=known.token)
            await asyncio.to_thread(send_mail, server_of(mailbox, known), mail, sender, row.receivers)

    def _later(self, row: MailRow, problem: str, at: datetime) -> tuple[str, str, datetime | None]:
        if row.attempts <= len(WAITS):
            return "queued", problem, at + WAITS[row.attempts - 1]
        return "failed", problem, None
