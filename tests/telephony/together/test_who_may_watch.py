"""Whose calls may be listened to, sent on and looked at, over HTTP."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.telephony.voicemail import mailbox


async def on_a_call(site: Any, user_id: UUID) -> UUID:
    """This person talks with a customer; gives the call. No Asterisk knows of it."""
    call_id, interaction_id, now = new_id(), new_id(), datetime.now(UTC)

    async def work(tx: Transaction) -> None:
        new = conversations.NewInteraction(
            id=interaction_id, channel="voice", direction="inbound", started_at=now, peer_raw="0912345678"
        )
        row = await conversations.start(tx, new)
        await conversations.enter(tx, row, conversations.Phase.TALK, now, user_id=user_id)
        await tx.execute(
            "INSERT INTO calls (tenant_id, id, interaction_id, direction, state, server, customer_channel, user_id, started_at)"
            " VALUES (%(tenant)s, %(id)s, %(interaction)s, 'inbound', 'talking', 'elsewhere', 'nowhere', %(user)s, %(at)s)",
            {"id": call_id, "interaction": interaction_id, "user": user_id, "at": now},
        )

    await site.do(work)
    return call_id


async def test_only_who_may_listens_and_only_within_reach(site: Any):
    agent, other = await site.sign_in("agent"), await site.sign_in("agent")
    leader, supervisor = await site.sign_in("team_leader"), await site.sign_in("supervisor")
    stranger = await (await site.another_centre()).sign_in("supervisor")
    await on_a_call(site, agent.id)
    path = f"/users/{agent.id}/watch"
    assert (await other.post(path)).status_code == 403
    assert (await leader.post(path)).status_code == 404, "not in the leader's team"
    assert (await stranger.post(path)).status_code == 404
    assert (await supervisor.post(path)).json()["code"] == "asterisk_away", "allowed, and nobody to do it"
    assert (await supervisor.post(f"/users/{supervisor.id}/watch")).status_code == 404
    assert (await supervisor.post(f"/users/{other.id}/watch")).status_code == 404, "on no call"
    assert (await supervisor.post(path, mode="shout")).status_code == 422
    assert (await supervisor.put("/watch/me", mode="whisper")).json()["code"] == "call_not_in_state"
    quality = await site.sign_in("quality")
    assert (await quality.post(path, mode="join")).status_code == 403
    assert (await quality.post(path)).json()["code"] == "asterisk_away"


async def test_nobody_but_its_agent_sends_a_call_on(site: Any):
    agent, other = await site.sign_in("agent"), await site.sign_in("agent")
    stranger = await (await site.another_centre()).sign_in("admin")
    call = await on_a_call(site, agent.id)
    wish = {"kind": "colleague", "id": str(other.id)}
    for command in ("transfer", "consult", "parties"):
        assert (await other.post(f"/calls/{call}/{command}", **wish)).status_code == 403
        assert (await stranger.post(f"/calls/{call}/{command}", **wish)).status_code == 404
        assert (await agent.post(f"/calls/{call}/{command}", **wish)).json()["code"] == "asterisk_away"
        assert (await agent.post(f"/calls/{call}/{command}", kind="nobody")).status_code == 422
    assert (await other.post(f"/calls/{call}/leave")).status_code == 403
    assert (await other.get(f"/calls/{call}")).status_code == 404


async def test_destinations_are_of_the_own_centre_and_never_oneself(site: Any):
    agent = await site.sign_in("agent", name="Trần Thị Mai")
    await site.person("agent", name="Đỗ Văn Hùng", extension="7001")
    await (await site.another_centre()).person("agent", name="Đỗ Văn Hùng", extension="7001")

    async def found(q: str) -> list[tuple[str, str]]:
        return [(row["kind"], row["name"]) for row in await agent.ok("GET", "/call-destinations", q=q)]

    assert await found("hung") == [("colleague", "Đỗ Văn Hùng")]
    assert await found("700") == [("colleague", "Đỗ Văn Hùng")]
    assert await found("mai") == []
    assert await found("%") == []


async def test_messages_can_be_left_with_those_who_take_them(site: Any):
    agent = await site.sign_in("agent", name="Trần Thị Mai")
    hung = await site.person("agent", name="Đỗ Văn Hùng", extension="7001")
    await site.person("agent", name="Lê Thị Hoa", extension="7002")
    async with site.world.transaction() as tx:
        await mailbox.set_up(tx, hung.id, by=hung.id, enabled=True)

    async def voicemails(q: str = "") -> list[tuple[str, str]]:
        rows = await agent.ok("GET", "/call-destinations", q=q)
        return [(row["name"], row["extension"]) for row in rows if row["kind"] == "voicemail"]

    for q in ("", "hung", "700"):
        assert await voicemails(q) == [("Đỗ Văn Hùng", "7001")]
    assert await voicemails("hoa") == []


async def test_ring_groups_and_conference_rooms_are_found_by_name_and_extension(site: Any):
    agent = await site.sign_in("agent")
    other = await site.another_centre()
    for centre, group, room in ((site, "Lễ tân", "Họp sáng"), (other, "Kho", "Họp chiều")):
        async with centre.world.transaction() as tx:
            for table, name, extension in (
                ("extension_groups", group, "600"),
                ("conference_rooms", room, "650"),
            ):
                await tx.execute(
                    f"INSERT INTO {table} (tenant_id, id, name, extension)"
                    " VALUES (%(tenant)s, gen_random_uuid(), %(name)s, %(extension)s)",
                    {"name": name, "extension": extension},
                )

    async def found(q: str) -> list[tuple[str, str, str]]:
        rows = await agent.ok("GET", "/call-destinations", q=q)
        return [(row["kind"], row["name"], row["extension"]) for row in rows if row["extension"]]

    assert await found("le tan") == [("group", "Lễ tân", "600")]
    assert await found("hop") == [("room", "Họp sáng", "650")]
    assert await found("6") == [("room", "Họp sáng", "650"), ("group", "Lễ tân", "600")]
