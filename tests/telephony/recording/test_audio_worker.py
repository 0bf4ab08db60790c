"""Recordings are encoded beside the calls: in one process of the lowest priority, which may die."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf  # pyright: ignore[reportMissingTypeStubs]
from tests.telephony.rtp import RATE, strength, tone

from tongdai.telephony.recording.audio_worker import AudioWorker, Parts


@pytest.fixture
async def worker() -> AsyncIterator[AudioWorker]:
    made = AudioWorker()
    yield made
    await made.stop()


def voices(folder: Path) -> Parts:
    """Two seconds of a customer, and of an agent who comes a second later."""
    for who, hertz, seconds in (("customer", 600, 2), ("agent", 1000, 1)):
        samples = np.array(tone(hertz, seconds)) / 32768
        sf.write(folder / f"{who}.wav", samples, RATE, subtype="PCM_16")
    return {"customer": [(folder / "customer.wav", 0.0)], "agent": [(folder / "agent.wav", 1.0)]}


async def test_two_voices_become_one_file_by_a_process_that_yields_to_all_others(
    worker: AudioWorker, tmp_path: Path
):
    stored = await worker.store(voices(tmp_path), tmp_path / "day" / "both.ogg")
    assert worker.pid is not None
    assert os.getpriority(os.PRIO_PROCESS, worker.pid) == 19
    samples, rate = sf.read(tmp_path / "day" / "both.ogg")
    assert stored.duration_s == pytest.approx(2.0, abs=0.01)
    assert stored.size == (tmp_path / "day" / "both.ogg").stat().st_size
    assert strength(list(samples[rate // 2 : rate, 0]), 600, rate) > 0.8
    assert float(np.abs(samples[: rate // 2, 1]).max()) < 0.01
    assert strength(list(samples[-rate // 2 :, 1]), 1000, rate) > 0.8


async def test_what_a_killed_asterisk_left_is_heard(worker: AudioWorker, tmp_path: Path):
    """Its header says that there is nothing."""
    parts = voices(tmp_path)
    for file in tmp_path.glob("*.wav"):
        sound = bytearray(file.read_bytes())
        sound[4:8] = sound[40:44] = bytes(4)
        file.write_bytes(sound)
    stored = await worker.store(parts, tmp_path / "both.ogg")
    samples, rate = sf.read(tmp_path / "both.ogg")
    assert stored.duration_s == pytest.approx(2.0, abs=0.01)
    assert strength(list(samples[rate // 2 : rate, 0]), 600, rate) > 0.8
    assert strength(list(samples[-rate // 2 :, 1]), 1000, rate) > 0.8


async def test_what_cannot_be_encoded_says_why_and_the_next_is_done(worker: AudioWorker, tmp_path: Path):
    with pytest.raises(ValueError, match="no sound"):
        await worker.store({"customer": [(tmp_path / "none.wav", 0.0)]}, tmp_path / "a.ogg")
    assert (await worker.store(voices(tmp_path), tmp_path / "b.ogg")).size > 500


async def test_a_worker_that_was_killed_is_followed_by_another(worker: AudioWorker, tmp_path: Path):
    await worker.store(voices(tmp_path), tmp_path / "a.ogg")
    first = worker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert (await worker.store(voices(tmp_path), tmp_path / "b.ogg")).size > 500
    assert worker.pid != first


async def test_who_is_cancelled_in_the_middle_leaves_no_process(worker: AudioWorker, tmp_path: Path):
    await worker.store(voices(tmp_path), tmp_path / "a.ogg")
    pid = worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    task = asyncio.create_task(worker.store(voices(tmp_path), tmp_path / "b.ogg"))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await worker.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
