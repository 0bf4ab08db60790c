"""What Asterisk 22 does, asked of a real one and of the fake alike: a difference would make every test on the fake worthless."""

import asyncio

import pytest
from tests.support import until
from tests.telephony.ari.far import PHONE, FarLeg, Line, refused

from tongdai.telephony import quality
from tongdai.telephony.ari.connection import EVENTS, AsteriskAway, Gone

ENDS = ["ChannelHangupRequest", "StasisEnd"]


async def answered(line: Line) -> tuple[FarLeg, str]:
    far, channel = await line.call_in()
    await line.ari.channels.answer(channel)
    await line.event("ChannelStateChange", channel=channel, state="Up")
    return far, channel


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


# What is not there


async def test_what_is_not_there(line: Line):
    ari = line.ari
    await refused(404, ari.channels.get("no"))
    await refused(404, ari.channels.hangup("no", reason="not even a reason"))
    await refused(404, ari.channels.snoop_channel_with_id("no", "s", "tongdai", spy="in"))
    await refused(404, ari.bridges.destroy("no"))
    await refused(404, ari.bridges.add_channel("no", "neither"))
    await refused(404, ari.playbacks.stop("no"))
    await refused(404, ari.playbacks.get("no"))
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
    assert [(await line.ari.playbacks.get(name))["state"] for name in ("one", "two")] == ["playing", "queued"]
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
