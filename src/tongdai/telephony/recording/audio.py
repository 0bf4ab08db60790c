"""Two mono files become one stereo file: the customer on the left, the agent on the right.

Half a second of computing for each minute of a call, so it is a program of its own at the lowest priority (`audio_worker`
starts it): no call waits for it. Imports nothing of the product.
"""

import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

CODEC = "opus"
SUFFIX = ".ogg"
RATE = 16_000
HEADER = 44
"""Bytes before the samples, 16-bit mono, in what Asterisk writes."""
PEAKS_PER_SECOND = 10
MAX_PEAKS = 4_000


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written. `peaks`: loudest sample (0–1) per slice and channel, for drawing the waveform."""

    size: int
    checksum: str
    duration_s: float
    peaks: dict[str, Any]


def _samples(file: Path) -> tuple[Any, int]:
    """Samples and their rate. How many there are is written into the header when the channel goes: where Asterisk was killed, the
    file is longer than it says (and lacks the last two seconds or less)."""
    import numpy as np
    import soundfile as sf

    samples, rate = sf.read(file, dtype="float32", always_2d=False)
    if HEADER + 2 * len(samples) + 1 < file.stat().st_size:
        samples = np.fromfile(file, "<i2", offset=HEADER).astype(np.float32) / 32_768
    return samples, rate


def store(parts: dict[str, list[tuple[Path, float]]], target: Path) -> Stored:
    """Write `target` (Ogg/Opus, stereo) from the parts: participant → [(file, offset in seconds)].

    Whole or not at all. A participant without sound is silence; files shorter than the other are filled with silence.
    Raises FileNotFoundError when nothing of the recording is there.
    """
    import numpy as np
    import soundfile as sf

    tracks: dict[str, Any] = {}
    rate = 8_000
    for participant, files in parts.items():
        pieces: list[tuple[int, Any]] = []
        for file, offset in files:
            if file.exists() and file.stat().st_size > HEADER:
                samples, rate = _samples(file)
                pieces.append((round(offset * rate), samples))
        length = max((start + len(samples) for start, samples in pieces), default=0)
        track = np.zeros(length, dtype=np.float32)
        for start, samples in pieces:
            track[start : start + len(samples)] = samples
        tracks[participant] = track
    length = max((len(track) for track in tracks.values()), default=0)
    if length == 0:
        raise FileNotFoundError("the recording has no sound")
    stereo = np.zeros((length, max(1, len(tracks))), dtype=np.float32)
    for column, track in enumerate(tracks.values()):
        stereo[: len(track), column] = track
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    sf.write(unfinished, stereo, rate, format="OGG", subtype="OPUS")
    os.replace(unfinished, target)
    return Stored(
        size=target.stat().st_size,
        checksum=hashlib.sha256(target.read_bytes()).hexdigest(),
        duration_s=length / rate,
        peaks=_peaks(dict(zip(tracks, stereo.T, strict=True)), rate),
    )


def _peaks(tracks: dict[str, Any], rate: int) -> dict[str, Any]:
    import numpy as np

    length = max(len(track) for track in tracks.values())
    per_second = min(PEAKS_PER_SECOND, MAX_PEAKS * rate / length)
    size = max(1, int(rate / per_second))
    peaks: dict[str, Any] = {"sample_rate_hz": rate / size}
    for participant, track in tracks.items():
        padded = np.pad(np.abs(track), (0, -len(track) % size))
        peaks[participant] = [round(float(value), 3) for value in padded.reshape(-1, size).max(axis=1)]
    return peaks


def main() -> None:
    """One request a line (parts and target), one answer a line (what was stored, or the error), until the input ends."""
    os.nice(19)
    for line in sys.stdin:
        wanted = json.loads(line)
        parts = {
            who: [(Path(file), offset) for file, offset in files] for who, files in wanted["parts"].items()
        }
        try:
            answer = asdict(store(parts, Path(wanted["target"])))
        except (OSError, RuntimeError, ValueError, MemoryError) as error:
            answer = {"error": str(error) or type(error).__name__}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
