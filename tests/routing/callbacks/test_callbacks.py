"""Callbacks on a real database: asked for by callers and agents, deduplicated, waiting, tried again, taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.api import Person, Site
from tests.support import until

from tongdai.conversations import public as conversations
from tongdai.flows.public import AskCallback, Performers, Performing, Reply
from tongdai.kit.ids import new_id
from tongdai.platform.database import Jsonb
from tongdai.routing import public as routing
from tongdai.routing.callbacks import service as callbacks

ALL_DAY = {"first": "00:00", "last": "24:00", "retry_s": 60, "max_attempts": 2}
CUSTOMER = "+84901234567"


class Desk:
    """A queue with callers; times are given, nothing waits for a clock."""

    def __init__(self, site: Site, queue_id: UUID, name: str) -> None:
        self.site, self.queue_id, self.name = site, queue_id, name

    async def caller(self, number: str | None = CUSTOMER, *, waiting_since: datetime | None = None) -> UUID:
        interaction_id, at = new_id(), waiting_since or datetime.now(UTC)
        async with self.site.world.transaction() as tx:
            new = conversations.NewInteraction(
                interaction_id,
                "voice",
                "inbound",
                at,
                number or "anonymous",
                peer=number,
                own_address="19001234",
            )
            await conversations.start(tx, new)
            if waiting_since is not None:
                await routing.enqueue(tx, routing.Enqueue(interaction_id, self.queue_id), at)
        return interaction_id

    async def leave(self, interaction_id: UUID) -> None:
        """Back in the flow, as the key for a callback does."""
        async with self.site.world.transaction() as tx:
            row = await conversations.lock(tx, interaction_id)
            await routing.leave(tx, interaction_id, "left", datetime.now(UTC))
            await conversations.enter(tx, row, conversations.Phase.FLOW, datetime.now(UTC))

    async def ask(self, interaction_id: UUID, number: str = CUSTOMER, time: str | None = None) -> Reply:
        command = AskCallback(id="1", queue=self.name, number=number, time=time, language="vi")
        async with self.site.world.transaction() as tx:
            performing = Performing(tx, new_id(), interaction_id, datetime.now(UTC))
            reply = await self.site.runtime.get(Performers).answer(performing, command)
        assert reply is not None
        return reply

    async def hang_up(self, interaction_id: UUID) -> str:
        async with self.site.world.transaction() as tx:
            row = await conversations.lock(tx, interaction_id)
            closed = await conversations.close(tx, row, datetime.now(UTC), hung_up_by="customer")
        return closed.result or ""

    async def row(self) -> dict[str, Any]:
        (only,) = await self.rows()
        return only

    async def rows(self) -> list[dict[str, Any]]:
        async with self.site.world.transaction() as tx:
            found = await tx.fetch_tuples(
                "SELECT to_jsonb(c) FROM callbacks c WHERE tenant_id = %(tenant)s ORDER BY asked_at"
            )
        return [one[0] for one in found]

    async def waits(self) -> dict[str, Any]:
        async def waiting() -> dict[str, Any] | None:
            row = await self.row()
            return row if row["state"] == "waiting" else None

        return await until(waiting)

    async def attempt(self, result: str, cause: str = "17") -> None:
        """Somebody accepts, and the customer's phone says this."""
        row = await self.waits()
        attempt = UUID(row["interaction_id"])
        offer = await self.site.world.offered(attempt)
        await self.site.world.accept(offer.id)
        now = datetime.now(UTC)
        async with self.site.world.transaction() as tx:
            interaction = await conversations.lock(tx, attempt)
            if result == "answered":
                await conversations.enter(
                    tx, interaction, conversations.Phase.TALK, now, user_id=offer.user_id
                )
                await routing.callback_reached(tx, attempt, now)
                interaction = await conversations.lock(tx, attempt)
            why = None if result == "answered" else result
            closed = await conversations.close(tx, interaction, now, hung_up_by="customer", result=why)
            await routing.callback_attempted(tx, attempt, closed.result or "", cause, now)
            await routing.end_work(tx, offer.id, now)


async def desk(site: Site, members: list[UUID] | None = None, **rules: Any) -> Desk:
    name = f"care {new_id()}"
    stored = Jsonb(ALL_DAY | rules)
    return Desk(site, await site.world.queue(members or [], name=name, callbacks=stored), name)


async def test_the_place_is_kept_and_the_call_is_no_abandon(site: Site):
    one = await desk(site)
    since = datetime.now(UTC) - timedelta(seconds=90)
    asking = await one.caller(waiting_since=since)
    await one.leave(asking)
    reply = await one.ask(asking)
    assert (reply.result, reply.data["number"]) == ("promised", CUSTOMER)
    assert await one.hang_up(asking) == "callback"
    row = await one.waits()
    entry = await site.world.value(
        "SELECT to_jsonb(e) FROM queue_entries e WHERE interaction_id = %(id)s",
        id=UUID(row["interaction_id"]),
    )
    assert entry["callback"]
    assert abs((datetime.fromisoformat(entry["enqueued_at"]) - since).total_seconds()) < 0.01
    later = await one.caller("+84907654321", waiting_since=datetime.now(UTC))
    async with site.world.transaction() as tx:
        assert (await routing.prospect_of(tx, later)).position == 2
    joined = await site.world.value(
        "SELECT count(DISTINCT conversation_id) FROM interactions WHERE id = ANY(%(ids)s)"
        " AND conversation_id IS NOT NULL",
        ids=[asking, UUID(row["interaction_id"])],
    )
    assert joined == 1


async def test_a_second_request_finds_the_first(site: Site):
    one = await desk(site)
    first = await one.ask(await one.caller())
    again = await one.caller()
    second = await one.ask(again)
    assert (second.result, second.data["id"]) == ("already", first.data["id"])
    assert await one.hang_up(again) == "callback"
    assert len(await one.rows()) == 1


async def test_an_agent_has_it_first_and_then_the_customer_is_called(site: Site):
    agent = await site.world.user()
    one = await desk(site, [agent])
    await one.ask(await one.caller())
    row = await one.waits()
    await site.world.ready(agent)
    offer = await site.world.offered(UUID(row["interaction_id"]))
    await site.world.accept(offer.id)
    assert (await one.row())["state"] == "calling"
    phase = await site.world.value(
        "SELECT phase FROM interactions WHERE id = %(id)s", id=offer.interaction_id
    )
    assert phase == "flow"  # they talk when the customer has answered


async def test_a_declined_offer_gives_the_place_back(site: Site):
    agent = await site.world.user()
    one = await desk(site, [agent])
    await one.ask(await one.caller())
    row = await one.waits()
    await site.world.ready(agent)
    await site.world.decline((await site.world.offered(UUID(row["interaction_id"]))).id)
    after = await one.row()
    assert (after["state"], after["interaction_id"], after["attempts"]) == (
        "waiting",
        row["interaction_id"],
        0,
    )


async def test_busy_is_tried_again_and_then_given_up(site: Site):
    agent = await site.world.user()
    one = await desk(site, [agent])
    await site.world.ready(agent)
    await one.ask(await one.caller())
    await one.attempt("busy")
    row = await one.row()
    assert (row["state"], row["attempts"], row["reason"]) == ("scheduled", 1, "busy")
    ahead = datetime.fromisoformat(row["due_at"]) - datetime.now(UTC)
    assert timedelta(seconds=50) < ahead <= timedelta(seconds=60)
    async with site.world.transaction() as tx:
        await callbacks.come_due(tx, UUID(row["id"]), datetime.fromisoformat(row["due_at"]))
    second = await one.waits()
    assert second["interaction_id"] != row["interaction_id"]
    await one.attempt("no_answer", "19")
    row = await one.row()
    assert (row["state"], row["attempts"], row["reason"]) == ("failed", 2, "no_answer")


async def test_served_when_the_customer_answers_and_counted_apart_on_the_board(site: Site):
    me = await site.sign_in("supervisor")
    agent = await site.world.user()
    one = await desk(site, [agent])
    asking = await one.caller(waiting_since=datetime.now(UTC))
    await me.ok("GET", "/live/board")
    await one.leave(asking)
    await one.ask(asking)
    await one.hang_up(asking)
    await one.waits()

    async def tile() -> dict[str, Any]:
        board = await me.ok("GET", "/live/board")
        return next(row for row in board["queues"] if row["id"] == str(one.queue_id))

    async def one_waits() -> bool:
        seen = await tile()
        return (seen["callbacks"]["waiting"], seen["waiting"], seen["abandoned"]) == (1, 0, 0)

    await until(one_waits)
    await site.world.ready(agent)
    await one.attempt("answered", "16")

    async def is_served() -> bool:
        seen = (await tile())["callbacks"]
        return (seen["waiting"], seen["asked"], seen["served"]) == (0, 1, 1) and seen["mean_s"] is not None

    await until(is_served)
    assert (await one.row())["state"] == "served"
    detail = await me.ok("GET", f"/interactions/{asking}")
    assert [call["result"] for call in detail["callback"]["calls"]] == ["callback", "answered"]


async def test_who_calls_again_has_their_place_and_is_not_called(site: Site):
    one = await desk(site)
    since = datetime.now(UTC) - timedelta(seconds=120)
    asking = await one.caller(waiting_since=since)
    await one.leave(asking)
    await one.ask(asking)
    await one.hang_up(asking)
    kept = await one.waits()
    again = await one.caller(waiting_since=datetime.now(UTC))
    row = await one.row()
    assert row["state"] == "called_again"
    entries = await site.world.value(
        "SELECT jsonb_object_agg(interaction_id, enqueued_at) FROM queue_entries WHERE queue_id = %(id)s",
        id=one.queue_id,
    )
    assert list(entries) == [str(again)]
    assert abs((datetime.fromisoformat(entries[str(again)]) - since).total_seconds()) < 1
    withdrawn = await site.world.value(
        "SELECT result FROM interactions WHERE id = %(id)s", id=UUID(kept["interaction_id"])
    )
    assert withdrawn == "cancelled"


async def test_outside_the_hours_it_is_put_off_and_keeps_its_place(site: Site):
    me = await site.sign_in("manager")
    name = f"hours {new_id()}"
    day = datetime.now(UTC)
    weekly = {key: [["00:00", "24:00"]] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    hours = await me.ok("POST", "/calendars", {"name": name, "time_zone": "UTC", "weekly": weekly})
    one = await desk(site, calendar=name)
    await one.ask(await one.caller())
    row = await one.waits()
    await me.ok("PUT", f"/calendars/{hours['id']}/closing", {})
    async with site.world.transaction() as tx:
        await callbacks.put_off(tx, UUID(row["id"]), day)
    put_off = await one.row()
    assert put_off["state"] in ("scheduled", "failed")
    assert not await site.world.value(
        "SELECT count(*) FROM queue_entries WHERE queue_id = %(id)s", id=one.queue_id
    )


@pytest.mark.parametrize(
    ("number", "reason"),
    [("anonymous", "number"), ("1900545401", "premium"), ("+12125551234", "international")],
)
async def test_numbers_that_are_refused(site: Site, number: str, reason: str):
    one = await desk(site)
    reply = await one.ask(await one.caller(None), number)
    assert (reply.result, reply.data["reason"]) == ("refused", reason)
    assert await one.rows() == []


async def test_later_at_a_time_of_the_customers_clock(site: Site):
    one = await desk(site)
    reply = await one.ask(await one.caller(), time="1430")
    assert reply.result == "promised"
    due = datetime.fromisoformat(reply.data["due_at"])
    assert (due.astimezone(UTC).hour, due.minute) == (7, 30)  # half past two in Ho Chi Minh City
    assert (await one.row())["state"] == "scheduled"


async def promise(person: Person, **body: Any) -> dict[str, Any]:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    return await person.ok("POST", "/callbacks", {"number": CUSTOMER, "due_at": soon, **body})


async def test_agents_promise_and_are_reminded(site: Site):
    me, other = await site.sign_in("agent"), await site.sign_in("agent")
    mine = await promise(me, note="the invoice", id=str(new_id()))
    assert (mine["user"]["id"], mine["state"], mine["queue"]) == (str(me.id), "scheduled", None)
    assert await promise(me, id=mine["id"]) == mine
    assert [row["id"] for row in (await me.ok("GET", "/callbacks"))["items"]] == [mine["id"]]
    assert (await other.ok("GET", "/callbacks"))["items"] == []
    assert (await other.post(f"/callbacks/{mine['id']}/cancel")).status_code == 404
    soon = (datetime.now(UTC) + timedelta(seconds=0.2)).isoformat()
    moved = await me.ok("PATCH", f"/callbacks/{mine['id']}", {"version": mine["version"], "due_at": soon})
    assert moved["note"] == "the invoice"

    async def reminded() -> bool:
        return [row["id"] for row in (await me.ok("GET", "/callbacks/reminders"))["due"]] == [mine["id"]]

    await until(reminded)
    assert (await me.ok("POST", f"/callbacks/{mine['id']}/cancel"))["state"] == "cancelled"
    assert (await me.ok("POST", f"/callbacks/{mine['id']}/cancel"))["state"] == "cancelled"


async def test_a_supervisor_moves_and_cancels_what_waits(site: Site):
    me = await site.sign_in("supervisor")
    one = await desk(site)
    await one.ask(await one.caller())
    row = await one.waits()
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    moved = await me.ok("PATCH", f"/callbacks/{row['id']}", {"version": row["version"], "due_at": later})
    assert moved["state"] == "scheduled"
    assert (await me.ok("POST", f"/callbacks/{row['id']}/cancel"))["state"] == "cancelled"
    assert not await site.world.value(
        "SELECT count(*) FROM queue_entries WHERE queue_id = %(id)s", id=one.queue_id
    )
    actions = await site.world.value(
        "SELECT array_agg(action ORDER BY id) FROM audit_log WHERE subject_id = %(id)s", id=UUID(row["id"])
    )
    assert actions == ["callback.changed", "callback.cancelled"]


async def test_who_is_erased_leaves_the_queue_and_is_not_called(site: Site):
    admin = await site.sign_in("admin")
    one = await desk(site)
    await one.ask(await one.caller())
    row = await one.waits()
    contact = (await admin.ok("POST", "/contacts", {"name": "Hoa"}))["id"]
    await site.do(
        lambda tx: tx.execute(
            "UPDATE callbacks SET contact_id = %(contact)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"contact": UUID(contact), "id": UUID(row["id"])},
        )
    )
    exported = await admin.ok("GET", f"/contacts/{contact}/export")
    assert [promise["id"] for promise in exported["callbacks"]] == [row["id"]]
    assert (await admin.post(f"/contacts/{contact}/erase")).status_code in (200, 204)
    left = await site.world.value(
        "SELECT (SELECT count(*) FROM queue_entries WHERE queue_id = %(id)s) + (SELECT count(*) FROM callbacks"
        " WHERE queue_id = %(id)s AND (state <> 'cancelled' OR number <> ''))",
        id=one.queue_id,
    )
    assert left == 0
