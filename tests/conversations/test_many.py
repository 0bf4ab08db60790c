"""Many conversations are tagged and put aside at once, and it is undone at once; views are kept under a name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.api import Person, Site
from tests.channels.shop import Shop
from tests.conversations.test_inbox import inbox, waits

from tongdai.kit.ids import new_id


async def three(site: Site) -> tuple[Shop, Person, list[str]]:
    """An admin and three conversations: two that are over, and one that waits."""
    shop = await Shop.open(site)
    (agent,) = shop.agents
    found: list[str] = []
    for _ in range(2):
        card = await shop.taken(agent, await shop.visitor())
        await agent.ok("POST", f"/assignments/{card['id']}/end")
        await agent.ok("POST", f"/assignments/{card['id']}/done", {})
        found.append(card["thread"]["conversation_id"])
    await site.world.not_ready(agent.id)
    await waits(shop, "Waiting")
    admin = await site.sign_in("admin")
    (waiting,) = await inbox(admin, state="waiting")
    return shop, admin, [*found, waiting["id"]]


async def marks(person: Person) -> dict[str, tuple[list[str], bool]]:
    return {one["id"]: (one["tags"], one["snoozed_until"] is not None) for one in await inbox(person)}


def until(**more: Any) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat()


async def test_many_are_changed_and_it_is_undone(site: Site):
    _, admin, (first, second, waiting) = await three(site)
    await admin.ok("PUT", f"/conversations/{first}/tags", {"tags": ["old", "VIP"]})
    began = await marks(admin)
    wanted = [
        {"id": one, "add": ["VIP", "delivery"], "remove": ["old"], "snoozed_until": until(hours=3)}
        for one in (first, second, waiting)
    ]
    done = await admin.ok("PATCH", "/conversations", {"changes": wanted})
    assert done["refused"] == [{"id": waiting, "code": "not_in_state"}]
    changed = (["VIP", "delivery"], True)
    assert await marks(admin) == {first: changed, second: changed, waiting: ([], False)}
    undone = await admin.ok("PATCH", "/conversations", {"changes": done["before"]})
    assert undone["refused"] == []
    assert await marks(admin) == began
    again = await admin.ok("PATCH", "/conversations", {"changes": undone["before"]})
    assert (await marks(admin))[second] == changed
    assert {one["id"] for one in again["before"]} == {first, second}


async def test_tags_alone_leave_what_is_put_aside_as_it_is(site: Site):
    _, admin, (first, *_) = await three(site)
    await admin.ok("PUT", f"/conversations/{first}/snooze", {"until": until(days=2)})
    done = await admin.ok("PATCH", "/conversations", {"changes": [{"id": first, "add": ["VIP"]}]})
    assert "snoozed_until" not in done["before"][0]
    assert (await marks(admin))[first] == (["VIP"], True)
    await admin.ok("PATCH", "/conversations", {"changes": [{"id": first, "snoozed_until": None}]})
    assert (await marks(admin))[first] == (["VIP"], False)


async def test_what_is_not_ones_own_to_change_is_named(site: Site):
    shop, admin, (first, second, _) = await three(site)
    theirs = await (await site.another_centre()).sign_in("admin")
    stranger, nobody = await site.sign_in("agent"), str(new_id())
    await admin.ok("PUT", f"/conversations/{second}/tags", {"tags": [str(number) for number in range(20)]})
    changes = [{"id": one, "add": ["x"]} for one in (first, second, nobody)]
    refused = {
        one["id"]: one["code"]
        for one in (await admin.ok("PATCH", "/conversations", {"changes": changes}))["refused"]
    }
    assert refused == {second: "too_many_tags", nobody: "not_found"}
    for person in (theirs, stranger):
        answer = await person.patch("/conversations", changes=[{"id": first, "add": ["y"]}])
        assert answer.status_code == 403 or answer.json()["refused"] == [{"id": first, "code": "not_found"}]
    assert (await marks(admin))[first] == (["x"], False)
    assert (await shop.agents[0].get("/conversations")).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [{"id": "x"}],
        [{"id": str(new_id()), "add": ["a,b"]}],
        [{"id": str(new_id()), "snoozed_until": "tomorrow"}],
        [{"id": str(new_id()), "snoozed_until": until(days=800)}],
        [{"id": "01a22e56-6281-7b9b-8545-1dbcd4df8033"}] * 2,
        [{"id": str(new_id())} for _ in range(101)],
    ],
)
async def test_what_cannot_be_meant_is_a_mistake_in_its_field(site: Site, changes: list[Any]):
    admin = await site.sign_in("admin")
    answer = await admin.patch("/conversations", changes=changes)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("changes")


async def test_a_view_is_kept_for_oneself_or_for_everybody(site: Site):
    agent, other, lead = [await site.sign_in(role) for role in ("agent", "agent", "supervisor")]
    narrowing = {"view": "all", "tag": "VIP", "q": "đơn hàng"}
    own = await agent.ok("POST", "/inbox-views", {"name": "VIPs", "narrowing": narrowing})
    shared = await lead.ok("POST", "/inbox-views", {"name": "Everybody's", "narrowing": {}, "shared": True})
    assert [one["name"] for one in await agent.ok("GET", "/inbox-views")] == ["Everybody's", "VIPs"]
    assert [one["name"] for one in await other.ok("GET", "/inbox-views")] == ["Everybody's"]
    assert {name: value for name, value in own["narrowing"].items() if value is not None} == narrowing
    # The same name again is a mistake, but not another's.
    twice = await agent.post("/inbox-views", name="vips", narrowing={})
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (422, "name")
    await other.ok("POST", "/inbox-views", {"name": "VIPs", "narrowing": {}})
    renamed = await agent.ok(
        "PATCH", f"/inbox-views/{own['id']}", {"version": own["version"], "name": "Best"}
    )
    assert (renamed["name"], renamed["narrowing"]) == ("Best", own["narrowing"])
    stale = await agent.patch(f"/inbox-views/{own['id']}", version=own["version"], name="Worse")
    assert stale.status_code == 409
    for person, view in ((other, own), (lead, own)):
        assert (await person.delete(f"/inbox-views/{view['id']}")).status_code == 404
    assert (await agent.delete(f"/inbox-views/{shared['id']}")).status_code == 403
    assert (await agent.post("/inbox-views", name="All", narrowing={}, shared=True)).status_code == 403
    await agent.ok("DELETE", f"/inbox-views/{own['id']}")
    await lead.ok("DELETE", f"/inbox-views/{shared['id']}")
    assert await agent.ok("GET", "/inbox-views") == []


async def test_so_many_views_and_no_more(site: Site):
    agent = await site.sign_in("agent")
    for number in range(50):
        await agent.ok("POST", "/inbox-views", {"name": f"View {number}", "narrowing": {}})
    answer = await agent.post("/inbox-views", name="One more", narrowing={})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_views")
    for wrong in ({"view": "nothing"}, {"queue_id": "x"}, {"q": "x" * 201}, {"more": 1}):
        answer = await agent.post("/inbox-views", name="Wrong", narrowing=wrong)
        assert answer.json()["errors"][0]["field"].startswith("narrowing.")
