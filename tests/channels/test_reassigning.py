"""A supervisor gives on what an agent has: to a colleague, or back to a queue; whoever had it is told."""

from typing import Any

from tests.api import Site
from tests.channels.test_changing_hands import events, loads, mine, pair
from tests.conversations.test_following import listening
from tests.support import until
from tongdai.kit.ids import new_id


async def test_a_colleague_has_at_once_whom_another_had(site: Site):
    shop, first, second, visitor, card = await pair(site)
    supervisor = await site.sign_in("supervisor")
    conversation = card["thread"]["conversation_id"]
    hears = await listening(site, first)
    to = {"user_id": str(second.id), "from_id": str(first.id)}
    there = await supervisor.ok("GET", f"/conversations/{conversation}/agents")
    assert str(first.id) not in {one["id"] for one in there}
    await supervisor.ok("POST", f"/conversations/{conversation}/assign", to)
    told = await until(hears.heard("conversation.reassigned", conversation_id=conversation))
    assert (told["by"]["id"], told["to"]["name"]) == (str(supervisor.id), second.user.name)
    (old,), (new,) = await mine(first), await mine(second)
    assert (old["state"], new["state"]) == ("wrap_up", "accepted")
    assert (await events(second, conversation))[-2:] == [
        ("left", first.user.name),
        ("joined", second.user.name),
    ]
    # Who had it reads it on, and writes to the customer no more.
    assert (await first.ok("GET", f"/conversations/{conversation}/messages"))["writable"] is False
    path = f"/conversations/{conversation}/messages"
    await second.ok("POST", path, {"client_id": str(new_id()), "body": "I go on here"})
    await visitor.hears("I go on here")
    # Two supervisors at once: the second hears that it is not so any more.
    late = await supervisor.post(f"/conversations/{conversation}/assign", **to)
    assert (late.status_code, late.json()["code"]) == (409, "offer_gone")
    admin = await site.sign_in("admin")
    log = await admin.ok("GET", "/audit", action="interaction.reassigned")
    assert [one["details"] for one in log["items"]] == [to]
    await first.ok("POST", f"/assignments/{card['id']}/done", {})
    assert await loads(site) == {second.id: 1}
    assert shop.queue_id


async def test_back_to_a_queue(site: Site):
    shop, first, second, _, card = await pair(site)
    supervisor = await site.sign_in("supervisor")
    conversation = card["thread"]["conversation_id"]
    queue = await site.world.queue([second.id], name="Experts", channel="webchat", wrap_up_s=0.0)
    hears = await listening(site, first)
    to: dict[str, Any] = {"queue_id": str(queue), "from_id": str(first.id)}
    await supervisor.ok("POST", f"/conversations/{conversation}/assign", to)
    told = await until(hears.heard("conversation.reassigned", conversation_id=conversation))
    assert told["to"] is None
    row = await supervisor.ok("GET", f"/conversations/{conversation}")
    assert (row["state"], row["queue"]["name"]) == ("waiting", "Experts")
    assert (await supervisor.post(f"/conversations/{conversation}/assign", **to)).status_code == 409
    assert shop.queue_id


async def test_to_whom_it_cannot_be_given(site: Site):
    _, first, second, _, card = await pair(site)
    supervisor, stranger = await site.sign_in("supervisor"), await site.sign_in("agent")
    path = f"/conversations/{card['thread']['conversation_id']}/assign"
    for body, status in (
        ({"user_id": str(first.id), "from_id": str(first.id)}, 409),
        ({"user_id": str(new_id()), "from_id": str(first.id)}, 422),
        ({"user_id": str(second.id)}, 409),
        ({"queue_id": str(new_id())}, 422),
        ({"queue_id": str(new_id()), "from_id": str(first.id)}, 404),
        ({"from_id": str(first.id)}, 422),
    ):
        assert (await supervisor.post(path, **body)).status_code == status, body
    asked = {"user_id": str(second.id), "from_id": str(first.id)}
    assert (await stranger.post(path, **asked)).status_code == 403
    theirs = await (await site.another_centre()).sign_in("admin")
    assert (await theirs.post(path, **asked)).status_code == 404
    await second.ok("PUT", "/presence/me", {"state": "offline"})
    assert (await supervisor.post(path, **asked)).json()["code"] == "agent_away"
    (held,) = await mine(first)
    assert held["state"] == "accepted"
