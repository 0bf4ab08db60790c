"""What leaves a website's chat by mail, over a real postfix: messages left while nobody is there, and transcripts."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.api import Person, Site
from tests.channels.email.post import Office, text_of
from tests.channels.email.servers import MailServers
from tests.channels.shop import Shop
from tongdai.channels.email.transcripts import transcript
from tongdai.conversations.public import MessageRow
from tongdai.kit.ids import new_id


async def opened(site: Site, servers: MailServers) -> tuple[Shop, Office, Person]:
    """A shop whose widget has a mailbox, beside its agents for letters."""
    shop, office = await Shop.open(site), await Office.open(site, servers)
    (row,) = (await office.admin.ok("GET", "/widgets"))["items"]
    change = {"mailbox_id": office.mailbox["id"], "offline": {"queue_id": str(shop.queue_id)}}
    await office.admin.ok("PATCH", f"/widgets/{row['id']}", {"version": row["version"], **change})
    return shop, office, shop.agents[0]


async def test_what_is_left_is_answered_by_mail_as_a_letter_is(site: Site, servers: MailServers):
    shop, office, _ = await opened(site, servers)
    lan = office.customer()
    visitor = await shop.visitor(language="vi")
    left = {"client_id": str(new_id()), "name": "Lan", "email": lan.address, "body": "Đơn 4711\nđâu rồi?"}
    for _ in range(2):
        answer = await visitor.post("offline", left)
        assert (answer.status_code, answer.json()) == (201, {"answered_by": "email"})
    card = await office.taken()
    assert (card["channel"], card["peer_name"], card["queue"]["name"]) == ("email", "Lan", "Letters")
    await office.says(card, "Đang trên đường.")
    got = await lan.gets()
    assert got["Subject"].startswith("Re: Đơn 4711 đâu rồi? [#")
    lan.answer(got, "Cảm ơn!")
    await office.reads(card, "Đơn 4711\nđâu rồi?", "Đang trên đường.", "Cảm ơn!")
    assert await office.counted("conversations") == 1


async def test_customer_and_agent_have_the_chat_sent_and_its_mail_is_answered(
    site: Site, servers: MailServers
):
    shop, office, agent = await opened(site, servers)
    lan = office.customer()
    visitor = await shop.visitor(language="en")
    assert (await visitor.open())["config"]["transcripts"]
    empty = await visitor.post("transcript", {"client_id": "a" * 8, "email": lan.address})
    assert empty.status_code == 404
    card = await shop.taken(agent, visitor)
    path = f"/conversations/{card['thread']['conversation_id']}/messages"
    await agent.ok("POST", path, {"client_id": str(new_id()), "body": "It left <today>."})
    await agent.ok("POST", path, {"client_id": str(new_id()), "kind": "note", "body": "was rude"})
    asked = {"client_id": str(new_id()), "email": lan.address.upper()}
    for _ in range(2):
        assert (await visitor.post("transcript", asked)).status_code == 204
    got = await lan.gets()
    text = text_of(got)
    assert "It left <today>." in text
    assert f"{agent.user.name}: It left" in text
    assert "You: Hi" in text
    assert "rude" not in text
    assert str(got["Auto-Submitted"]).startswith("auto-")
    told = next(one for one in await visitor.look() if one["data"].get("event") == "transcript")
    assert (told["data"]["to"], "email" in told["data"]) == (lan.address, False)

    # The agent too, to an address that the customer names; it is written down, and nobody is flooded.
    send = f"/assignments/{card['id']}/transcript"
    await agent.ok("POST", send, {"client_id": str(new_id()), "email": lan.address})
    await lan.gets(2)
    log = [one["action"] for one in (await office.admin.ok("GET", "/audit"))["items"]]
    assert "conversation.transcript_sent" in log
    codes: list[int] = []
    for _ in range(5):
        answer = await agent.http.post(send, json={"client_id": str(new_id()), "email": lan.address})
        codes.append(answer.status_code)
    assert codes[-1] == 429
    assert (await office.agent.http.post(send, json=asked)).status_code == 404

    # Answered, it goes on with the conversation, as a letter.
    lan.answer(got, "One more thing")
    offer = await office.card(office.agent, "offered")
    assert offer["thread"]["conversation_id"] == card["thread"]["conversation_id"]


async def test_without_a_mailbox_nothing_is_sent(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    assert not (await visitor.open())["config"]["transcripts"]
    await visitor.write("Hi")
    answer = await visitor.post("transcript", {"client_id": str(new_id()), "email": "an@example.com"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_transcripts")


def test_a_transcript_tells_days_people_and_files_in_the_customers_language():
    def row(seq: int, author: str, body: str, kind: str = "text", **data: Any) -> MessageRow:
        at = datetime(2026, 12, 1, 16, 58 + seq % 2, tzinfo=UTC)
        return MessageRow(new_id(), UUID(int=1), None, seq, author, None, kind, body, data, None, at)

    rows: list[tuple[MessageRow, str, list[str]]] = [
        (row(0, "system", "", "event", event="greeted", text="May we help?"), "", []),
        (row(1, "customer", "Hi\nthere"), "", ["a.png"]),
        (row(2, "bot", "Hello"), "", []),
        (row(3, "system", "", "event", event="joined"), "Hoa", []),
        (row(4, "agent", "Yes"), "Hoa", []),
        (row(5, "system", "", "event", event="video"), "", []),
    ]
    text = transcript(rows, "uk", "Asia/Ho_Chi_Minh")
    assert "01.12.2026 (Asia/Ho_Chi_Minh)" in text
    assert "23:59  Ви: Hi\n       there [a.png]" in text
    assert "23:58  Помічник: May we help?" in text
    assert "23:58  Помічник: Hello" in text
    assert "Приєднується: Hoa" in text
    assert text.endswith("23:58  Hoa: Yes\n")
    assert transcript(rows, "fr", "UTC").startswith("This is the chat")
