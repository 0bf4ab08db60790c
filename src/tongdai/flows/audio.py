"""Uploaded audio → what Asterisk plays: mono 16-bit WAV at 16 kHz (and 8 kHz, made when it is laid out)."""

from __future__ import annotations

import io
from typing import Any, cast

from tongdai.flows.errors import BadAudio
from tongdai.intelligence.public import encode, resample

MAX_BYTES = 25_000_000
MAX_SECONDS = 600
RATE = 16_000
_FORMATS = frozenset({"WAV", "WAVEX", "MP3", "OGG", "FLAC"})
Samples = Any
"""A one-dimensional numpy array of float32 in -1 … 1."""


def to_wav(data: bytes, rate: int = RATE) -> tuple[bytes, float]:
    """(WAV, seconds). Raises BadAudio for what is no audio, too long, empty, or not of the formats that are taken.

    Imports its libraries when it is called, from a thread: a start of the app should not wait for them.
    """
    import numpy as np
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    if len(data) > MAX_BYTES:
        raise BadAudio(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if file.format not in _FORMATS:
                raise BadAudio()
            if file.samplerate < 4_000 or file.samplerate > 192_000 or file.channels > 8:
                raise BadAudio("The file's sample rate or number of channels is out of range.")
            if file.frames > MAX_SECONDS * file.samplerate:
                raise BadAudio("The recording is longer than 10 minutes.")
            frames = cast(
                "Samples", file.read(MAX_SECONDS * file.samplerate, dtype="float32", always_2d=True)
            )
            source_rate = int(file.samplerate)
    except (soundfile.LibsndfileError, RuntimeError, ValueError, TypeError) as exc:
        raise BadAudio() from exc
    if len(frames) < source_rate * 0.05:
        raise BadAudio("The recording is empty.")
    mono = np.nan_to_num(frames.mean(axis=1))
    return encode(resample(mono, source_rate, rate), rate), len(mono) / source_rate
