"""The process that encodes recordings: one, at the lowest priority, there only while there is something to do."""

import asyncio
import json
import sys
from pathlib import Path

from tongdai.telephony.recording import audio
from tongdai.telephony.recording.audio import Stored

Parts = dict[str, list[tuple[Path, float]]]


class AudioWorker:
    """Does one recording after the other. The process ends with us, however we end: its input ends then."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    async def store(self, parts: Parts, target: Path) -> Stored:
        """See `audio.store`. Raises ValueError with the reason; a worker that died is tried once more."""
        files = {who: [(str(file), offset) for file, offset in some] for who, some in parts.items()}
        request = json.dumps({"parts": files, "target": str(target)}) + "\n"
        answer = await self._ask(request) or await self._ask(request)
        if not answer:
            raise ValueError("the encoder died")
        found = json.loads(answer)
        if "error" in found:
            raise ValueError(found["error"])
        return Stored(**found)

    async def _ask(self, request: str) -> bytes:
        """The answer; empty when the process died of it."""
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", audio.__file__,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**22,
            )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(request.encode())
            await self._process.stdin.drain()
            answer = await self._process.stdout.readline()
        except OSError:
            answer = b""
        except asyncio.CancelledError:
            # In the middle of a recording: whoever collects next begins it anew.
            self._process.kill()
            raise
        if not answer:
            await self.stop()
        return answer

    async def stop(self) -> None:
        """End the process; the next recording starts another."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()
