"""What callers say to a flow: sound that is there for as long as it takes to understand it, and in no record or log."""

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from tongdai.flows.public import Listen
from tongdai.intelligence.public import NoRecogniser, Recognisers
from tongdai.kit.ids import new_id
from tongdai.telephony.ari.connection import AriError, AsteriskAway

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

PREFIX = "heard-"


class Utterances:
    """Sentences of the calls on one Asterisk. Names hold the call's id, so that after a restart they are found."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._folder: Path | None = exchange.runtime.settings.asterisk_recordings
        self._recognisers = exchange.runtime.get(Recognisers)

    def understood(self, language: str) -> bool:
        """Whether one could be understood here: where Asterisk's files cannot be read, none is."""
        return self._folder is not None and self._recognisers.understands(language)

    async def prepare(self, language: str) -> None:
        await self._recognisers.choose(language).prepare()

    def name(self, call_id: UUID) -> str:
        """A new name for Asterisk's file."""
        return f"{PREFIX}{call_id}-{new_id()}"

    async def understand(self, name: str, command: Listen) -> str | None:
        """What was said; None when it cannot be known. The file is gone afterwards."""
        try:
            recogniser = self._recognisers.choose(command.language)
            return await recogniser.transcribe(self._file(name), command.language, command.phrases)
        except NoRecogniser as error:
            log.warning("a caller is asked for keys: %s", error)
            return None
        finally:
            await self._erase(name)

    async def forget(self, name: str) -> None:
        """It is not wanted any more, finished or not."""
        with contextlib.suppress(AriError, AsteriskAway):
            await self._exchange.ari.recordings.cancel(name)
        await self._erase(name)

    async def after_restart(self, live: set[UUID]) -> None:
        """Forget what was being said when we, or Asterisk, went away. `live`: calls whose actors lived on."""
        for name in await asyncio.to_thread(self._left):
            if not any(name.startswith(f"{PREFIX}{call_id}-") for call_id in live):
                await self.forget(name)

    def _left(self) -> list[str]:
        return [file.stem for file in self._folder.glob(f"{PREFIX}*.wav")] if self._folder is not None else []

    def _file(self, name: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{name}.wav"

    async def _erase(self, name: str) -> None:
        if self._folder is not None:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(self._file(name).unlink, missing_ok=True)
