"""Prompts → what a voice channel plays: files of the prompt cache, Asterisk's own sounds, silence.

Recordings come from the tenant's library and are laid out as files under their checksum, so that a changed prompt is another
file; speech is synthesised once and cached by (text, voice, rate). Outside transactions only: a call is never held up by one.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

from tongdai.flows.prompts import Pause, Prompts, Recording, Speech
from tongdai.flows.repository import FlowRepository, PromptRow
from tongdai.intelligence.public import NoVoice, SpeechCache, to_rate
from tongdai.kit.remembered import Remembered
from tongdai.platform.database import Database, Scope, forbid_inside_transaction


@dataclass(frozen=True, slots=True)
class Media:
    """One thing to play. `file`: an absolute path without its extension (`.wav` 8 kHz and `.wav16` 16 kHz are there);
    `sound`: a name in Asterisk's own set; `silence`: `seconds`. `missing`: nothing can be played, `value` says why."""

    kind: Literal["file", "sound", "silence", "missing"]
    value: str = ""
    seconds: float = 0.0
    language: str = "en"


class PromptRenderer:
    """The one of the process: `runtime.get(PromptRenderer)`. Never raises for what cannot be said: a call goes on."""

    def __init__(self, database: Database, folder: Path, speech: SpeechCache) -> None:
        self._database = database
        self._folder = folder
        self._speech = speech
        self._prompts = Remembered[tuple[UUID, str, str], PromptRow | None]()

    def forget(self, tenant_id: UUID) -> None:
        self._prompts.forget(lambda key: key[0] == tenant_id)

    async def render(self, tenant_id: UUID, prompts: Prompts) -> list[Media]:
        """What to play, in order. Warm prompts cost no I/O but a stat."""
        forbid_inside_transaction("rendering of prompts")
        media: list[Media] = []
        for prompt in prompts:
            if isinstance(prompt, Pause):
                media.append(Media("silence", seconds=prompt.seconds))
            elif isinstance(prompt, Recording):
                media.append(await self._recording(tenant_id, prompt))
            elif prompt.sounds:
                media += [Media("sound", name, language="en") for name in prompt.sounds]
            else:
                media.append(await self._spoken(prompt))
        return media

    async def _spoken(self, speech: Speech) -> Media:
        try:
            path = await self._speech.render(speech.text, speech.language)
        except NoVoice as exc:
            return Media("missing", str(exc), language=speech.language)
        return Media("file", str(path), language=speech.language)

    async def _recording(self, tenant_id: UUID, recording: Recording) -> Media:
        async def ask() -> PromptRow | None:
            async with self._database.transaction(Scope(tenant_id)) as tx:
                return await FlowRepository(tx).prompt(recording.name, recording.language)

        row = await self._prompts.get((tenant_id, recording.name, recording.language), ask)
        if row is None:
            return Media("missing", f"there is no prompt '{recording.name}' in '{recording.language}'")
        if row.checksum is None:
            return await self._spoken(Speech(text=row.text, language=row.language))

        async def load() -> bytes | None:
            async with self._database.transaction(Scope(tenant_id)) as tx:
                return await FlowRepository(tx).prompt_audio(row.id)

        path = await self.placed(tenant_id, row.checksum, load)
        if path is None:
            return Media("missing", f"the prompt '{recording.name}' has lost its audio")
        return Media("file", str(path), language=row.language)

    async def placed(
        self, tenant_id: UUID, checksum: str, load: Callable[[], Awaitable[bytes | None]]
    ) -> Path | None:
        """Where a tenant's sound lies, without its extension; it is loaded (16 kHz WAV) unless it lies there already. None when
        there is none any more."""
        path = self._folder / str(tenant_id) / checksum
        if not path.with_suffix(".wav").exists():
            audio = await load()
            if audio is None:
                return None
            await asyncio.to_thread(lay_out, path, audio)
        return path


def lay_out(path: Path, wav16: bytes) -> None:
    """Write `path`.wav16 and `path`.wav (8 kHz), each whole or not at all; the .wav last, so that it stands for both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for suffix, data in ((".wav16", wav16), (".wav", to_rate(wav16, 8_000))):
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path.with_suffix(suffix))
