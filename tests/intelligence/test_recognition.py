"""A process that recognises speech and dies, hangs or is slow; and who understands a language."""

import asyncio
import sys
from pathlib import Path

import pytest
from tests.support import until

from tongdai.intelligence.public import NoRecogniser, Recognisers
from tongdai.intelligence.recognition.whisper import Whisper

FAKE = """
import json, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    what = asked["phrases"][0]
    if what == "hang":
        time.sleep(600)
    if what == "die":
        sys.exit(1)
    time.sleep(float(asked["phrases"][1]) if len(asked["phrases"]) > 1 else 0)
    print(json.dumps({"text": what}), flush=True)
"""


def scripted(deadline: float, program: str = FAKE) -> Whisper:
    return Whisper((sys.executable, "-I", "-c", program), deadline)


async def test_one_that_hangs_is_killed_and_the_next_caller_is_served():
    made = scripted(0.5)
    await made.prepare()
    assert await made.transcribe(Path("x"), "en", ["a"]) == "a"
    before = made.pid
    with pytest.raises(NoRecogniser, match="takes too long"):
        await made.transcribe(Path("x"), "en", ["hang"])
    assert made.pid is None
    assert await scripted_again(made, "b") == "b"
    assert made.pid != before
    await made.stop()


async def scripted_again(made: Whisper, word: str) -> str:
    """Once the new process is there: a deadline of half a second may not be enough to start one."""

    async def served() -> str | None:
        try:
            return await made.transcribe(Path("x"), "en", [word])
        except NoRecogniser:
            return None

    return await until(served)


async def test_one_that_always_dies_is_given_up():
    made = scripted(20)
    with pytest.raises(NoRecogniser, match="dies"):
        await made.transcribe(Path("x"), "en", ["die"])
    assert await made.transcribe(Path("x"), "en", ["a"]) == "a"
    await made.stop()


async def test_one_that_cannot_be_loaded_is_told():
    made = scripted(20, "raise SystemExit(3)")
    with pytest.raises(NoRecogniser, match="cannot be loaded"):
        await made.transcribe(Path("x"), "en", ["a"])
    await made.stop()


async def test_answers_are_never_mixed_up_when_callers_go():
    made = scripted(20)
    gone = asyncio.create_task(made.transcribe(Path("x"), "en", ["first", "0.2"]))

    async def begun() -> bool:
        return made.pid is not None

    await until(begun)
    gone.cancel()
    answers = await asyncio.gather(*[made.transcribe(Path("x"), "en", [word]) for word in "abc"])
    assert answers == ["a", "b", "c"]
    await made.stop()
    assert made.pid is None


async def test_those_who_wait_too_long_for_their_turn_kill_nobody_elses():
    made = scripted(1.0)
    await made.prepare()
    assert await scripted_again(made, "warm") == "warm"
    before = made.pid
    first = asyncio.create_task(made.transcribe(Path("x"), "en", ["first", "0.8"]))
    second = asyncio.create_task(made.transcribe(Path("x"), "en", ["second", "0.1"]))
    third = asyncio.create_task(made.transcribe(Path("x"), "en", ["third", "5"]))
    assert await first == "first"
    assert await second == "second"
    with pytest.raises(NoRecogniser, match="takes too long"):
        await third
    assert before is not None
    await made.stop()


def test_who_understands_a_language():
    whisper = Whisper.find()
    assert whisper is not None
    some = Recognisers([whisper])
    assert some.choose("uk-UA") is whisper
    assert some.understands("")
    assert some.understands("vi")
    assert not some.understands("tlh")
    with pytest.raises(NoRecogniser, match=r"tongdai\[ai\]"):
        some.choose("tlh")
    assert not Recognisers([]).understands("")
