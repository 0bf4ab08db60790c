"""One's own numbers behind digits: kept over HTTP, dialled by a star code."""

from typing import Any

import pytest
from tests.telephony.conftest import Floor
from tests.telephony.extensions.test_forwarding import connected, dials, extension, over

from tongdai.telephony.extensions.speed_dials import SpeedDial, SpeedDials


async def test_a_list_is_kept_and_replaced(site: Any):
    agent = await site.sign_in("agent")
    assert (await agent.get("/phone/speed-dials")).json() == []
    wanted = [
        {"digit": 1, "name": "Reception", "number": "0912345678"},
        {"digit": 0, "name": "", "number": "+442079460000"},
    ]
    answer = await agent.put("/phone/speed-dials", dials=wanted)
    assert answer.status_code == 200, answer.text
    assert answer.json() == wanted[::-1]
    assert (await agent.put("/phone/speed-dials", dials=wanted[:1])).json() == wanted[:1]
    assert (await agent.get("/phone/speed-dials")).json() == wanted[:1]
    other = await site.sign_in("agent")
    assert (await other.get("/phone/speed-dials")).json() == []


@pytest.mark.parametrize(
    "wrong",
    [
        [{"digit": 10, "name": "", "number": "1"}],
        [{"digit": 1, "name": "", "number": "nobody"}],
        [{"digit": 1, "name": "", "number": ""}],
        [{"digit": 1, "name": "", "number": "0912345678"}] * 2,
    ],
)
async def test_what_cannot_be_dialled_is_not_kept(site: Any, wrong: Any):
    agent = await site.sign_in("agent")
    assert (await agent.put("/phone/speed-dials", dials=wrong)).status_code == 422
    assert (await agent.get("/phone/speed-dials")).json() == []


async def test_a_phone_dials_by_the_digit(floor: Floor):
    me, first = await floor.desk()
    second, phone = await floor.desk()
    number = await extension(floor, second)
    async with floor.world.transaction() as tx:
        await SpeedDials(tx).replace(me, [SpeedDial(3, "Second", number)])
    caller = await dials(first, "*03")
    await connected(floor, caller, await phone.incoming())
    assert (await over(floor, caller))["direction"] == "internal"


async def test_an_empty_digit_is_no_number(floor: Floor):
    _, first = await floor.desk()
    caller = await dials(first, "*07")
    await caller.status(200)
    await caller.request("BYE")
    await floor.nothing_left()
