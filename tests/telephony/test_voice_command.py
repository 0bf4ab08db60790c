"""A flow listens: words or keys, hang-ups and restarts in the middle, and nothing that was said is left anywhere."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeCentre, FakeFloor, fake_floor
from tests.telephony.test_on_the_fake import restart

from tongdai.intelligence.public import NoRecogniser, Recognisers, RecognitionCapabilities
from tongdai.telephony.ari.fake.channels import FakeChannel

FLOW = """
flow: spoken
start: answer
nodes:
  answer:
    answer:
    go: ask
  ask:
    voice_command:
      say: [{silence: 9}]
      phrases: {sales: sales, support: support}
      keys: {1: sales, 22: support}
      save: heard
      retries: 1
    go: {sales: queue, support: queue, no_input: end, no_match: end}
  queue:
    queue: {queue: Support}
    go: {timeout: end}
  end:
    hang_up:
"""


class Scripted:
    """Understands what the test says; a text that is None is not understood."""

    name = "scripted"
    capabilities = RecognitionCapabilities(frozenset({"en"}), frozenset({8_000}), True, "MIT")

    def __init__(self) -> None:
        self.texts: list[str | None] = []
        self.asked: list[tuple[str, str, tuple[str, ...]]] = []
        self.go = asyncio.Event()
        self.go.set()
        self.prepared = 0

    async def prepare(self) -> None:
        self.prepared += 1

    async def transcribe(self, audio: Path, language: str, phrases: Sequence[str]) -> str:
        self.asked.append((audio.name, language, tuple(phrases)))
        await self.go.wait()
        text = self.texts.pop(0)
        if text is None:
            raise NoRecogniser("it takes too long")
        return text

    async def stop(self) -> None: ...


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    spool = tmp_path / "spool"
    spool.mkdir()
    async with fake_floor(dsn, tmp_path, asterisk_recordings=spool) as made:
        yield made


@pytest.fixture
def ear(floor: FakeFloor) -> Scripted:
    made = Scripted()
    floor.runtime.get(Recognisers).providers = (made,)
    return made


async def listens(centre: FakeCentre, caller: FakeChannel) -> str:
    """Once the question is over and the caller is being recorded; gives the recording's name."""

    async def recorded() -> str | None:
        return next((one.id for one in caller.operations if one.kind == "recording"), None)

    async def asked() -> bool:
        return bool(caller.operations)

    await until(asked)
    if caller.operations[0].kind == "playback":
        centre.floor.fake.switch.finish(caller, caller.operations[0])
    return await until(recorded)


async def asked_again(centre: FakeCentre, caller: FakeChannel) -> None:
    async def asks() -> bool:
        return bool(caller.operations) and caller.operations[0].kind == "playback"

    async with centre.floor.passing():
        await until(asks)


async def says(centre: FakeCentre, caller: FakeChannel, seconds: float = 1.0) -> None:
    """Speak until the silence after it; Asterisk's file is there then."""
    switch = centre.floor.fake.switch
    name = await listens(centre, caller)
    file_of(centre, name).write_bytes(b"sound")
    switch.far_talks(caller, begun=True)
    switch.far_talks(caller, begun=False, seconds=seconds)


def file_of(centre: FakeCentre, name: str) -> Path:
    folder = centre.floor.runtime.settings.asterisk_recordings
    assert folder is not None
    return folder / f"{name}.wav"


async def nothing_left(centre: FakeCentre) -> None:
    folder = centre.floor.runtime.settings.asterisk_recordings
    assert folder is not None

    async def empty() -> bool:
        return not list(folder.iterdir())

    await until(empty)


async def ended(centre: FakeCentre) -> str:
    """The node at which the run ended."""

    async def at() -> str | None:
        rows = await centre.rows(
            "SELECT state ->> 'node' FROM flow_runs WHERE tenant_id = %(tenant)s AND ended IS NOT NULL"
        )
        return rows[0][0] if rows else None

    return await until(at)


async def test_words_lead_to_the_queue(floor: FakeFloor, ear: Scripted, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    centre = await floor.centre(FLOW, agents=0)
    ear.texts = ["Sales, please, my secret is 4711."]
    caller = centre.call_in()
    await says(centre, caller)
    await centre.phase("wait")
    ((name, language, phrases),) = ear.asked
    assert (language, phrases) == ("en", ("sales", "support"))
    assert name.startswith("heard-")
    assert not caller.listened_for_talk
    assert "4711" not in caplog.text
    ((heard, answers),) = await centre.rows(
        "SELECT r.state -> 'variables' ->> 'heard', i.flow_answers FROM flow_runs r, interactions i"
        " WHERE r.tenant_id = %(tenant)s AND i.tenant_id = r.tenant_id"
    )
    assert "4711" in heard
    assert "4711" not in str(answers)
    assert "sales" in str(answers)
    await nothing_left(centre)


async def test_keys_count_at_any_time(floor: FakeFloor, ear: Scripted):
    """During the question, after it, while speaking, and while what was said is being understood."""
    switch = floor.fake.switch
    for when in ("question", "silence", "speaking", "understanding"):
        centre = await floor.centre(FLOW, agents=0)
        ear.texts, ear.asked = ["support"], []
        ear.go.clear()
        caller = centre.call_in()
        if when == "question":

            async def asked(channel: FakeChannel = caller) -> bool:
                return any(one.kind == "playback" for one in channel.operations)

            await until(asked)
        elif when == "understanding":
            await says(centre, caller)

            async def understood() -> bool:
                return bool(ear.asked)

            await until(understood)
        else:
            file_of(centre, await listens(centre, caller)).write_bytes(b"sound")
            if when == "speaking":
                switch.far_talks(caller, begun=True)
        switch.far_presses(caller, "1")
        await centre.phase("wait")
        ear.go.set()
        await nothing_left(centre)
        rows = await centre.rows(
            "SELECT state -> 'variables' ->> 'heard' FROM flow_runs WHERE tenant_id = %(tenant)s"
        )
        assert rows == [("1",)], when


async def test_a_key_of_two_digits_and_one_that_stays_half(floor: FakeFloor, ear: Scripted):
    centre = await floor.centre(FLOW, agents=0)
    caller = centre.call_in()
    await listens(centre, caller)
    floor.fake.switch.far_presses(caller, "2")
    await asked_again(centre, caller)
    await listens(centre, caller)
    floor.fake.switch.far_presses(caller, "2")
    floor.fake.switch.far_presses(caller, "2")
    await centre.phase("wait")
    rows = await centre.rows(
        "SELECT state -> 'variables' ->> 'heard' FROM flow_runs WHERE tenant_id = %(tenant)s"
    )
    assert rows == [("22",)]


async def test_silence_is_asked_again_and_then_given_up(floor: FakeFloor, ear: Scripted):
    centre = await floor.centre(FLOW, agents=0)
    caller = centre.call_in()
    await listens(centre, caller)
    await asked_again(centre, caller)
    await listens(centre, caller)
    async with floor.passing():
        assert await ended(centre) == "end"
    assert ear.asked == []
    assert ear.prepared == 2


async def test_a_click_is_no_sentence_and_one_without_end_is_cut(floor: FakeFloor, ear: Scripted):
    centre = await floor.centre(FLOW, agents=0)
    ear.texts = ["sales"]
    caller = centre.call_in()
    await says(centre, caller, seconds=0.05)
    await floor.pass_time(2)
    assert ear.asked == []
    floor.fake.switch.far_talks(caller, begun=True)
    async with floor.passing():
        await centre.phase("wait")
    await nothing_left(centre)


async def test_where_it_is_not_understood_in_time_the_keys_are_asked_for(floor: FakeFloor, ear: Scripted):
    centre = await floor.centre(FLOW, agents=0)
    ear.texts = [None]
    caller = centre.call_in()
    await says(centre, caller)

    async def by_keys() -> bool:
        rows = await centre.rows(
            "SELECT state -> 'waiting' ->> 'kind' FROM flow_runs WHERE tenant_id = %(tenant)s"
        )
        return rows == [("gather",)]

    await until(by_keys)
    floor.fake.switch.far_presses(caller, "1")
    await centre.phase("wait")
    await nothing_left(centre)


async def test_a_server_that_understands_nothing_asks_for_keys_at_once(floor: FakeFloor):
    floor.runtime.get(Recognisers).providers = ()
    centre = await floor.centre(FLOW, agents=0)
    caller = centre.call_in()

    async def asked() -> bool:
        return bool(caller.operations)

    await until(asked)
    floor.fake.switch.far_presses(caller, "1")
    await centre.phase("wait")


async def test_a_hang_up_in_the_middle_leaves_nothing(floor: FakeFloor, ear: Scripted):
    for when in ("speaking", "understanding"):
        centre = await floor.centre(FLOW, agents=0)
        ear.texts, ear.asked = ["sales"], []
        ear.go.clear()
        caller = centre.call_in()
        if when == "speaking":
            file_of(centre, await listens(centre, caller)).write_bytes(b"sound")
            floor.fake.switch.far_talks(caller, begun=True)
        else:
            await says(centre, caller)

            async def understood() -> bool:
                return bool(ear.asked)

            await until(understood)
        floor.fake.switch.far_hangs_up(caller)

        async def closed(one: FakeCentre = centre) -> bool:
            return await one.rows("SELECT state FROM interactions WHERE tenant_id = %(tenant)s") == [
                ("closed",)
            ]

        await until(closed)
        ear.go.set()
        await nothing_left(centre)


async def test_after_a_restart_the_caller_is_asked_anew(floor: FakeFloor, ear: Scripted):
    centre = await floor.centre(FLOW, agents=0)
    ear.texts = ["sales"]
    caller = centre.call_in()
    first = await listens(centre, caller)
    file_of(centre, first).write_bytes(b"half a sentence")
    floor.fake.switch.far_talks(caller, begun=True)
    await restart(floor)
    await nothing_left(centre)
    await says(centre, caller)
    await centre.phase("wait")
    ((name, _, _),) = ear.asked
    assert name != f"{first}.wav"
    await nothing_left(centre)


async def test_asterisk_that_refuses_to_record_leaves_the_keys(floor: FakeFloor, ear: Scripted):
    centre = await floor.centre(FLOW, agents=0)
    floor.fake.refusals.append(("/record", 500))
    caller = centre.call_in()

    async def asked() -> bool:
        return bool(caller.operations)

    await until(asked)
    floor.fake.switch.finish(caller, caller.operations[0])

    async def by_keys() -> Any:
        rows = await centre.rows(
            "SELECT state -> 'waiting' ->> 'kind' FROM flow_runs WHERE tenant_id = %(tenant)s"
        )
        return rows == [("gather",)]

    await until(by_keys)
    floor.fake.switch.far_presses(caller, "1")
    await centre.phase("wait")
