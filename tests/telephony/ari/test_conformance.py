"""What Asterisk 22 does, asked of a real one and of the fake alike: a difference would make every test on the fake worthless."""

import asyncio

import pytest
from tests.support import until
from tests.telephony.ari.far import PHONE, FarLeg, Line

from tongdai.telephony import quality
from tongdai.telephony.ari.connection import EVENTS, AriError, AsteriskAway, Gone

ENDS = ["ChannelHangupRequest", "StasisEnd"]


async def rings(line: Line, channel: str, timeout: int = 30) -> FarLeg:
    await line.ari.channels.originate_with_id(
        channel, PHONE, app="tongdai", app_args="leg", caller_id='"X" <123>', timeout=timeout
    )
    return await line.rung()


async def answered(line: Line) -> tuple[FarLeg, str]:
    far, channel = await line.call_in()
    await line.ari.channels.answer(channel)
    await line.event("ChannelStateChange", channel=channel, state="Up")
    return far, channel


async def refused(status: int, request: object) -> None:
    with pytest.raises(AriError) as caught:
        await request  # type: ignore[misc]
    assert caught.value.status == status
    assert isinstance(caught.value, Gone) == (status == 404)


# Calls that come in


async def test_a_call_enters_with_number_and_entrance(line: Line):
    _, channel = await line.call_in()
    start = next(e for e in line.events if e["type"] == "StasisStart" and e["channel"]["id"] == channel)
    assert start["args"] == ["from-trunk"]
    assert (start["channel"]["state"], start["channel"]["caller"]["number"]) == ("Ring", "0912345678")
    plan = start["channel"]["dialplan"]
    assert (plan["context"], plan["exten"], plan["app_name"]) == ("from-trunk", "19001234", "Stasis")


async def test_an_early_cancel_ends_it_without_channel_destroyed(line: Line):
    far, channel = await line.call_in()
    await far.hangs_up()
    request = await line.event("ChannelHangupRequest", channel=channel)
    assert request["cause"] == 127
    await line.event("StasisEnd", channel=channel)
    assert "cause" not in next(e for e in line.events if e["type"] == "StasisEnd")
    assert line.of(channel) == ["StasisStart", *ENDS]


async def test_after_an_answer_the_caller_hangs_up(line: Line):
    far, channel = await answered(line)
    await line.ari.channels.answer(channel)  # again is no fault
    await far.hangs_up()
    request = await line.event("ChannelHangupRequest", channel=channel)
    assert request.get("cause", 16) == 16
    await line.event("StasisEnd", channel=channel)
    await refused(404, line.ari.channels.answer(channel))
    await refused(404, line.ari.channels.hangup(channel))
    assert line.of(channel) == ["StasisStart", "ChannelStateChange", *ENDS]


@pytest.mark.parametrize(
    ("cause", "status"),
    [(1, 404), (16, 603), (17, 486), (19, 480), (21, 403), (34, 503), (38, 500), (58, 488)],
)
async def test_what_a_refused_caller_is_told(line: Line, cause: int, status: int):
    far, channel = await line.call_in()
    await line.ari.channels.hangup(channel, reason_code=str(cause))
    request = await line.event("ChannelHangupRequest", channel=channel)
    assert (request["cause"], request["soft"]) == (32, True)
    await line.event("StasisEnd", channel=channel)
    assert await far.told() == status


async def test_a_reason_that_asterisk_does_not_know_leaves_the_call_alone(line: Line):
    _, channel = await line.call_in()
    await refused(400, line.ari.channels.hangup(channel, reason="call_rejected"))
    assert (await line.ari.channels.get(channel))["state"] == "Ring"


# Calls that we place


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


# What is not there


async def test_what_is_not_there(line: Line):
    ari = line.ari
    await refused(404, ari.channels.get("no"))
    await refused(404, ari.channels.hangup("no", reason="not even a reason"))
    await refused(404, ari.channels.snoop_channel_with_id("no", "s", "tongdai", spy="in"))
    await refused(404, ari.bridges.destroy("no"))
    await refused(404, ari.bridges.add_channel("no", "neither"))
    await refused(404, ari.playbacks.stop("no"))
    await refused(404, ari.recordings.stop("no"))
    await refused(404, ari.endpoints.get("PJSIP", "no"))
    await ari.bridges.create_with_id("there", type="mixing")
    await refused(409, ari.bridges.create_with_id("there", type="holding"))
    await refused(400, ari.bridges.add_channel("there", "no"))
    await refused(400, ari.bridges.remove_channel("there", "no"))
    await ari.bridges.destroy("there")

    async def online() -> bool:
        return (await ari.endpoints.get("PJSIP", PHONE.removeprefix("PJSIP/"))).get("state") == "online"

    await until(online)  # Asterisk says so a moment after it can be called


# Bridges


async def test_add_channel_moves_it_out_of_the_bridge_before(line: Line):
    _, channel = await answered(line)
    bridges = line.ari.bridges
    await bridges.create_with_id("hold", type="holding")
    await bridges.create_with_id("talk", type="mixing")
    await bridges.add_channel("hold", channel)
    await bridges.start_moh("hold", moh_class="default")
    await bridges.add_channel("talk", channel)
    assert (await bridges.get("talk"))["channels"] == [channel]
    assert (await bridges.get("hold"))["channels"] == []
    await refused(422, bridges.remove_channel("hold", channel))
    await bridges.destroy("talk")
    assert (await line.ari.channels.get(channel))["state"] == "Up"


async def test_a_caller_who_hangs_up_is_out_of_the_bridge(line: Line):
    far, channel = await answered(line)
    await line.ari.bridges.create_with_id("left", type="mixing")
    await line.ari.bridges.add_channel("left", channel)
    await far.hangs_up()
    await line.event("StasisEnd", channel=channel)
    assert (await line.ari.bridges.get("left"))["channels"] == []


# Playing and recording


async def test_a_playback_ends_by_itself(line: Line):
    _, channel = await answered(line)
    await line.ari.channels.play_with_id(channel, "one", "sound:silence/1")
    done = await line.event("PlaybackFinished", playback="one")
    assert (done["playback"]["state"], done["playback"]["target_uri"]) == ("done", f"channel:{channel}")

    # Asterisk says it a moment before it forgets the playback.
    async def forgotten() -> bool:
        (answer,) = await asyncio.gather(line.ari.playbacks.stop("one"), return_exceptions=True)
        return isinstance(answer, Gone)

    await until(forgotten)


async def test_playbacks_queue_and_are_stopped_one_by_one(line: Line):
    _, channel = await answered(line)
    for name in ("one", "two"):
        await line.ari.channels.play_with_id(channel, name, "sound:silence/9")
    await line.ari.playbacks.stop("one")
    await line.event("PlaybackFinished", playback="one", state="done")
    await line.ari.playbacks.stop("two")
    await line.event("PlaybackFinished", playback="two", state="done")


async def test_a_sound_that_does_not_exist_fails(line: Line):
    _, channel = await answered(line)
    await line.ari.channels.play_with_id(channel, "none", "sound:there-is-no-such-sound")
    await line.event("PlaybackFinished", playback="none", state="failed")


async def test_hanging_up_fails_what_plays(line: Line):
    far, channel = await answered(line)
    await line.ari.channels.play_with_id(channel, "cut", "sound:silence/9")
    await far.hangs_up()
    await line.event("PlaybackFinished", playback="cut", state="failed")
    await line.event("StasisEnd", channel=channel)


async def test_a_channel_that_plays_is_bridged_when_the_sound_ends_and_nobody_else_waits_for_it(line: Line):
    _, channel = await answered(line)
    await line.ari.bridges.create_with_id("after", type="mixing")
    await line.ari.channels.play_with_id(channel, "first", "sound:silence/10")
    adding = asyncio.ensure_future(line.ari.bridges.add_channel("after", channel))
    assert (await line.ari.bridges.get("after"))["channels"] == []
    assert not adding.done()
    await line.ari.playbacks.stop("first")
    await adding
    assert (await line.ari.bridges.get("after"))["channels"] == [channel]


async def test_a_recording_ends_by_key_and_by_time(line: Line):
    far, channel = await answered(line)
    record = line.ari.channels.record
    await record(channel, f"rec-key-{channel}", "wav", terminate_on="#", if_exists="overwrite", beep=True)
    await asyncio.sleep(0.5)  # the beep; a key during it would be lost, as a caller's would
    await far.presses("#")
    await line.event("ChannelDtmfReceived", channel=channel, digit="#")
    await line.event("RecordingFinished", recording=f"rec-key-{channel}", state="done")
    await refused(409, record(channel, f"rec-key-{channel}", "wav"))
    await record(channel, f"rec-time-{channel}", "wav", max_duration_seconds=1)
    done = await line.event("RecordingFinished", recording=f"rec-time-{channel}")
    assert (done["recording"]["duration"], done["recording"]["target_uri"]) == (1, f"channel:{channel}")


async def test_a_recording_is_paused_stopped_and_ends_with_its_channel(line: Line):
    far, channel = await answered(line)
    name = f"rec-pause-{channel}"
    await line.ari.channels.record(channel, name, "wav")
    await refused(409, line.ari.channels.record(channel, name, "wav", if_exists="overwrite"))
    await line.records(name)
    await line.ari.recordings.pause(name)
    await line.ari.recordings.pause(name)
    await line.ari.recordings.unpause(name)
    await line.ari.recordings.mute(name)
    await line.ari.recordings.unmute(name)
    await line.ari.recordings.stop(name)
    await line.event("RecordingFinished", recording=name)
    await line.ari.channels.record(channel, f"{name}-2", "wav")
    await far.hangs_up()
    await line.event("RecordingFinished", recording=f"{name}-2", state="done")
    await line.event("StasisEnd", channel=channel)


async def test_a_bridged_channel_cannot_be_recorded_and_a_recorded_one_not_bridged(line: Line):
    _, channel = await answered(line)
    await line.ari.bridges.create_with_id("no-rec", type="mixing")
    await line.ari.bridges.add_channel("no-rec", channel)
    await line.ari.channels.record(channel, f"bridged-{channel}", "wav")
    await line.event("RecordingFailed", recording=f"bridged-{channel}")
    await line.ari.bridges.remove_channel("no-rec", channel)
    await line.ari.channels.record(channel, f"busy-{channel}", "wav")
    await refused(409, line.ari.bridges.add_channel("no-rec", channel))


async def test_snoop_channels_end_with_the_channel_that_they_listen_to(line: Line):
    far, channel = await answered(line)
    snoop = f"snoop-{channel}"
    await line.ari.channels.snoop_channel_with_id(channel, snoop, "tongdai", spy="in", app_args="snoop")
    start = await line.event("StasisStart", channel=snoop)
    assert start["args"] == ["snoop"]
    await refused(500, line.ari.channels.snoop_channel_with_id(channel, snoop, "tongdai", spy="in"))
    await line.ari.channels.record(snoop, snoop, "wav", if_exists="append")
    await far.hangs_up()
    await line.event("StasisEnd", channel=channel)
    await line.event("RecordingFinished", recording=snoop, state="done")
    await line.event("StasisEnd", channel=snoop)

    async def gone() -> bool:
        return snoop not in [one["id"] for one in await line.ari.channels.list()]

    await until(gone)


# Signals


async def test_keys_and_hold_are_told(line: Line):
    far, channel = await answered(line)
    await far.presses("5")
    await line.event("ChannelDtmfReceived", channel=channel, digit="5")
    await far.holds(held=True)
    await line.event("ChannelHold", channel=channel)
    await far.holds(held=False)
    await line.event("ChannelUnhold", channel=channel)


async def test_the_sound_of_a_call_is_told_with_its_last_event(line: Line):
    far, channel = await answered(line)
    await far.hangs_up()
    end = await line.event("StasisEnd", channel=channel)
    assert quality.VARIABLE in end["channel"]["channelvars"]


async def test_only_what_was_asked_for_is_sent(line: Line):
    far, channel = await answered(line)
    await line.ari.channels.play_with_id(channel, "seen", "sound:silence/1")
    await line.event("PlaybackFinished", playback="seen")
    await far.hangs_up()
    await line.event("StasisEnd", channel=channel)
    assert {event["type"] for event in line.events} <= set(EVENTS)
    await refused(404, line.ari.applications.filter("another", filter={"allowed": []}))


async def test_a_call_outlives_the_connection(line: Line):
    _, channel = await answered(line)
    await line.lose()
    await line.up(2)
    assert channel in [one["id"] for one in await line.ari.channels.list()]
    _, second = await line.call_in()
    assert second != channel


async def test_a_request_while_the_connection_is_away_fails_at_once(line: Line):
    await line.lose()
    with pytest.raises(AsteriskAway):
        await line.ari.channels.list()


async def test_who_connects_later_is_the_owner_and_the_first_stops(line: Line):
    other = Line(line.connection.account)
    running = asyncio.create_task(other.connection.run())
    await other.up()

    async def stopped() -> bool:
        return not line.connection.up.is_set()

    await until(stopped)
    with pytest.raises(AsteriskAway):
        await line.ari.channels.list()
    assert await other.ari.channels.list() == []
    assert other.ups == 1  # the first did not take it back
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
