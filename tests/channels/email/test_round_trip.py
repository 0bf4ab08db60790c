"""A customer's mail reaches an agent and the answer the customer, over a real postfix and a real dovecot."""

from typing import Any

from tests.api import Site
from tests.channels.email.post import Office, text_of
from tests.channels.email.servers import MailServers
from tests.support import until
from tongdai.kit.ids import new_id


async def test_a_mail_is_offered_answered_and_answered_again_in_one_conversation(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    lan = office.customer()
    sent = lan.write(office.address, "Đơn 4711 chưa đến 📦", "Đơn hàng của tôi đâu rồi? 📦")
    card = await office.card(office.agent, "offered")
    assert (card["channel"], card["queue"]["name"], card["peer_name"]) == ("email", "Letters", "Lan Nguyễn")
    assert card["thread"]["preview"] == "Đơn 4711 chưa đến 📦"
    card = await office.agent.ok("POST", f"/assignments/{card['id']}/accept")
    (first,) = await office.messages(card)
    told = first["data"]["email"]
    assert told["subject"] == "Đơn hàng của tôi đâu rồi? 📦"
    assert told["sender"] == {"address": lan.address, "name": "Lan Nguyễn"}
    assert told["to"] == [{"address": office.address, "name": ""}]

    answer = await office.says(card, "Chào Lan,\n\nđơn đang trên đường.")
    assert answer["data"]["email"]["state"] == "queued"
    got = await lan.gets()
    assert (got["From"], got["To"]) == (f"The shop <{office.address}>", lan.address)
    assert got["In-Reply-To"] == got["References"] == sent["Message-ID"]
    assert got["Subject"].startswith("Re: Đơn hàng của tôi đâu rồi? 📦 [#")
    assert text_of(got).strip() == "Chào Lan,\n\nđơn đang trên đường."
    assert (await office.becomes(card, "sent"))["to"] == [{"address": lan.address, "name": ""}]

    lan.answer(got, "Cảm ơn!")
    await office.reads(card, "Đơn 4711 chưa đến 📦", "Chào Lan,\n\nđơn đang trên đường.", "Cảm ơn!")
    last = (await office.messages(card))[-1]
    assert "> đơn đang trên đường." in last["data"]["email"]["quoted"]
    assert await office.counted("interactions") == await office.counted("conversations") == 1
    assert await office.counted("contacts") == 1

    await office.close(card)
    got = await lan.gets()
    lan.answer(got, "One more thing")
    again = await office.taken()
    assert again["thread"]["conversation_id"] == card["thread"]["conversation_id"]
    assert again["interaction_id"] != card["interaction_id"]
    await office.says(again, "Yes?")
    got = await lan.gets(2)
    assert len(str(got["References"]).split()) == 3
    assert str(got["Subject"]).count("[#") == str(got["Subject"]).lower().count("re:") == 1


async def test_files_come_and_go_with_their_mails(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    made = lan.letter(office.address, "See the picture")
    png = b"\x89PNG\r\n\x1a\n" + bytes(200)
    made.add_attachment(png, maintype="image", subtype="png", filename="ảnh 📷.png")
    for number in range(11):
        made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename=f"{number}.pdf")
    servers.hand_in(lan.address, office.address, made.as_bytes())
    card = await office.taken()
    (message,) = await office.messages(card)
    assert len(message["attachments"]) == 10
    assert message["attachments"][0]["name"] == "ảnh 📷.png"
    assert message["data"]["email"]["files"] == ["9.pdf", "10.pdf"]
    files = f"/conversations/{card['thread']['conversation_id']}/attachments"
    content = await office.agent.get(f"{files}/{message['attachments'][0]['id']}")
    assert content.content == png

    conversation = card["thread"]["conversation_id"]
    uploaded = await office.agent.http.post(
        files,
        params={"name": "hóa đơn.pdf", "client_id": str(new_id())},
        content=b"%PDF-1.7 invoice",
    )
    assert uploaded.status_code == 201, uploaded.text
    body = {"client_id": str(new_id()), "body": "", "attachments": [uploaded.json()["id"]]}
    await office.agent.ok("POST", f"/conversations/{conversation}/messages", body)
    got = await lan.gets()
    (part,) = got.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("hóa đơn.pdf", b"%PDF-1.7 invoice")


async def test_a_letter_changes_hands_and_is_taken_from_the_inbox(site: Site, servers: MailServers):
    office = await Office.open(site, servers, agents=2)
    first, second = office.agents
    await site.world.not_ready(second.id)
    lan = office.customer()
    lan.write(office.address, "For whoever knows")
    card = await office.taken(first)
    await first.ok("POST", f"/assignments/{card['id']}/hand-over", {"user_id": str(second.id)})
    theirs = await office.taken(second)
    assert theirs["thread"]["conversation_id"] == card["thread"]["conversation_id"]
    await office.says(theirs, "I do.", second)
    await lan.gets()

    await site.world.not_ready(first.id)
    lan.write(office.address, "Another matter", "Something else")

    async def waits() -> list[dict[str, Any]]:
        return (await first.ok("GET", "/conversations", state="waiting", channel="email"))["items"]

    (row,) = await until(waits)
    await first.ok("POST", f"/conversations/{row['id']}/take")
    card = await office.card(first, "accepted")
    assert card["thread"]["conversation_id"] == row["id"]
    await first.ok("POST", f"/assignments/{card['id']}/hand-over", {"user_id": str(second.id)})
    await office.card(second, "offered")
    await first.ok("POST", f"/assignments/{card['id']}/end")
    assert [one["state"] for one in (await second.ok("GET", "/workspace"))["assignments"]] == ["accepted"]
