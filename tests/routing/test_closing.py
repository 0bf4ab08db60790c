"""Emergency closing over the API, and what flows meet then."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.api import Person, Site

from tongdai.flows.public import AskQueue, CheckCalendar, Enqueue, Performers, Performing, Reply
from tongdai.kit.ids import new_id
from tongdai.routing import public as routing

ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


async def ask(site: Site, command: Any, subject: UUID | None = None) -> Reply | None:
    """As a flow does."""
    async with site.world.transaction() as tx:
        performing = Performing(tx, new_id(), subject or new_id(), datetime.now(UTC))
        return await site.runtime.get(Performers).answer(performing, command)


async def supervisor(site: Site) -> Person:
    return await site.sign_in("supervisor")


async def prompt(site: Site, name: str) -> None:
    async with site.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO prompts (tenant_id, id, name, language, text) VALUES (%(tenant)s, %(id)s, %(name)s, 'en', 'x')",
            {"id": new_id(), "name": name},
        )


async def test_a_closed_queue_takes_nobody_until_it_is_opened(site: Site):
    me = await supervisor(site)
    queue = await site.world.queue(name="storm")
    waiting = await site.world.arrive(queue)
    await prompt(site, "storm warning")
    await me.ok("PUT", f"/queues/{queue}/closing", {"exit": "overflow", "prompt": "storm warning"})
    enqueue = Enqueue(id="1", queue="storm", priority=0, language="en")
    reply = await ask(site, enqueue)
    assert reply is not None
    assert (reply.result, reply.data) == ("closed", {"exit": "overflow", "prompt": "storm warning"})
    status = await ask(site, AskQueue(id="2", queue="storm"))
    assert status is not None
    assert (status.result, status.data["waiting"]) == ("closed", 1)
    with pytest.raises(routing.QueueClosed):
        await site.world.arrive(queue)
    detail = await me.ok("GET", f"/interactions/{waiting}")
    assert detail["waiting"] == {"position": 1, "expected_wait_s": None}
    (row,) = [one for one in await me.ok("GET", "/closings") if one["id"] == str(queue)]
    assert (row["waiting"], row["by"]["id"], row["closing"]["exit"]) == (1, str(me.id), "overflow")
    assert (
        await site.world.value("SELECT count(*) FROM queue_entries WHERE interaction_id = %(id)s", id=waiting)
        == 1
    )
    board = await me.ok("GET", "/live/board")
    assert [tile["closed"] for tile in board["queues"] if tile["id"] == str(queue)] == [True]
    await me.ok("DELETE", f"/queues/{queue}/closing")
    await site.world.arrive(queue)
    actions = await site.world.value(
        "SELECT array_agg(action ORDER BY id) FROM audit_log WHERE subject_id = %(id)s AND user_id = %(me)s",
        id=queue, me=me.id,
    )  # fmt: skip
    assert actions == ["queue.closed", "queue.reopened"]


async def test_who_was_with_an_agent_comes_back_into_a_closed_queue(site: Site):
    me = await supervisor(site)
    queue = await site.world.queue()
    await me.ok("PUT", f"/queues/{queue}/closing", {})
    await site.world.arrive(queue, returning=True)


async def test_closed_hours_are_closed_whatever_they_say(site: Site):
    manager, me = await site.sign_in("manager"), await supervisor(site)
    hours = await manager.ok("POST", "/calendars", {"name": "main", "time_zone": "UTC", "weekly": ALWAYS})
    asked = CheckCalendar(id="1", calendar="main", at=datetime.now(UTC).isoformat())
    reply = await ask(site, asked)
    assert reply is not None
    assert reply.result == "open"
    await me.ok("PUT", f"/calendars/{hours['id']}/closing", {"exit": "holiday"})
    reply = await ask(site, asked)
    assert reply is not None
    assert (reply.result, reply.data) == ("holiday", {"exit": "holiday", "prompt": None})
    preview = await manager.ok("GET", f"/calendars/{hours['id']}/preview")
    assert (preview["open"], preview["next_change"]) == (False, None)
    await me.ok("DELETE", f"/calendars/{hours['id']}/closing")
    reply = await ask(site, asked)
    assert reply is not None
    assert reply.result == "open"


async def test_a_prompt_must_be_there_and_an_exit_one_of_the_verbs(site: Site):
    me = await supervisor(site)
    queue = await site.world.queue()
    answer = await me.put(f"/queues/{queue}/closing", prompt="nothing")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "prompt")
    assert (await me.put(f"/queues/{queue}/closing", exit="answered")).status_code == 422


async def test_a_leader_closes_own_queues_only(site: Site):
    leader = await site.sign_in("team_leader")
    own, other = await site.world.queue([leader.id]), await site.world.queue()
    await leader.ok("PUT", f"/queues/{own}/closing", {})
    assert (await leader.put(f"/queues/{other}/closing")).status_code == 404
    assert [row["id"] for row in await leader.ok("GET", "/closings")] == [str(own)]
