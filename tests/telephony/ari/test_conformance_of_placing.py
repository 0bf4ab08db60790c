"""Calls that we place, on a real Asterisk and on the fake alike."""

import pytest
from tests.telephony.ari.far import PHONE, FarLeg, Line, refused


async def rings(line: Line, channel: str, timeout: int = 30) -> FarLeg:
    await line.ari.channels.originate_with_id(
        channel, PHONE, app="tongdai", app_args="leg", caller_id='"X" <123>', timeout=timeout
    )
    return await line.rung()


async def test_the_order_of_a_placed_call(line: Line):
    far = await rings(line, "placed-1")
    await far.rings()
    await line.event("ChannelStateChange", channel="placed-1", state="Ringing")
    await far.answers()
    start = await line.event("StasisStart", channel="placed-1")
    assert (start["args"], start["channel"]["state"]) == (["leg"], "Up")
    await far.hangs_up()
    await line.event("StasisEnd", channel="placed-1")
    await line.event("ChannelDestroyed", channel="placed-1")
    assert line.of("placed-1") == [
        "ChannelStateChange", "ChannelStateChange", "StasisStart", "ChannelHangupRequest", "StasisEnd", "ChannelDestroyed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "cause"),
    [(302, 0), (403, 21), (404, 1), (408, 18), (480, 19), (486, 17), (487, 127), (488, 58), (500, 38), (503, 34), (600, 17),
     (603, 21), (604, 1)],
)  # fmt: skip
async def test_the_cause_of_a_refusal(line: Line, status: int, cause: int):
    far = await rings(line, f"refused-{status}")
    await far.refuses(status)
    end = await line.event("ChannelDestroyed", channel=f"refused-{status}")
    # A redirection is tried as a call of the phone's own, which we refuse; either may be noted first.
    assert end["cause"] in ((cause, 23) if status == 302 else (cause,))
    assert not [
        e for e in line.events if e["type"] == "StasisStart" and e["channel"]["id"].startswith("refused")
    ]


async def test_nobody_answers_in_time(line: Line):
    far = await rings(line, "late", timeout=1)
    await far.rings()
    end = await line.event("ChannelDestroyed", channel="late")
    assert end["cause"] == 19
    assert "ChannelHangupRequest" not in line.of("late")
    assert await far.told() == 0


async def test_we_give_up_while_it_rings(line: Line):
    far = await rings(line, "given-up")
    await far.rings()
    await line.event("ChannelStateChange", channel="given-up")
    await line.ari.channels.hangup("given-up")
    end = await line.event("ChannelDestroyed", channel="given-up")
    assert end["cause"] == 16
    assert await far.told() == 0


async def test_what_cannot_be_called(line: Line):
    place = line.ari.channels.originate_with_id
    await refused(500, place("x-1", "PJSIP/unknown-phone", app="tongdai"))
    await refused(400, place("x-2", "PJSIP", app="tongdai"))
    await rings(line, "x-3")
    await refused(409, place("x-3", PHONE, app="tongdai"))


async def test_a_channel_is_ours_only_when_it_is_answered(line: Line):
    far = await rings(line, "not-yet")
    await line.ari.bridges.create_with_id("early", type="mixing")
    await refused(422, line.ari.bridges.add_channel("early", "not-yet"))
    await refused(409, line.ari.channels.play_with_id("not-yet", "p", "sound:beep"))
    await refused(409, line.ari.channels.ring("not-yet"))
    await far.refuses(486)


async def test_create_then_dial(line: Line):
    made = await line.ari.channels.create(PHONE, app="tongdai", app_args="leg", channel_id="made-1")
    assert made["state"] == "Down"
    await line.event("StasisStart", channel="made-1")
    await refused(409, line.ari.channels.create(PHONE, app="tongdai", channel_id="made-1"))
    await line.ari.channels.dial("made-1", timeout=20)
    far = await line.rung()
    await far.rings()
    await line.event("ChannelStateChange", channel="made-1", state="Ringing")
    await refused(409, line.ari.channels.dial("made-1", timeout=20))
    await far.answers()
    await line.event("ChannelStateChange", channel="made-1", state="Up")
    assert [kind for kind in line.of("made-1") if kind == "StasisStart"] == ["StasisStart"]
    await line.ari.channels.hangup("made-1", reason_code="17")
    end = await line.event("ChannelDestroyed", channel="made-1")
    assert end["cause"] == 17


async def test_a_channel_that_was_made_and_is_refused_says_why_before_it_leaves(line: Line):
    await line.ari.channels.create(PHONE, app="tongdai", app_args="leg", channel_id="made-2")
    await line.event("StasisStart", channel="made-2")
    await line.ari.channels.dial("made-2", timeout=20)
    far = await line.rung()
    await far.refuses(404)
    request = await line.event("ChannelHangupRequest", channel="made-2")
    assert (request["cause"], request.get("soft", False)) == (1, False)
    end = await line.event("StasisEnd", channel="made-2")
    assert "cause" not in end
    assert (await line.event("ChannelDestroyed", channel="made-2"))["cause"] == 1
