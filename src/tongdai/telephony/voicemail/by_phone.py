"""Messages heard by phone: one's own from one's own phone, anybody's by extension and PIN."""

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.flows.public import BadAudio, convert_audio
from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.platform.config import Settings
from tongdai.platform.database import Scope
from tongdai.platform.files import OutsideTheStore
from tongdai.platform.sealed import Damaged, KeyMissing
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.phones.handset import Handset
from tongdai.telephony.recording.repository import Recordings
from tongdai.telephony.voicemail import mailbox
from tongdai.telephony.voicemail.repository import Boxes, MessageRow, Messages
from tongdai.telephony.voicemail.sound import phone_sound
from tongdai.telephony.voicemail.words import from_number, number_of_new, said

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

SIGN_INS = 3
"""Attempts of one call."""
KEY_S = 8.0
ASKED = 3
"""So often the keys are told to who presses none."""
GREETING_S = 60
FOLDER = "messages"


class ByPhone:
    """One phone that hears messages."""

    def __init__(self, exchange: "Exchange", tenant_id: UUID, handset: Handset) -> None:
        self._exchange = exchange
        self._scope = Scope(tenant_id)
        self._tenant_id = tenant_id
        self._handset = handset
        self._language = handset.language

    async def serve(self, user: UUID | None) -> None:
        """`user`: whose phone it is; None: whoever knows their PIN."""
        if user is None:
            user = await self._sign_in()
        if user is not None:
            await self._hear(user)
        await self._say("goodbye")

    async def _say(self, what: str) -> str | None:
        return await self._handset.say(said(what, self._language))

    async def _remark(self, what: str) -> None:
        await self._handset.remark(said(what, self._language))

    # Who it is

    async def _sign_in(self) -> UUID | None:
        for _ in range(SIGN_INS):
            extension = await self._handset.digits(await self._say("mailbox"), 8, KEY_S)
            pin = await self._handset.digits(await self._say("pin"), 12, KEY_S)
            user = await self._known(extension, pin)
            if user is not None:
                return user
            await self._remark("wrong")
        return None

    async def _known(self, extension: str, pin: str) -> UUID | None:
        """The user at this extension, if that is their PIN. Wrong ones are counted for the box, whoever calls."""
        async with self._exchange.database.transaction(self._scope) as tx:
            user = await Reach(tx).at(extension)
            stored = (await Boxes(tx).of(user)).pin if user is not None else ""
        right = await asyncio.to_thread(people.verify_password, stored or None, pin)
        if user is None or not stored:
            return None
        async with self._exchange.database.transaction(self._scope) as tx:
            await Boxes(tx).lock(user)
            tries, now = (await Boxes(tx).of(user)).tries, self._exchange.clock.now()
            if tries.locked(now):
                return None
            await Boxes(tx).note_try(user, tries.after(now, right=right))
        return user if right else None

    # Hearing

    async def _hear(self, user: UUID) -> None:
        async with self._exchange.database.transaction(self._scope) as tx:
            messages = await Messages(tx).to_play(user)
        new = sum(one.heard_at is None for one in messages)
        if not messages:
            await self._remark("none")
        elif new:
            await self._handset.remark(number_of_new(new, self._language))
        for message in messages:
            if not await self._one(user, message):
                return
        if messages:
            await self._remark("no_more")
        await self._menu(user)

    async def _one(self, user: UUID, message: MessageRow) -> bool:
        """A message, as often as it is wanted. False when there shall be no other."""
        key = await self._handset.say(from_number(message.number, self._language))
        if key in (None, "1"):
            key = await self._play(user, message)
        while True:
            key = key or await self._ask("options")
            match key:
                case "1":
                    key = await self._play(user, message)
                    continue
                case "3":
                    async with self._exchange.database.transaction(Scope(self._tenant_id, user)) as tx:
                        await mailbox.delete(tx, message.id, self._exchange.clock.now(), by=user)
                    await self._remark("deleted")
                    return True
                case "2":
                    return True
                case "0":
                    await self._record_greeting(user)
                case "*" | None:
                    return False
                case _:
                    pass
            key = None

    async def _ask(self, what: str) -> str | None:
        for _ in range(ASKED):
            key = await self._say(what) or await self._handset.key(KEY_S)
            if key is not None:
                return key
        return None

    async def _menu(self, user: UUID) -> None:
        while await self._ask("menu") == "0":
            await self._record_greeting(user)

    async def _play(self, user: UUID, message: MessageRow) -> str | None:
        """Lay the sound out for as long as it plays. Who heard it has heard it, to the end or not."""
        settings = self._exchange.runtime.settings
        async with self._exchange.database.transaction(self._scope) as tx:
            recording = await Recordings(tx).get(message.recording_id)
        file = folder_of(settings) / f"{new_id()}.wav"
        try:
            if recording is None or recording.path is None:
                return await self._say("away")
            sound = await phone_sound(settings, recording)
            await asyncio.to_thread(_lay_out, file, sound)
            key = await self._handset.play([f"sound:{file.with_suffix('')}"])
        except (OSError, KeyMissing, Damaged, OutsideTheStore) as error:
            log.error("message %s cannot be played: %s", message.id, error)
            return await self._say("away")
        finally:
            await asyncio.to_thread(file.unlink, missing_ok=True)
        if message.heard_at is None:
            async with self._exchange.database.transaction(Scope(self._tenant_id, user)) as tx:
                await mailbox.heard(tx, message.id, user, self._exchange.clock.now())
        return key

    async def _record_greeting(self, user: UUID) -> None:
        spool = self._exchange.runtime.settings.asterisk_recordings
        if spool is None:
            await self._remark("away")
            return
        await self._say("record")
        name = f"greeting-{new_id()}"
        file = spool / f"{name}.wav"
        try:
            await self._handset.record(name, GREETING_S)
            sound, seconds = await convert_audio(await asyncio.to_thread(file.read_bytes))
        except (BadAudio, OSError):
            await self._remark("too_short")
            return
        finally:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(file.unlink, missing_ok=True)
        async with self._exchange.database.transaction(Scope(self._tenant_id, user)) as tx:
            await mailbox.greet_with(tx, user, sound, seconds, by=user)
        await self._remark("recorded")


def folder_of(settings: Settings) -> Path:
    """Where messages lie while they are played; nobody lists it."""
    folder = (settings.asterisk_sounds or settings.data_dir / "prompts") / FOLDER
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return folder


def _lay_out(file: Path, sound: bytes) -> None:
    file.write_bytes(sound)
    file.chmod(0o644)


def sweep(settings: Settings) -> None:
    """Remove what was being played when we were stopped."""
    for file in folder_of(settings).iterdir():
        file.unlink(missing_ok=True)
