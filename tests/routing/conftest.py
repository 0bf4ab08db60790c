"""A tenant in an app with queues and a matcher."""

from collections.abc import AsyncIterator

import pytest
from tests.support import World

from tongdai.platform.config import Settings
from tongdai.platform.registry import Registry
from tongdai.routing import register


@pytest.fixture
async def world(dsn: str) -> AsyncIterator[World]:
    registry = Registry()
    register(registry)
    async with registry.running(Settings(database_dsn=dsn)) as runtime:
        yield await World.make(runtime.database)
