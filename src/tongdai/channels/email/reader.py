"""Mailboxes are read for as long as the process serves: each by one process of all, told by its server when something comes.

A step reads one mail, stores it and only then marks it as read there. Where a process dies in between, the next reader finds
out by the cursor and by what is stored and not marked; nothing of it depends on what a dead one knew.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.email.access import Credentials, credentials_of
from tongdai.channels.email.files import laid_in, taken
from tongdai.channels.email.imap import IDLE_S, LONGEST_IDLE_S, Session, Trouble
from tongdai.channels.email.mailboxes import Cursor, Mailboxes, MailboxRow
from tongdai.channels.email.oauth import ProviderAway, SignInAgain
from tongdai.channels.email.pages import content_ids
from tongdai.channels.email.reading import read
from tongdai.channels.email.receiving import conversation_of, receive
from tongdai.channels.email.repository import Mails
from tongdai.channels.email.rules import Letter, sort
from tongdai.channels.email.spam import put_away
from tongdai.channels.events import MailboxChanged
from tongdai.kit.waiting import is_set_within
from tongdai.platform import leases
from tongdai.platform.database import Scope
from tongdai.platform.database.driver import CONFLICTS
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.errors import AppError
from tongdai.platform.registry import Runtime
from tongdai.platform.sealed import Damaged, KeyMissing, KeyRing

log = logging.getLogger(__name__)

LOOK_S = 30.0
LEASE_S = 10.0
AGAIN_S = (1.0, 5.0, 15.0, 60.0)
"""Between attempts to open a mailbox that cannot be read."""
SKEW = timedelta(minutes=5)
"""So much may a server's clock be behind ours."""
T = TypeVar("T")


class Line:
    """A session in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "imap")
        self._session: Session | None = None

    async def open(self, mailbox: MailboxRow, password: str, token: str = "") -> int:
        """Gives the folder's UIDVALIDITY. Raises Trouble."""
        opening = partial(Session, mailbox.imap, mailbox.username, password, token)
        session: Session = await self._run(opening)
        self._session = session
        return session.uid_validity

    async def do(self, work: Callable[[Session], T]) -> T:
        assert self._session is not None
        return await self._run(partial(work, self._session))

    async def _run(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Whatever the thread waits for ends with the connection."""
        if self._session is not None:
            with contextlib.suppress(OSError):
                self._session.close()
        self._thread.shutdown(wait=False, cancel_futures=True)


class Reader:
    """Reads one mailbox."""

    def __init__(self, runtime: Runtime, mailbox: MailboxRow) -> None:
        self._runtime = runtime
        self._mailbox = mailbox
        self._scope = Scope(mailbox.tenant_id)

    async def run(self, _: leases.Lease) -> None:
        """For as long as we hold the lease. What hinders is shown, and tried again."""
        failures = 0
        while True:
            try:
                async with self._opened() as (line, validity):
                    await self._tell("reading", "")
                    failures = 0
                    patience = IDLE_S
                    while True:
                        news = await self.catch_up(line, validity)
                        patience = IDLE_S if news else min(patience * 2, LONGEST_IDLE_S)
                        await line.do(partial(Session.wait, seconds=patience))
            except Trouble as error:
                if failures or error.state != "unreachable":
                    await self._tell(error.state, str(error))
            except AppError as error:
                await self._tell("storing", error.detail)
            except (DatabaseAway, *CONFLICTS):
                pass
            except Exception as error:
                log.exception("mailbox %s could not be read", self._mailbox.id)
                await self._tell("storing", type(error).__name__)
            await asyncio.sleep(AGAIN_S[min(failures, len(AGAIN_S) - 1)])
            failures += 1

    @contextlib.asynccontextmanager
    async def _opened(self) -> AsyncGenerator[tuple[Line, int]]:
        line = Line()
        try:
            yield line, await self._sign_in(line)
        finally:
            line.close()

    async def _sign_in(self, line: Line) -> int:
        """A token that the server does not take may have been taken back before its time: a fresh one is tried."""
        known = await self._credentials()
        try:
            return await line.open(self._mailbox, known.password, known.token)
        except Trouble as error:
            if error.state != "sign_in" or not known.token:
                raise
        fresh = await self._credentials(refused=known.token)
        return await line.open(self._mailbox, fresh.password, fresh.token)

    async def _credentials(self, refused: str = "") -> Credentials:
        try:
            return await credentials_of(self._runtime, self._mailbox, refused)
        except (KeyMissing, Damaged) as error:
            raise Trouble("key", str(error)) from error
        except SignInAgain as error:
            raise Trouble("sign_again", str(error)) from error
        except ProviderAway as error:
            raise Trouble("provider", str(error)) from error

    async def _tell(self, state: str, problem: str) -> None:
        with contextlib.suppress(DatabaseAway):
            async with self._runtime.database.transaction(self._scope) as tx:
                await Mailboxes(tx).tell(self._mailbox.id, state, problem, self._runtime.clock.now())

    async def catch_up(self, line: Line, validity: int) -> bool:
        """Everything that has come since we looked last; gives whether there was anything. Another UIDVALIDITY: all since the
        mailbox is ours is looked at again, and what is here already is known by its Message-ID."""
        mailbox = self._mailbox
        async with self._runtime.database.transaction(self._scope) as tx:
            cursor = await Mailboxes(tx).cursor(mailbox.id)
            anew = cursor.uid_validity != validity
            if anew:
                await Mails(tx).mark(mailbox.id)  # those UIDs mean other mails now
            unmarked = await Mails(tx).unmarked(mailbox.id)
        if unmarked:
            await self.mark(line, unmarked)
        if anew:
            uids = await line.do(lambda session: session.since(mailbox.since - SKEW))
        else:
            uids = await line.do(lambda session: session.after(cursor.last_uid))
        for uid in uids:
            if await self.store(line, Cursor(validity, uid)):
                await self.mark(line, [uid])
        if uids or anew:
            async with self._runtime.database.transaction(self._scope) as tx:
                await Mailboxes(tx).move(
                    mailbox.id, Cursor(validity, max([*uids, 0 if anew else cursor.last_uid]))
                )
        return bool(uids)

    async def store(self, line: Line, cursor: Cursor) -> bool:
        """Read one mail and keep it. False: it is gone, or older than our mailbox."""
        mailbox = self._mailbox
        fetched = await line.do(lambda session: session.fetch(cursor.last_uid))
        if fetched is None or (fetched.came_at is not None and fetched.came_at < mailbox.since - SKEW):
            return False
        mail = await asyncio.to_thread(partial(read, fetched.raw, cut=fetched.cut))
        at, database = self._runtime.clock.now(), self._runtime.database
        sorted_to = await asyncio.to_thread(sort, mailbox.sorting, Letter.of(mail))
        async with database.transaction(self._scope) as tx:
            known = await Mails(tx).with_id(mailbox.id, "in", mail.message_id) is not None
            answers = sorted_to.spam and await conversation_of(tx, mailbox, mail) is not None
        spam = sorted_to.spam and not answers
        files = () if known or spam or mail.bounce is not None else taken(mail.files, content_ids(mail.html))
        ring = KeyRing(self._runtime.settings.key_ring)
        sealed = await asyncio.to_thread(put_away, mailbox, fetched.raw, ring) if spam else None
        async with (
            laid_in(self._runtime.settings, mailbox.tenant_id, files, at) as kept,
            database.transaction(self._scope) as tx,
        ):
            dialogues = self._runtime.get(TextDialogues)
            await receive(tx, mailbox, cursor, mail, at, kept, sorted_to, sealed, dialogues=dialogues)
        return True

    async def mark(self, line: Line, uids: list[int]) -> None:
        """Say there that these are here."""
        await line.do(lambda session: session.mark_read(uids))
        async with self._runtime.database.transaction(self._scope) as tx:
            await Mails(tx).mark(self._mailbox.id, uids)


class Readers:
    """All mailboxes in use have a reader; what an administrator changes begins anew."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._running: dict[tuple[UUID, UUID], tuple[int, contextlib.AsyncExitStack]] = {}

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        runtime.registry.subscriptions.on_fact(MailboxChanged, lambda _: self._changed.set())
        task = asyncio.create_task(self._look_again_and_again(runtime))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            for key in list(self._running):
                await self._stop(key)

    async def _look_again_and_again(self, runtime: Runtime) -> None:
        while True:
            try:
                await self._look(runtime)
            except DatabaseAway:
                pass
            except Exception:
                log.exception("mailboxes could not be looked up")
            await is_set_within(self._changed, LOOK_S)
            self._changed.clear()

    async def _look(self, runtime: Runtime) -> None:
        async with runtime.database.transaction(Scope.system()) as tx:
            rows = {(row.tenant_id, row.id): row for row in await Mailboxes(tx).in_use()}
        for key, (version, _) in list(self._running.items()):
            if key not in rows or rows[key].version != version:
                await self._stop(key)
        for key, row in rows.items():
            if key not in self._running:
                stack = contextlib.AsyncExitStack()
                reading = leases.held(
                    runtime.database, f"channels.mailbox.{row.id}", Reader(runtime, row).run, seconds=LEASE_S
                )
                await stack.enter_async_context(reading)
                self._running[key] = (row.version, stack)

    async def _stop(self, key: tuple[UUID, UUID]) -> None:
        _, stack = self._running.pop(key)
        await stack.aclose()
