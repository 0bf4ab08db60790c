"""The voices of journeys: each has a tone of their own, so that who hears whom is measured."""

import math
import os
import struct
import tempfile
import wave
from pathlib import Path

CUSTOMER_HZ, FIRST_HZ, SECOND_HZ = 600, 1000, 1500
"""The customer's, and those of the first and the second computer."""
TONE_FILE = Path(tempfile.gettempdir()) / f"tongdai-agent-tone-{os.getuid()}.wav"
"""What the first computer says."""


def write_tone(file: Path, hertz: float) -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        samples = (round(12_000 * math.sin(2 * math.pi * hertz * n / 48_000)) for n in range(48_000))
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


write_tone(TONE_FILE, FIRST_HZ)


def of_what_plays(answer: str, given: str = "()") -> str:
    """A function for the page: an expression of `bins`, the decibels that its phone plays, each `width` hertz wide; null while
    nothing is connected."""
    return f"""async {given} => {{
      const element = document.querySelector('#softphone-audio');
      const stream = element && element.srcObject;
      if (!stream || !stream.getAudioTracks().length) return null;
      const context = new AudioContext();
      const analyser = new AnalyserNode(context, {{fftSize: 8192}});
      context.createMediaStreamSource(stream).connect(analyser);
      await new Promise(done => setTimeout(done, 700));
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      const width = context.sampleRate / analyser.fftSize;
      await context.close();
      return {answer};
    }}"""


HEARD = of_what_plays("{hertz: bins.indexOf(Math.max(...bins)) * width, decibel: Math.max(...bins)}")
"""The loudest."""
