"""What is heard on a line beside its talk, asked of a real Asterisk and of the fake alike."""

from tests.telephony.ari.far import Line, refused
from tests.telephony.ari.test_conformance import answered


async def test_what_is_played_in_a_bridge_leaves_its_members_there(line: Line):
    _, channel = await answered(line)
    bridges = line.ari.bridges
    await refused(404, bridges.play_with_id("none", "told", "sound:beep"))
    await bridges.create_with_id("told", type="mixing")
    await bridges.add_channel("told", channel)
    await bridges.play_with_id("told", "told", "sound:silence/1")
    assert (await bridges.get("told"))["channels"] == [channel]
    done = await line.event("PlaybackFinished", playback="told")
    assert (done["playback"]["state"], done["playback"]["target_uri"]) == ("done", "bridge:told")
    assert channel in [one["id"] for one in await line.ari.channels.list()]


async def test_what_is_played_into_an_ear_ends_like_any_sound(line: Line):
    _, channel = await answered(line)
    ear = f"ear-{channel}"
    await line.ari.channels.snoop_channel_with_id(channel, ear, "tongdai", spy="none", whisper="out")
    await line.event("StasisStart", channel=ear)
    await line.ari.channels.play_with_id(ear, "whispered", "sound:silence/1")
    done = await line.event("PlaybackFinished", playback="whispered")
    assert (done["playback"]["state"], done["playback"]["target_uri"]) == ("done", f"channel:{ear}")
    await line.ari.channels.hangup(ear)
    await line.event("StasisEnd", channel=ear)
    assert (await line.ari.channels.get(channel))["state"] == "Up"
