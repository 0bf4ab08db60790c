"""Removes the files that nobody is shown any more: of erased customers, uploads that nobody sent, and what a crash left."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from tongdai.conversations.attachments.policies import UNSENT
from tongdai.conversations.attachments.repository import Attachments
from tongdai.conversations.attachments.store import FOLDER
from tongdai.conversations.later.repository import Scheduled
from tongdai.platform import leases
from tongdai.platform.database import Scope
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.files import inside
from tongdai.platform.registry import Runtime

EVERY_S = 30.0
SWEPT_DAYS = 7


@contextlib.asynccontextmanager
async def keeping(runtime: Runtime) -> AsyncGenerator[None]:
    """One per installation, under a lease."""

    async def run(_: leases.Lease) -> None:
        swept: date | None = None
        while True:
            now = runtime.clock.now()
            with contextlib.suppress(DatabaseAway):
                await clear_settled(runtime, now)
                await remove_gone(runtime, now)
                if swept != now.date():
                    await sweep(runtime, now)
                    swept = now.date()
            await asyncio.sleep(EVERY_S)

    async with leases.held(runtime.database, "conversations.attachments", run):
        yield


async def clear_settled(runtime: Runtime, now: datetime) -> None:
    """What was scheduled and has been sent or taken back; its writer had a day to fetch it."""
    async with runtime.database.transaction(Scope.system()) as tx:
        await Scheduled(tx).clear(now - UNSENT)


async def remove_gone(runtime: Runtime, now: datetime) -> None:
    """The file first: what dies in between is done again."""
    database, root = runtime.database, runtime.settings.data_dir / "files"
    async with database.transaction(Scope.system()) as tx:
        await Attachments(tx).expire(now - UNSENT)
    while True:
        async with database.transaction(Scope.system()) as tx:
            found = await Attachments(tx).to_remove()
        for _, _, path in found:
            await asyncio.to_thread(inside(root, path).unlink, missing_ok=True)
        for tenant_id in {tenant for tenant, _, _ in found}:
            async with database.transaction(Scope.system()) as tx:
                await Attachments(tx).remove(
                    tenant_id, [one for tenant, one, _ in found if tenant == tenant_id]
                )
        if not found:
            return


async def sweep(runtime: Runtime, now: datetime) -> None:
    """Files of the last days that no row names: their upload was cut off by a crash, before or just after they were whole."""
    root = runtime.settings.data_dir / "files"
    for tenant_id, folder in await asyncio.to_thread(lambda: list(_folders(runtime, now))):
        files = await asyncio.to_thread(_files, folder)
        async with runtime.database.transaction(Scope.system()) as tx:
            known = await Attachments(tx).known(tenant_id, [_path(root, file) for file in files])
        for file in files:
            if _path(root, file) not in known:
                await asyncio.to_thread(file.unlink, missing_ok=True)


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def _path(root: Path, file: Path) -> str:
    return file.relative_to(root).as_posix()


def _folders(runtime: Runtime, now: datetime) -> Iterator[tuple[UUID, Path]]:
    """(tenant, folder) of days that are so long over that every upload has come to its end."""
    root = runtime.settings.data_dir / "files" / FOLDER
    for tenant in root.iterdir() if root.exists() else ():
        for days in range(2, 2 + SWEPT_DAYS):
            folder = tenant / f"{now - timedelta(days=days):%Y/%m/%d}"
            if folder.is_dir():
                yield UUID(tenant.name), folder
