"""Who hears whom, measured on a real Asterisk: each speaks a tone of their own, and what reaches each ear is searched for all."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.conftest import HOTLINE, Floor
from tests.telephony.rtp import Media, strength
from tests.telephony.test_inbound import STRAIGHT
from tests.telephony.ua import Leg, Ua

from tongdai.platform.auth import Extent, Principal
from tongdai.telephony.commands import Wanted
from tongdai.telephony.together.targets import Destination
from tongdai.tenancy import public as tenancy
from tongdai.tenancy.schemas import SettingsChange
from tongdai.tenancy.service import change_settings

TONES = {"customer": 700, "agent": 1100, "second": 1700, "third": 2300}
BEEP = 700
"""The frequency of Asterisk's own tone is the customer's."""
ENOUGH = 0.08
"""The share of a tone among four, or with noise, and more than music ever has at these frequencies for half a second."""


@dataclass
class Ear:
    """One on the line: a SIP phone, its voice, and what it hears."""

    ua: Ua
    media: Media
    user: UUID | None = None
    leg: Leg | None = None

    async def answers(self) -> None:
        self.leg = await self.ua.incoming()
        self.leg.answer("200 OK", self.ua.offer())
        self.media.speak_to(self.leg.invite)

    def heard(self) -> set[str]:
        latest = self.media.heard[-4000:]
        return {name for name, hertz in TONES.items() if strength(latest, hertz) > ENOUGH}


@dataclass
class Room:
    """A customer who talks with an agent, and two more who can be called."""

    floor: Floor
    ears: dict[str, Ear]
    call_id: UUID

    async def order(self, command: str, argument: str = "", *, by: str = "agent") -> None:
        user = self.ears[by].user
        assert user is not None
        grants = {"calls.take": Extent.OWN, "calls.dial_national": Extent.TENANT}
        me = Principal(self.floor.world.tenant_id, user, by, None, grants)
        await self.floor.exchange.commands.give(me, Wanted(command, self.call_id, argument))

    async def call_in(self, command: str, who: str) -> None:
        at = Destination(kind="colleague", id=self.ears[who].user)
        await self.order(command, at.model_dump_json())
        await self.ears[who].answers()

    async def hear(self, **wanted: str) -> None:
        """Once each of those named hears exactly these (initials, as "ca": customer and agent; nothing: none of them)."""
        names = {name[0]: name for name in TONES}
        sets = {who: {names[initial] for initial in initials} for who, initials in wanted.items()}
        for who in wanted:
            self.ears[who].media.heard.clear()

        async def so() -> bool:
            return all(
                len(self.ears[who].media.heard) >= 4000 and self.ears[who].heard() == whom
                for who, whom in sets.items()
            )

        try:
            await until(so)
        except TimeoutError:
            raise AssertionError({who: self.ears[who].heard() for who in wanted}) from None

    async def hear_on(self, media: Media, samples: int) -> None:
        """So much longer, by what one of them hears."""
        wanted = len(media.heard) + samples

        async def heard() -> bool:
            return len(media.heard) >= wanted

        await until(heard)


@pytest.fixture
async def room(floor: Floor) -> AsyncIterator[Room]:
    ears: dict[str, Ear] = {}
    for name, hertz in TONES.items():
        user, ua = (None, await floor.customer()) if name == "customer" else await floor.desk()
        media = await Media.open(hertz)
        ua.media_port = media.port
        ears[name] = Ear(ua, media, user)
    agent, customer = ears["agent"], ears["customer"]
    assert agent.user is not None
    await floor.world.queue([agent.user], name="Support", wrap_up_s=0.0, recording="never")
    await floor.hotline(STRAIGHT)
    await floor.world.ready(agent.user)
    customer.leg = await customer.ua.invite(HOTLINE)
    customer.media.speak_to(await customer.leg.status(200))
    await agent.answers()
    await floor.interaction(phase="talk")
    made: Any = await floor.world.value("SELECT id FROM calls WHERE tenant_id = %(tenant)s")
    room = Room(floor, ears, made)
    await room.hear(customer="a", agent="c")
    yield room
    await customer.leg.hang_up()
    await floor.interaction(state="closed")
    for ear in ears.values():
        await ear.media.close()
    await floor.nothing_left()


async def test_whispers_reach_the_agent_alone_and_who_joins_is_heard_by_all(room: Room):
    await room.order("watch", "listen", by="second")
    await room.ears["second"].answers()
    await room.hear(second="ca", customer="a", agent="c")
    await room.order("watch_mode", "whisper", by="second")
    await room.hear(second="ca", customer="a", agent="cs")
    await room.order("watch_mode", "join", by="second")
    await room.hear(second="ca", customer="as", agent="cs")
    await room.order("watch_mode", "listen", by="second")
    await room.hear(second="ca", customer="a", agent="c")
    await room.order("take_over", by="second")
    await room.hear(second="c", customer="s")


async def announce(room: Room, how: Any, to: Any) -> None:
    async with room.floor.world.transaction() as tx:
        version = (await tenancy.settings(tx)).version
        await change_settings(tx, SettingsChange(version=version, watch_notice=how, watch_notice_to=to))

    async def known() -> bool:
        notice = room.floor.exchange.directory.watch_notice(room.floor.world.tenant_id)
        return (notice.how, notice.to) == (how, to) if notice else how == "off"

    await until(known)


def beeps(media: Media) -> int:
    """How often the tone was heard, a tenth of a second at a time; the customer, whose voice is the same, must be silent."""
    heard = [strength(media.heard[at : at + 800], BEEP) > 0.2 for at in range(0, len(media.heard), 800)]
    return sum(now and not before for before, now in pairwise([False, *heard]))


@pytest.mark.parametrize(
    ("to", "where", "beep"),
    [("both", "talk", (1, 1)), ("agent", "talk", (0, 1)), ("both", "hold", (1, 1)), ("off", "talk", (0, 0))],
)
async def test_that_somebody_listens_is_heard_by_those_whom_it_is_for(
    room: Room, to: str, where: str, beep: tuple[int, int]
):
    await announce(room, "off" if to == "off" else "tone", "both" if to == "off" else to)
    customer, agent = room.ears["customer"].media, room.ears["agent"].media
    customer.speak(0)
    await room.hear(agent="")
    if where == "hold":
        await room.order("hold")
    customer.heard.clear()
    agent.heard.clear()
    await room.order("watch", "listen", by="second")
    await room.ears["second"].answers()
    if where == "hold":

        async def told() -> bool:
            return beeps(agent) == 1

        await until(told)
        await room.order("resume")
        customer.heard.clear()
    await room.hear_on(customer, 16_000)
    assert (beeps(customer), beeps(agent)) == beep
    customer.speak(TONES["customer"])
    await room.hear(second="ca", customer="a", agent="c")
    await room.order("unwatch", by="second")


async def test_a_sentence_says_that_somebody_listens_and_all_speak_on(room: Room):
    await announce(room, "sentence", "both")
    room.ears["customer"].media.speak(0)
    await room.hear(agent="")
    agent = room.ears["agent"].media
    agent.heard.clear()
    await room.order("watch", "whisper", by="second")
    await room.ears["second"].answers()
    room.ears["second"].media.speak(0)

    async def said() -> bool:
        return sum(abs(sample) for sample in agent.heard) > 8000 * 300

    await until(said)
    room.ears["customer"].media.speak(TONES["customer"])
    room.ears["second"].media.speak(TONES["second"])
    await room.hear(second="ca", customer="a", agent="cs")
    await room.order("unwatch", by="second")


async def test_the_customer_on_hold_hears_music_and_the_agent_nothing_of_it(room: Room):
    await room.order("hold")
    await room.hear(customer="")
    customer, agent = room.ears["customer"].media, room.ears["agent"].media
    customer.heard.clear()
    agent.heard.clear()

    async def music() -> bool:
        return sum(abs(sample) for sample in customer.heard[-8000:]) > 8000 * 50

    await until(music)
    assert sum(abs(sample) for sample in agent.heard[-4000:]) < 4000 * 20
    await room.order("resume")
    await room.hear(customer="a", agent="c")


async def test_who_is_asked_hears_the_agent_alone(room: Room):
    await room.call_in("consult", "second")
    await room.hear(agent="s", second="a", customer="")
    await room.order("swap")
    await room.hear(agent="c", customer="a", second="")
    await room.order("merge")
    await room.hear(agent="cs", customer="as", second="ca")
    await room.order("leave")
    await room.hear(customer="s", second="c")


async def test_all_hear_each_other_but_who_is_silenced_or_waits(room: Room):
    await room.call_in("add_party", "second")
    await room.call_in("add_party", "third")
    await room.hear(customer="ast", agent="cst", second="cat", third="cas")
    parties: Any = {
        user: str(party)
        for user, party in (
            await room.floor.world.value(
                "SELECT jsonb_object_agg(user_id, id) FROM call_parties WHERE tenant_id = %(tenant)s"
            )
        ).items()
    }
    second, third = parties[str(room.ears["second"].user)], parties[str(room.ears["third"].user)]
    await room.order("mute_party", second)
    await room.order("hold_party", third)
    await room.hear(customer="a", agent="c", second="ca", third="")
    await room.order("unmute_party", second)
    await room.order("resume_party", third)
    await room.hear(customer="ast", agent="cst", second="cat", third="cas")


async def test_a_colleague_to_whom_the_customer_is_sent_hears_them(room: Room):
    await room.order("transfer", Destination(kind="colleague", id=room.ears["second"].user).model_dump_json())
    await room.hear(customer="")
    await room.ears["second"].answers()
    await room.hear(customer="s", second="c")
