"""Which trunk carries a call, how the number is written on it, and whether it can be reached."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api import Site
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.outbound.test_outbound import principal
from tests.telephony.sip import Scenario
from tests.telephony.trunks.test_trunk_answers import carrier

from tongdai.kit.ids import new_id
from tongdai.kit.phone import NumberKind, as_dialled
from tongdai.platform.database import Jsonb
from tongdai.telephony.events import TelephonyConfigured
from tongdai.telephony.outbound.dialplan import Dialled
from tongdai.telephony.policies import Line, lines_for, rate_of

HANOI = Dialled("", NumberKind.NATIONAL, "+842473001234")
KYIV = Dialled("", NumberKind.INTERNATIONAL, "+380441234567")


def line(name: str, price: str = "1", order: int = 0, *, prefixes: Any = (), rates: Any = ()) -> Line:
    return Line(
        new_id(), order, name, Decimal(price), prefixes, [(one, Decimal(cost)) for one, cost in rates]
    )


def test_of_one_order_the_cheapest_for_this_number_comes_first():
    home = line("home", "5", rates=[("+84", "0.1")])
    world = line("world", "2", rates=[("+", "3"), ("+380", "0.5")])
    spare = line("spare", "0", order=9)
    assert lines_for([spare, world, home], HANOI) == [home, world, spare]
    assert lines_for([spare, home, world], KYIV) == [world, home, spare]


def test_a_line_for_some_numbers_carries_no_others_but_emergency_calls():
    home = line("home", prefixes=["+84"])
    assert lines_for([home], KYIV) == []
    assert lines_for([home], Dialled("113", NumberKind.EMERGENCY, "113")) == [home]


@given(
    st.lists(
        st.tuples(st.text("0123456789", max_size=4).map(lambda text: f"+{text}"), st.integers(0, 9)),
        max_size=6,
    )
)
def test_the_longest_beginning_has_the_rate(rates: list[tuple[str, int]]):
    found = rate_of(line("a", rates=[(prefix, str(price)) for prefix, price in rates]), HANOI.number)
    fitting = [(len(prefix), price) for prefix, price in rates if HANOI.number.startswith(prefix)]
    if not fitting:
        assert found == 1
    else:
        longest = max(length for length, _ in fitting)
        assert found in [price for length, price in fitting if length == longest]


@pytest.mark.parametrize(
    ("number", "how", "country", "written"),
    [
        ("+84912345678", "e164", "VN", "+84912345678"),
        ("+84912345678", "digits", "VN", "84912345678"),
        ("+84912345678", "national", "VN", "0912345678"),
        ("+380441234567", "national", "UA", "0441234567"),
        ("+84912345678", "national", "UA", "0084912345678"),
        ("+12125550123", "national", "US", "12125550123"),
        ("113", "national", "VN", "113"),
        ("19001234", "digits", "VN", "19001234"),
    ],
)
def test_numbers_as_carriers_of_a_country_want_them(number: str, how: str, country: str, written: str):
    assert as_dialled(number, how, country) == written


async def test_the_carrier_is_called_in_its_own_writing_by_the_cheapest_line(floor: Floor):
    """Measured on the wire."""
    agent, port = await floor.agent()
    dear, cheap = await carrier(floor), await carrier(floor)
    async with floor.world.transaction() as tx:
        await tx.execute(
            "UPDATE trunks SET price_per_minute = 9 WHERE tenant_id = %(tenant)s AND host LIKE %(host)s",
            {"host": f"%:{dear.port}"},
        )
        await tx.execute(
            "UPDATE trunks SET number_format = 'national', rates = %(rates)s WHERE tenant_id = %(tenant)s"
            " AND host LIKE %(host)s",
            {"host": f"%:{cheap.port}", "rates": Jsonb([{"prefix": "+849", "price_per_minute": "0.25"}])},
        )
        tx.emit(TelephonyConfigured(aggregate_id=new_id(), aggregate_version=1))

    async def known() -> bool:
        states = floor.exchange.directory._trunks.values()  # pyright: ignore[reportPrivateUsage]
        return any(trunk.number_format == "national" for trunk in states)

    await until(known)
    me = await principal(floor, agent, "calls.dial_national")
    await floor.phone(port, Scenario().wait_for_bye())
    await floor.exchange.arrivals.place(me, "0912345678", None)
    leg = await cheap.incoming()
    assert leg.invite is not None
    assert leg.invite.start.startswith("INVITE sip:0912345678@")
    assert await floor.world.value("SELECT price_per_minute FROM outside_legs") == Decimal("0.25")
    leg.answer("486 Busy Here")
    await floor.interaction(state="closed")
    assert dear.requests.empty()


async def test_what_a_trunk_carries_is_kept_and_read_back(site: Site):
    admin = await site.sign_in("admin")
    body = {"name": "Carrier", "host": "sip.example.com", "prefixes": ["+84"], "number_format": "national"}
    made = await admin.ok(
        "POST", "/trunks", {**body, "rates": [{"prefix": "+84 9", "price_per_minute": "0.015"}]}
    )
    assert made["rates"] == [{"prefix": "+849", "price_per_minute": 0.015}]
    assert (made["prefixes"], made["number_format"]) == (["+84"], "national")
    changed = await admin.ok("PATCH", f"/trunks/{made['id']}", {"version": 1, "rates": []})
    assert changed["rates"] == []
    (state,) = await admin.ok("GET", "/trunks/states")
    assert (state["id"], state["registration"], state["reachable"]) == (made["id"], "unknown", None)
