"""The do-not-call list and the hours of calling: kept over HTTP, and obeyed by calls on real Asterisk."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.api import Site
from tests.ports import free_port
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.outbound.test_outbound import principal, trunk
from tests.telephony.sip import Scenario
from tests.telephony.together.test_transfer_by_flow import calls
from tests.telephony.trunks.test_trunk_answers import carrier

from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb
from tongdai.telephony.errors import CallerIdRefused, DoNotCall, OutsideCallingHours
from tongdai.telephony.events import TelephonyConfigured
from tongdai.telephony.together.targets import Destination


async def test_a_number_is_written_as_calls_have_it_and_comes_back_when_it_was_taken_off(site: Site):
    lead = await site.sign_in("team_leader")
    made = await lead.ok("POST", "/do-not-call", {"number": "0912 345 678", "reason": "asked us to"})
    assert (made["number"], made["by"], made["until"]) == ("+84912345678", lead.user.name, None)
    again = await lead.post("/do-not-call", number="+84 912 345 678")
    assert [(one["field"], one["rule"]) for one in again.json()["errors"]] == [("number", "taken")]
    await lead.ok("DELETE", f"/do-not-call/{made['id']}")
    assert (await lead.ok("GET", "/do-not-call"))["items"] == []
    back = await lead.ok("POST", "/do-not-call", {"number": "0912345678", "reason": "asked again"})
    assert (back["id"], back["reason"], back["archived"]) == (made["id"], "asked again", False)
    deeds = await site.world.value(
        "SELECT array_agg(action ORDER BY id) FROM audit_log WHERE subject_kind = 'do_not_call'"
    )
    assert deeds == ["do_not_call.created", "do_not_call.archived", "do_not_call.created"]


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ({"number": "hello"}, "number", "phone"),
        ({"number": "090", "prefix": True}, "number", "prefix"),
        ({"number": "+", "prefix": True}, "number", "prefix"),
        ({"number": "0912345678", "until": "2020-01-01T00:00:00Z"}, "until", "past"),
    ],
)
async def test_what_cannot_stand_on_the_list(site: Site, body: dict[str, Any], field: str, rule: str):
    lead = await site.sign_in("supervisor")
    answer = await lead.post("/do-not-call", **body)
    assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [(field, rule)]


async def test_a_list_is_brought_in_and_found_in(site: Site):
    lead = await site.sign_in("supervisor")
    await lead.ok("POST", "/do-not-call", {"number": "0912345678", "reason": "old"})
    text = "number,why\n0912345678,new\n0912345679,moved\n+380441234567\n"
    brought = await lead.ok("POST", "/do-not-call/import", {"text": text, "reason": "register of May"})
    assert brought == {"added": 2, "known": 1, "unreadable": ["number,why"]}
    found = await lead.ok("GET", "/do-not-call", q="register")
    assert [(one["number"], one["reason"]) for one in found["items"]] == [
        ("+380441234567", "register of May")
    ]
    (kept,) = (await lead.ok("GET", "/do-not-call", q="345678"))["items"]
    assert kept["reason"] == "old"


async def test_hours_are_kept_by_prefix(site: Site):
    admin = await site.sign_in("admin")
    weekly = {"mon": [["08:00", "20:00"]]}
    made = await admin.ok("POST", "/calling-hours", {"prefix": "+84 90", "weekly": weekly})
    assert (made["prefix"], made["weekly"]["mon"]) == ("+8490", [["08:00", "20:00"]])
    wrong = await admin.post("/calling-hours", prefix="090", weekly=weekly)
    assert [(one["field"], one["rule"]) for one in wrong.json()["errors"]] == [("prefix", "prefix")]
    changed = await admin.ok("PATCH", f"/calling-hours/{made['id']}", {"version": 1, "prefix": "+"})
    assert (changed["prefix"], changed["version"]) == ("+", 2)


async def block(floor: Floor, number: str, *, prefix: bool = False) -> None:
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO do_not_call (tenant_id, id, number, prefix, reason)"
            " VALUES (%(tenant)s, %(id)s, %(number)s, %(prefix)s, 'asked us to')",
            {"id": new_id(), "number": number, "prefix": prefix},
        )


async def closed_now(floor: Floor) -> None:
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO calling_hours (tenant_id, id, prefix, weekly) VALUES (%(tenant)s, %(id)s, '+', '{}')",
            {"id": new_id()},
        )


async def test_a_listed_number_is_not_called_by_anybody_and_the_agent_hears_why(floor: Floor):
    agent, _ = await floor.agent(register=False)
    await trunk(floor, free_port())
    await block(floor, "+8491", prefix=True)
    me = await principal(floor, agent, "calls.dial_national")
    with pytest.raises(DoNotCall, match="asked us to"):
        await floor.exchange.arrivals.place(me, "0912345678", None)
    with pytest.raises(DoNotCall):
        await floor.exchange.targets.read(me, Destination(kind="number", number="0912345678"))
    assert await floor.world.value("SELECT count(*) FROM interactions") == 0


async def test_emergency_calls_pass_a_list_of_everything_and_closed_hours(floor: Floor):
    agent, port = await floor.agent()
    carrier = free_port()
    await trunk(floor, carrier)
    await block(floor, "113")
    await block(floor, "1", prefix=True)
    await closed_now(floor)
    me = await principal(floor, agent)
    await floor.phone(port, Scenario().wait_for_bye())
    await floor.phone(carrier, Scenario().pause(300), hang_up=True)
    await floor.exchange.arrivals.place(me, "113", None)
    assert (await floor.interaction(state="closed"))["result"] == "answered"


async def test_outside_the_hours_nobody_is_called_but_an_expert_may_be_asked(floor: Floor):
    agent, _ = await floor.agent(register=False)
    await trunk(floor, free_port())
    await closed_now(floor)
    me = await principal(floor, agent, "calls.dial_national")
    with pytest.raises(OutsideCallingHours, match="Asia/"):
        await floor.exchange.arrivals.place(me, "0912345678", None)
    await floor.exchange.targets.read(me, Destination(kind="number", number="0912345678"))


async def test_an_entry_whose_time_is_over_forbids_nothing(floor: Floor):
    agent, _ = await floor.agent(register=False)
    await trunk(floor, free_port())
    await block(floor, "+84912345678")
    me = await principal(floor, agent, "calls.dial_national")
    async with floor.world.transaction() as tx:
        at = floor.exchange.clock.now()
        await tx.execute(
            "UPDATE do_not_call SET until = %(at)s WHERE tenant_id = %(tenant)s",
            {"at": at - timedelta(days=1)},
        )
    await floor.exchange.targets.read(me, Destination(kind="number", number="0912345678"))


async def test_a_flow_does_not_reach_a_listed_number(floor: Floor):
    far = await carrier(floor)
    await block(floor, "+84281234567")
    caller = await calls(floor)
    row = await floor.interaction(phase="wait")
    assert row["direction"] == "inbound"
    assert far.requests.empty()
    await caller.hang_up()
    await floor.interaction(state="closed")


async def own_number(floor: Floor, number: str) -> UUID:
    number_id = new_id()
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO numbers (tenant_id, id, number) VALUES (%(tenant)s, %(id)s, %(number)s)",
            {"id": number_id, "number": number},
        )
        tx.emit(TelephonyConfigured(aggregate_id=number_id, aggregate_version=1))

    async def known() -> object:
        return floor.exchange.directory.number(floor.world.tenant_id, number)

    await until(known)
    return number_id


async def test_the_carrier_is_told_the_number_that_the_rule_says(floor: Floor):
    """Measured on the wire: the From of the INVITE."""
    agent, port = await floor.agent()
    far = await carrier(floor)
    first, second = await own_number(floor, "+842473000001"), await own_number(floor, "+842473000002")
    rule = {"id": new_id(), "numbers": Jsonb([str(first), str(second)])}
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO caller_id_rules (tenant_id, id, prefixes, number_ids, may_choose)"
            " VALUES (%(tenant)s, %(id)s, '[\"+84\"]', %(numbers)s, true)",
            rule,
        )
    me = await principal(floor, agent, "calls.dial_national")
    for wanted, shown in ((None, "+842473000001"), ("+842473000002", "+842473000002")):
        await floor.phone(port, Scenario().wait_for_bye())
        await floor.exchange.arrivals.place(me, "0912345678", wanted)
        leg = await far.incoming()
        assert leg.invite is not None
        assert shown in leg.invite.get("p-asserted-identity") + leg.invite.get("from")
        leg.answer("486 Busy Here")
        await floor.interaction(state="closed", own_address=shown)
    with pytest.raises(CallerIdRefused):
        await floor.exchange.arrivals.place(me, "0912345678", "+84999999999")


async def test_the_carrier_is_told_the_number_of_the_project_that_is_called_for(floor: Floor):
    """Chosen by the agent, else that of the customer; the interaction keeps it."""
    agent, port = await floor.agent()
    far = await carrier(floor)
    usual, theirs = await own_number(floor, "+842473000001"), await own_number(floor, "+842473000002")
    project = new_id()
    async with floor.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO projects (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, 'Tea')", {"id": project}
        )
        for order, projects, number in ((0, [str(project)], theirs), (1, [], usual)):
            await tx.execute(
                'INSERT INTO caller_id_rules (tenant_id, id, "order", project_ids, number_ids)'
                " VALUES (%(tenant)s, %(id)s, %(order)s, %(projects)s, %(numbers)s)",
                {
                    "id": new_id(),
                    "order": order,
                    "projects": Jsonb(projects),
                    "numbers": Jsonb([str(number)]),
                },
            )
    me = await principal(floor, agent, "calls.dial_national")

    async def dial(to: str, shown: str, project_id: UUID | None = None) -> None:
        await floor.phone(port, Scenario().wait_for_bye())
        await floor.exchange.arrivals.place(me, to, None, project_id=project_id)
        leg = await far.incoming()
        assert leg.invite is not None
        assert shown in leg.invite.get("p-asserted-identity") + leg.invite.get("from")
        leg.answer("486 Busy Here")

    await dial("0912345678", "+842473000001")
    await floor.interaction(state="closed", own_address="+842473000001")
    await dial("0987654321", "+842473000002", project)
    await floor.interaction(state="closed", own_address="+842473000002", project_id=str(project))
    await dial("0987654321", "+842473000002")


async def test_what_i_dialled_last_is_there_to_be_dialled_again(site: Site):
    agent = await site.sign_in("agent")
    assert await agent.ok("GET", "/phone/last-dialled") == []
    offered = await agent.ok("GET", "/phone/caller-ids", to="0912345678")
    assert (offered["numbers"], offered["may_choose"], offered["because"]) == ([], True, None)


async def test_a_rule_for_caller_ids_names_what_there_is(site: Site):
    admin = await site.sign_in("admin")
    number = await admin.ok("POST", "/numbers", {"number": "19001234"})
    made = await admin.ok("POST", "/caller-ids", {"number_ids": [number["id"]], "prefixes": ["+84 9"]})
    assert (made["number_ids"], made["prefixes"]) == ([number["id"]], ["+849"])
    wrong = await admin.post("/caller-ids", number_ids=[str(new_id())])
    assert [(one["field"], one["rule"]) for one in wrong.json()["errors"]] == [("number_ids", "choose")]
    offered = await admin.ok("GET", "/phone/caller-ids", to="0912345678")
    assert (offered["numbers"], offered["may_choose"], offered["because"]) == (
        ["19001234"],
        False,
        ["number"],
    )


async def test_a_call_is_for_one_of_my_projects_or_that_of_whom_i_call(site: Site):
    admin = await site.sign_in("admin")
    tea, milk = [(await admin.ok("POST", "/projects", {"name": name}))["id"] for name in ("Tea", "Milk")]
    agent = await site.sign_in("agent", project_ids=[tea])
    number = await admin.ok("POST", "/numbers", {"number": "19001234"})
    wrong = await admin.post("/caller-ids", number_ids=[number["id"]], project_ids=[str(new_id())])
    assert [(one["field"], one["rule"]) for one in wrong.json()["errors"]] == [("project_ids", "choose")]
    await admin.ok("POST", "/caller-ids", {"number_ids": [number["id"]], "project_ids": [tea]})
    none = await agent.ok("GET", "/phone/caller-ids", to="0912345678")
    assert (none["because"], none["project"], [one["id"] for one in none["projects"]]) == (None, None, [tea])
    chosen = await agent.ok("GET", "/phone/caller-ids", to="0912345678", project_id=tea)
    assert (chosen["numbers"], chosen["because"]) == (["19001234"], ["project"])
    assert (chosen["project"]["name"], chosen["may_choose"]) == ("Tea", False)
    others = await agent.ok("GET", "/phone/caller-ids", to="0912345678", project_id=milk)
    assert (others["because"], others["project"]) == (None, None)
    refused = await agent.post("/calls", to="0912345678", project_id=milk)
    assert [(one["field"], one["rule"]) for one in refused.json()["errors"]] == [
        ("project_id", "own_project")
    ]
    contact = {"name": "An", "project_id": tea, "identities": [{"kind": "phone", "value": "+84912345678"}]}
    await admin.ok("POST", "/contacts", contact)
    theirs = await agent.ok("GET", "/phone/caller-ids", to="0912345678")
    assert (theirs["because"], theirs["project"]) == (["project"], {"id": tea, "name": "Tea"})
