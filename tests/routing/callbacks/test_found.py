"""The rules of a queue's callbacks, and the list of those that were asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api import Site
from tests.routing.callbacks.test_callbacks import CUSTOMER, desk

from tongdai.kit.ids import new_id


async def test_the_rules_of_a_queue_are_checked_at_their_fields(site: Site):
    admin = await site.sign_in("admin")
    rules = {"max_attempts": 2, "retry_s": 60, "first": "09:00", "last": "24:00", "customer_first": True}
    made = await admin.ok("POST", "/queues", {"name": f"Q {new_id()}", "callbacks": rules})
    assert made["callbacks"] == {**rules, "calendar": None, "international": False}
    for wrong, field, rule in [
        ({"first": "21:30"}, "last", "end_after_start"),
        ({"first": "09:00", "last": "08:00"}, "last", "end_after_start"),
        ({"first": "soon"}, "first", None),
        ({"max_attempts": 0}, "max_attempts", "too_small"),
        ({"retry_s": None}, "retry_s", None),
        ({"calendar": "no such hours"}, "calendar", "choose"),
    ]:
        body = {"name": f"Q {new_id()}", "callbacks": wrong}
        answer = await admin.post("/queues", **body)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["field"]) == (422, f"callbacks.{field}")
        assert rule is None or error["rule"] == rule


async def test_found_by_queue_state_agent_day_and_number_and_counted(site: Site):
    me = await site.sign_in("supervisor")
    agent = await site.world.user()
    one, other = await desk(site, [agent]), await desk(site)
    await site.world.ready(agent)
    await one.ask(await one.caller())
    await one.attempt("answered", "16")
    await other.ask(await other.caller("+84907654321"), "0907654321")
    now = datetime.now(UTC)

    async def found(**asked: Any) -> list[str]:
        asked = {"state": "all", "queue_id": str(one.queue_id), **asked}
        return [row["number"] for row in (await me.ok("GET", "/callbacks", **asked))["items"]]

    assert await found() == [CUSTOMER]
    assert await found(state="open") == []
    assert await found(state="served", q="0901 234") == [CUSTOMER]
    assert await found(q="7654") == []
    assert await found(user_id=agent) == [CUSTOMER]
    assert await found(user_id=me.id) == []
    assert await found(**{"from": (now - timedelta(hours=1)).isoformat()}) == [CUSTOMER]
    assert await found(to=(now - timedelta(hours=1)).isoformat()) == []
    served = (await me.ok("GET", "/callbacks", state="served", queue_id=one.queue_id))["items"][0]
    assert served["called_by"]["id"] == str(agent)
    first = await me.ok("GET", "/callbacks", state="all", limit=1)
    rest = await me.ok("GET", "/callbacks", state="all", limit=200, cursor=first["next_cursor"])
    listed = [row["id"] for row in (await me.ok("GET", "/callbacks", state="all", limit=200))["items"]]
    assert [row["id"] for row in [*first["items"], *rest["items"]]] == listed
    figures = await me.ok("GET", "/callbacks/figures", state="all")
    by_queue = {row["queue"]["id"]: row for row in figures if row["queue"]}
    mine = by_queue[str(one.queue_id)]
    assert (mine["asked"], mine["taken"], mine["reached"], mine["open"]) == (1, 1, 1, 0)
    assert mine["to_callback_s"] > 0
    assert (by_queue[str(other.queue_id)]["asked"], by_queue[str(other.queue_id)]["open"]) == (1, 1)
