"""An agent asks any agent of a queue, or a ring group, while the customer waits."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import until
from tests.telephony.fake_floor import FakeFloor, fake_floor
from tests.telephony.together.test_transfers import group
from tests.telephony.together.together_floor import Talk

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb
from tongdai.routing.errors import QueueClosed
from tongdai.telephony.errors import CannotBeAsked
from tongdai.telephony.together.targets import ToFlow, ToRoom
from tongdai.telephony.views import call_view


@pytest.fixture
async def floor(dsn: str, tmp_path: Path) -> AsyncIterator[FakeFloor]:
    async with fake_floor(dsn, tmp_path) as made:
        yield made


async def asks(talk: Talk, *helpers: UUID, **rules: object) -> UUID:
    """A queue of these agents is asked; its id."""
    queue = await talk.centre.world.queue(list(helpers), name="Billing", **rules)
    await talk.aim("consult", "queue", queue)
    return queue


async def named(talk: Talk) -> list[tuple[str, str]]:
    async with talk.centre.world.transaction() as tx:
        view = await call_view(tx, talk.call_id)
    assert view is not None
    return [(party.name or (party.queue.name if party.queue else ""), party.state) for party in view.parties]


async def test_the_queues_agent_is_found_asked_and_gets_the_customer(floor: FakeFloor):
    talk = await Talk.begin(floor, agents=3)
    third = talk.centre.agents[2]
    await talk.centre.world.ready(third)
    await asks(talk, talk.second, third)
    phone = await talk.answers()
    assert phone.endpoint == talk.centre.phones[third]
    await talk.hear(talk.phone, phone)
    await talk.waits(talk.caller)
    await talk.order("complete")
    await talk.hear(talk.caller, phone)
    await talk.gone(talk.phone)
    await talk.over()
    assert await talk.assignments() == [
        (talk.first, "wrap_up", None, False),
        (third, "wrap_up", None, False),
    ]
    assert await talk.talks() == [
        ("wait", None),
        ("talk", talk.first),
        ("hold", talk.first),
        ("talk", third),
    ]
    rows = await talk.centre.rows(
        "SELECT user_id, queue_id IS NOT NULL, outcome FROM call_parties WHERE tenant_id = %(tenant)s"
    )
    assert rows == [(third, True, "took_over")]
    waits = await talk.centre.rows(
        "SELECT q.name FROM interaction_segments s JOIN queues q ON (q.tenant_id, q.id) = (s.tenant_id, s.queue_id)"
        " WHERE s.tenant_id = %(tenant)s AND s.kind = 'wait'"
    )
    assert waits == [("Support",)], "asking makes nobody wait in the queue that is asked"


async def test_while_nobody_is_free_the_queue_is_named_and_who_comes_free_is_asked(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await asks(talk, talk.second)
    await talk.waits(talk.caller)
    assert await named(talk) == [("Billing", "ringing")]
    await floor.pass_time(70)
    assert await named(talk) == [("Billing", "ringing")]
    await talk.centre.world.ready(talk.second)
    async with floor.passing():
        phone = await talk.answers()
    await talk.hear(talk.phone, phone)
    assert (await named(talk))[0][1] == "talking"
    await talk.order("cancel")
    await talk.hear(talk.caller, talk.phone)
    await talk.over()
    assert await talk.parties() == [("consult", "gone", "left")]


@pytest.mark.parametrize("how", ["declines", "silent"])
async def test_who_lets_it_pass_is_followed_by_the_next(floor: FakeFloor, how: str):
    talk = await Talk.begin(floor, agents=3)
    third = talk.centre.agents[2]
    await talk.centre.world.ready(talk.second)
    await asks(talk, talk.second, third)
    phone = await talk.centre.rings()
    await talk.centre.world.ready(third)
    if how == "declines":
        floor.fake.switch.far_refuses(phone, 603)
    else:
        await floor.pass_time(31)

    async def other() -> bool:
        return any(one.endpoint == talk.centre.phones[third] for one in talk.centre.ringing())

    async with floor.passing():
        await until(other)
    next_phone = await talk.answers()
    await talk.hear(talk.phone, next_phone)
    await talk.over()
    assert [(user, outcome) for user, _, outcome, _ in await talk.assignments()] == [
        (talk.first, None),
        (talk.second, "declined" if how == "declines" else "missed"),
        (third, "completed"),
    ]


async def test_cancelling_while_it_rings_is_nobodys_miss(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await talk.centre.world.ready(talk.second)
    await asks(talk, talk.second)
    phone = await talk.centre.rings()
    await talk.order("cancel")
    await talk.hear(talk.caller, talk.phone)
    await talk.gone(phone)
    assert (await talk.assignments())[1] == (talk.second, "done", "withdrawn", True)
    await talk.over()


@pytest.mark.parametrize("ringing", [True, False])
async def test_completing_before_anybody_answers_puts_the_customer_into_the_queue(
    floor: FakeFloor, ringing: bool
):
    talk = await Talk.begin(floor)
    if ringing:
        await talk.centre.world.ready(talk.second)
    await asks(talk, talk.second)
    if ringing:
        await talk.centre.rings()
    await talk.order("complete")
    await talk.gone(talk.phone)
    await talk.centre.phase("wait")
    await talk.centre.world.ready(talk.second)

    async def offered() -> bool:
        rows = await talk.assignments()
        return (talk.second, "offered", None, False) in rows and bool(talk.centre.ringing())

    async with floor.passing():
        await until(offered)
        phone = await talk.answers()
    await talk.hear(talk.caller, phone)
    assert await talk.parties() == [("consult", "gone", "cancelled")]
    await talk.over()


async def test_asking_a_queue_goes_on_over_a_restart(floor: FakeFloor):
    talk = await Talk.begin(floor)
    await asks(talk, talk.second)
    await talk.restart()
    await talk.centre.world.ready(talk.second)
    async with floor.passing():
        phone = await talk.centre.rings()
    await talk.restart()
    floor.fake.switch.far_answers(phone)
    await talk.hear(talk.phone, phone)
    await talk.order("complete")
    await talk.hear(talk.caller, phone)
    await talk.over()


async def test_an_agent_of_a_queue_is_called_into_the_conversation(floor: FakeFloor):
    talk = await Talk.begin(floor)
    queue = await talk.centre.world.queue([talk.second], name="Billing")
    await talk.centre.world.ready(talk.second)
    await talk.aim("add_party", "queue", queue)
    phone = await talk.answers()
    await talk.hear(talk.caller, talk.phone, phone)
    await talk.over()


async def test_a_closed_queue_is_not_asked(floor: FakeFloor):
    talk = await Talk.begin(floor)
    queue = await talk.centre.world.queue([talk.second], name="Billing")
    async with talk.centre.world.transaction() as tx:
        await tx.execute(
            "UPDATE queues SET closing = %(closing)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {
                "id": queue,
                "closing": Jsonb({"exit": "closed", "prompt": None, "since": "2026-01-01T00:00:00Z"}),
            },
        )
    with pytest.raises(QueueClosed):
        await talk.aim("consult", "queue", queue)
    await talk.hear(talk.caller, talk.phone)
    await talk.over()


@pytest.mark.parametrize("ends", ["complete", "cancel"])
async def test_a_ring_group_is_asked_and_who_answers_is_busy_with_it(floor: FakeFloor, ends: str):
    talk = await Talk.begin(floor, agents=3)
    third = talk.centre.agents[2]
    await group(talk, talk.second, third)
    if ends == "complete":
        await talk.aim("consult", "number", "600")
    else:
        ((found,),) = await talk.centre.rows("SELECT id FROM extension_groups WHERE tenant_id = %(tenant)s")
        await talk.aim("consult", "group", found)
    assert (await named(talk))[0][0] == "Sales"
    phone = await talk.centre.rings()
    floor.fake.switch.far_refuses(phone, 603)

    async def other() -> bool:
        return any(one is not phone for one in talk.centre.ringing())

    await until(other)
    taken = await talk.answers()
    await talk.hear(talk.phone, taken)
    assert {(user, state, party) for user, state, _, party in await talk.assignments()} == {
        (talk.first, "accepted", False),
        (third, "accepted", True),
    }
    await talk.order(ends)
    await talk.hear(talk.caller, taken if ends == "complete" else talk.phone)
    await talk.over()
    rows = await talk.centre.rows("SELECT user_id, number FROM call_parties WHERE tenant_id = %(tenant)s")
    assert rows == [(third, "600")]


async def test_what_nobody_can_speak_with_says_why(floor: FakeFloor):
    talk = await Talk.begin(floor)
    for command in ("consult", "add_party"):
        for target in (ToFlow(new_id()), ToRoom(new_id())):
            with pytest.raises(CannotBeAsked):
                await floor.exchange.order(talk.call_id, command, target, talk.first)
    await talk.hear(talk.caller, talk.phone)
    await talk.over()
