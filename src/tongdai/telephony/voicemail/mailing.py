"""Messages by mail: each due row is sent once at most, and tried again while it is certain that it was not taken.

The row's state is the queue, so that nothing is lost when any process dies. One process per installation sends, under a lease.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from email.headerregistry import Address
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from tongdai.kit.phone import national_format
from tongdai.kit.waiting import is_set_within
from tongdai.platform import leases
from tongdai.platform.database import Scope
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.facts import Recorded
from tongdai.platform.files import OutsideTheStore
from tongdai.platform.mail import MailNotTaken, MailRefused, MailServer, MailUncertain, send_mail
from tongdai.platform.registry import Runtime
from tongdai.platform.sealed import Damaged, KeyMissing
from tongdai.telephony.events import VoicemailLeft
from tongdai.telephony.recording.repository import Recordings
from tongdai.telephony.voicemail.mails import MailFacts, MailRow, Mails
from tongdai.telephony.voicemail.policies import next_try
from tongdai.telephony.voicemail.sound import stored_sound

log = logging.getLogger(__name__)

LEASE = "telephony.voicemail_mails"
LOOK_S = 20.0
_SUBJECT = {
    "en": "Voicemail from {who} ({length})",
    "vi": "Thư thoại từ {who} ({length})",
    "uk": "Голосове повідомлення від {who} ({length})",
}
_BODY = {
    "en": "{who} left you a voicemail of {length} on {at}.\n\nListen to it: {link}\n",
    "vi": "{who} đã để lại cho bạn thư thoại dài {length} lúc {at}.\n\nNghe tại: {link}\n",
    "uk": "{who} залишає вам голосове повідомлення тривалістю {length}, {at}.\n\nПослухати: {link}\n",
}
_HIDDEN = {"en": "a hidden number", "vi": "số ẩn", "uk": "прихований номер"}


def mail_of(facts: MailFacts, sender: str, public_url: str, sound: bytes | None) -> EmailMessage:
    """The mail. Its Message-ID is the message's, so that a server that sees it twice can tell."""
    words = facts.locale if facts.locale in _SUBJECT else "en"
    number = national_format(facts.number) if facts.number.startswith("+") else facts.number
    shown = " ".join("".join(char if char.isprintable() else " " for char in facts.name).split())
    who = f"{shown} ({number})" if shown and number else shown or number or _HIDDEN[words]
    length = f"{round(facts.seconds) // 60}:{round(facts.seconds) % 60:02}"
    at = facts.at.astimezone(ZoneInfo(facts.time_zone))
    mail = EmailMessage()
    mail["Subject"] = _SUBJECT[words].format(who=who, length=length)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=facts.address)
    mail["Date"] = facts.at
    mail["Message-ID"] = f"<{facts.voicemail_id}@voicemail.tongdai>"
    mail["Auto-Submitted"] = "auto-generated"
    body = _BODY[words].format(
        who=who, length=length, at=f"{at:%d.%m.%Y %H:%M}", link=f"{public_url}/voicemails"
    )
    mail.set_content(body)
    if sound is not None:
        mail.add_attachment(
            sound, maintype="audio", subtype="ogg", filename=f"voicemail-{at:%Y-%m-%d-%H%M}.ogg"
        )
    return mail


class Mailer:
    """At work only where a mail server is configured."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        self._runtime = runtime
        if not runtime.settings.smtp_host:
            yield
            return
        runtime.registry.subscriptions.on_fact(VoicemailLeft, self._left)
        async with leases.held(runtime.database, LEASE, self._run):
            yield

    def _left(self, _: Recorded) -> None:
        self._woken.set()

    async def _run(self, _: leases.Lease) -> None:
        async with self._runtime.database.transaction(Scope.system()) as tx:
            await Mails(tx).interrupted()
        while True:
            with contextlib.suppress(DatabaseAway):
                while await self._send_one():
                    pass
            await is_set_within(self._woken, LOOK_S)
            self._woken.clear()

    async def _send_one(self) -> bool:
        database = self._runtime.database
        async with database.transaction(Scope.system()) as tx:
            row = await Mails(tx).claim()
        if row is None:
            return False
        scope = Scope(row.tenant_id)
        async with database.transaction(scope) as tx:
            facts = await Mails(tx).facts(row.voicemail_id)
            recording = await Recordings(tx).get(facts.recording_id) if facts is not None else None
            if facts is None or recording is None:
                await Mails(tx).over(row.voicemail_id, "failed", "the message is gone")
                return True
        settings = self._runtime.settings
        try:
            sound = await stored_sound(settings, recording) if facts.sound else None
            mail = mail_of(facts, settings.smtp_from, settings.public_url, sound)
            await asyncio.to_thread(send_mail, MailServer.of(settings), mail)
        except (MailNotTaken, OSError, KeyMissing) as error:
            await self._later(row, str(error))
        except (MailRefused, Damaged, OutsideTheStore, ValueError) as error:
            await self._over(row, "failed", str(error))
        except MailUncertain as error:
            await self._over(row, "uncertain", str(error))
        else:
            await self._over(row, "sent")
        return True

    async def _later(self, row: MailRow, problem: str) -> None:
        due = next_try(row.attempts, self._runtime.clock.now())
        if due is None:
            await self._over(row, "failed", problem)
            return
        log.info("the mail of voicemail %s is tried again at %s", row.voicemail_id, due)
        async with self._runtime.database.transaction(Scope(row.tenant_id)) as tx:
            await Mails(tx).again(row.voicemail_id, due, problem)

    async def _over(self, row: MailRow, state: str, problem: str = "") -> None:
        if problem:
            # What the server said is in the row: it may name the receiver.
            log.warning("the mail of voicemail %s: %s", row.voicemail_id, state)
        async with self._runtime.database.transaction(Scope(row.tenant_id)) as tx:
            await Mails(tx).over(row.voicemail_id, state, problem)
