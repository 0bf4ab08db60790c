"""`check_pin`: right and wrong PINs, counted for row and caller, and nowhere to be read."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from tests.api import Person, Site
from tests.flows.test_engine import NOW, begin, send

from tongdai.flows import engine, yaml_format
from tongdai.flows.answers import answers_of
from tongdai.flows.commands import CheckPin, Gather
from tongdai.flows.dialogue import DigitCollector
from tongdai.flows.flow_tests import Drafts, load_tests, run_file
from tongdai.flows.public import FlowRuns, FlowService, Progress, Reply
from tongdai.flows.tables.pins import OF_CALLER, OF_ROW, Limit
from tongdai.flows.trial import attempt
from tongdai.flows.verbs import core_registry
from tongdai.kit.ids import new_id

YAML = """\
flow: f
start: ask
nodes:
  ask:
    label: PIN
    check_pin: {table: customers, key: {phone: call.from}, say: Your PIN, invalid: That is wrong, attempts: 2}
    go: {verified: good, failed: bad, locked: shut, no_input: silent}
  good:
    branch: {in: caller.verified}
    go: {in: end, else: bad}
  bad:
    hang_up: failed
  shut:
    hang_up: locked
  silent:
    hang_up: no_input
  end:
    hang_up: verified
"""
COLUMNS = [
    {"name": "phone", "kind": "phone", "key": True},
    {"name": "pin", "kind": "secret"},
    {"name": "city"},
]
PIN, WRONG = "271828", "314159"


def started() -> tuple[Drafts, engine.Step]:
    document = yaml_format.load(YAML)
    return begin(document)


def test_keys_that_are_a_pin_cannot_be_written_down():
    collector = DigitCollector(
        Gather(id="r:1.1", prompts=(), max_digits=6, timeout=5, inter_digit=2, secret=True)
    )
    collector.prompts_finished(NOW)
    for key in PIN:
        collector.key(key, NOW)
    assert collector.reply is not None
    assert PIN not in repr(collector.reply)
    with pytest.raises(TypeError):
        json.dumps(dict(collector.reply.data))
    command = CheckPin(id="x", table="t", key={}, column="pin", pin=collector.reply.data["digits"], caller="")
    assert PIN not in repr(command) + command.model_dump_json() + str(command.summary())
    assert command.pin.get_secret_value() == PIN


def test_a_wrong_pin_is_asked_for_again_and_then_given_up():
    drafts, step = started()
    asked = send(drafts, step, "digits", {"digits": SecretStr(WRONG)})
    assert isinstance(asked.command, CheckPin)
    assert WRONG not in json.dumps(asked.run.to_json())
    again = send(drafts, asked, "wrong")
    assert isinstance(again.command, Gather)
    assert "That is wrong" in str(again.command.prompts)
    short = send(drafts, again, "digits", {"digits": SecretStr("12")})
    assert (short.run.detail, short.run.variables["caller"]["verified"]) == ("failed", False)


@pytest.mark.parametrize(("result", "end"), [("verified", "verified"), ("locked", "locked")])
def test_it_is_left_by_what_was_found(result: str, end: str):
    drafts, step = started()
    asked = send(drafts, step, "digits", {"digits": SecretStr(PIN)})
    assert send(drafts, asked, result).run.detail == end
    assert send(drafts, asked, "failed", {"reason": "gone"}).run.ended == "fault"


def test_nothing_keyed_is_no_wrong_pin():
    drafts, step = started()
    silent = send(drafts, send(drafts, step, "no_input"), "no_input")
    assert silent.run.detail == "no_input"


def test_agents_see_whether_it_was_right_and_not_what_was_keyed():
    graph = Drafts([yaml_format.load(YAML)], core_registry()).graph("f", "draft")
    assert answers_of([(graph, "ask", "verified")], {}) == [{"label": "PIN", "value": "pin_verified"}]
    assert answers_of([(graph, "ask", "locked")], {}) == [{"label": "PIN", "value": "pin_failed"}]
    assert answers_of([(graph, "ask", "no_input")], {}) == []


def test_locks_grow_and_end():
    limit = Limit(3, timedelta(minutes=10), timedelta(minutes=30))
    locks = [limit.lock(failures, NOW) for failures in range(1, 8)]
    assert [one and (one - NOW) / timedelta(minutes=1) for one in locks] == [None, None, 10, 20, 30, 30, 30]
    assert OF_ROW.lock(1_000, NOW) == NOW + timedelta(hours=24)


def test_the_simulator_shows_no_pin_and_tests_compare_their_own():
    drafts = Drafts([yaml_format.load(YAML)], core_registry())
    assert attempt("f", drafts, []).secret
    told = attempt("f", drafts, [("press", f"{PIN}#")])
    assert (told.kind, told.answers) == ("check_pin", ("failed", "locked", "verified", "wrong"))
    assert PIN not in str(told)
    assert attempt("f", drafts, [("press", f"{PIN}#"), ("reply", "verified")]).ended == "hung_up"
    text = (
        "flow: f\ntests:\n  - name: x\n    with: {call: {from: '1'}}\n"
        f"    tables: {{customers: [{{phone: '1', pin: '{PIN}'}}]}}\n"
        f"    steps: [{{press: '{WRONG}#'}}, {{hears: wrong}}, {{press: '{PIN}#'}}, {{passes: [ask, good, end]}}]\n"
    )
    assert [one.failure for one in run_file(load_tests(text), drafts)] == [None]


class Calls:
    """A published flow and a table with one customer; calls that key PINs."""

    def __init__(self, site: Site, admin: Person, table: dict[str, Any], row: dict[str, Any]) -> None:
        self.site, self.admin, self.table, self.row = site, admin, table, row
        self.now = site.runtime.clock.now()
        self.runs = site.runtime.get(FlowRuns)

    async def call(self, number: str) -> Progress:
        async with self.site.world.transaction() as tx:
            flow_id = await tx.fetch_value("SELECT id FROM flows WHERE tenant_id = %(tenant)s")
            return await self.runs.start(
                tx,
                flow_id=flow_id,
                subject_id=new_id(),
                variables={"call": {"from": number}},
                at=self.now,
            )

    async def key(self, progress: Progress, pin: str) -> Progress:
        assert isinstance(progress.command, Gather)
        reply = Reply(progress.command.id, "digits", {"digits": SecretStr(pin), "ended_by": "terminator"})
        async with self.site.world.transaction() as tx:
            return await self.runs.advance(tx, progress, reply, self.now)

    async def end(self, number: str, *pins: str) -> str | None:
        progress = await self.call(number)
        for pin in pins:
            if progress.run.ended is None:
                progress = await self.key(progress, pin)
        return progress.run.detail


@pytest.fixture
async def calls(site: Site) -> Calls:
    admin = await site.sign_in("admin")
    told = await admin.ok("POST", "/flows/check", {"yaml": YAML})
    assert [one["code"] for one in told] == ["missing_table"]
    table = await admin.ok("POST", "/data-tables", {"name": "customers", "columns": COLUMNS})
    told = await admin.ok(
        "POST", "/flows/check", {"yaml": YAML.replace("say: Your", "column: city, say: Your")}
    )
    assert [one["code"] for one in told] == ["missing_secret_column"]
    row = await admin.ok(
        "POST", f"/data-tables/{table['id']}/rows", {"cells": {"c1": "0912345678", "c2": PIN}}
    )
    async with site.world.transaction() as tx:
        await site.runtime.get(FlowService).push(tx, YAML, at=site.runtime.clock.now(), publish=True)
    return Calls(site, admin, table, row)


async def test_the_right_pin_verifies_and_is_kept_nowhere(calls: Calls):
    assert await calls.end("+84912345678", WRONG, PIN) == "verified"
    assert await calls.end("+84900000000", PIN, PIN) == "failed"
    assert await calls.end("anonymous", PIN, PIN) == "failed"
    async with calls.site.world.transaction() as tx:
        tables = await tx.fetch_tuples(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'"
        )
        for (table,) in tables:
            text = await tx.fetch_value(f"SELECT string_agg(t::text, ' ') FROM {table} t") or ""
            assert PIN not in text, table
            assert WRONG not in text, table


async def test_wrong_pins_lock_the_row_whoever_calls(calls: Calls):
    numbers = ("0912345678", "+84912345678")
    assert [await calls.end(numbers[turn % 2], WRONG, WRONG) for turn in range(3)] == [
        "failed",
        "failed",
        "locked",
    ]
    assert await calls.end("+84912345678", PIN) == "locked"
    path = f"/data-tables/{calls.table['id']}/rows/{calls.row['id']}"
    row = (await calls.admin.ok("GET", f"/data-tables/{calls.table['id']}/rows"))["items"][0]
    assert row["locked_until"] is not None
    calls.now += timedelta(minutes=16)
    assert await calls.end("+84912345678", PIN) == "verified"
    assert await calls.end("+84912345678", WRONG, WRONG) == "failed"
    await calls.admin.ok("PATCH", path, {"version": 1, "unlock": True})
    assert "data_row.unlocked" in str(await calls.admin.ok("GET", "/audit"))


async def test_wrong_pins_lock_the_caller_whatever_they_try(calls: Calls):
    """Ten wrong ones within a day, also at rows that are not there, and also with a right one between."""
    other = "+84933333333"
    path = f"/data-tables/{calls.table['id']}/rows"
    await calls.admin.ok("POST", path, {"cells": {"c1": other, "c2": PIN}})
    turns = [await calls.end(other, WRONG, PIN) for _ in range(OF_CALLER.free - 1)]
    assert turns == ["verified"] * 9
    assert await calls.end(other, WRONG, PIN) == "locked"
    assert await calls.end(other, PIN) == "locked"
    assert await calls.end("+84912345678", PIN) == "verified"
    calls.now += timedelta(hours=25)
    assert await calls.end(other, WRONG, PIN) == "verified"
