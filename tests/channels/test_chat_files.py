"""Files in a chat: each way, whole or not at all, for those whom they are meant for, and for nobody who is not."""

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api import Person, Site
from tests.channels.shop import Shop, Visitor
from tests.support import until
from tongdai.conversations.attachments.keeper import remove_gone, sweep
from tongdai.conversations.attachments.policies import MOST_BYTES
from tongdai.conversations.attachments.store import ROOM_WANTED
from tongdai.kit.ids import new_id

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 700
"""More than two chunks."""


async def uploaded(visitor: Visitor, body: Any = PNG, name: str = "photo.png", **more: str) -> httpx.Response:
    return await visitor.http.post(
        f"/chat/{visitor.key}/files",
        params={"name": name, "client_id": more.get("client_id", str(new_id()))},
        content=body,
        headers={"X-Visitor": visitor.token},
    )


async def upload(
    person: Person, conversation: str, body: bytes = PNG, name: str = "photo.png"
) -> httpx.Response:
    return await person.http.post(
        f"/conversations/{conversation}/attachments",
        params={"name": name, "client_id": str(new_id())},
        content=body,
    )


async def fetched(visitor: Visitor, file_id: str, **query: Any) -> httpx.Response:
    return await visitor.http.get(
        f"/chat/{visitor.key}/files/{file_id}", params=query, headers={"X-Visitor": visitor.token}
    )


def lying(site: Site) -> list[Path]:
    """What the file store holds of conversations."""
    root = site.runtime.settings.data_dir / "files" / "attachments"
    return sorted(path for path in root.rglob("*") if path.is_file())


async def talking(site: Site) -> tuple[Shop, Visitor, Person, str]:
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    (agent,) = shop.agents
    card = await shop.taken(agent, visitor)
    return shop, visitor, agent, card["thread"]["conversation_id"]


async def test_a_file_goes_each_way_and_is_what_was_sent(site: Site):
    _, visitor, agent, conversation = await talking(site)
    sent = (await uploaded(visitor, name="Ảnh 1.png")).json()
    assert (sent["name"], sent["media_type"], sent["size"], sent["shown"]) == (
        "Ảnh 1.png", "image/png", len(PNG), True,
    )  # fmt: skip
    message = await visitor.write("", attachments=[sent["id"]])
    assert [one["id"] for one in message["attachments"]] == [sent["id"]]
    thread = await agent.ok("GET", f"/conversations/{conversation}/messages")
    assert [one["name"] for one in thread["messages"][-1]["attachments"]] == ["Ảnh 1.png"]
    (mine,) = (await agent.ok("GET", "/workspace"))["assignments"]
    assert mine["thread"]["preview"] == "📎 Ảnh 1.png"

    path = f"/conversations/{conversation}/attachments/{sent['id']}"
    saved = await agent.get(path)
    assert saved.content == PNG
    assert saved.headers["content-disposition"] == "attachment; filename*=UTF-8''%E1%BA%A2nh%201.png"
    assert saved.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert saved.headers["x-content-type-options"] == "nosniff"
    assert saved.headers["content-type"] == "image/png"
    seen = await agent.get(path, show=True)
    assert seen.headers["content-disposition"].startswith("inline;")
    admin = await site.sign_in("admin")
    written = [one for one in (await admin.ok("GET", "/audit"))["items"] if "attachment" in one["action"]]
    assert len(written) == 1, "what is only seen is read like the rest of the conversation"

    answers = await asyncio.gather(
        upload(agent, conversation, b"%PDF-1.7 ...", "bill.pdf"),
        upload(agent, conversation, b"1;2\n", "t.csv"),
    )
    ids = [one.json()["id"] for one in answers]
    body = {"client_id": str(new_id()), "body": "Here is the bill.", "attachments": ids}
    first = await agent.ok("POST", f"/conversations/{conversation}/messages", body)
    again = await agent.ok("POST", f"/conversations/{conversation}/messages", body)
    assert first == again
    await visitor.hears("Here is the bill.")
    files = visitor.heard[-1]["attachments"]
    assert [(one["name"], one["shown"]) for one in files] == [("bill.pdf", False), ("t.csv", False)]
    got = await fetched(visitor, files[0]["id"], show=True)
    assert (got.content, got.headers["content-disposition"][:11]) == (b"%PDF-1.7 ...", "attachment;")
    assert len(lying(site)) == 3
    assert not any(PNG[:64] in path.read_bytes() for path in lying(site)), "sealed at rest"
    stored = await site.world.value(
        "SELECT sha256 FROM attachments WHERE tenant_id = %(tenant)s AND name = 'Ảnh 1.png'"
    )
    assert stored == hashlib.sha256(PNG).hexdigest()


async def test_the_first_message_may_be_a_file_and_the_bot_asks_on(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    file = (await uploaded(visitor)).json()
    await visitor.write("", attachments=[file["id"]])
    await visitor.hears("", "Hello, this is the shop.", "What is it about?")
    other = (await uploaded(visitor)).json()
    await visitor.write("", attachments=[other["id"]])
    await visitor.hears("", "Please choose one of these. What is it about?")


async def test_a_file_that_is_sent_again_is_the_same_file(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    name = str(new_id())
    answers = await asyncio.gather(*[uploaded(visitor, client_id=name) for _ in range(4)])
    answers.append(await uploaded(visitor, client_id=name))
    assert {one.status_code for one in answers} == {201}
    (file_id,) = {one.json()["id"] for one in answers}
    body = {"client_id": str(new_id()), "attachments": [file_id, file_id]}
    first, second = [(await visitor.post("messages", body)).json() for _ in range(2)]
    assert first == second
    assert len(first["attachments"]) == 1
    taken = await visitor.post("messages", {"client_id": str(new_id()), "attachments": [file_id]})
    assert (taken.status_code, taken.json()["code"]) == (409, "attachment_gone")
    await visitor.look()
    assert len([one for one in visitor.heard if one["author"] == "customer"]) == 1


@pytest.mark.parametrize(
    ("body", "name", "status", "code"),
    [
        (b"", "empty.png", 422, "file_empty"),
        (b"MZ\x90\0" + b"\0" * 999, "photo.png", 415, "file_kind"),
        (b"PK\x03\x04" + b"\0" * 999, "all.zip", 415, "file_kind"),
        (b"%PDF-" + b"\0" * MOST_BYTES, "big.pdf", 413, "file_too_big"),
    ],
)
async def test_what_cannot_be_sent_is_refused_in_words_and_leaves_nothing(
    site: Site, body: bytes, name: str, status: int, code: str
):
    shop = await Shop.open(site)
    visitor = await shop.visitor()

    async def in_parts() -> AsyncIterator[bytes]:
        """Without saying how much is to come."""
        for start in range(0, len(body), 1 << 20):
            yield body[start : start + (1 << 20)]

    for content in (body, in_parts()):
        answer = await uploaded(visitor, content, name)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert lying(site) == []
    assert await site.world.value("SELECT count(*) FROM attachments WHERE tenant_id = %(tenant)s") == 0


async def test_the_biggest_file_arrives_whole(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    body = b"%PDF-" + os.urandom(MOST_BYTES - 5)
    file = (await uploaded(visitor, body, "big.pdf")).json()
    assert (await fetched(visitor, file["id"])).content == body


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "a\u202egnp.exe", "x\r\nX-Evil: 1", "ъ" * 300 + ".png", "🐈\0.png", "%00%2e%2e"],
)
async def test_no_name_leads_anywhere(site: Site, name: str):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    file = (await uploaded(visitor, name=name)).json()
    assert file["name"].endswith(".png")
    assert file["name"].isprintable()
    assert len(file["name"]) <= 120
    answer = await fetched(visitor, file["id"])
    assert (answer.status_code, answer.content) == (200, PNG)
    assert "x-evil" not in answer.headers
    (path,) = lying(site)
    assert path.name == f"{file['id']}.sealed"


async def test_half_an_upload_leaves_nothing(site: Site, server: int):
    """The browser is closed in the middle of it."""
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    reader, writer = await asyncio.open_connection("127.0.0.1", server)
    path = f"/api/v1/chat/{shop.key}/files?name=a.png&client_id={new_id()}"
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Visitor: {visitor.token}\r\nContent-Length: 5000000\r\n\r\n"
    writer.write(head.encode() + PNG * 4)
    await writer.drain()

    async def begun() -> bool:
        return any(path.name.endswith(".part") for path in lying(site))

    await until(begun)
    writer.close()

    async def gone() -> bool:
        return lying(site) == []

    await until(gone)
    assert await reader.read() == b""


async def test_files_are_for_those_of_the_conversation_alone(site: Site):
    shop, visitor, agent, conversation = await talking(site)
    mine = (await uploaded(visitor)).json()["id"]
    stranger = await shop.visitor()
    assert (await fetched(stranger, mine)).status_code == 404
    assert (await fetched(Visitor(visitor.http, shop.key, "no-such-token"), mine)).status_code == 401
    stolen = await stranger.post("messages", {"client_id": str(new_id()), "attachments": [mine]})
    assert (stolen.status_code, stolen.json()["code"]) == (409, "attachment_gone")
    path = f"/conversations/{conversation}/attachments"
    assert (await agent.get(f"{path}/{mine}")).status_code == 404, "it has not been sent yet"
    await visitor.write("", attachments=[mine])
    assert (await agent.get(f"{path}/{mine}")).status_code == 200

    draft = (await upload(agent, conversation)).json()["id"]
    boss = await site.sign_in("manager")
    assert (await boss.get(f"{path}/{mine}")).status_code == 200
    assert (await boss.get(f"{path}/{draft}")).status_code == 404
    assert (await fetched(visitor, draft)).status_code == 404
    note = {"client_id": str(new_id()), "kind": "note", "body": "", "attachments": [draft]}
    await agent.ok("POST", f"/conversations/{conversation}/messages", note)
    assert (await fetched(visitor, draft)).status_code == 404, "notes are for colleagues"
    assert (await boss.get(f"{path}/{draft}")).status_code == 200

    colleague = await site.sign_in("agent")
    other = await (await site.another_centre()).sign_in("admin")
    for person in (colleague, other):
        assert (await person.get(f"{path}/{mine}")).status_code == 404
        assert (await upload(person, conversation)).status_code == 404
    elsewhere = (await shop.visitor(), await Shop.open(await site.another_centre()))
    their = await elsewhere[1].visitor()
    assert (await fetched(their, mine)).status_code == 404
    assert (await fetched(Visitor(visitor.http, elsewhere[1].key, visitor.token), mine)).status_code == 401


async def test_a_message_says_something_and_carries_not_too_much(site: Site):
    _, visitor, agent, conversation = await talking(site)
    for person in (
        await visitor.post("messages", {"client_id": str(new_id()), "body": " "}),
        await agent.post(f"/conversations/{conversation}/messages", client_id=str(new_id())),
    ):
        assert (person.status_code, person.json()["errors"][0]["field"]) == (422, "body")
    many = [str(new_id()) for _ in range(11)]
    assert (
        await visitor.post("messages", {"client_id": str(new_id()), "attachments": many})
    ).status_code == 422
    gone = await agent.post(
        f"/conversations/{conversation}/messages", client_id=str(new_id()), attachments=many[:1]
    )
    assert (gone.status_code, gone.json()["code"]) == (409, "attachment_gone")


async def test_who_sends_very_many_is_slowed_down(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    answers = [await uploaded(visitor, b"GIF89a") for _ in range(41)]
    assert {one.status_code for one in answers[:40]} == {201}
    assert (answers[40].status_code, answers[40].json()["code"]) == (429, "too_many_files")
    assert (await uploaded(await shop.visitor(), b"GIF89a")).status_code == 201


async def test_a_full_disk_takes_no_files(site: Site, monkeypatch: pytest.MonkeyPatch):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    full = os.statvfs_result((4096, 4096, 1000, 9, 9, 9, 9, 9, 0, 255))
    assert full.f_bavail * full.f_frsize < ROOM_WANTED

    def told(_: object) -> os.statvfs_result:
        return full

    monkeypatch.setattr(os, "statvfs", told)
    answer = await uploaded(visitor)
    assert (answer.status_code, answer.json()["code"]) == (507, "no_room")


async def test_what_nobody_sends_is_gone_after_a_day(site: Site):
    _, visitor, agent, conversation = await talking(site)
    kept, left = [(await uploaded(visitor)).json()["id"] for _ in range(2)]
    await upload(agent, conversation)
    await visitor.write("", attachments=[kept])
    now = site.runtime.clock.now()
    await remove_gone(site.runtime, now + timedelta(hours=23))
    assert len(lying(site)) == 3
    await remove_gone(site.runtime, now + timedelta(hours=25))
    assert [path.name for path in lying(site)] == [f"{kept}.sealed"]
    assert (await fetched(visitor, left)).status_code == 404
    late = await visitor.post("messages", {"client_id": str(new_id()), "attachments": [left]})
    assert (late.status_code, late.json()["code"]) == (409, "attachment_gone")


async def test_what_a_crash_left_is_swept_away(site: Site):
    _, visitor, _, _ = await talking(site)
    sent = (await uploaded(visitor)).json()["id"]
    await visitor.write("", attachments=[sent])
    (kept,) = lying(site)
    for left in (f"{new_id()}.sealed", f"{new_id()}.sealed.part"):
        (kept.parent / left).write_bytes(b"cut off")
    now = site.runtime.clock.now()
    await sweep(site.runtime, now)
    assert len(lying(site)) == 3, "an upload may still be coming"
    await sweep(site.runtime, now + timedelta(days=2))
    assert lying(site) == [kept]


async def test_files_go_with_their_customer(site: Site):
    """Into the export of personal data, and away with them: the row's name at once, the file in the next round."""
    shop, visitor, agent, conversation = await talking(site)
    sent = (await uploaded(visitor, name="passport.png")).json()["id"]
    await visitor.write("", attachments=[sent])
    card = await shop.card(agent, "accepted")
    admin = await site.sign_in("admin")
    known = await admin.ok("POST", "/contacts", {"name": "An"})
    await agent.ok("POST", f"/assignments/{card['id']}/contact", {"contact_id": known["id"]})
    await agent.ok("POST", f"/assignments/{card['id']}/end")
    assert "passport.png" in json.dumps(await admin.ok("GET", f"/contacts/{known['id']}/export"))
    await admin.ok("POST", f"/contacts/{known['id']}/erase")
    assert (await admin.get(f"/conversations/{conversation}/attachments/{sent}")).status_code == 404
    assert (await fetched(visitor, sent)).status_code == 404
    await remove_gone(site.runtime, site.runtime.clock.now())
    assert lying(site) == []
    assert await site.world.value("SELECT count(*) FROM attachments WHERE tenant_id = %(tenant)s") == 0


async def test_a_file_that_was_tampered_with_is_not_given(site: Site):
    _, visitor, _, _ = await talking(site)
    sent = (await uploaded(visitor)).json()["id"]
    (path,) = lying(site)
    damaged = bytearray(path.read_bytes())
    damaged[200] ^= 1
    path.write_bytes(bytes(damaged))
    answer = await fetched(visitor, sent)
    assert (answer.status_code, answer.json()["code"]) == (500, "file_unreadable")
