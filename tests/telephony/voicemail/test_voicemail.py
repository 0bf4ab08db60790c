"""Boxes of users and groups, reached on real phones: who takes no call has a message, a light, and hears it by keys."""

from typing import Any
from uuid import UUID

from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.extensions.test_forwarding import TO_EXTENSION, dials, extension, forward, group
from tests.telephony.rtp import Media, strength, tone
from tests.telephony.ua import Leg, Ua

from tongdai.intelligence.public import encode
from tongdai.people import public as people
from tongdai.telephony.reconcile import reconcile
from tongdai.telephony.voicemail import mailbox

LEFT, GREETS = 600.0, 1500.0
"""What callers say, and what a box says, in hertz."""


async def box(floor: Floor, owner: UUID, **values: Any) -> None:
    async with floor.world.transaction() as tx:
        await mailbox.set_up(tx, owner, by=owner, **{"enabled": True, "silence_s": 2, **values})


async def greeting(floor: Floor, owner: UUID) -> None:
    import numpy as np

    sound = encode(np.array(tone(GREETS, 0.6, 16_000)) / 32768, 16_000)
    async with floor.world.transaction() as tx:
        await mailbox.greet_with(tx, owner, sound, 0.6, by=owner)


async def speaking(ua: Ua, hertz: float) -> Media:
    media = await Media.open(hertz)
    ua.media_port = media.port
    return media


async def messages(floor: Floor, count: int = 1) -> list[dict[str, Any]]:
    """The messages, once there are so many that can be heard."""

    async def there() -> object:
        async with floor.world.transaction() as tx:
            rows = await tx.fetch_tuples(
                "SELECT to_jsonb(v) || jsonb_build_object('seconds', r.duration_s) FROM voicemails v"
                " JOIN recordings r ON r.id = v.recording_id WHERE v.tenant_id = %(tenant)s AND r.state = 'stored' ORDER BY v.at"
            )
        return [row[0] for row in rows] if len(rows) == count else None

    return await until(there)


async def leave(caller: Leg, media: Media) -> None:
    """Once the box has greeted: speak a while, then press the pound key."""
    media.speak_to(await caller.status(200))
    await speak_after_greeting(caller, media)


async def speak_after_greeting(caller: Leg, media: Media) -> None:
    async def greeted() -> object:
        return strength(media.heard[-2400:], GREETS) > 0.5

    await until(greeted)

    async def beeped() -> object:
        return len(media.heard) > 24_000 and strength(media.heard[-1600:], GREETS) < 0.1

    await until(beeped)
    heard = len(media.heard)

    async def spoken() -> object:
        return len(media.heard) > heard + 16_000

    await until(spoken)
    media.press("#")
    await caller.request("BYE")


async def is_asked(media: Media) -> None:
    """Once words are heard: keys that come before the line is open are lost, and a busy machine opens it late."""
    since = len(media.heard)

    async def words() -> bool:
        latest = media.heard[max(since, len(media.heard) - 2400) :]
        return sum(map(abs, latest)) > 2400 * 50

    await until(words)


def just_heard(media: Media, hertz: float, since: int) -> bool:
    """Whether 0.3 s of the last two seconds, and since then, were this tone: a message is soon over, and a busy machine looks
    seldom."""
    latest = media.heard[max(since, len(media.heard) - 16_000) :]
    return any(strength(latest[at : at + 2400], hertz) > 0.5 for at in range(0, len(latest) - 2399, 1200))


async def test_a_call_that_nobody_takes_leaves_a_message(floor: Floor):
    first, phone = await floor.desk()
    second, called = await floor.desk()
    await box(floor, second)
    await greeting(floor, second)
    media = await speaking(phone, LEFT)
    caller = await dials(phone, await extension(floor, second))
    (await called.incoming()).answer("486 Busy Here")
    await leave(caller, media)
    await media.close()
    row = await floor.interaction(state="closed")
    assert (row["direction"], row["result"]) == ("internal", "voicemail")
    (message,) = await messages(floor)
    assert (message["owner_id"], message["caller_id"]) == (str(second), str(first))
    assert message["seconds"] > 1
    await floor.nothing_left()


async def test_who_hangs_up_in_the_message_has_left_it(floor: Floor):
    _, phone = await floor.desk()
    second, called = await floor.desk()
    await box(floor, second)
    await forward(floor, second, always="voicemail")
    media = await speaking(phone, LEFT)
    caller = await dials(phone, await extension(floor, second))
    media.speak_to(await caller.status(200))

    async def recording() -> object:
        return await floor.world.value("SELECT count(*) FROM voicemails WHERE tenant_id = %(tenant)s")

    await until(recording)
    heard = len(media.heard)

    async def spoken() -> object:
        return len(media.heard) > heard + 24_000

    await until(spoken)
    await caller.hang_up()
    assert (await floor.interaction(state="closed"))["result"] == "voicemail"
    await messages(floor)
    assert called.requests.empty()
    await media.close()


async def test_a_group_that_does_not_answer_takes_messages(floor: Floor):
    _, phone = await floor.desk()
    member, called = await floor.desk()
    await group(floor, [member], ring_s=1, otherwise="voicemail")
    owner = await floor.world.value("SELECT id FROM extension_groups WHERE tenant_id = %(tenant)s")
    await box(floor, owner)
    await greeting(floor, owner)
    media = await speaking(phone, LEFT)
    caller = await dials(phone, "600")
    ringing = await called.incoming()
    ringing.answer("180 Ringing")
    await ringing.request("CANCEL")
    await leave(caller, media)
    await media.close()
    (message,) = await messages(floor)
    assert message["owner_id"] == str(owner)


async def test_a_flow_that_connects_to_a_box_goes_on_as_if_it_was_answered(floor: Floor):
    owner, _ = await floor.desk()
    await box(floor, owner)
    await greeting(floor, owner)
    await forward(floor, owner, always="voicemail")
    await floor.hotline(TO_EXTENSION % await extension(floor, owner))
    customer = await floor.customer()
    media = await speaking(customer, LEFT)
    await leave(await customer.invite("19001234"), media)
    await media.close()
    assert (await floor.interaction(state="closed"))["result"] == "voicemail"
    (message,) = await messages(floor)
    assert (message["owner_id"], message["caller_id"]) == (str(owner), None)


VERB = """
flow: mailbox
start: answer
nodes:
  answer:
    answer:
    go: leave
  leave:
    voicemail: {mailbox: "%s", max_seconds: 30, silence_seconds: 2}
    go: {done: end}
  end:
    hang_up:
"""


async def test_the_verb_takes_a_message_for_an_extension_with_its_greeting(floor: Floor):
    owner, _ = await floor.desk()
    await box(floor, owner)
    await greeting(floor, owner)
    await floor.hotline(VERB % await extension(floor, owner))
    customer = await floor.customer()
    media = await speaking(customer, LEFT)
    await leave(await customer.invite("19001234"), media)
    await media.close()
    (message,) = await messages(floor)
    assert message["owner_id"] == str(owner)


async def light(phone: Ua, new: int, heard: int) -> None:
    """The phone was told so, last."""

    async def told() -> object:
        bodies = [one.body for one in phone.notices if "message-summary" in one.get("event")]
        return bodies and f"Voice-Message: {new}/{heard}" in bodies[-1]

    try:
        await until(told)
    except TimeoutError:
        raise AssertionError([one.body for one in phone.notices]) from None


async def put(floor: Floor, owner: UUID, seconds: float = 1.5, hertz: float = LEFT) -> UUID:
    """A message for this owner by way of the flow, without any call: as the collector stores it."""
    customer = await floor.customer()
    media = await speaking(customer, hertz)
    leg = await customer.invite("19001234")
    await leave(leg, media)
    await media.close()
    return owner


async def test_the_light_of_a_desk_phone_says_how_many_are_new(floor: Floor):
    owner, phone = await floor.desk()
    await box(floor, owner)
    await greeting(floor, owner)
    await floor.hotline(VERB % await extension(floor, owner))
    await put(floor, owner)
    (message,) = await messages(floor)
    await light(phone, 1, 0)
    async with floor.world.transaction() as tx:
        await mailbox.heard(tx, UUID(message["id"]), owner, floor.exchange.clock.now())
    await light(phone, 0, 1)
    async with floor.world.transaction() as tx:
        await mailbox.delete(tx, UUID(message["id"]), floor.exchange.clock.now(), by=owner)
    await light(phone, 0, 0)
    # A phone that signs in anew is told, though nothing has changed.
    async with floor.world.transaction() as tx:
        await mailbox.restore(tx, UUID(message["id"]))
    await light(phone, 0, 1)
    phone.notices.clear()
    await phone.register(expires=0)
    await phone.register()
    await light(phone, 0, 1)


async def test_messages_are_heard_by_phone(floor: Floor):
    owner, phone = await floor.desk()
    await box(floor, owner)
    await greeting(floor, owner)
    await floor.hotline(VERB % await extension(floor, owner))
    await put(floor, owner)
    await messages(floor)
    media = await speaking(phone, 0)
    leg = await phone.invite("*97", caller=phone.user)
    media.speak_to(await leg.status(200))

    async def hears(hertz: float) -> None:
        since = len(media.heard)

        async def heard() -> object:
            return just_heard(media, hertz, since)

        await until(heard)

    await hears(LEFT)
    media.press("1")
    await hears(LEFT)

    async def listened() -> object:
        return (
            await floor.world.value("SELECT heard_by FROM voicemails WHERE tenant_id = %(tenant)s") == owner
        )

    await until(listened)
    media.press("3")

    async def gone() -> object:
        return await floor.world.value("SELECT deleted_at FROM voicemails WHERE tenant_id = %(tenant)s")

    await until(gone)
    media.speak(LEFT)
    media.press("0")  # in the menu that follows the last message

    async def asked() -> object:
        return list((floor.asterisk.paths.spool / "recording").glob("greeting-*"))

    await until(asked)
    begun = len(media.heard)

    async def spoken() -> object:
        return len(media.heard) > begun + 16_000

    await until(spoken)
    media.press("#")

    async def recorded() -> object:
        return (
            await floor.world.value("SELECT greeting_s FROM voicemail_boxes WHERE tenant_id = %(tenant)s")
            != 0.6
        )

    await until(recorded)
    media.press("*")
    await leg.request("BYE", timeout=20)
    await media.close()
    await floor.nothing_left()


async def test_from_another_phone_the_pin_is_asked(floor: Floor):
    owner, _ = await floor.desk()
    _, other = await floor.desk()
    await box(floor, owner, pin=people.hash_pin("2468"))
    await greeting(floor, owner)
    number = await extension(floor, owner)
    await floor.hotline(VERB % number)
    await put(floor, owner)
    await messages(floor)
    media = await speaking(other, 0)
    leg = await other.invite("*98", caller=other.user)
    media.speak_to(await leg.status(200))
    await is_asked(media)
    media.press(f"{number}#1111#")

    async def failed() -> object:
        return (
            await floor.world.value("SELECT pin_failures FROM voicemail_boxes WHERE tenant_id = %(tenant)s")
            == 1
        )

    await until(failed)
    await is_asked(media)
    since = len(media.heard)
    media.press(f"{number}#2468#")

    async def heard() -> object:
        return just_heard(media, LEFT, since)

    await until(heard)
    await leg.hang_up()
    await media.close()
    await floor.nothing_left()
    assert (
        await floor.world.value("SELECT pin_failures FROM voicemail_boxes WHERE tenant_id = %(tenant)s") == 0
    )


async def test_a_colleague_who_leaves_a_message_keeps_the_line_over_a_restart(floor: Floor):
    """What was said before is kept as a message of its own; after another tone the rest is taken."""
    _, phone = await floor.desk()
    second, _ = await floor.desk()
    await box(floor, second)
    await forward(floor, second, always="voicemail")
    media = await speaking(phone, LEFT)
    caller = await dials(phone, await extension(floor, second))
    media.speak_to(await caller.status(200))

    async def taking() -> object:
        return await floor.world.value("SELECT count(*) FROM voicemails WHERE tenant_id = %(tenant)s")

    await until(taking)

    async def more(samples: int = 16_000) -> None:
        before = len(media.heard)

        async def spoken() -> object:
            return len(media.heard) > before + samples

        await until(spoken)

    await more()
    call = floor.exchange.calls()[0]
    await call.cancel()
    await reconcile(floor.exchange)

    async def again() -> object:
        return await floor.world.value("SELECT count(*) FROM voicemails WHERE tenant_id = %(tenant)s") == 2

    await until(again)
    await more(24_000)
    media.press("#")
    await caller.request("BYE")
    await media.close()
    assert (await floor.interaction(state="closed"))["result"] == "voicemail"
    assert all(one["owner_id"] == str(second) for one in await messages(floor, 2))
    await floor.nothing_left()
