"""Results for the work that an agent does, what they are suggested by, and what choosing one does, on a real database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.api import Person, Site
from tests.support import until

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Ending, ending_of
from tongdai.kit.ids import new_id
from tongdai.routing import public as routing

NUMBER = "+84912345678"


@pytest.mark.parametrize(
    ("direction", "result", "cause", "ending"),
    [
        ("outbound", "busy", "17", Ending.BUSY),
        ("outbound", "no_answer", "19", Ending.NO_ANSWER),
        ("outbound", "failed", "1", Ending.WRONG_NUMBER),
        ("outbound", "failed", "28", Ending.WRONG_NUMBER),
        ("outbound", "failed", "34", Ending.FAILED),
        ("outbound", "refused", "21", Ending.REFUSED),
        ("outbound", "answered", "16", Ending.ANSWERED),
        ("outbound", "cancelled", "16", None),
        ("outbound", None, None, None),
        ("inbound", "busy", "17", None),
    ],
)
def test_how_a_call_of_ours_went(
    direction: str, result: str | None, cause: str | None, ending: Ending | None
):
    assert ending_of(direction, result, cause) == ending


async def disposition(admin: Person, code: str, **values: Any) -> str:
    body = {"label": {"en": code}, "code": code, **values}
    return (await admin.ok("POST", "/dispositions-admin", body))["id"]


async def dialled(site: Site, me: Person, *, result: str = "busy", cause: str = "17") -> str:
    """A call of the agent's own that nobody answered, as telephony leaves it."""
    now, interaction = datetime.now(UTC), new_id()
    async with site.world.transaction() as tx:
        await conversations.start(
            tx, conversations.NewInteraction(interaction, "voice", "outbound", now, NUMBER, peer=NUMBER)
        )
        row = await conversations.lock(tx, interaction)
        assignment = await routing.begin_direct(tx, row, me.id, now)
        await conversations.close(tx, row, now, hung_up_by="customer", cause=cause, result=result)
        await routing.end_work(tx, assignment.id, now)
    return f"/assignments/{assignment.id}"


async def wrap_up_after_own(admin: Person, seconds: float) -> None:
    version = (await admin.ok("GET", "/settings"))["version"]
    await admin.ok("PATCH", "/settings", {"version": version, "outbound_wrap_up_s": seconds})


async def blocked(site: Site) -> Any:
    return await site.world.value(
        "SELECT until IS NULL FROM do_not_call WHERE tenant_id = %(tenant)s AND number = %(number)s AND NOT archived",
        number=NUMBER,
    )


async def test_after_an_own_call_there_is_a_wrap_up_only_where_the_centre_wants_one(site: Site):
    admin, me = await site.sign_in("admin"), await site.sign_in("agent")
    await site.world.ready(me.id)
    await dialled(site, me)
    assert (await me.ok("GET", "/workspace"))["assignments"] == []
    await wrap_up_after_own(admin, 30)
    await dialled(site, me, result="failed", cause="1")
    (card,) = (await me.ok("GET", "/workspace"))["assignments"]
    assert (card["state"], card["work"], card["ending"]) == ("wrap_up", "outbound", "wrong_number")


async def test_results_say_what_they_are_for(site: Site):
    admin, me = await site.sign_in("admin"), await site.sign_in("agent")
    made = await disposition(
        admin,
        "engaged",
        work=["outbound"],
        suggested_for=["busy"],
        consequence="do_not_call",
        consequence_days=30,
    )
    (row,) = [one for one in await me.ok("GET", "/dispositions") if one["id"] == made]
    assert (row["work"], row["suggested_for"]) == (["outbound"], ["busy"])
    assert (row["consequence"], row["consequence_days"]) == ("do_not_call", 30)
    for wrong in (
        {"work": ["weekend"]},
        {"suggested_for": ["rain"]},
        {"consequence": "fine"},
        {"consequence_days": 0},
    ):
        answer = await admin.post("/dispositions-admin", label={"en": "x"}, code="x", **wrong)
        assert answer.status_code == 422


@pytest.mark.parametrize(("days", "for_good"), [(None, True), (30, False)])
async def test_a_result_puts_the_number_on_the_do_not_call_list(site: Site, days: int | None, for_good: bool):
    admin, me = await site.sign_in("admin"), await site.sign_in("agent")
    await wrap_up_after_own(admin, 30)
    await site.world.ready(me.id)
    result = await disposition(admin, "unwanted", consequence="do_not_call", consequence_days=days)
    path = await dialled(site, me)
    assert await blocked(site) is None
    await me.ok("POST", f"{path}/done", {"disposition_id": result, "then": "ready"})
    assert await blocked(site) is for_good
    entry = (await admin.ok("GET", "/audit", action="do_not_call.created"))["items"][0]
    assert entry["user"]["id"] == str(me.id)
    day = await me.ok("GET", "/my-day")
    assert [(one["id"], one["count"]) for one in day["results"]] == [(result, 1)]


async def test_what_a_result_does_can_be_left_out_this_time(site: Site):
    admin, me = await site.sign_in("admin"), await site.sign_in("agent")
    await wrap_up_after_own(admin, 30)
    await site.world.ready(me.id)
    result = await disposition(admin, "unwanted", consequence="do_not_call")
    path = await dialled(site, me)
    saved = await me.ok("PUT", f"{path}/notes", {"disposition_id": result, "no_consequence": True})
    assert saved["no_consequence"]
    await me.ok("POST", f"{path}/done", {"disposition_id": result})
    assert await blocked(site) is None


async def test_a_wrap_up_that_runs_out_does_what_its_result_says_unless_it_was_left_out(site: Site):
    admin, me, other = await site.sign_in("admin"), await site.sign_in("agent"), await site.sign_in("agent")
    await wrap_up_after_own(admin, 1)
    await site.world.ready(me.id)
    await site.world.ready(other.id)
    result = await disposition(admin, "unwanted", consequence="do_not_call")
    path = await dialled(site, other)
    await other.ok("PUT", f"{path}/notes", {"disposition_id": result, "no_consequence": True})

    async def over(who: Person) -> bool:
        return (await who.ok("GET", "/workspace"))["assignments"] == []

    await until(lambda: over(other))
    assert await blocked(site) is None
    path = await dialled(site, me)
    await me.ok("PUT", f"{path}/notes", {"disposition_id": result})
    await until(lambda: over(me))
    assert await blocked(site) is True


async def test_a_result_promises_a_callback_at_the_time_that_is_chosen_and_not_without_one(site: Site):
    admin, me = await site.sign_in("admin"), await site.sign_in("agent")
    await wrap_up_after_own(admin, 60)
    await site.world.ready(me.id)
    result = await disposition(admin, "again", consequence="callback")
    path = await dialled(site, me)
    answer = await me.post(f"{path}/done", disposition_id=result)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "callback_at")
    for wrong in (timedelta(days=-1), timedelta(days=4000)):
        at = (datetime.now(UTC) + wrong).isoformat()
        answer = await me.post(f"{path}/done", disposition_id=result, callback_at=at)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "callback_at")
    at = (datetime.now(UTC) + timedelta(hours=20)).isoformat()
    done = {"disposition_id": result, "callback_at": at, "note": "the offer", "then": "ready"}
    await me.ok("POST", f"{path}/done", done)
    (promised,) = (await me.ok("GET", "/callbacks"))["items"]
    assert (promised["user"]["id"], promised["number"]) == (str(me.id), NUMBER)
    assert (await admin.ok("GET", "/audit", action="callback.created"))["items"][0]["user"]["id"] == str(
        me.id
    )


async def test_a_number_that_is_listed_already_stays_as_it_is(site: Site):
    admin, me = await site.sign_in("admin"), await site.sign_in("agent")
    await wrap_up_after_own(admin, 60)
    await site.world.ready(me.id)
    await admin.ok("POST", "/do-not-call", {"number": NUMBER, "reason": "by letter"})
    result = await disposition(admin, "unwanted", consequence="do_not_call", consequence_days=1)
    path = await dialled(site, me)
    await me.ok("POST", f"{path}/done", {"disposition_id": result})
    (row,) = (await admin.ok("GET", "/do-not-call"))["items"]
    assert (row["reason"], row["until"]) == ("by letter", None)
    assert isinstance(UUID(row["id"]), UUID)
