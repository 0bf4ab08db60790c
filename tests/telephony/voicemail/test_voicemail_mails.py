"""Messages by mail, to a real mail server that takes, defers, refuses, or goes away at the worst moment;
and who hears messages."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from tests.api import Site, app_of, found
from tests.support import World, until
from tests.telephony.rtp import tone

from tongdai.intelligence.public import encode
from tongdai.kit.ids import new_id
from tongdai.platform.config import Settings
from tongdai.telephony.events import RecordingChanged, VoicemailLeft
from tongdai.telephony.voicemail.policies import MAIL_WAITS, PIN_LOCK, PIN_TRIES, Tries, next_try

AT = datetime(2026, 11, 29, 8, tzinfo=UTC)


@dataclass
class MailServer:
    """Speaks SMTP. `answers`: what it says to the next mails, at the end of their content; then it takes them. "" hangs up
    instead of answering."""

    port: int = 0
    answers: list[str] = field(default_factory=list[str])
    offered: int = 0
    taken: list[EmailMessage] = field(default_factory=list[EmailMessage])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 here")
        while line := (await reader.readline()).decode().strip():
            match line.split()[0].upper():
                case "DATA":
                    say("354 go on")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    self.offered += 1
                    answer = self.answers.pop(0) if self.answers else "250 taken"
                    if not answer:
                        break
                    if answer.startswith("250"):
                        mail = message_from_bytes(content.replace(b"\r\n..", b"\r\n."), policy=policy.default)
                        assert isinstance(mail, EmailMessage)
                        self.taken.append(mail)
                    say(answer)
                case "QUIT":
                    say("221 bye")
                    break
                case _:
                    say("250 fine")
        writer.close()


@asynccontextmanager
async def mail_server() -> AsyncGenerator[MailServer]:
    server = MailServer()
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        server.port = listening.sockets[0].getsockname()[1]
        yield server


@dataclass
class Post:
    site: Site
    server: MailServer
    spool: Path

    async def box(self, mail: str = "sound") -> UUID:
        """A user who has their messages mailed."""
        person = await self.site.sign_in("agent")
        await person.ok("PUT", "/phone/voicemail", {"enabled": True, "mail": mail})
        return person.id

    async def left(self, owner: UUID, seconds: float = 2.0) -> UUID:
        """A message, as the exchange leaves it to the collector."""
        import numpy as np

        ids = {name: new_id() for name in ("interaction", "recording", "part", "message", "call")}
        source = f"rec-{ids['recording']}-customer"
        sound = np.array(tone(440, seconds)) / 32768
        (self.spool / f"{source}.wav").write_bytes(encode(sound, 8_000))
        values = {**ids, "owner": owner, "at": datetime.now(UTC), "source": source}
        async with self.site.world.transaction() as tx:
            await tx.execute(
                "INSERT INTO interactions (tenant_id, id, channel, direction, state, phase, peer_raw, peer,"
                " started_at, phase_since)"
                " VALUES (%(tenant)s, %(interaction)s, 'voice', 'inbound', 'closed', 'ended', '0912345678', '+84912345678',"
                " %(at)s, %(at)s)",
                values,
            )
            await tx.execute(
                "INSERT INTO recordings (tenant_id, id, interaction_id, call_id, kind, state, started_at, ended_at)"
                " VALUES (%(tenant)s, %(recording)s, %(interaction)s, %(call)s, 'voicemail', 'collecting', %(at)s, %(at)s)",
                values,
            )
            await tx.execute(
                "INSERT INTO recording_parts (tenant_id, id, recording_id, participant, source, started_at)"
                " VALUES (%(tenant)s, %(part)s, %(recording)s, 'customer', %(source)s, %(at)s)",
                values,
            )
            await tx.execute(
                "INSERT INTO voicemails (tenant_id, id, interaction_id, recording_id, owner_id, at)"
                " VALUES (%(tenant)s, %(message)s, %(interaction)s, %(recording)s, %(owner)s, %(at)s)",
                values,
            )
            tx.emit(
                RecordingChanged(
                    aggregate_id=ids["recording"],
                    aggregate_version=1,
                    interaction_id=ids["interaction"],
                    state="collecting",
                )
            )
        return ids["message"]

    async def state(self, message: UUID) -> str | None:
        return await self.site.world.value(
            "SELECT state FROM voicemail_mails WHERE voicemail_id = %(id)s", id=message
        )

    async def came_to(self, message: UUID, state: str) -> None:
        async def there() -> object:
            return await self.state(message) == state

        await until(there)

    async def due_now(self) -> None:
        """Its time has come; and something happens that has the mailer look."""
        async with self.site.world.transaction() as tx:
            await tx.execute(
                "UPDATE voicemail_mails SET due_at = now() WHERE tenant_id = %(tenant)s AND state = 'due'"
            )
            tx.emit(VoicemailLeft(aggregate_id=new_id(), aggregate_version=1, interaction_id=new_id()))


@asynccontextmanager
async def running(dsn: str, folder: Path, server: MailServer) -> AsyncGenerator[Post]:
    spool = folder / "spool"
    spool.mkdir(exist_ok=True)
    settings = Settings(
        database_dsn=dsn,
        data_dir=folder,
        asterisk_recordings=spool,
        smtp_host="127.0.0.1",
        smtp_port=server.port,
        smtp_security="none",
        smtp_from="voicemail@example.com",
    )
    app = app_of(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield Post(await found(app, stack), server, spool)


@pytest.fixture
async def post(dsn: str, tmp_path: Path) -> AsyncIterator[Post]:
    async with mail_server() as server, running(dsn, tmp_path, server) as made:
        yield made


async def test_a_message_is_mailed_with_its_sound(post: Post):
    owner = await post.box()
    address = await post.site.world.value("SELECT email FROM users WHERE id = %(id)s", id=owner)
    message = await post.left(owner)
    await post.came_to(message, "sent")
    (mail,) = post.server.taken
    assert mail["To"] == address
    assert mail["Subject"] == "Voicemail from 0912 345 678 (0:02)"
    (sound,) = mail.iter_attachments()
    assert sound.get_content_type() == "audio/ogg"
    assert sound.get_content().startswith(b"OggS")


async def test_a_notice_has_no_sound_and_who_wants_none_gets_none(post: Post):
    told, silent = await post.box("notice"), await post.box("none")
    quiet = await post.left(silent)
    message = await post.left(told)
    await post.came_to(message, "sent")
    (mail,) = post.server.taken
    assert list(mail.iter_attachments()) == []
    assert await post.state(quiet) is None


async def test_a_mail_that_was_not_taken_is_sent_again_and_then_once(post: Post):
    post.server.answers = ["451 later"]
    message = await post.left(await post.box())

    async def deferred() -> object:
        return await post.state(message) == "due" and post.server.offered == 1

    await until(deferred)
    await post.due_now()
    await post.came_to(message, "sent")
    assert (post.server.offered, len(post.server.taken)) == (2, 1)


@pytest.mark.parametrize(("answer", "state"), [("550 no such person", "failed"), ("", "uncertain")])
async def test_a_mail_is_never_offered_twice_that_may_have_been_taken(post: Post, answer: str, state: str):
    """Refused for good, or the line broke where it should have been answered: it stays with that."""
    post.server.answers = [answer]
    message = await post.left(await post.box())
    await post.came_to(message, state)
    other = await post.left(await post.box())
    await post.due_now()
    await post.came_to(other, "sent")
    assert (post.server.offered, await post.state(message)) == (2, state)


async def test_a_mail_that_was_being_sent_when_we_died_is_not_sent_again(dsn: str, tmp_path: Path):
    async with mail_server() as server:
        async with running(dsn, tmp_path, server) as post:
            message = await post.left(await post.box())
            await post.came_to(message, "sent")
            await post.site.world.value(
                "UPDATE voicemail_mails SET state = 'sending' WHERE voicemail_id = %(id)s RETURNING state",
                id=message,
            )
        async with running(dsn, tmp_path, server) as again:
            again.site.world = World(again.site.runtime.database, post.site.world.tenant_id)
            await again.came_to(message, "uncertain")
        assert server.offered == 1


async def test_less_than_a_second_is_no_message(post: Post):
    owner = await post.box()
    await post.left(owner, 0.4)
    message = await post.left(owner)
    await post.came_to(message, "sent")
    assert (
        await post.site.world.value("SELECT count(*) FROM voicemails WHERE owner_id = %(id)s", id=owner) == 1
    )
    assert len(post.server.taken) == 1


def test_the_times_of_attempts_and_wrong_pins():
    assert next_try(1, AT) == AT + MAIL_WAITS[0]
    assert next_try(len(MAIL_WAITS) + 1, AT) is None
    tries = Tries()
    for _ in range(PIN_TRIES - 1):
        tries = tries.after(AT, right=False)
        assert not tries.locked(AT)
    assert tries.after(AT, right=True) == Tries()
    locked = tries.after(AT, right=False)
    assert locked.locked(AT + PIN_LOCK - timedelta(seconds=1))
    assert not locked.locked(AT + PIN_LOCK)


async def test_messages_are_their_owners_alone(post: Post):
    owner = await post.site.sign_in("agent")
    admin = await post.site.sign_in("admin")
    await owner.ok("PUT", "/phone/voicemail", {"enabled": True})
    message = await post.left(owner.id)

    async def listed() -> object:
        items = (await owner.ok("GET", "/voicemails"))["items"]
        heard = await owner.get(f"/voicemails/{message}/audio")
        return items if heard.status_code == 200 else None

    (row,) = await until(listed)
    assert (row["owner"]["id"], row["number"]["e164"], row["heard"]) == (str(owner.id), "+84912345678", False)
    assert await owner.ok("GET", "/voicemails/new") == {"new": 1}
    # An administrator hears neither the message nor its recording; nor does the log offer it.
    assert (await admin.ok("GET", "/voicemails"))["items"] == []
    assert (await admin.get(f"/voicemails/{message}/audio")).status_code == 404
    assert (await admin.get(f"/recordings/{row['recording_id']}/audio")).status_code == 404
    assert (await admin.delete(f"/voicemails/{message}")).status_code == 404
    # A file of it is for who may download; an agent may not.
    assert (await owner.get(f"/voicemails/{message}/audio", download=True)).status_code == 403


async def test_a_deleted_message_can_be_had_back_for_a_day(post: Post):
    owner = await post.site.sign_in("agent")
    message = await post.left(owner.id)

    async def stored() -> object:
        return (await owner.get(f"/voicemails/{message}/audio")).status_code == 200

    await until(stored)
    await owner.ok("DELETE", f"/voicemails/{message}")
    assert (await owner.ok("GET", "/voicemails"))["items"] == []
    assert (await owner.get(f"/voicemails/{message}/audio")).status_code == 404
    assert (await owner.ok("POST", f"/voicemails/{message}/restore"))["id"] == str(message)
    await owner.ok("DELETE", f"/voicemails/{message}")
    await post.site.world.value(
        "UPDATE voicemails SET deleted_at = now() - interval '25 hours' WHERE id = %(id)s RETURNING id",
        id=message,
    )

    async def erased() -> object:
        return (
            await post.site.world.value(
                "SELECT r.state FROM recordings r WHERE NOT EXISTS (SELECT FROM voicemails) AND r.tenant_id = %(tenant)s"
            )
            == "erased"
        )

    await until(erased)
    assert (await owner.post(f"/voicemails/{message}/restore")).status_code == 404


async def test_members_hear_their_groups_messages(post: Post):
    admin, member = await post.site.sign_in("admin"), await post.site.sign_in("agent")
    made = {"name": "Sales", "extension": "7100", "member_ids": [str(member.id)]}
    group = await admin.ok("POST", "/ring-groups", made)
    where = f"/ring-groups/{group['id']}/voicemail"
    refused = await admin.put(where, enabled=True, mail="notice")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "mail_to")
    box = await admin.ok("PUT", where, {"enabled": True, "mail": "notice", "mail_to": "sales@example.com"})
    assert box["mail_to"] == "sales@example.com"
    assert (await member.put(where, enabled=False)).status_code == 403
    message = await post.left(UUID(group["id"]))
    await post.came_to(message, "sent")
    (mail,) = post.server.taken
    assert mail["To"] == "sales@example.com"
    (row,) = (await member.ok("GET", "/voicemails"))["items"]
    assert (row["owner"]["name"], row["mail"]) == ("Sales", "sent")
    assert (await admin.ok("GET", "/voicemails"))["items"] == []


async def test_a_greeting_is_uploaded_heard_and_taken_back(post: Post):
    import numpy as np

    owner = await post.site.sign_in("agent")
    sound = encode(np.array(tone(440, 1.0)) / 32768, 8_000)
    put = await owner.http.put("/phone/voicemail/greeting", files={"audio": ("hello.wav", sound)})
    assert (put.status_code, put.json()["greeting_s"]) == (200, 1.0)
    assert (await owner.get("/phone/voicemail/greeting")).content.startswith(b"RIFF")
    bad = await owner.http.put("/phone/voicemail/greeting", files={"audio": ("x.wav", b"no sound")})
    assert bad.status_code in (400, 415, 422)
    assert (await owner.ok("DELETE", "/phone/voicemail/greeting"))["greeting_s"] is None
    assert (await owner.get("/phone/voicemail/greeting")).status_code == 404


async def test_a_pin_is_never_shown(post: Post):
    owner = await post.site.sign_in("agent")
    assert (await owner.put("/phone/voicemail", enabled=True, pin="12")).status_code == 422
    kept = await owner.ok("PUT", "/phone/voicemail", {"enabled": True, "pin": "2468"})
    assert (kept["has_pin"], "pin" in kept) == (True, False)
    again = await owner.ok("PUT", "/phone/voicemail", {"enabled": True})
    assert again["has_pin"] is True
    assert (await owner.ok("PUT", "/phone/voicemail", {"enabled": True, "pin": ""}))["has_pin"] is False


async def test_forwarding_to_voicemail_needs_a_box(post: Post):
    owner = await post.site.sign_in("agent")
    refused = await owner.put("/phone/forwarding", busy="voicemail")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "busy")
    await owner.ok("PUT", "/phone/voicemail", {"enabled": True})
    assert (await owner.ok("PUT", "/phone/forwarding", {"busy": "voicemail"}))["busy"] == "voicemail"
