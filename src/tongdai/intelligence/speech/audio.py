"""Sample rates and WAV files.

Its libraries are imported by the calls, which threads make: a start of the app should not wait for them.
"""

from __future__ import annotations

import io
from typing import Any, cast

Samples = Any
"""A one-dimensional numpy array of float32 in -1 … 1."""


def to_rate(wav: bytes, rate: int) -> bytes:
    """Any WAV as mono 16-bit at `rate`."""
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    samples, source = soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)
    return encode(resample(cast("Samples", samples).mean(axis=1), int(source), rate), rate)


def resample(samples: Samples, source: int, target: int) -> Samples:
    """Band-limited by the Fourier transform in overlapping blocks: no aliasing, memory stays bounded."""
    import numpy as np

    if source == target:
        return samples
    block, margin = source * 4, source // 2
    pieces: list[Samples] = []
    for start in range(0, len(samples), block):
        low, high = max(0, start - margin), min(len(samples), start + block + margin)
        count = round((high - low) * target / source)
        spectrum = np.fft.rfft(samples[low:high])
        bins = count // 2 + 1
        kept = np.zeros(bins, dtype=complex)
        both = min(bins, len(spectrum))
        kept[:both] = spectrum[:both]
        piece = np.fft.irfft(kept, count) * (count / (high - low))
        first = round((start - low) * target / source)
        last = first + round((min(len(samples), start + block) - start) * target / source)
        pieces.append(piece[first:last])
    return np.concatenate(pieces)


def encode(samples: Samples, rate: int) -> bytes:
    import numpy as np
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(samples, -1, 1), rate, subtype="PCM_16", format="WAV")
    return buffer.getvalue()
