"""A whole demo under its supervisor, and the simulated callers and agents on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.drills.stack import Stack, running_stack


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    async with running_stack(tmp_path / "data") as started:
        yield started
    assert not started.processes()
