"""What those hear who wait: the tenants' music as classes of Asterisk's music on hold.

Each piece is a class that plays one file, written into a file of configuration beside the prompts (`music.conf`, which
Asterisk's `musiconhold.conf` includes) so that it is there whenever Asterisk starts, with or without us. A piece never changes
its sound, and so its class never does. What is not there yet, or no more, sounds as Asterisk's own music: nobody waits in
silence for a file.
"""

import asyncio
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.flows.public import PromptRenderer
from tongdai.platform.database import Scope
from tongdai.platform.facts import Recorded
from tongdai.routing.events import MusicChanged
from tongdai.routing.public import Music, Piece
from tongdai.telephony.ari.connection import AriError, AsteriskAway

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

BUILT_IN = "default"
FILE = "music.conf"
MODULE = "res_musiconhold.so"


def class_of(piece_id: UUID) -> str:
    return f"tongdai-{piece_id.hex}"


def classes(files: dict[UUID, Path]) -> str:
    """The text of the file: a class for each piece, whose file is named without its extension."""
    head = "; Written by Tongdai; included by musiconhold.conf.\n"
    return head + "".join(
        f"\n[{class_of(piece)}]\nmode=playlist\nentry={path}\n" for piece, path in sorted(files.items())
    )


class MusicShelf:
    """Part of the exchange's media."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        settings = exchange.runtime.settings
        self._file = (settings.asterisk_sounds or settings.data_dir / "prompts") / FILE
        self._there: frozenset[UUID] = frozenset()
        self._standard: dict[UUID, UUID] = {}
        self._changed = asyncio.Lock()
        exchange.runtime.registry.subscriptions.on_fact(MusicChanged, self._edited)

    def _edited(self, _: Recorded) -> None:
        if self._exchange.owns:
            self._exchange.spawn(self.refresh())

    def class_for(self, tenant_id: UUID, music_id: UUID | None) -> str:
        """The chosen music, else the tenant's own, else Asterisk's; as a class of Asterisk."""
        for wanted in (music_id, self._standard.get(tenant_id)):
            if wanted is not None and wanted in self._there:
                return class_of(wanted)
        return BUILT_IN

    async def refresh(self) -> None:
        """Have Asterisk know every piece that there is. What goes wrong is logged: calls go on with the music that is known."""
        async with self._changed:
            pieces = await self._exchange.database.retrying(Scope.system(), lambda tx: Music(tx).of_all())
            files = {piece.id: path for piece in pieces if (path := await self._laid_out(piece)) is not None}
            try:
                if await asyncio.to_thread(_write, self._file, classes(files)):
                    await self._exchange.ari.asterisk.reload_module(MODULE)
            except (OSError, AriError, AsteriskAway) as error:
                log.warning("music: Asterisk does not know all of it: %s", error)
                return
            self._there = frozenset(files)
            self._standard = {piece.tenant_id: piece.id for piece in pieces if piece.standard}

    async def _laid_out(self, piece: Piece) -> Path | None:
        async def load() -> bytes | None:
            return await self._exchange.database.retrying(
                Scope(piece.tenant_id), lambda tx: Music(tx).audio(piece.id)
            )

        renderer = self._exchange.runtime.get(PromptRenderer)
        try:
            return await renderer.placed(piece.tenant_id, piece.checksum, load)
        except OSError as error:
            log.warning("music %s cannot be laid out: %s", piece.id, error)
            return None


def _write(file: Path, text: str) -> bool:
    """Whether that was something new. Whole or not at all."""
    if file.is_file() and file.read_text() == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(text)
    os.chmod(part, 0o644)
    os.replace(part, file)
    return True
