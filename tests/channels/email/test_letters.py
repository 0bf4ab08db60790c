"""Letters to several people, with subjects of their own, and sent on to somebody outside; over a real postfix and dovecot."""

import pytest

from tests.api import Site
from tests.channels.email.post import Office, text_of
from tests.channels.email.servers import ELSEWHERE, MailServers
from tongdai.channels.email.letters import Receivers
from tongdai.kit.ids import new_id


async def test_an_answer_to_all_reaches_all_and_what_each_of_them_answers_comes_into_it(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    lan, minh, boss = office.customer(), office.customer(), office.customer()
    made = lan.letter(office.address, "Where is it?", Cc=f"Minh <{minh.address}>, {office.address}")
    servers.hand_in(lan.address, office.address, made.as_bytes())
    card = await office.taken()
    (letter,) = await office.letters(card)
    assert (letter["answer_to"], letter["others"], letter["aside"]) == (lan.address, [minh.address], False)
    assert letter["answer_subject"] == "Re: Where is my parcel?"
    answer = await office.posts(
        card,
        body="On its way.",
        to=[lan.address.upper()],
        cc=[minh.address, lan.address],
        bcc=[boss.address],
        subject="Your parcel",
        answers=letter["message_id"],
    )
    told = answer["data"]["email"]
    assert [[one["address"] for one in told[field]] for field in ("to", "cc", "bcc")] == [
        [lan.address],
        [minh.address],
        [boss.address],
    ]
    got = await lan.gets()
    for other in (minh, boss):
        copy = await other.gets()
        assert (copy["To"], copy["Cc"], copy["Bcc"]) == (lan.address, minh.address, None)
        assert boss.address not in str(copy)
    assert got["Subject"].startswith("Your parcel [#")
    assert got["In-Reply-To"] == made["Message-ID"]
    minh.answer(await minh.gets(), "Thanks from me, too")
    messages = await office.reads(card, "Where is it?", "On its way.", "Thanks from me, too")
    assert messages[-1]["data"]["email"]["aside"] is False
    (last, _) = await office.letters(card)
    assert last["answer_to"] == minh.address
    assert await office.counted("conversations") == await office.counted("contacts") == 1


async def test_what_is_sent_on_to_an_expert_brings_their_answer_and_leaves_the_customer_the_customer(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    lan, expert = office.customer(), office.customer()
    made = lan.letter(office.address, "It does not start.", "Broken 📦")
    made.add_attachment(b"%PDF-1.7 log", maintype="application", subtype="pdf", filename="nhật ký.pdf")
    servers.hand_in(lan.address, office.address, made.as_bytes())
    card = await office.taken()
    (letter,) = await office.letters(card)
    assert (letter["forward_subject"], letter["files"]) == ("Fwd: Broken 📦", ["nhật ký.pdf"])
    sent = await office.posts(
        card,
        to=[expert.address],
        subject=letter["forward_subject"],
        forwards=letter["message_id"],
    )
    assert sent["data"]["email"]["forwards"]["address"] == lan.address
    got = await expert.gets()
    assert got["Subject"].startswith("Fwd: Broken 📦 [#")
    assert got["In-Reply-To"] is None
    assert f"From: Lan Nguyễn <{lan.address}>" in text_of(got)
    assert "It does not start." in text_of(got)
    (part,) = got.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("nhật ký.pdf", b"%PDF-1.7 log")
    assert lan.inbox() == []

    expert.answer(got, "Press it twice.")
    messages = await office.reads(card, "It does not start.", "", "Press it twice.")
    assert messages[-1]["data"]["email"]["aside"] is True
    first, second = await office.letters(card)
    assert (first["answer_to"], second["answer_to"]) == (lan.address, expert.address)
    await office.posts(card, body="Twice?", to=[expert.address], answers=second["message_id"])
    expert.answer(await expert.gets(2), "Yes, twice.")
    bodies = ("It does not start.", "", "Press it twice.", "Twice?", "Yes, twice.")
    messages = await office.reads(card, *bodies)
    assert messages[-1]["data"]["email"]["aside"] is True
    await office.says(card, "Please press it twice.")
    await lan.gets()
    assert len(expert.inbox()) == 2
    assert await office.counted("contacts") == 1

    await office.close(card)
    expert.answer(await expert.gets(2), "Did it help?")
    again = await office.taken()
    assert again["contact"]["id"] == card["contact"]["id"]
    assert again["peer_name"] != expert.address


async def test_receivers_who_cannot_be_are_named_each(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    lan.write(office.address, "Hi")
    card = await office.taken()
    path = f"/conversations/{card['thread']['conversation_id']}/letters"
    hostile = "a@x.example\r\nBcc: eve@evil.example"
    body = {"client_id": str(new_id()), "body": "Hello", "subject": "S\r\nBcc: eve@evil.example"}
    answer = await office.agent.post(
        path, **body, to=["nobody", hostile], cc=["ok@x.example", "a..b@x.example"]
    )
    wrong = {one["field"]: one["rule"] for one in answer.json()["errors"]}
    assert (answer.status_code, wrong) == (422, {"to.0": "email", "to.1": "email", "cc.1": "email"})
    local, _, domain = office.address.partition("@")
    answer = await office.agent.post(
        path, **body, to=[lan.address, f"{local}+x@{domain}"], bcc=[office.address]
    )
    wrong = {one["field"]: one["rule"] for one in answer.json()["errors"]}
    assert (answer.status_code, wrong) == (422, {"to.1": "own_address", "bcc.0": "own_address"})
    crowd = [f"one{number}@{ELSEWHERE}" for number in range(40)]
    answer = await office.agent.post(path, **body, to=crowd, cc=[f"c{one}" for one in crowd])
    assert answer.status_code == 422
    assert (await office.agent.post(path, **body, to=[])).status_code == 422
    assert len(await office.messages(card)) == 1
    await office.agent.ok("POST", path, {**body, "to": [lan.address]})
    got = await lan.gets()
    assert got["Bcc"] is None
    assert got["Subject"].startswith("S Bcc: eve@evil.example [#")


async def test_a_letter_that_one_of_its_receivers_cannot_get_goes_to_nobody(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    lan.write(office.address, "Hi")
    card = await office.taken()
    await office.posts(card, body="Hello", to=[lan.address], cc=[f"no-such@{ELSEWHERE}"])
    told = await office.becomes(card, "failed")
    assert told["problem"].startswith(f"no-such@{ELSEWHERE}: 550 5.1.1")
    await office.posts(card, body="Hello again", to=[lan.address])
    assert "again" in text_of(await lan.gets())


async def test_it_is_said_whom_a_letter_did_not_reach(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    lan.write(office.address, "Hi")
    card = await office.taken()
    ghost = f"ghost@{ELSEWHERE}"
    await office.posts(card, body="Hello", to=[lan.address], cc=[ghost])
    told = await office.becomes(card, "bounced")
    assert told["problem"].startswith(f"{ghost}: ")
    await lan.gets()


async def test_only_who_has_the_letter_writes_and_the_same_again_is_one(site: Site, servers: MailServers):
    office = await Office.open(site, servers, agents=2)
    first, second = office.agents
    await site.world.not_ready(second.id)
    lan = office.customer()
    lan.write(office.address, "Hi")
    card = await office.taken(first)
    path = f"/conversations/{card['thread']['conversation_id']}/letters"
    body = {"client_id": str(new_id()), "body": "Hello", "to": [lan.address]}
    assert (await second.post(path, **body)).status_code == 404
    assert (await second.get(path)).status_code == 404
    assert (await office.admin.post(path, **body)).json()["code"] == "not_yours"
    assert (await first.post(path, **{**body, "answers": str(new_id())})).status_code == 404
    for _ in range(2):
        await first.ok("POST", path, body)
    await lan.gets()
    assert len(await office.messages(card)) == 2
    lan.write(office.address, "Another", "Another matter")
    other = await office.taken(first)
    (theirs,) = await office.letters(other)
    stolen = {**body, "client_id": str(new_id()), "forwards": theirs["message_id"]}
    assert (await first.post(path, **stolen)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ((["a", "a"], ["a", "b"], ["b", "c"]), (("a",), ("b",), ("c",))),
        ((["a"], ["a"], ["a"]), (("a",), (), ())),
    ],
)
def test_each_receiver_is_one(asked: tuple[list[str], ...], given: tuple[tuple[str, ...], ...]):
    found = Receivers.of(*asked)
    assert (found.to, found.cc, found.bcc) == given
