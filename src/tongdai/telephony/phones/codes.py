"""Star codes of desk phones: carried out, confirmed by a sentence, and hung up. They are no calls, and nobody's record."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.flows.public import Speech
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope
from tongdai.platform.errors import AppError
from tongdai.telephony.ari.connection import AsteriskAway, Gone
from tongdai.telephony.extensions.forwarding import set_forwarding, with_code
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.outbound.dialplan import MESSAGES, OWN_MESSAGES, Code, read_code
from tongdai.telephony.phones.handset import Handset, HungUp, News
from tongdai.telephony.voicemail.by_phone import ByPhone

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

_ON = {"en": "Activated.", "vi": "Đã bật.", "uk": "Увімкнено."}
_OFF = {"en": "Switched off.", "vi": "Đã tắt.", "uk": "Вимкнено."}
_REFUSED = {
    "en": "This is not possible.",
    "vi": "Không thực hiện được.",
    "uk": "Це неможливо.",
}
_SOUNDS = {"Activated.": "activated", "Switched off.": "de-activated", "This is not possible.": "invalid"}


class Codes:
    """Part of the exchange."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._handsets: dict[str, Handset] = {}

    async def dialled(self, me: Principal, channel: str, code: str) -> None:
        """Carry out a code, tell how it went, hang up."""
        messages = code in (OWN_MESSAGES, MESSAGES)
        words = _REFUSED if messages else await self._carry_out(me, code)

        async def work(handset: Handset) -> None:
            if messages:
                by_phone = ByPhone(self._exchange, me.tenant_id, handset)
                await by_phone.serve(me.user_id if code == OWN_MESSAGES else None)
            else:
                await self._tell(handset, words)

        await self._talk(me.tenant_id, me.user_id, channel, work)

    async def refuse(self, me: Principal, channel: str) -> None:
        """Say that this is not possible, and hang up."""
        await self._talk(me.tenant_id, me.user_id, channel, lambda handset: self._tell(handset, _REFUSED))

    async def tell_number(self, tenant_id: UUID, user_id: UUID, channel: str, number: int) -> None:
        """Say a number digit by digit, and hang up."""

        async def work(handset: Handset) -> None:
            digits = tuple(f"digits/{digit}" for digit in str(number))
            sounds = digits if handset.language == "en" else ()
            await handset.say((Speech(text=" ".join(str(number)), language=handset.language, sounds=sounds),))

        await self._talk(tenant_id, user_id, channel, work)

    async def _talk(
        self, tenant_id: UUID, user_id: UUID, channel: str, work: Callable[[Handset], Awaitable[object]]
    ) -> None:
        """Answer a phone, talk with it in its user's language until it hangs up or nothing is left to say, and hang up."""
        async with self._exchange.database.transaction(Scope(tenant_id)) as tx:
            locale = (await people.reader_of(tx, user_id)).locale
        handset = Handset(self._exchange, tenant_id, channel, locale if locale in _REFUSED else "en")
        self._handsets[channel] = handset
        try:
            with contextlib.suppress(HungUp, Gone, AsteriskAway):
                await self._exchange.ari.channels.answer(channel)
                await work(handset)
        finally:
            del self._handsets[channel]
            await self._exchange.drop(channel)

    async def _tell(self, handset: Handset, words: dict[str, str]) -> None:
        language = handset.language
        sounds = (_SOUNDS[words["en"]],) if language == "en" else ()
        await handset.say((Speech(text=words[language], language=language, sounds=sounds),))

    def tell(self, channel: str, news: News) -> None:
        """What a phone did that talks with us."""
        if (handset := self._handsets.get(channel)) is not None:
            handset.tell(news)

    async def _carry_out(self, me: Principal, dialled: str) -> dict[str, str]:
        read = read_code(dialled)
        if read is None:
            return _REFUSED
        code, number = read
        try:
            async with self._exchange.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
                wishes = with_code(await Reach(tx).forwarding(me.user_id), code, number)
                await set_forwarding(tx, me.user_id, wishes, by=me.user_id)
        except AppError:
            return _REFUSED
        return _ON if number or code is Code.DO_NOT_DISTURB else _OFF
