"""Speech: which voice speaks, the cache, and what happens where nothing can speak."""

import asyncio
import io
from pathlib import Path

import numpy as np
import pytest
import soundfile  # pyright: ignore[reportMissingTypeStubs]

from tongdai.intelligence.public import (
    NoVoice,
    Quality,
    SpeechCache,
    Voice,
    VoiceCapabilities,
    Voices,
    default_voices,
    to_rate,
)
from tongdai.intelligence.speech.espeak import Espeak
from tongdai.intelligence.speech.hibari import Hibari


class Tone:
    """A provider that says everything as a 440 Hz tone at 22.05 kHz, and counts."""

    name = "tone"

    def __init__(
        self, language: str = "en", quality: Quality = Quality.ROBOTIC, broken: bool = False
    ) -> None:
        self.capabilities = VoiceCapabilities(
            (Voice(f"tone-{language}", language, quality),), 22_050, True, "Apache-2.0"
        )
        self.said: list[str] = []
        self.broken = broken

    async def synthesise(self, text: str, voice: Voice) -> bytes:
        self.said.append(text)
        await asyncio.sleep(0)
        if self.broken:
            raise NoVoice("broken")
        buffer = io.BytesIO()
        samples = 0.5 * np.sin(2 * np.pi * 440 * np.arange(22_050 * 2) / 22_050)
        soundfile.write(buffer, samples, 22_050, subtype="PCM_16", format="WAV")
        return buffer.getvalue()


def frequency(path: Path) -> tuple[int, float, float]:
    """(rate, seconds, strongest frequency)."""
    samples, rate = soundfile.read(io.BytesIO(path.read_bytes()))
    spectrum = np.abs(np.fft.rfft(samples))
    return int(rate), len(samples) / rate, float(np.argmax(spectrum) * rate / len(samples))


async def test_rendered_once_in_both_rates(tmp_path: Path) -> None:
    tone = Tone()
    cache = SpeechCache(tmp_path, Voices([tone]))
    first, second = await asyncio.gather(
        cache.render("Hello  there", "en-GB"), cache.render("Hello there", "en")
    )
    assert first == second
    assert tone.said == ["Hello there"]
    for suffix, rate in ((".wav", 8_000), (".wav16", 16_000)):
        found, seconds, hertz = frequency(first.with_suffix(suffix))
        assert found == rate
        assert seconds == pytest.approx(2, abs=0.01)
        assert hertz == pytest.approx(440, abs=2)
    await SpeechCache(tmp_path, Voices([tone])).render("Hello there", "en")
    assert len(tone.said) == 1
    await cache.render("Something else", "en")
    assert len(tone.said) == 2
    assert not list(tmp_path.rglob("*.part"))


async def test_no_voice_says_the_mend_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(NoVoice, match="install espeak-ng"):
        await SpeechCache(tmp_path, Voices([Tone("en")])).render("Xin chào", "vi")
    with pytest.raises(NoVoice):
        await SpeechCache(tmp_path, Voices([Tone(broken=True)])).render("x", "en")
    with pytest.raises(NoVoice, match="nothing to say"):
        await SpeechCache(tmp_path, Voices([Tone()])).render(" … ", "en")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_best_voice_of_the_language_speaks() -> None:
    robotic, clear, other = Tone("en"), Tone("en", Quality.CLEAR), Tone("uk", Quality.NATURAL)
    voices = Voices([robotic, clear, other])
    assert voices.choose("en-US")[0] is clear
    assert voices.choose("uk_UA")[0] is other
    assert voices.quality("vi") is None
    assert Voices([]).quality("en") is None


def test_resampling_keeps_tone_and_length_over_block_borders() -> None:
    samples = 0.5 * np.sin(2 * np.pi * 1_000 * np.arange(44_100 * 13) / 44_100)
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, 44_100, subtype="PCM_16", format="WAV")
    out, rate = soundfile.read(io.BytesIO(to_rate(buffer.getvalue(), 8_000)))
    expected = 0.5 * np.sin(2 * np.pi * 1_000 * np.arange(len(out)) / 8_000)
    assert rate == 8_000
    assert abs(len(out) - 13 * 8_000) <= 2
    assert np.abs(out[100:-100] - expected[100:-100]).max() < 0.02


@pytest.mark.skipif(Espeak.find() is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize("text", ["một trăm linh năm", "сто п'ять", "--version"])
async def test_espeak(tmp_path: Path, text: str) -> None:
    language = "uk" if text.startswith("с") else "vi"
    path = await SpeechCache(tmp_path, Voices([Espeak("espeak-ng")])).render(text, language)
    _, seconds, _ = frequency(path.with_suffix(".wav"))
    assert 0.3 < seconds < 6


SENTENCES = {
    "en": "Your order of the third of March costs one hundred and five dollars.",
    "vi": "Đơn hàng ngày ba tháng ba của bạn giá một trăm linh năm nghìn đồng.",
    "uk": "Ваше замовлення від третього березня коштує сто п'ять гривень.",
}


@pytest.mark.skipif(Espeak.find() is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize("language", SENTENCES)
async def test_a_sentence_is_speech_of_plausible_length_for_the_telephone(
    tmp_path: Path, language: str
) -> None:
    """Mono at 8 and 16 kHz, loud enough, not clipped, spoken most of the time, and as long as a person would take."""
    text = SENTENCES[language]
    path = await SpeechCache(tmp_path, Voices([Espeak("espeak-ng")])).render(text, language)
    for suffix, wanted in ((".wav", 8_000), (".wav16", 16_000)):
        samples, rate = soundfile.read(io.BytesIO(path.with_suffix(suffix).read_bytes()))
        assert (rate, samples.ndim) == (wanted, 1)
        slices = samples[: len(samples) // (rate // 20) * (rate // 20)].reshape(-1, rate // 20)
        spoken = np.sqrt((slices**2).mean(axis=1)) > 0.01
        assert spoken.mean() > 0.5
        assert (np.abs(samples) > 0.999).mean() < 0.001
        assert np.abs(samples).max() > 0.1
        assert 8 < len(text) / (len(samples) / rate) < 25  # letters per second


@pytest.mark.skipif(Hibari.find() is None, reason="the extra `ai` is not installed")
async def test_hibari(tmp_path: Path) -> None:
    path = await SpeechCache(tmp_path, Voices([Hibari()])).render("Your balance is twelve dollars.", "en")
    _, seconds, _ = frequency(path.with_suffix(".wav"))
    assert 1 < seconds < 6


def test_default_voices_are_what_is_here() -> None:
    names = {provider.name for provider in default_voices().providers}
    assert ("espeak-ng" in names) == (Espeak.find() is not None)
    assert ("hibari-tts" in names) == (Hibari.find() is not None)
