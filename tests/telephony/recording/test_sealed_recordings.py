"""Recordings are encrypted in the file store, heard from anywhere in them, and go on being heard after a new key."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
import soundfile as sf  # pyright: ignore[reportMissingTypeStubs]
from tests.api import Person, Site, app_of, found
from tests.support import sound_of, until
from tests.telephony.test_forgetting import customer, recorded

from tongdai.entrypoints.recording_commands import rotate_key
from tongdai.platform.config import Settings
from tongdai.platform.sealed import CHUNK, DEFAULT_RING, KeyRing, key_of, seal


@pytest.fixture
async def kept(dsn: str, tmp_path: Path) -> AsyncIterator[Site]:
    """The app with a collector on a spool of its own; no Asterisk."""
    (tmp_path / "spool").mkdir()
    app = app_of(Settings(database_dsn=dsn, data_dir=tmp_path, asterisk_recordings=tmp_path / "spool"))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield await found(app, stack)


async def sealed(kept: Site, folder: Path, admin: Person, sound: bytes) -> tuple[UUID, Path]:
    """A stored recording of these bytes."""
    recording, plain = await recorded(kept, folder, await customer(admin, "0912345678"))
    plain.write_bytes(sound)
    file = plain.with_name(f"{plain.name}.sealed")
    seal(plain, file, KeyRing(folder / DEFAULT_RING), str(recording))
    plain.unlink()
    await kept.world.value(
        "UPDATE recordings SET path = path || '.sealed', size = %(size)s WHERE id = %(id)s RETURNING id",
        id=recording,
        size=len(sound),
    )
    return recording, file


async def test_it_is_heard_whole_and_from_anywhere(kept: Site, tmp_path: Path):
    admin = await kept.sign_in("admin")
    sound = os.urandom(3 * CHUNK + 100)
    recording, _ = await sealed(kept, tmp_path, admin, sound)
    address = f"/recordings/{recording}/audio"
    assert (await admin.get(address)).content == sound
    for first, last in ((0, 0), (10, CHUNK), (CHUNK, 2 * CHUNK - 1), (2 * CHUNK + 5, len(sound) - 1)):
        part = await admin.http.get(address, headers={"Range": f"bytes={first}-{last}"})
        assert (part.status_code, part.content) == (206, sound[first : last + 1])
        assert part.headers["content-range"] == f"bytes {first}-{last}/{len(sound)}"
    end = await admin.http.get(address, headers={"Range": "bytes=-7"})
    assert end.content == sound[-7:]


async def test_after_a_new_key_everything_is_still_heard(kept: Site, tmp_path: Path):
    admin = await kept.sign_in("admin")
    recording, file = await sealed(kept, tmp_path, admin, b"OggS and more")
    before = key_of(file)
    config = tmp_path / "settings.toml"
    config.write_text(f'database_dsn = "{kept.runtime.settings.database_dsn}"\ndata_dir = "{tmp_path}"\n')
    rotate_key(config=config)
    assert key_of(file) != before
    assert (await admin.get(f"/recordings/{recording}/audio")).content == b"OggS and more"


async def test_what_cannot_be_read_says_so_before_anything_is_sent(kept: Site, tmp_path: Path):
    admin = await kept.sign_in("admin")
    recording, file = await sealed(kept, tmp_path, admin, b"OggS and more")
    kept_aside = (tmp_path / DEFAULT_RING).rename(tmp_path / "aside.json")
    answer = await admin.get(f"/recordings/{recording}/audio")
    assert (answer.status_code, answer.json()["code"]) == (500, "not_readable")
    kept_aside.rename(tmp_path / DEFAULT_RING)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    answer = await admin.get(f"/recordings/{recording}/audio")
    assert (answer.status_code, answer.json()["code"]) == (500, "not_readable")


async def test_what_is_collected_is_encrypted_and_nothing_open_stays(kept: Site, tmp_path: Path):
    admin = await kept.sign_in("admin")
    recording, wav = await recorded(kept, tmp_path, await customer(admin, "0912345678"), "recording")
    tone = (np.sin(np.arange(16_000) * 0.5) * 0.5).astype(np.float32)
    sf.write(wav, tone, 8_000)  # pyright: ignore[reportUnknownMemberType]
    collect = "UPDATE recordings SET state = 'collecting' WHERE id = %(id)s RETURNING id"
    await kept.world.value(collect, id=recording)

    async def stored() -> str | None:
        return await kept.world.value(
            "SELECT path FROM recordings WHERE id = %(id)s AND state = 'stored'", id=recording
        )

    path: str = await until(stored)
    held = (tmp_path / "files" / path).read_bytes()
    assert b"OggS" not in held
    assert sound_of(tmp_path, path).startswith(b"OggS")
    left = {file.relative_to(tmp_path / "files").as_posix() for file in (tmp_path / "files").rglob("*.*")}
    assert left == {path, "keys/recordings.json"}

    async def nothing_open() -> bool:
        return not wav.exists()

    await until(nothing_open)
    heard = await admin.get(f"/recordings/{recording}/audio")
    assert heard.content == sound_of(tmp_path, path)
