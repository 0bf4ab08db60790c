"""Signatures under letters, and acknowledgements that go at once: to people, never to machines, never in a circle."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.api import Site
from tests.channels.email.post import Customer, Office, text_of
from tests.channels.email.servers import MailServers
from tests.support import until
from tongdai.channels.email.signatures import SignatureRow, fitting
from tongdai.kit.ids import new_id

MAILBOX, QUEUE, TEAM = new_id(), new_id(), new_id()
HERE = {"en": "Your letter has come, {{contact.name}}. {{queue.name}} answers soon."}


def row(name: str, **of: UUID) -> SignatureRow:
    return SignatureRow(name, {"en": name}, *(of.get(one) for one in ("mailbox", "queue", "team")))


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], None),
        ([row("another's", team=new_id())], None),
        ([row("all"), row("mailbox", mailbox=MAILBOX)], "mailbox"),
        ([row("mailbox", mailbox=MAILBOX), row("queue", queue=QUEUE), row("team", team=TEAM)], "team"),
        ([row("team", team=TEAM), row("both", mailbox=MAILBOX, queue=QUEUE)], "both"),
        ([row("b"), row("a")], "a"),
    ],
)
def test_the_signature_that_fits_most_exactly_stands_under_it(rows: list[SignatureRow], found: str | None):
    fit = fitting(rows, MAILBOX, QUEUE, [TEAM])
    assert (fit.name if fit else None) == found


async def test_a_letter_goes_out_with_its_signature_and_shows_it_before(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    body = {"en": "{{agent.name}}\n{{queue.name}}, for {{contact.name}}"}
    of = {"queue_id": str(office.queue_id)}
    made = await office.admin.ok("POST", "/signatures", {"name": "Letters", "body": body, **of})
    await office.admin.ok("POST", "/signatures", {"name": "Everybody", "body": {"en": "The shop"}})
    lan.write(office.address, "Hi")
    card = await office.taken()
    path = f"/conversations/{card['thread']['conversation_id']}/letters"
    shown = (await office.agent.ok("GET", path))["signature"]
    assert shown.endswith("\nLetters, for Lan Nguyễn")
    answer = await office.posts(card, body="Hello", to=[lan.address])
    assert (answer["body"], answer["data"]["email"]["signature"]) == ("Hello", shown)
    assert text_of(await lan.gets()).replace("\r\n", "\n").strip() == f"Hello\n\n-- \n{shown}"
    row = await office.admin.ok(
        "PATCH", f"/signatures/{made['id']}", {"version": made["version"], "body": {"vi": "Chào"}}
    )
    await office.says(card, "By the old way")
    got = await lan.gets(2)
    assert text_of(got).strip().endswith("Chào")
    wrong = {"name": "Wrong", "body": {"en": "{{secret}}"}}
    answer = await office.admin.post("/signatures", **wrong)
    assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, "variable")
    await office.admin.ok("DELETE", f"/signatures/{row['id']}")
    assert (await office.agent.ok("GET", path))["signature"] == "The shop"
    assert (await office.agent.get("/signatures")).status_code == 403


async def acknowledged(office: Office, count: int) -> list[str]:
    """Once so many acknowledgements are written and gone: to whom they went."""

    async def so() -> Any:
        async with office.site.world.transaction() as tx:
            rows = await tx.fetch_tuples(
                "SELECT receivers->>0, state FROM mails WHERE tenant_id = %(tenant)s AND automatic AND direction = 'out'"
            )
        done = [address for address, state in rows if state == "sent"]
        return (done,) if len(done) == len(rows) == count else None

    return (await until(so))[0]


async def read_up_to(office: Office, lan: Customer) -> None:
    """Everything that has been handed in until now is here."""
    sign = f"sign{new_id().hex}"
    lan.servers.hand_in(
        lan.address,
        office.address,
        lan.letter(office.address, sign, Auto_Submitted="auto-generated").as_bytes(),
    )
    sql = "SELECT count(*) FROM messages WHERE tenant_id = %(tenant)s AND body = %(sign)s"

    async def so() -> bool:
        async with office.site.world.transaction() as tx:
            return await tx.fetch_value(sql, {"sign": sign}) == 1

    await until(so)


async def test_a_letter_is_acknowledged_once_and_as_the_standard_asks(site: Site, servers: MailServers):
    office = await Office.open(site, servers, acknowledgement=HERE)
    lan = office.customer()
    sent = lan.write(office.address, "Where is it?")
    got = await lan.gets()
    assert text_of(got).strip() == "Your letter has come, Lan Nguyễn. Letters answers soon."
    assert (got["Auto-Submitted"], got["Precedence"]) == ("auto-replied", "bulk")
    assert got["Return-Path"] == "<>"
    assert got["In-Reply-To"] == sent["Message-ID"]
    card = await office.taken()
    messages = await office.reads(
        card, "Where is it?", "Your letter has come, Lan Nguyễn. Letters answers soon."
    )
    assert messages[-1]["author"] == "bot"
    await office.close(card)
    lan.answer(got, "And when?")
    again = await office.taken()
    await read_up_to(office, lan)
    assert await acknowledged(office, 1) == [lan.address]
    await office.close(again)
    async with site.world.transaction() as tx:
        await tx.execute(
            "UPDATE mails SET at = at - %(day)s::interval WHERE tenant_id = %(tenant)s",
            {"day": timedelta(days=1)},
        )
    lan.answer(got, "A day later")
    assert await acknowledged(office, 2) == [lan.address] * 2


async def test_machines_lists_bounces_and_ourselves_are_not_acknowledged(site: Site, servers: MailServers):
    office = await Office.open(site, servers, acknowledgement=HERE)
    lan = office.customer()
    for headers in (
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.khach.example>"},
        {"X_Auto_Response_Suppress": "All"},
        {"From": office.address},
        {"From": "MAILER-DAEMON@khach.example"},
    ):
        lan.write(office.address, "I am no person", str(headers), **headers)
    servers.hand_in("", office.address, lan.letter(office.address, "Returned").as_bytes())
    await read_up_to(office, lan)
    assert await acknowledged(office, 0) == []


async def test_two_machines_that_hide_what_they_are_come_to_an_end(site: Site, servers: MailServers):
    office = await Office.open(site, servers, acknowledgement=HERE)
    robot = office.customer()
    for number in range(6):
        robot.write(office.address, "Thank you for your letter!", f"Ticket {number}")
    await read_up_to(office, robot)
    assert await acknowledged(office, 3) == [robot.address] * 3


async def test_a_vacation_responder_and_we_do_not_talk_to_each_other(site: Site, servers: MailServers):
    office = await Office.open(site, servers, acknowledgement=HERE)
    lan = office.customer()
    servers.away(lan.address)
    lan.write(office.address, "Hi")
    card = await office.taken()
    await acknowledged(office, 1)
    await office.says(card, "Hello")

    async def away() -> bool:
        return [one["body"] for one in await office.messages(card)][-1] == "I am away."

    await until(away)
    await read_up_to(office, lan)
    assert await acknowledged(office, 1) == [lan.address]
