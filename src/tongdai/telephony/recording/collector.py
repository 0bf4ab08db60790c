"""Collects finished recordings from Asterisk into the file store: encoded, checked, then removed at the source.

The row's state is the queue ("collecting"), so nothing is lost when any process dies: what was not done is done again.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

from tongdai.kit.waiting import is_set_within
from tongdai.platform import leases
from tongdai.platform.database import Scope
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.facts import Recorded
from tongdai.platform.files import inside
from tongdai.platform.registry import Runtime
from tongdai.platform.sealed import SUFFIX, KeyRing, seal
from tongdai.telephony.events import RecordingChanged
from tongdai.telephony.recording import audio
from tongdai.telephony.recording.audio_worker import AudioWorker
from tongdai.telephony.recording.repository import RecordingRow, Recordings
from tongdai.telephony.voicemail.mailbox import arrived
from tongdai.telephony.voicemail.policies import KEPT_DELETED
from tongdai.telephony.voicemail.repository import Messages
from tongdai.tenancy import public as tenancy

log = logging.getLogger(__name__)

LEASE = "telephony.collector"
SETTLE_S = 0.3
"""Asterisk writes the last samples and the header just after the channel is gone."""


class Collector:
    """One per installation, under a lease; wakes when a recording ends and every few seconds."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self.worker = AudioWorker()

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        self._runtime = runtime
        if runtime.settings.asterisk_recordings is None:
            yield
            return
        self._source = runtime.settings.asterisk_recordings
        self.store = runtime.settings.data_dir / "files"
        self._ring = KeyRing(runtime.settings.key_ring)
        runtime.registry.subscriptions.on_fact(RecordingChanged, self._changed)
        async with leases.held(runtime.database, LEASE, self._run):
            yield

    def _changed(self, event: Recorded) -> None:
        if isinstance(event.fact, RecordingChanged) and event.fact.state in ("collecting", "erasing"):
            self._woken.set()

    async def _run(self, _: leases.Lease) -> None:
        try:
            while True:
                with contextlib.suppress(DatabaseAway):
                    while await self._collect_some():
                        pass
                    await self._erase_expired()
                if not await is_set_within(self._woken, 5):
                    await self.worker.stop()  # with the memory that an hour of sound took
                self._woken.clear()
                await asyncio.sleep(SETTLE_S)
        finally:
            await self.worker.stop()

    async def _collect_some(self) -> bool:
        async with self._runtime.database.transaction(Scope.system()) as tx:
            rows = await Recordings(tx).to_collect()
        for row in rows:
            await self._collect(row)
        return len(rows) > 0

    async def _erase_expired(self) -> None:
        """Recordings whose retention is over: the file first, so that a row without a file is the worst that can remain."""
        async with self._runtime.database.transaction(Scope.system()) as tx:
            await Messages(tx).expire(self._runtime.clock.now() - KEPT_DELETED)
            await Recordings(tx).expire(self._runtime.clock.now())
        async with self._runtime.database.transaction(Scope.system()) as tx:
            over = await Recordings(tx).to_erase()
        for row in over:
            if row.path is not None:
                await asyncio.to_thread(inside(self.store, row.path).unlink, missing_ok=True)
            async with self._runtime.database.transaction(Scope(row.tenant_id)) as tx:
                parts = await Recordings(tx).parts(row.id)
            for part in parts:
                await asyncio.to_thread((self._source / f"{part.source}.wav").unlink, missing_ok=True)
            async with self._runtime.database.transaction(Scope(row.tenant_id)) as tx:
                version = await Recordings(tx).erased(row.id)
                await Messages(tx).drop_deleted(row.id)
                tx.emit(_fact(row, version, "erased"))

    async def _collect(self, row: RecordingRow) -> None:
        scope = Scope(row.tenant_id)
        async with self._runtime.database.transaction(scope) as tx:
            parts = await Recordings(tx).parts(row.id)
        files: dict[str, list[tuple[Path, float]]] = {}
        for part in parts:
            offset = max(0.0, (part.started_at - row.started_at).total_seconds())
            files.setdefault(part.participant, []).append((self._source / f"{part.source}.wav", offset))
        path = f"recordings/{row.tenant_id}/{row.started_at:%Y/%m/%d}/{row.id}{audio.SUFFIX}"
        try:
            stored = await self.worker.store(files, self.store / path)
            path = await asyncio.to_thread(self._seal, path, row)
        except (OSError, RuntimeError, ValueError) as error:
            log.error("recording %s could not be collected: %s", row.id, error)
            async with self._runtime.database.transaction(scope) as tx:
                version = await Recordings(tx).failed(row.id, str(error))
                tx.emit(_fact(row, version, "failed"))
            return
        async with self._runtime.database.transaction(scope) as tx:
            days = row.keep_days or (await tenancy.settings(tx)).recording_retention_days
            until = row.started_at + timedelta(days=days) if days else None
            version = await Recordings(tx).stored(
                row.id,
                path=path,
                codec=audio.CODEC,
                size=stored.size,
                checksum=stored.checksum,
                duration_s=stored.duration_s,
                peaks=stored.peaks,
                retention_until=until,
            )
            if version is not None:
                tx.emit(_fact(row, version, "stored"))
                if row.kind == "voicemail":
                    await arrived(tx, row, stored.duration_s)
        if version is None:
            await asyncio.to_thread((self.store / path).unlink, missing_ok=True)
        for sources in files.values():
            for file, _offset in sources:
                await asyncio.to_thread(file.unlink, missing_ok=True)

    def _seal(self, path: str, row: RecordingRow) -> str:
        """Encrypt what was stored; gives the path of that. The open file is gone then, as Asterisk's are a moment later."""
        sealed = f"{path}{SUFFIX}"
        seal(self.store / path, self.store / sealed, self._ring, str(row.id))
        (self.store / path).unlink()
        return sealed


def _fact(row: RecordingRow, version: int, state: str) -> RecordingChanged:
    return RecordingChanged(
        aggregate_id=row.id, aggregate_version=version, interaction_id=row.interaction_id, state=state
    )
