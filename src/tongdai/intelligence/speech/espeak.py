"""espeak-ng: over a hundred languages, intelligible, robotic. GPL-3, so it runs as a program of its own, never in-process."""

from __future__ import annotations

import asyncio
import shutil

from tongdai.intelligence.speech.port import NoVoice, Quality, Voice, VoiceCapabilities

DEADLINE = 15.0
_LANGUAGES = ("en", "vi", "uk", "de", "fr", "es", "it", "pl", "ru", "tr", "pt", "nl", "cs", "ro", "id", "hi")


class Espeak:
    """espeak-ng on this machine's PATH."""

    name = "espeak-ng"
    capabilities = VoiceCapabilities(
        tuple(Voice(f"espeak-{language}", language, Quality.ROBOTIC) for language in _LANGUAGES),
        22_050,
        True,
        "GPL-3.0-or-later",
    )

    def __init__(self, program: str) -> None:
        self._program = program

    @classmethod
    def find(cls) -> Espeak | None:
        program = shutil.which("espeak-ng")
        return cls(program) if program else None

    async def synthesise(self, text: str, voice: Voice) -> bytes:
        """The text goes in by standard input: nothing that a caller said can become an option."""
        process = await asyncio.create_subprocess_exec(
            self._program, "-v", voice.language, "-s", "150", "--stdin", "--stdout", "-b", "1",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(DEADLINE):
                audio, _ = await process.communicate(text.encode())
        except TimeoutError as exc:
            process.kill()
            await process.wait()
            raise NoVoice("espeak-ng took too long") from exc
        if process.returncode != 0 or len(audio) < 100:
            raise NoVoice(
                f"espeak-ng failed (exit {process.returncode}); check that it speaks '{voice.language}'"
            )
        return _with_lengths(audio)


def _with_lengths(wav: bytes) -> bytes:
    """Written to a pipe, the header cannot know its lengths; put the true ones in."""
    data = wav.find(b"data", 12)
    if data < 0:
        raise NoVoice("espeak-ng gave no WAV")
    body = len(wav) - data - 8
    return (
        wav[:4]
        + (len(wav) - 8).to_bytes(4, "little")
        + wav[8 : data + 4]
        + body.to_bytes(4, "little")
        + wav[data + 8 :]
    )
