"""Calls that come while what is left of the others is looked at."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.test_many_after_restart import FLOW

from tongdai.telephony.reconcile import reconcile


@pytest.fixture
async def fake(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("answered", [False, True])
async def test_a_call_that_began_after_asterisk_told_its_channels_goes_on(
    fake: FakeFloor, monkeypatch: pytest.MonkeyPatch, answered: bool
):
    """Neither its customer nor the phone that rings is on that list, and both are there."""
    centre = await fake.centre(FLOW, agents=1)
    asked = fake.exchange.ari.channels.list
    phones: list[Any] = []

    async def earlier() -> Any:
        told = await asked()
        if not phones:
            centre.call_in()
            phones.append(await centre.rings())
            if answered:
                fake.fake.switch.far_answers(phones[0])
                await centre.phase("talk")
        return told

    monkeypatch.setattr(fake.exchange.ari.channels, "list", earlier)
    with fake.exchange.reconciling():
        await reconcile(fake.exchange)
    if not answered:
        fake.fake.switch.far_answers(phones[0])
        await centre.phase("talk")

    async def both() -> bool:
        return len(centre.mine()) == 2 and all(one.state == "Up" for one in centre.mine())

    await until(both)
    assert [call.state and call.state.name for call in fake.exchange.calls()] == ["talking"]
