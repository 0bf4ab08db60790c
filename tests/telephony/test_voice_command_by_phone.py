"""A caller speaks into a real telephone line, and Whisper understands; or presses a key."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile  # pyright: ignore[reportMissingTypeStubs]
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.rtp import Media
from tests.telephony.sip import Scenario

from tongdai.entrypoints.simulate.media import to_alaw
from tongdai.intelligence.public import SpeechCache, default_voices

FLOW = """
flow: spoken
language: en
start: answer
nodes:
  answer:
    answer:
    go: ask
  ask:
    label: What for
    voice_command:
      say: {silence: 1}
      phrases: {sales: sales, support: technical support, accounts: invoices and payments}
      keys: {1: sales, 2: support, 3: accounts}
      save: heard
    go: {sales: queue, support: queue, accounts: queue, no_input: end}
  queue:
    queue: Support
    go: {timeout: end}
  end:
    hang_up:
"""


async def sound(folder: Path, text: str) -> bytes:
    """A sentence of a synthesiser's, as a trunk carries it."""
    path = await SpeechCache(folder, default_voices()).render(text, "en")
    samples, _ = soundfile.read(io.BytesIO(path.with_suffix(".wav").read_bytes()))
    return to_alaw(np.asarray(samples, dtype=np.float64))


def left(floor: Floor) -> list[Path]:
    return list((floor.asterisk.paths.spool / "recording").glob("heard-*"))


async def listens(floor: Floor) -> None:
    async def recorded() -> object:
        return left(floor)

    await until(recorded)


async def speaks_until_understood(floor: Floor, media: Media, sentence: bytes) -> None:
    """As people do: who is asked again says it again."""
    seen: set[Path] = set()

    async def understood() -> object:
        new = set(left(floor)) - seen
        if new:
            seen.update(new)
            media.say(sentence)
        return await floor.world.value("SELECT count(*) FROM interactions WHERE phase = 'wait'")

    await until(understood, timeout=60)


@pytest.mark.parametrize("said", ["words", "key"])
async def test_a_caller_says_what_they_want_or_presses_a_key(floor: Floor, tmp_path: Path, said: str):
    agent, _ = await floor.desk()
    await floor.world.queue([agent], name="Support")
    await floor.hotline(FLOW)
    sentence = await sound(tmp_path, "Invoices and payments.")
    media = await Media.open()
    await floor.call(Scenario().pause(60000), media_port=media.port)
    await listens(floor)
    if said == "words":
        await speaks_until_understood(floor, media, sentence)
    else:
        media.press("2")
    row = await floor.interaction(phase="wait")
    wanted = "accounts" if said == "words" else "support"
    assert row["flow_answers"] == [{"label": "What for", "value": wanted}]
    heard = await floor.world.value("SELECT state -> 'variables' ->> 'heard' FROM flow_runs")
    assert ("invoices" in heard.lower()) if said == "words" else heard == "2"
    assert left(floor) == []
    call_id = await floor.world.value("SELECT id FROM calls")
    await floor.exchange.order(call_id, "hang_up", "", agent)
    await floor.interaction(state="closed")
    await media.close()
    await floor.nothing_left()


async def test_a_caller_who_hangs_up_while_speaking_leaves_no_sound(floor: Floor, tmp_path: Path):
    await floor.world.queue([], name="Support")
    await floor.hotline(FLOW)
    media = await Media.open()
    call = await floor.call(Scenario().pause(3000), media_port=media.port)
    await listens(floor)
    media.say(
        await sound(tmp_path, "I have a very long question about invoices, payments, and many other things.")
    )
    await call.finished()
    await floor.interaction(state="closed")

    async def gone() -> bool:
        return not left(floor)

    await until(gone)
    await media.close()
    await floor.nothing_left()
