"""Queues of channels in writing."""

from tests.api import Site


async def test_a_queue_keeps_the_channel_that_it_was_made_for(site: Site):
    admin = await site.sign_in("admin")
    chats = await admin.ok("POST", "/queues", {"name": "Chats", "channel": "webchat"})
    calls = await admin.ok("POST", "/queues", {"name": "Calls"})
    assert (chats["channel"], calls["channel"]) == ("webchat", "voice")
    unknown = await admin.post("/queues", name="Pigeons", channel="pigeon")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "channel")
    moved = await admin.patch(f"/queues/{chats['id']}", version=1, channel="voice")
    assert (moved.status_code, moved.json()["errors"][0]["field"]) == (422, "channel")
    renamed = await admin.ok("PATCH", f"/queues/{chats['id']}", {"version": 1, "name": "Web chat"})
    assert (renamed["name"], renamed["channel"]) == ("Web chat", "webchat")
