"""Replies that are sent later: taken back in time, sent once at their time, stopped where they must not go any more."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.api import Person, Site
from tests.channels.shop import Shop, Visitor
from tests.conversations.test_following import listening
from tests.conversations.test_inbox import counts, inbox
from tests.conversations.test_tags_and_snooze import facts
from tests.support import until

from tongdai.conversations.attachments.keeper import clear_settled, remove_gone
from tongdai.conversations.later.due import send_due
from tongdai.conversations.later.policies import Fate, can_wait_until, fate
from tongdai.kit.ids import new_id

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "only", "answered", "becomes"),
    [
        (1, False, False, Fate.WAIT),
        (1, True, True, Fate.WAIT),
        (0, False, True, Fate.SEND),
        (0, True, False, Fate.SEND),
        (-9, True, True, Fate.STOP),
    ],
)
def test_what_becomes_of_a_reply(seconds: int, only: bool, answered: bool, becomes: Fate):
    due = NOON + timedelta(seconds=seconds)
    assert fate(due, NOON, only_if_unanswered=only, answered=answered) is becomes


def test_how_long_a_reply_can_wait():
    assert not can_wait_until(NOON, NOON)
    assert can_wait_until(NOON + timedelta(days=366), NOON)
    assert not can_wait_until(NOON + timedelta(days=367), NOON)


async def talk(site: Site, undo_s: float = 30) -> tuple[Shop, Person, Visitor, dict[str, Any], str]:
    """An agent with a customer; gives the card and the path of what waits in their conversation."""
    shop = await Shop.open(site)
    (agent,) = shop.agents
    admin = await site.sign_in("admin")
    settings = await admin.ok("GET", "/settings")
    await admin.ok("PATCH", "/settings", {"version": settings["version"], "undo_chat_s": undo_s})
    visitor = await shop.visitor()
    card = await shop.taken(agent, visitor)
    return shop, agent, visitor, card, f"/conversations/{card['thread']['conversation_id']}/scheduled"


def reply(body: str, **more: Any) -> dict[str, Any]:
    return {"client_id": str(new_id()), "body": body, **more}


def later(**more: Any) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat()


async def time_comes(site: Site) -> None:
    async with site.world.transaction() as tx:
        await tx.execute(
            "UPDATE scheduled_replies SET due_at = now() - interval '1 s' WHERE tenant_id = %(tenant)s"
        )
    # Several processes look at the same moment.
    await asyncio.gather(*[send_due(site.runtime) for _ in range(3)])


async def said(person: Person, path: str) -> list[str]:
    thread = await person.ok("GET", path.replace("/scheduled", "/messages"))
    return [one["body"] for one in thread["messages"] if one["author"] == "agent"]


async def test_what_was_sent_can_be_taken_back_for_a_while(site: Site):
    _, agent, visitor, _, path = await talk(site)
    thread = await agent.ok("GET", path.replace("/scheduled", "/messages"))
    assert (thread["writable"], thread["undo_s"]) == (True, 30)
    wanted = reply("Sorry, wrong window")
    row = await agent.ok("POST", path, wanted)
    assert (row["grace"], row["state"], row["may_change"]) == (True, "waiting", True)
    assert (await agent.ok("POST", path, wanted))["id"] == row["id"]
    await send_due(site.runtime)
    assert await said(agent, path) == []
    back = await agent.ok("DELETE", f"{path}/{row['id']}")
    assert (back["body"], back["state"]) == ("Sorry, wrong window", "withdrawn")
    # The answer was lost: asked again, the text is there still.
    assert (await agent.ok("DELETE", f"{path}/{row['id']}"))["body"] == "Sorry, wrong window"
    await time_comes(site)
    await agent.ok("POST", path, reply("This is right"))
    await time_comes(site)
    await visitor.hears("This is right")
    assert await said(agent, path) == ["This is right"]
    assert await agent.ok("GET", path) == []


async def test_a_reply_goes_out_once_at_its_time(site: Site):
    _, agent, visitor, card, path = await talk(site)
    conversation = card["thread"]["conversation_id"]
    row = await agent.ok("POST", path, reply("Good morning", due_at=later(hours=3)))
    (shown,) = await inbox(agent, scheduled=True)
    assert (shown["id"], shown["scheduled_at"], shown["stopped"]) == (conversation, row["due_at"], False)
    assert (await counts(agent))["scheduled"] == 1
    moved = await agent.ok(
        "PATCH", f"{path}/{row['id']}", {"version": row["version"], "due_at": later(days=2)}
    )
    assert moved["due_at"] > row["due_at"]
    stale = await agent.patch(f"{path}/{row['id']}", version=row["version"], due_at=later(days=3))
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    # The customer is served meanwhile: it goes out all the same, and what came since stays unread.
    await agent.ok("POST", f"/assignments/{card['id']}/end")
    await agent.ok("POST", f"/assignments/{card['id']}/done", {})
    await site.world.not_ready(agent.id)
    await visitor.write("One more thing")
    (waiting,) = await agent.ok("GET", path)
    assert (waiting["answered"], waiting["state"]) == (True, "waiting")
    unread = (await inbox(agent))[0]["unread"]
    await time_comes(site)
    assert (await said(agent, path)).count("Good morning") == 1
    assert (await inbox(agent))[0]["unread"] == unread > 0
    thread = await agent.ok("GET", path.replace("/scheduled", "/messages"))
    sent = next(one for one in thread["messages"] if one["body"] == "Good morning")
    assert (sent["client_id"], "planned" in sent["data"]) == (row["client_id"], True)
    for method, what in (("POST", "/send"), ("DELETE", "")):
        answer = await agent.http.request(method, f"{path}/{row['id']}{what}")
        assert (answer.status_code, answer.json()["code"]) == (409, "already_sent")
    kinds = await facts(site, conversation)
    assert [one for one in kinds if one.startswith("reply_")] == ["reply_scheduled"] * 2 + ["reply_sent"]
    assert (await counts(agent))["scheduled"] == 0


async def test_only_if_no_answer_comes(site: Site):
    _, agent, visitor, _, path = await talk(site)
    first = await agent.ok(
        "POST", path, reply("Are you there?", due_at=later(hours=1), only_if_unanswered=True)
    )
    await agent.ok("POST", path, reply("Goodbye then", due_at=later(hours=2), only_if_unanswered=True))
    hears = await listening(site, agent)
    await visitor.write("I am back")
    await time_comes(site)
    await until(hears.heard("reply.stopped", id=first["conversation_id"]))
    rows = await agent.ok("GET", path)
    assert [(one["state"], one["why"]) for one in rows] == [("stopped", "answered")] * 2
    assert await said(agent, path) == []
    (shown,) = await inbox(agent, scheduled=True)
    assert shown["stopped"] is True
    # Who wrote it decides: all the same, or at another time.
    await agent.ok("POST", f"{path}/{first['id']}/send")
    again = await agent.ok(
        "PATCH",
        f"{path}/{rows[1]['id']}",
        {"version": rows[1]["version"], "due_at": later(hours=5), "only_if_unanswered": False},
    )
    assert (again["state"], again["why"]) == ("waiting", None)
    await time_comes(site)
    assert await said(agent, path) == ["Are you there?", "Goodbye then"]


async def test_what_can_still_be_taken_back_goes_out_before_one_parts(site: Site):
    _, agent, visitor, card, path = await talk(site)
    await agent.ok("POST", path, reply("Have a good day"))
    await agent.ok("POST", path, reply("Next week", due_at=later(days=7)))
    await agent.ok("POST", f"/assignments/{card['id']}/end")
    await visitor.hears("Have a good day")
    assert [one["body"] for one in await agent.ok("GET", path)] == ["Next week"]


async def test_who_may_schedule_change_and_take_back(site: Site):
    _, agent, _, card, path = await talk(site)
    row = await agent.ok("POST", path, reply("Later", due_at=later(hours=3)))
    other, lead, analyst = [await site.sign_in(role) for role in ("agent", "supervisor", "analyst")]
    theirs = await (await site.another_centre()).sign_in("admin")
    for person, status in ((other, 404), (theirs, 404), (analyst, 403)):
        assert (await person.delete(f"{path}/{row['id']}")).status_code == status
        assert (await person.http.post(f"{path}/{row['id']}/send")).status_code == status
        assert (
            await person.patch(f"{path}/{row['id']}", version=1, due_at=later(days=1))
        ).status_code == status
    assert (await lead.post(path, **reply("x", due_at=later(hours=1)))).json()["code"] == "not_yours"
    assert (await analyst.ok("GET", path))[0]["may_change"] is False
    assert (await lead.ok("GET", path))[0]["may_change"] is True
    elsewhere = f"/conversations/{new_id()}/scheduled/{row['id']}"
    assert (await lead.delete(elsewhere)).status_code == 404
    await lead.ok("DELETE", f"{path}/{row['id']}")
    log = await (await site.sign_in("admin")).ok("GET", "/audit", action="interaction.reply_withdrawn")
    assert [one["details"] for one in log["items"]] == [{"reply": row["id"]}]
    assert log["items"][0]["subject_id"] == card["interaction_id"]


async def test_what_cannot_be_meant_is_a_mistake_in_its_field(site: Site):
    _, agent, _, _, path = await talk(site)
    for wrong, field in (
        ({"due_at": later(seconds=-5)}, "due_at"),
        ({"due_at": later(days=400)}, "due_at"),
        ({"due_at": "2026-12-02T09:00:00"}, "due_at"),
        ({"body": " "}, "body"),
        ({"body": "x" * 10_001}, "body"),
        ({"more": 1}, "more"),
    ):
        answer = await agent.post(path, **{**reply("Later", due_at=later(hours=1)), **wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    for _ in range(20):
        await agent.ok("POST", path, reply("Later", due_at=later(hours=1)))
    full = await agent.post(path, **reply("Later", due_at=later(hours=1)))
    assert (full.status_code, full.json()["code"]) == (409, "too_many_scheduled")


async def test_its_files_stay_until_it_is_sent(site: Site):
    _, agent, _, _, path = await talk(site)
    files = path.replace("/scheduled", "/attachments")
    sent = await agent.http.post(f"{files}?name=a.txt&client_id={new_id()}", content=b"hello")
    loose = await agent.http.post(f"{files}?name=b.txt&client_id={new_id()}", content=b"world")
    row = await agent.ok("POST", path, reply("", attachments=[sent.json()["id"]], due_at=later(days=3)))
    assert [one["name"] for one in row["attachments"]] == ["a.txt"]
    future = datetime.now(UTC) + timedelta(days=2)
    await clear_settled(site.runtime, future)
    await remove_gone(site.runtime, future)
    assert (await agent.get(f"{files}/{loose.json()['id']}")).status_code == 404
    await time_comes(site)
    thread = await agent.ok("GET", path.replace("/scheduled", "/messages"))
    assert [one["name"] for one in thread["messages"][-1]["attachments"]] == ["a.txt"]
    await clear_settled(site.runtime, future)
    async with site.world.transaction() as tx:
        left = await tx.fetch_value("SELECT count(*) FROM scheduled_replies WHERE tenant_id = %(tenant)s")
    assert left == 0
    assert await agent.ok("GET", path) == []


async def test_one_that_cannot_be_sent_says_why_and_keeps_no_other(site: Site):
    _, agent, visitor, _, path = await talk(site)
    files = path.replace("/scheduled", "/attachments")
    file = await agent.http.post(f"{files}?name=a.txt&client_id={new_id()}", content=b"hello")
    await agent.ok("POST", path, reply("See this", attachments=[file.json()["id"]], due_at=later(days=1)))
    await agent.ok("POST", path, reply("And this", due_at=later(days=2)))
    async with site.world.transaction() as tx:
        await tx.execute("UPDATE attachments SET gone = true WHERE tenant_id = %(tenant)s")
    await time_comes(site)
    await visitor.hears("And this")
    assert [(one["body"], one["why"]) for one in await agent.ok("GET", path)] == [
        ("See this", "attachment_gone")
    ]
