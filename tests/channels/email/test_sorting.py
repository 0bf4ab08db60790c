"""Rules of mailboxes: which take a letter and what becomes of it; and spam, which is put aside and let through again."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api import Site
from tests.channels.email.post import Office
from tests.channels.email.servers import ELSEWHERE, MailServers
from tests.support import until
from tongdai.channels.email.keeper import look
from tongdai.channels.email.rules import Letter, Rule, Sorted, sort
from tongdai.kit.ids import new_id

LETTER = Letter(
    ("lan@khach.example", "Lan Nguyễn"),
    ("support@shop.example", "minh@khach.example"),
    "Hóa đơn tháng 6",
    "Tôi muốn trả hàng.",
    ("Hoa Don.PDF",),
)


def rule(name: str, of: str, value: str = "", how: str = "contains", **then: Any) -> Rule:
    return Rule.model_validate({"name": name, "when": [{"of": of, "how": how, "value": value}], **then})


@pytest.mark.parametrize(
    ("of", "value", "how", "takes"),
    [
        ("sender", "LAN NGUYEN", "contains", True),
        ("sender", "@khach.example", "ends", True),
        ("sender", "khach.example", "is", False),
        ("sender", "lan@khach.example", "is", True),
        ("receiver", "minh@", "contains", True),
        ("receiver", "boss@", "contains", False),
        ("subject", "hoa don", "contains", True),
        ("text", "Trả Hàng", "contains", True),
        ("file", ".pdf", "ends", True),
        ("file", "", "exists", True),
        ("subject", "hóa đơn tháng 6", "is", True),
    ],
)
def test_words_are_compared_as_people_see_them(of: str, value: str, how: str, takes: bool):
    assert bool(sort([rule("it", of, value, how)], LETTER).rules) is takes


def test_the_first_rule_is_the_last_unless_it_goes_on():
    queue, other = new_id(), new_id()
    first = rule("first", "subject", "hóa", queue_id=queue, tags=["bill"], priority=5)
    second = rule(
        "second", "text", "trả", queue_id=other, tags=["return", "bill"], priority=9, acknowledge=False
    )
    assert sort([first, second], LETTER) == Sorted(rules=["first"], queue_id=queue, tags=["bill"], priority=5)
    both = sort([first.model_copy(update={"go_on": True}), second], LETTER)
    assert (both.rules, both.queue_id, both.tags) == (["first", "second"], queue, ["bill", "return"])
    assert (both.priority, both.acknowledge) == (9, False)
    assert sort([], LETTER) == Sorted()
    spam = rule("spam", "file", how="exists", spam=True, go_on=True)
    assert sort([spam, second], LETTER).rules == ["spam"]
    assert sort([spam], Letter((), (), "", "", ())) == Sorted()


def test_all_conditions_of_a_rule_have_to_be_true():
    conditions = [{"of": "subject", "value": "hóa đơn"}, {"of": "sender", "value": "minh"}]
    assert sort([Rule.model_validate({"name": "x", "when": conditions})], LETTER) == Sorted()


async def sorted_office(site: Site, servers: MailServers, rules: list[dict[str, Any]], **more: Any) -> Office:
    return await Office.open(site, servers, rules=rules, **more)


async def test_a_letter_waits_where_its_rule_wants_it(site: Site, servers: MailServers):
    bills = await site.world.queue([], name="Bills", channel="email")
    wanted = {
        "name": "Bills",
        "when": [{"of": "subject", "value": "bill"}],
        "queue_id": str(bills),
        "tags": ["bill"],
        "priority": 7,
        "acknowledge": False,
    }
    office = await sorted_office(site, servers, [wanted], acknowledgement={"en": "It has come."})
    lan = office.customer()
    lan.write(office.address, "Hi", "My BILL of June")

    async def waits() -> Any:
        rows = (await office.admin.ok("GET", "/conversations", state="waiting", channel="email"))["items"]
        return rows[0] if rows else None

    row = await until(waits)
    assert (row["queue"]["name"], row["tags"]) == ("Bills", ["bill"])
    async with site.world.transaction() as tx:
        sql = "SELECT priority FROM queue_entries WHERE tenant_id = %(tenant)s AND queue_id = %(queue)s"
        assert await tx.fetch_value(sql, {"queue": bills}) == 7
    lan.write(office.address, "Hello", "Something else")
    card = await office.taken()
    assert card["queue"]["name"] == "Letters"
    await lan.gets()
    assert len(lan.inbox()) == 1


async def test_rules_are_tried_with_a_letter_that_nobody_sent(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    rules = [
        {
            "name": "From there",
            "when": [{"of": "sender", "how": "ends", "value": "@khach.example"}],
            "go_on": True,
        },
        {"name": "Adverts", "when": [{"of": "text", "value": "cheap"}], "spam": True},
    ]
    letter = {"sender": "Lan <lan@khach.example>", "text": "Very cheap!"}
    told = await office.admin.ok("POST", "/mail-rules/try", {"rules": rules, "letter": letter})
    assert (told["rules"], told["spam"]) == (["From there", "Adverts"], True)
    told = await office.admin.ok("POST", "/mail-rules/try", {"rules": rules, "letter": {}})
    assert (told["rules"], told["spam"], told["queue_id"]) == ([], False, None)
    answer = await office.agent.post("/mail-rules/try", rules=[], letter={})
    assert answer.status_code == 403


async def test_rules_that_cannot_be_are_named(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    calls = await site.world.queue([], name="Calls")
    fine = {"name": "Fine", "when": [{"of": "file", "how": "exists"}]}
    for wrong, field in (
        ({**fine, "queue_id": str(calls)}, "rules.1.queue_id"),
        ({**fine, "when": []}, "rules.1.when"),
        ({**fine, "when": [{"of": "text", "value": " "}]}, "rules.1.when.0"),
        ({**fine, "tags": ["a,b"]}, "rules.1.tags.0"),
        ({**fine, "priority": 101}, "rules.1.priority"),
    ):
        body = office.body(servers, servers.person("other"), office.queue_id, rules=[fine, wrong])
        answer = await office.admin.post("/mailboxes", **body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


SPAM = {"name": "Adverts", "when": [{"of": "text", "value": "cheap watches"}], "spam": True}


async def spam_of(office: Office, count: int) -> list[dict[str, Any]]:
    async def there() -> Any:
        found = (await office.admin.ok("GET", "/spam"))["items"]
        return found if len(found) == count else None

    return await until(there)


async def test_spam_is_put_aside_listed_and_let_through(site: Site, servers: MailServers):
    office = await sorted_office(site, servers, [SPAM])
    lan = office.customer()
    made = lan.letter(office.address, "Cheap WATCHES, as you asked", "Offer")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="list.pdf")
    servers.hand_in(lan.address, office.address, made.as_bytes())
    (row,) = await spam_of(office, 1)
    assert (row["subject"], row["sender"], row["name"], row["rule"]) == (
        "Offer",
        lan.address,
        "Lan Nguyễn",
        "Adverts",
    )
    assert row["text"] == "Cheap WATCHES, as you asked"
    for table in ("conversations", "messages", "interactions", "contacts", "attachments"):
        assert await office.counted(table) == 0
    stored = await site.world.value("SELECT sealed FROM spam_mails WHERE tenant_id = %(tenant)s")
    assert b"WATCHES" not in bytes(stored)
    stranger = await (await site.another_centre()).sign_in("admin")
    assert (await stranger.ok("GET", "/spam"))["items"] == []
    assert (await stranger.post(f"/spam/{row['id']}/let-through")).status_code == 404
    assert (await office.agent.get("/spam")).status_code == 403

    path = f"/spam/{row['id']}/let-through"
    told = await (await site.sign_in("supervisor")).ok("POST", path)
    card = await office.taken()
    assert card["thread"]["conversation_id"] == told["conversation_id"]
    (message,) = await office.messages(card)
    assert message["body"] == "Cheap WATCHES, as you asked"
    assert [one["name"] for one in message["attachments"]] == ["list.pdf"]
    assert (await office.admin.post(path)).status_code == 404
    assert (await office.admin.ok("GET", "/spam"))["items"] == []
    await office.says(card, "Thank you")
    got = await lan.gets()
    lan.answer(got, "Do you want cheap watches?")  # what answers us is no spam
    await office.reads(card, "Cheap WATCHES, as you asked", "Thank you", "Do you want cheap watches?")


async def test_spam_that_comes_again_is_there_once_and_goes_after_its_time(site: Site, servers: MailServers):
    office = await sorted_office(site, servers, [SPAM])
    lan = office.customer()
    sent = lan.write(office.address, "cheap watches")
    lan.servers.hand_in(lan.address, office.address, sent.as_bytes())
    lan.write(office.address, "more cheap watches", "Again", From=f"other@{ELSEWHERE}")
    rows = await spam_of(office, 2)
    assert [one["subject"] for one in rows] == ["Again", "Where is my parcel?"]
    first = await office.admin.ok("GET", "/spam", limit=1)
    second = await office.admin.ok("GET", "/spam", limit=1, cursor=first["next_cursor"])
    assert [one["id"] for one in (*first["items"], *second["items"])] == [one["id"] for one in rows]
    async with site.world.transaction() as tx:
        await tx.execute(
            "UPDATE mails SET at = at - %(days)s::interval WHERE tenant_id = %(tenant)s AND subject = 'Again'",
            {"days": timedelta(days=31)},
        )
    await look(site.runtime)
    assert len((await office.admin.ok("GET", "/spam"))["items"]) == 1
    kept = await site.world.value("SELECT string_agg(sender, ' ') FROM mails WHERE tenant_id = %(tenant)s")
    assert "other@" not in kept
