"""What both sides of a call between colleagues see: who calls, and why nobody answered."""

from typing import Any
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.extensions.test_forwarding import connected, dials, extension, forward, over
from tests.telephony.ua import Leg, Ua

from tongdai.conversations import public as conversations
from tongdai.routing.views import assignment_views
from tongdai.telephony.views import call_view


async def unreached(floor: Floor) -> str | None:
    row: Any = await floor.interaction(state="closed")
    call = await floor.world.value("SELECT id FROM calls WHERE interaction_id = %(id)s", id=UUID(row["id"]))
    async with floor.world.transaction() as tx:
        view = await call_view(tx, call)
    assert view is not None
    return view.unreached


async def gives_up(caller: Leg, phone: Ua) -> None:
    (await phone.incoming()).answer("180 Ringing")
    await caller.status(180)
    caller.cancel()
    await caller.status(487)


@pytest.mark.parametrize(
    ("how", "shown"), [("do not disturb", "busy"), ("no phone", "failed"), ("gives up", None)]
)
async def test_who_called_sees_why_nobody_answered_unless_they_gave_up(
    floor: Floor, how: str, shown: str | None
):
    _, first = await floor.desk()
    second, phone = await floor.desk()
    await forward(floor, second, do_not_disturb=how == "do not disturb")
    if how == "no phone":
        await phone.register(expires=0)
    caller = await dials(first, await extension(floor, second))
    if how == "gives up":
        await gives_up(caller, phone)
    else:
        await caller.wait(lambda m: m.status >= 400 and m.method == "INVITE")
    assert await unreached(floor) == shown
    await floor.nothing_left()


async def test_who_is_called_sees_the_colleague_and_who_calls_the_extension(floor: Floor):
    first, desk = await floor.desk()
    second, phone = await floor.desk()
    dialled = await extension(floor, second)
    caller = await dials(desk, dialled)
    await connected(floor, caller, await phone.incoming())

    async def theirs(user: UUID) -> Any:
        async with floor.world.transaction() as tx:
            rows = await conversations.Assignments(tx).open_of_user(user)
            return await assignment_views(
                tx, floor.runtime.registry.ensure(conversations.ChannelAdapters), rows
            )

    async def both() -> bool:
        return bool(await theirs(second))

    await until(both)
    ((mine,), (called,)) = await theirs(first), await theirs(second)
    name = await floor.world.value("SELECT name FROM users WHERE id = %(id)s", id=first)
    assert (mine.number.e164, mine.party) == (dialled, False)
    assert (called.number, called.peer_name, called.party) == (None, name, True)
    await over(floor, caller)
