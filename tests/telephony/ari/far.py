"""The same far sides on both: SIP and RTP towards a real Asterisk, method calls on the fake."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import pytest
from tests.support import until
from tests.telephony.rtp import Media
from tests.telephony.ua import Leg, Ua, held

from tongdai.kit.clock import SystemClock
from tongdai.platform.embedded.asterisk import AsteriskServer
from tongdai.platform.embedded.asterisk_config import ARI_USER
from tongdai.telephony.ari.connection import Account, AriConnection, AriError, Event, Gone
from tongdai.telephony.ari.fake import FakeAri
from tongdai.telephony.ari.fake.channels import FakeChannel
from tongdai.telephony.ari.operations import Operations
from tongdai.telephony.phones.endpoints import ConfigObject

PHONE, TRUNK = "PJSIP/conform-phone", "PJSIP/conform-trunk"
EXTEN = "19001234"


class FarLeg(Protocol):
    """The other end of one channel."""

    async def rings(self) -> None: ...
    async def answers(self) -> None: ...
    async def refuses(self, status: int) -> None: ...
    async def hangs_up(self) -> None:
        """BYE when it was answered, else CANCEL."""

    async def presses(self, key: str) -> None: ...
    async def holds(self, *, held: bool) -> None: ...
    async def told(self) -> int:
        """How we ended it: the SIP status that an unanswered caller got, or 0 for BYE and CANCEL."""
        ...


class Line:
    """One application on one switch, with what reached it. `far` makes the other ends act."""

    def __init__(self, account: Account) -> None:
        self.events: list[Event] = []
        self.connection = AriConnection(account, self._take, self._up)
        self.ups = 0
        self._news = asyncio.Event()
        self._seen = 0

    @property
    def ari(self) -> Operations:
        return self.connection.ari

    def _take(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()

    async def _up(self) -> None:
        self.ups += 1
        self._news.set()

    async def up(self, times: int = 1) -> None:
        await self._until(lambda: self.ups >= times)

    async def event(self, kind: str, **wanted: Any) -> Event:
        """The next event of a kind (others before it are passed); `channel` is an id, other keywords are its fields."""
        found: list[Event] = []

        def look() -> bool:
            while self._seen < len(self.events):
                event = self.events[self._seen]
                self._seen += 1
                if event["type"] == kind and all(
                    _field(event, name) == value for name, value in wanted.items()
                ):
                    found.append(event)
                    return True
            return False

        try:
            await self._until(look)
        except TimeoutError:
            raise AssertionError(f"no {kind} {wanted} in {self.summary()}") from None
        return found[0]

    async def records(self, name: str) -> None:
        """Wait until a recording that was asked for has begun; there is no event for it that we listen to."""

        async def begun() -> bool:
            return (await self.ari.recordings.get_live(name))["state"] == "recording"

        await until(begun)

    def of(self, channel: str) -> list[str]:
        """The kinds of all events about a channel so far, in order."""
        return [event["type"] for event in self.events if _field(event, "channel") == channel]

    def summary(self) -> list[tuple[str, Any]]:
        return [(event["type"], _field(event, "channel")) for event in self.events]

    async def _until(self, condition: Any) -> None:
        async with asyncio.timeout(30):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def call_in(self) -> tuple[FarLeg, str]:
        """Somebody calls over the trunk; gives the far end and the channel, which has entered the application."""
        raise NotImplementedError

    async def rung(self) -> FarLeg:
        """The phone, when a call has reached it."""
        raise NotImplementedError

    async def lose(self) -> None:
        """The connection breaks; calls stay."""
        raise NotImplementedError


def _field(event: Event, name: str) -> Any:
    if name == "channel":
        target = str(_part(event, "playback", "recording").get("target_uri", ""))
        return _part(event, "channel", "peer").get("id") or target.removeprefix("channel:")
    if name in ("playback", "recording"):
        return _part(event, name).get("id" if name == "playback" else "name")
    if name == "state":
        return _part(event, "playback", "recording", "channel").get(name)
    return event.get(name)


def _part(event: Event, *names: str) -> dict[str, Any]:
    none: dict[str, Any] = {}
    return next((event[name] for name in names if name in event), none)


# The fake


class FakeLeg:
    def __init__(self, fake: FakeAri, channel: FakeChannel) -> None:
        self._switch, self._channel = fake.switch, channel

    async def rings(self) -> None:
        self._switch.far_rings(self._channel)

    async def answers(self) -> None:
        self._switch.far_answers(self._channel)

    async def refuses(self, status: int) -> None:
        self._switch.far_refuses(self._channel, status)

    async def hangs_up(self) -> None:
        self._switch.far_hangs_up(self._channel, 16 if self._channel.state == "Up" else 127)

    async def presses(self, key: str) -> None:
        self._switch.far_presses(self._channel, key)

    async def holds(self, *, held: bool) -> None:
        self._switch.far_holds(self._channel, held=held)

    async def told(self) -> int:
        async with asyncio.timeout(30):
            while self._channel.told is None:
                await asyncio.sleep(0)
        return self._channel.told


class FakeLine(Line):
    def __init__(self, fake: FakeAri) -> None:
        super().__init__(fake.account)
        self.fake = fake

    async def call_in(self) -> tuple[FarLeg, str]:
        channel = self.fake.switch.call_in(TRUNK, EXTEN, number="0912345678")
        await self.event("StasisStart", channel=channel.id)
        return FakeLeg(self.fake, channel), channel.id

    async def rung(self) -> FarLeg:
        async with asyncio.timeout(30):
            while not self.fake.switch.rang:
                await asyncio.sleep(0)
        return FakeLeg(self.fake, self.fake.switch.channels[self.fake.switch.rang.popleft()])

    async def lose(self) -> None:
        await self.fake.drop()


@asynccontextmanager
async def fake_line() -> AsyncGenerator[Line]:
    sounds = {"beep": 0.5, "long": 30.0}
    async with FakeAri(SystemClock(), lambda name: sounds.get(name, 0.0)).running() as fake:
        line = FakeLine(fake)
        fake.switch.endpoints |= {PHONE: True, TRUNK: True}
        async with _connected(line):
            yield line


# The real one


class RealLeg:
    def __init__(self, leg: Leg, media: Media) -> None:
        self._leg, self._media = leg, media
        self._up = False

    async def rings(self) -> None:
        self._leg.answer("180 Ringing")

    async def answers(self) -> None:
        self._leg.answer("200 OK")
        self._up = True

    async def refuses(self, status: int) -> None:
        self._leg.answer(
            f"{status} No", more=[("Contact", "<sip:elsewhere@127.0.0.1:9>")] if status < 400 else []
        )

    async def hangs_up(self) -> None:
        answered = self._up or any(m.status == 200 and m.method == "INVITE" for m in self._leg.received)
        if answered:
            await self._leg.hang_up()
        else:
            self._leg.cancel()

    async def presses(self, key: str) -> None:
        where = next((place for message in self._leg.received if (place := message.media())), None)
        if where is not None:
            self._media.send_to(*where)
        self._media.press(key)

    async def holds(self, *, held: bool) -> None:
        leg = self._leg
        leg.again(_held(leg.body) if held else leg.body)
        # Not the answer to an earlier INVITE: the next one must not cross with this.
        await leg.wait(lambda m: m.status == 200 and m.sequence == leg.sequence)

    async def told(self) -> int:
        end = await self._leg.wait(
            lambda m: m.status >= 300 or (not m.status and m.method in ("BYE", "CANCEL"))
        )
        return end.status


_held = held


class RealLine(Line):
    def __init__(self, asterisk: AsteriskServer, phone: Ua, trunk: Ua, media: Media) -> None:
        super().__init__(Account(asterisk.ari_url, ARI_USER, asterisk.settings.ari_password))
        self._phone, self._trunk, self._media = phone, trunk, media

    async def call_in(self) -> tuple[FarLeg, str]:
        leg = await self._trunk.invite(EXTEN)
        start = await self.event("StasisStart")
        return RealLeg(leg, self._media), start["channel"]["id"]

    async def rung(self) -> FarLeg:
        return RealLeg(await self._phone.incoming(), self._media)

    async def lose(self) -> None:
        await self.connection.close()


async def push(line: Line, objects: list[ConfigObject]) -> None:
    for one in objects:
        fields: Any = [{"attribute": name, "value": value} for name, value in one.fields.items()]
        await line.ari.asterisk.update_object(one.config_class, one.kind, one.id, fields=fields)


@asynccontextmanager
async def real_line(asterisk: AsteriskServer, objects: list[ConfigObject]) -> AsyncGenerator[Line]:
    port, media = asterisk.settings.sip_port, await Media.open(500)
    phone = await Ua.open(port, PHONE.removeprefix("PJSIP/"), "secret-1")
    trunk = await Ua.open(port, TRUNK.removeprefix("PJSIP/"), "secret-2")
    phone.media_port = trunk.media_port = media.port
    line = RealLine(asterisk, phone, trunk, media)
    try:
        async with _connected(line) as connected:
            await push(line, objects)
            await phone.register()
            yield line
            if connected.done():
                return  # another took over
            await line.connection.up.wait()
            for channel in await line.ari.channels.list():
                with contextlib.suppress(Gone):
                    await line.ari.channels.hangup(channel["id"])
            for bridge in await line.ari.bridges.list():
                await line.ari.bridges.destroy(bridge["id"])
    finally:
        phone.close()
        trunk.close()
        await media.close()


@asynccontextmanager
async def _connected(line: Line) -> AsyncGenerator[asyncio.Task[None]]:
    task = asyncio.create_task(line.connection.run())
    try:
        await line.up()
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def refused(status: int, request: object) -> None:
    with pytest.raises(AriError) as caught:
        await request  # type: ignore[misc]
    assert caught.value.status == status
    assert isinstance(caught.value, Gone) == (status == 404)
