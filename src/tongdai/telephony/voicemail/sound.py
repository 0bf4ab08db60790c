"""The sound of stored messages, unsealed: for a mail, and for a phone that plays it."""

import asyncio
from pathlib import Path

from tongdai.intelligence.public import to_rate
from tongdai.platform.config import Settings
from tongdai.platform.files import inside
from tongdai.platform.sealed import SUFFIX, KeyRing, unsealed
from tongdai.telephony.recording.repository import RecordingRow

RATE = 8_000


async def stored_sound(settings: Settings, row: RecordingRow) -> bytes:
    """The Ogg file. Raises OSError, KeyMissing, Damaged, OutsideTheStore."""
    assert row.path is not None
    file = inside(settings.data_dir / "files", row.path)
    return await asyncio.to_thread(_read, file, KeyRing(settings.key_ring), row)


def _read(file: Path, ring: KeyRing, row: RecordingRow) -> bytes:
    if not file.name.endswith(SUFFIX):
        return file.read_bytes()
    return b"".join(unsealed(file, ring, str(row.id)))


async def phone_sound(settings: Settings, row: RecordingRow) -> bytes:
    """A WAV file that Asterisk plays."""
    return await asyncio.to_thread(to_rate, await stored_sound(settings, row), RATE)
