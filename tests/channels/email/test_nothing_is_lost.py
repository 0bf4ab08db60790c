"""Servers, networks and processes die at any step: no mail is lost, none is there twice, and what nobody can know is said."""

import asyncio
import contextlib
import re
import signal
import socket
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.api import Site
from tests.channels.email.post import Office
from tests.channels.email.servers import ELSEWHERE, PASSWORD, MailServers
from tests.support import until
from tongdai.channels.email.imap import Session
from tongdai.channels.email.mailboxes import Cursor
from tongdai.channels.email.outbox import Outbox
from tongdai.channels.email.reader import Line, Reader
from tongdai.channels.email.repository import Mails
from tongdai.platform.database import Scope


async def unread(office: Office) -> list[int]:
    """UIDs that their server calls unread."""

    def look() -> list[int]:
        session = Session(
            {"host": "127.0.0.1", "port": office.servers.imap, "security": "none"}, office.address, PASSWORD
        )
        with contextlib.closing(session):
            return session._search("UNSEEN")  # pyright: ignore[reportPrivateUsage]

    return await asyncio.to_thread(look)


@contextlib.asynccontextmanager
async def by_hand(office: Office) -> AsyncGenerator[tuple[Reader, Line, int]]:
    """The mailbox's reader, step by step: the app's own has stopped."""
    await office.admin.ok("DELETE", f"/mailboxes/{office.mailbox['id']}")

    async def stopped() -> bool:
        held = "SELECT count(*) FROM leases WHERE name = %(name)s AND expires_at > now()"
        async with office.site.world.database.transaction(Scope.system()) as tx:
            return not await tx.fetch_value(held, {"name": f"channels.mailbox.{office.mailbox['id']}"})

    await until(stopped)
    row = await office.row()
    line = Line()
    try:
        yield Reader(office.site.runtime, row), line, await line.open(row, PASSWORD)
    finally:
        line.close()


async def delivered(office: Office, count: int) -> None:
    async def there() -> bool:
        return len(office.servers.letters(office.address)) == count

    await until(there)


async def test_who_dies_between_storing_and_marking_leaves_one_mail_that_is_marked_later(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    lan = office.customer()
    async with by_hand(office) as (reader, line, validity):
        lan.write(office.address, "Hi")
        await delivered(office, 1)
        (uid,) = await line.do(lambda session: session.after(0))
        assert await reader.store(line, Cursor(validity, uid))
    assert await unread(office) == [uid]
    async with by_hand(office) as (reader, line, validity):
        await reader.catch_up(line, validity)
        await reader.catch_up(line, validity)
    assert await unread(office) == []
    assert (await office.counted("messages"), await office.counted("interactions")) == (1, 1)


async def test_who_dies_before_storing_leaves_it_to_the_next(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    async with by_hand(office) as (_, line, _):
        lan.write(office.address, "Hi")
        await delivered(office, 1)
        (uid,) = await line.do(lambda session: session.after(0))
        assert (await line.do(lambda session: session.fetch(uid))) is not None
    await office.admin.ok("POST", f"/mailboxes/{office.mailbox['id']}/restore")
    card = await office.taken()
    await office.reads(card, "Hi")


async def test_two_readers_at_once_store_a_mail_once(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    async with by_hand(office) as (reader, line, validity), by_hand(office) as (second, other, _):
        for number in range(5):
            lan.write(office.address, f"Letter {number}")
        await delivered(office, 5)
        await asyncio.gather(reader.catch_up(line, validity), second.catch_up(other, validity))
    assert (await office.counted("messages"), await office.counted("conversations")) == (5, 5)
    assert await unread(office) == []


async def test_news_that_come_beside_another_answer_are_looked_at(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    async with by_hand(office) as (_, line, _):
        lan.write(office.address, "First")
        await delivered(office, 1)
        (uid,) = await line.do(lambda session: session.after(0))
        lan.write(office.address, "Second")
        await delivered(office, 2)
        await line.do(lambda session: session.mark_read([uid]))  # its answer tells of the second
        async with asyncio.timeout(30):
            await line.do(lambda session: session.wait(60))
        assert len(await line.do(lambda session: session.after(uid))) == 1


async def test_the_same_mail_delivered_twice_is_one_message(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    sent = lan.write(office.address, "Hi")
    servers.hand_in(lan.address, office.address, sent.as_bytes())
    await delivered(office, 2)
    lan.write(office.address, "Second", "Another matter")
    await office.taken()

    async def all_read() -> bool:
        return await unread(office) == []

    await until(all_read)
    assert await office.counted("messages") == 2


async def test_another_uidvalidity_brings_nothing_twice_and_loses_nothing(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    lan.write(office.address, "First")
    card = await office.taken()
    await office.reads(card, "First")
    servers.stop("dovecot", signal.SIGKILL)
    await until(lambda: _free(servers.imap))
    for path in servers.maildir(office.address).glob("dovecot.index*"):
        path.unlink()
    uids = servers.maildir(office.address) / "dovecot-uidlist"
    head = uids.read_text().splitlines()[0]
    uids.write_text(re.sub(r"V(\d+)", lambda found: f"V{int(found[1]) + 1000}", head) + "\n")
    await _put(
        servers, office.address, "before-it.shop", lan.letter(office.address, "Second", "Other").as_bytes()
    )
    servers.start_dovecot()
    lan.write(office.address, "Third", "Third")

    async def all_here() -> bool:
        return await office.counted("messages") == 3

    await until(all_here, timeout=60)
    assert await office.counted("conversations") == 3


async def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


async def _put(servers: MailServers, address: str, name: str, raw: bytes) -> None:
    """Into the folder itself, as a server does that restores a backup."""
    path = Path(servers.maildir(address)) / "new" / f"1796066324.{name}"
    path.write_bytes(raw)
    servers.own(path)


async def test_a_server_that_is_killed_and_comes_back_brings_what_came_meanwhile(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    lan = office.customer()
    lan.write(office.address, "First")
    card = await office.taken()
    servers.stop("dovecot", signal.SIGKILL)
    lan.write(office.address, "While it was away", "Other")

    async def seen() -> bool:
        return (await office.state())[0] == "unreachable"

    await until(seen)
    servers.start_dovecot()

    async def both() -> bool:
        return await office.counted("messages") == 2

    await until(both, timeout=60)
    assert (await office.state()) == ("reading", "")
    await office.reads(card, "First")


async def test_what_cannot_be_handed_in_now_is_sent_once_later(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    lan.write(office.address, "Hi")
    card = await office.taken()
    servers.stop("postfix", signal.SIGKILL)
    await until(lambda: _free(servers.smtp))
    await office.says(card, "Hello")

    await until(lambda: _tried(office, card))
    servers.start_postfix()
    await _due_now(office)
    async with _another_process(office):
        await lan.gets()
        await office.becomes(card, "sent")


async def _tried(office: Office, card: dict[str, Any]) -> bool:
    told = (await office.messages(card))[-1]["data"]["email"]
    return told["state"] == "queued" and told["problem"] != ""


async def _due_now(office: Office) -> None:
    async with office.site.world.transaction() as tx:
        await tx.execute("UPDATE mails SET due_at = now() WHERE tenant_id = %(tenant)s AND state = 'queued'")


@contextlib.asynccontextmanager
async def _another_process(office: Office) -> AsyncGenerator[None]:
    """An outbox beside the app's, at work without its lease: what both would send must still go once."""
    outbox = Outbox()
    outbox._runtime = office.site.runtime  # pyright: ignore[reportPrivateUsage]
    row = await office.row()
    await asyncio.gather(*[outbox.send_one(row.tenant_id, row.id) for _ in range(3)])
    yield


async def test_who_dies_while_sending_says_that_nobody_knows_and_sends_nothing_again(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    lan = office.customer()
    lan.write(office.address, "Hi")
    card = await office.taken()
    servers.stop("postfix", signal.SIGKILL)
    await until(lambda: _free(servers.smtp))
    await office.says(card, "Hello")
    await until(lambda: _tried(office, card))
    servers.start_postfix()

    async def claimed() -> bool:
        await _due_now(office)
        async with office.site.world.transaction() as tx:
            return await Mails(tx).claim(UUID(office.mailbox["id"])) is not None

    await until(claimed)  # and here the process died
    next_one = Outbox()
    next_one._runtime = office.site.runtime  # pyright: ignore[reportPrivateUsage]
    await next_one._own_up()  # pyright: ignore[reportPrivateUsage]
    told = await office.becomes(card, "uncertain")
    assert told["problem"] == "interrupted"
    await office.says(card, "Did you get my answer?")
    got = await lan.gets()
    assert "Did you get" in got.as_string()


async def test_a_line_that_breaks_after_the_last_byte_leaves_the_mail_uncertain(
    site: Site, servers: MailServers
):
    class Taker(asyncio.Protocol):
        taken = 0

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.line: Any = transport
            self.line.write(b"220 here\r\n")
            self.content = False

        def data_received(self, data: bytes) -> None:
            if self.content:
                if data.endswith(b"\r\n.\r\n"):
                    Taker.taken += 1
                    self.line.abort()
            elif data.upper().startswith(b"DATA"):
                self.content = True
                self.line.write(b"354 go on\r\n")
            elif data.upper().startswith(b"EHLO"):
                self.line.write(b"250-here\r\n250 AUTH PLAIN\r\n")
            elif data.upper().startswith(b"AUTH"):
                self.line.write(b"235 ok\r\n")
            else:
                self.line.write(b"250 ok\r\n")

    listening = await asyncio.get_running_loop().create_server(Taker, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    smtp = {"host": "127.0.0.1", "port": port, "security": "none"}
    office = await Office.open(site, servers, smtp=smtp)
    lan = office.customer()
    lan.write(office.address, "Hi")
    card = await office.taken()
    await office.says(card, "Hello")
    await office.becomes(card, "uncertain")
    await office.says(card, "Hello again")

    async def both() -> bool:
        ours = [one for one in await office.messages(card) if one["author"] == "agent"]
        return [one["data"]["email"]["state"] for one in ours] == ["uncertain", "uncertain"]

    await until(both)
    assert Taker.taken == 2
    listening.close()


async def test_whom_the_server_does_not_know_is_told_at_once(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    stranger = f"no-such@{ELSEWHERE}"
    servers.hand_in(lan.address, office.address, lan.letter(office.address, "Hi", From=stranger).as_bytes())
    card = await office.taken()
    await office.says(card, "Hello")
    told = await office.becomes(card, "failed")
    assert "550 5.1.1" in told["problem"]


async def test_what_comes_back_is_shown_and_concerns_somebody_also_after_the_end(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    lan = office.customer()
    ghost = f"ghost@{ELSEWHERE}"
    servers.hand_in(lan.address, office.address, lan.letter(office.address, "Hi", From=ghost).as_bytes())
    card = await office.taken()
    await office.says(card, "Hello")
    told = await office.becomes(card, "bounced")
    assert "User doesn't exist" in told["problem"]
    assert [one["data"]["event"] for one in await office.messages(card, "event")] == ["bounced"]
    assert await office.counted("interactions") == 1
    servers.stop("postfix", signal.SIGKILL)
    await until(lambda: _free(servers.smtp))
    await office.says(card, "Hello?")
    await until(lambda: _tried(office, card))
    await office.close(card)
    servers.start_postfix()
    await _due_now(office)
    async with _another_process(office):
        again = await office.card(office.agent, "offered")
    assert again["thread"]["conversation_id"] == card["thread"]["conversation_id"]


async def test_a_machine_that_answers_starts_nothing(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    servers.away(lan.address)
    lan.write(office.address, "Hi")
    card = await office.taken()
    await office.says(card, "Hello")
    await office.reads(card, "Hi", "Hello", "I am away.")
    assert (await office.messages(card))[-1]["data"]["email"]["automatic"] is True
    await office.says(card, "And goodbye")
    await office.close(card)

    async def answered() -> bool:
        return [one["body"] for one in await office.messages(card)][-2:] == ["And goodbye", "I am away."]

    await until(answered)
    assert await office.counted("interactions") == 1
    assert (await office.agent.ok("GET", "/workspace"))["assignments"] == []


async def test_a_broken_mail_holds_up_nothing(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    raw = (
        b"From: Lan <"
        + lan.address.encode()
        + b">\r\nTo: x\r\nSubject: =?utf-8?b?broken\r\nContent-Type: multipart/mixed; boundary=x\r\n"
        b"\r\n--x\r\nContent-Type: text/html; charset=nothing\r\n\r\n<p>Hi \xff <script>x()</script>\r\n--x\r\nContent-Type: "
        b'application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!'
    )
    servers.hand_in(lan.address, office.address, raw)
    card = await office.taken()
    (first,) = await office.messages(card)
    assert first["body"].startswith("Hi")
    assert [one["name"][:5] for one in first["attachments"]] == ["a.pdf"]
    lan.write(office.address, "Fine", "Other")

    async def both() -> bool:
        return await office.counted("messages") == 2

    await until(both)
