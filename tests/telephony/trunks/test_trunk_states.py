"""What administrators are told of trunks, with a real Asterisk and a carrier that refuses, accepts or is silent."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.ports import free_port
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.registrar import Registrar

from tongdai.entrypoints.doctor.trunks import trunks as examine
from tongdai.kit.ids import new_id
from tongdai.telephony.events import TelephonyConfigured
from tongdai.telephony.trunks.policies import NO_ANSWER, TrunkState, as_known
from tongdai.telephony.trunks.repository import TrunkStates
from tongdai.telephony.trunks.watch import TrunkWatch


@pytest.fixture
async def carrier() -> AsyncIterator[Registrar]:
    made = await Registrar.open()
    yield made
    made.close()


async def trunk(floor: Floor, port: int, password: str = "secret", *, registers: bool = True) -> UUID:
    """A trunk that registers with the carrier on a port."""
    trunk_id, name = new_id(), f"trunk-{new_id().hex}"
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO trunks (tenant_id, id, name, sip_name, username, password, host, registers_out)"
            " VALUES (%(tenant)s, %(id)s, %(name)s, %(name)s, %(name)s, %(password)s, %(host)s, %(registers)s)",
            {
                "id": trunk_id,
                "name": name,
                "password": password,
                "host": f"127.0.0.1:{port}",
                "registers": registers,
            },
        )
        tx.emit(TelephonyConfigured(aggregate_id=trunk_id, aggregate_version=1))
    await floor.told(name)
    return trunk_id


async def change(floor: Floor, trunk_id: UUID, assignment: str) -> None:
    async with floor.world.transaction() as tx:
        await tx.execute(
            f"UPDATE trunks SET {assignment}, version = version + 1 WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": trunk_id},
        )
        tx.emit(TelephonyConfigured(aggregate_id=trunk_id, aggregate_version=2))


async def becomes(floor: Floor, trunk_id: UUID, registration: str, **more: Any) -> TrunkState:
    """The stored state, once it is as wanted."""
    seen: list[TrunkState] = []

    async def look() -> TrunkState | None:
        async with floor.world.transaction() as tx:
            state = (await TrunkStates(tx).all()).get(trunk_id, TrunkState())
        seen.append(state)
        fits = state.registration == registration and all(
            getattr(state, name) == value for name, value in more.items()
        )
        return state if fits else None

    try:
        return await until(look, timeout=60)
    except TimeoutError:
        raise AssertionError(f"is {seen[-1]}") from None


async def test_a_trunk_is_refused_until_its_password_is_right(floor: Floor, carrier: Registrar):
    made = await trunk(floor, carrier.port, "wrong-one")
    refused = await becomes(floor, made, "rejected", answer=403)
    assert refused.since is not None
    assert refused.answered_at is not None
    await change(floor, made, "password = 'secret'")
    registered = await becomes(floor, made, "registered")
    assert (registered.answer, registered.answered_at) == (403, refused.answered_at)
    assert registered.since is not None
    assert registered.since > refused.since
    answering = await becomes(floor, made, "registered", reachable=True)
    assert answering.since == registered.since


async def signs_in(carrier: Registrar, asked: int) -> None:
    """Somebody gives the right password, after the carrier was asked so often."""

    async def right() -> bool:
        return carrier.right_at > asked

    await until(right, timeout=30)


async def test_every_change_of_a_password_is_tried_at_once(floor: Floor, carrier: Registrar):
    made = await trunk(floor, carrier.port)
    await becomes(floor, made, "registered")
    for number in range(6):
        asked = carrier.asked
        carrier.password = f"secret-{number}"
        await change(floor, made, f"password = '{carrier.password}'")
        await signs_in(carrier, asked)


async def test_a_registration_that_asterisk_lost_is_made_again(floor: Floor, carrier: Registrar):
    made = await trunk(floor, carrier.port)
    await becomes(floor, made, "registered")
    (name,) = [one.sip_name for one in floor.exchange.directory.trunks() if one.id == made]
    asked = carrier.asked
    await floor.exchange.ari.asterisk.delete_object("res_pjsip", "registration", name)
    await signs_in(carrier, asked)
    await becomes(floor, made, "registered")


async def test_doctor_names_the_trunks_that_are_down(floor: Floor, carrier: Registrar):
    carrier.refusal = "403 Forbidden"
    made = await trunk(floor, carrier.port)
    await becomes(floor, made, "rejected", answer=403)
    texts = [one.text for one in examine(floor.runtime.settings) if one.verdict == "wrong"]
    (text,) = [text for text in texts if "answers 403" in text]
    assert "user name and password" in text


@pytest.mark.parametrize(("refusal", "answer"), [("503 Service Unavailable", 503), ("404 Not Found", 404)])
async def test_the_carriers_answer_is_told_as_it_is(
    floor: Floor, carrier: Registrar, refusal: str, answer: int
):
    carrier.refusal = refusal
    made = await trunk(floor, carrier.port)
    await becomes(floor, made, "rejected", answer=answer)


async def test_a_carrier_that_is_silent_is_unreachable(floor: Floor):
    """Nobody is there: the system says so at once; of one that swallows everything it is known after 32 s."""
    made = await trunk(floor, free_port())
    state = await becomes(floor, made, "unreachable", reachable=False)
    assert state.answer == NO_ANSWER


async def test_a_trunk_that_is_put_aside_registers_no_more(floor: Floor, carrier: Registrar):
    made = await trunk(floor, carrier.port)
    await becomes(floor, made, "registered")
    (account,) = carrier.bound
    await change(floor, made, "archived = true")

    async def signed_out() -> bool:
        return carrier.bound[account] == 0

    await until(signed_out)


async def test_a_trunk_that_registers_no_more_is_signed_out(floor: Floor, carrier: Registrar):
    made = await trunk(floor, carrier.port)
    await becomes(floor, made, "registered")
    (account,) = carrier.bound
    await change(floor, made, "registers_out = false")
    await becomes(floor, made, "not_asked", answer=None)
    assert carrier.bound[account] == 0


async def test_a_trunk_that_answers_options_is_reachable_and_a_dead_one_is_not(
    floor: Floor, carrier: Registrar
):
    alive = await trunk(floor, carrier.port, registers=False)
    dead = await trunk(floor, free_port(), registers=False)
    await becomes(floor, alive, "not_asked", reachable=True)
    await becomes(floor, dead, "not_asked", reachable=False)


async def test_how_long_the_way_is_is_measured(floor: Floor, carrier: Registrar):
    made = await trunk(floor, carrier.port, registers=False)
    await becomes(floor, made, "not_asked", reachable=True)

    async def measured() -> bool:
        async with floor.world.transaction() as tx:
            took = (await TrunkStates(tx).all())[made].round_trip_ms
        return took is not None and 0 < took < 1000

    await until(measured, timeout=40)


async def test_a_state_that_nobody_looks_at_any_more_is_not_told(floor: Floor, carrier: Registrar):
    made = await trunk(floor, carrier.port)
    state = await becomes(floor, made, "registered")
    assert state.seen_at is not None
    later = as_known(state, state.seen_at + timedelta(minutes=2))
    assert (later.registration, later.reachable) == ("unknown", None)


async def test_a_restart_of_the_app_changes_no_state(floor: Floor, carrier: Registrar):
    """Who looks anew reads the log from before, and the times in the database."""
    carrier.refusal = "403 Forbidden"
    made = await trunk(floor, carrier.port)
    before = await becomes(floor, made, "rejected", answer=403, reachable=True)
    watch = TrunkWatch(floor.exchange)
    async with watch.service(floor.runtime):
        await watch.look(floor.exchange.directory.trunks())
    after = await becomes(floor, made, "rejected")
    assert (after.since, after.answer, after.answered_at) == (before.since, 403, before.answered_at)
