"""Mailboxes are kept by administrators, mails are read by those whose conversations they are, and strangers get into none."""

from datetime import UTC, datetime

from tests.api import Site
from tests.channels.email.post import Office
from tests.channels.email.servers import ELSEWHERE, MailServers
from tests.support import until
from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.outbox import mail_of
from tongdai.channels.email.repository import MailRow
from tongdai.kit.ids import new_id


async def test_a_mailbox_says_what_is_wrong_and_works_once_it_is_mended(site: Site, servers: MailServers):
    office = await Office.open(site, servers, password="wrong")
    path = f"/mailboxes/{office.mailbox['id']}"

    async def refused() -> bool:
        return (await office.state())[0] == "sign_in"

    await until(refused)
    trial = await office.admin.ok("POST", f"{path}/try")
    assert [trial[one]["state"] for one in ("imap", "smtp")] == ["sign_in", "sign_in"]
    row = await office.admin.ok("GET", path)
    assert "password" not in row
    assert row["has_password"] is True
    mended = await office.admin.ok("PATCH", path, {"version": row["version"], "password": "s3cret-mail"})
    trial = await office.admin.ok("POST", f"{path}/try")
    assert [trial[one]["state"] for one in ("imap", "smtp")] == ["ok", "ok"]

    async def read() -> bool:
        return (await office.state())[0] == "reading"

    await until(read)
    closed = {"host": "127.0.0.1", "port": 1, "security": "none"}
    changed = await office.admin.ok("PATCH", path, {"version": mended["version"], "imap": closed})
    assert (await office.admin.ok("POST", f"{path}/try"))["imap"]["state"] == "unreachable"
    stolen = {"host": "evil.example", "port": 993, "security": "tls"}
    answer = await office.admin.patch(path, version=changed["version"], imap=stolen)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "password")


async def test_the_password_is_sealed_and_audited_by_its_name_alone(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    stored = await site.world.value("SELECT password FROM mailboxes WHERE tenant_id = %(tenant)s")
    assert b"s3cret" not in bytes(stored)
    log = await office.admin.get("/audit")
    assert "mailbox.created" in log.text
    assert "s3cret" not in log.text


async def test_a_mailbox_needs_a_queue_for_mails_and_an_address_of_its_own(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    calls = await site.world.queue([], name="Calls")
    body = office.body(servers, "other@shop.example", calls)
    answer = await office.admin.post("/mailboxes", **body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "queue_id")
    body = office.body(servers, office.address.upper(), office.queue_id)
    answer = await office.admin.post("/mailboxes", **body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "address")
    assert (await office.agent.get("/mailboxes")).status_code == 403


async def test_a_mails_html_is_for_those_who_may_read_it_and_runs_nothing(site: Site, servers: MailServers):
    office = await Office.open(site, servers, agents=2)
    first, second = office.agents
    await site.world.not_ready(second.id)
    lan = office.customer()
    made = lan.letter(office.address, "Hi")
    made.set_content('<p>Hi<script>x()</script><img src="http://t.example/1.gif"></p>', subtype="html")
    servers.hand_in(lan.address, office.address, made.as_bytes())
    card = await office.taken(first)
    (message,) = await office.messages(card)
    told = message["data"]["email"]
    assert (message["body"], told["html"], told["images"]) == ("Hi", True, True)
    path = f"/mails/{told['id']}/page"
    page = await first.get(path)
    assert "script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "img-src data:;" in policy
    assert "allow-scripts" not in policy
    assert "img-src https:" in (await first.get(path, images=True)).headers["content-security-policy"]
    assert (await second.get(path)).status_code == 404
    stranger = await (await site.another_centre()).sign_in("admin")
    assert (await stranger.get(path)).status_code == 404


async def test_a_stranger_who_guesses_ids_and_subjects_begins_a_conversation_of_their_own(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    lan, eve = office.customer(), office.customer()
    sent = lan.write(office.address, "My card number is 4711")
    card = await office.taken()
    await office.says(card, "Thank you")
    got = await lan.gets()
    forged = str(got["Message-ID"]).replace("conv.", "conv.a")
    for headers in (
        {"In_Reply_To": str(sent["Message-ID"])},
        {"In_Reply_To": forged, "References": forged},
        {"Subject": str(got["Subject"])},
    ):
        subject = headers.pop("Subject", "Hello")
        eve.write(office.address, "Let me in", subject, **headers)

    async def all_here() -> bool:
        return await office.counted("messages") == 5

    await until(all_here)
    assert await office.counted("conversations") == 4
    lan.write(office.address, "By subject alone", str(got["Subject"]))
    await office.reads(card, "My card number is 4711", "Thank you", "By subject alone")


async def test_an_address_with_a_mark_leads_back_to_its_conversation(site: Site, servers: MailServers):
    office = await Office.open(site, servers, tagged=True)
    lan = office.customer()
    lan.write(office.address, "Hi")
    card = await office.taken()
    await office.says(card, "Hello")
    got = await lan.gets()
    address = str(got["Reply-To"]).partition("<")[2].strip(">")
    assert address.startswith(f"{office.address.split('@')[0]}+")
    lan.write(address, "From a new mail", "Without anything else")
    await office.reads(card, "Hi", "Hello", "From a new mail")


async def test_an_agent_has_several_mails_beside_each_other_and_passes_one_on(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    other = await site.world.queue([], name="Other letters", channel="email")
    lan = office.customer()
    for number in range(6):
        lan.write(office.address, f"Letter {number}", f"Matter {number}")
    cards = [await office.taken() for _ in range(5)]
    offered = [
        one
        for one in (await office.agent.ok("GET", "/workspace"))["assignments"]
        if one["state"] == "offered"
    ]
    assert offered == []
    await office.agent.ok("POST", f"/assignments/{cards[0]['id']}/send-on", {"queue_id": str(other)})
    calls = await site.world.queue([], name="Calls")
    answer = await office.agent.post(f"/assignments/{cards[1]['id']}/send-on", queue_id=str(calls))
    assert answer.json()["code"] == "wrong_channel"
    await office.agent.ok("POST", f"/assignments/{cards[0]['id']}/done", {})
    await office.card(office.agent, "offered")
    waiting = "SELECT count(*) FROM queue_entries WHERE tenant_id = %(tenant)s AND queue_id = %(queue)s"
    async with site.world.transaction() as tx:
        assert await tx.fetch_value(waiting, {"queue": other}) == 1


async def test_who_writes_a_mail_is_offered_a_call_which_has_nothing_beside_it(
    site: Site, servers: MailServers
):
    office = await Office.open(site, servers)
    calls = await site.world.queue([office.agent.id], name="Calls")
    lan = office.customer()
    lan.write(office.address, "First")
    card = await office.taken()
    offer = await site.world.offered(await site.world.arrive(calls))
    assert offer.user_id == office.agent.id
    await site.world.accept(offer.id)
    lan.write(office.address, "Second", "Another matter")

    async def waits() -> bool:
        return await office.counted("queue_entries") == 1

    await until(waits)
    await site.world.end(offer)
    second = await office.card(office.agent, "offered")
    assert second["thread"]["conversation_id"] != card["thread"]["conversation_id"]


async def test_whose_agent_goes_offline_waits_for_another(site: Site, servers: MailServers):
    office = await Office.open(site, servers, agents=2)
    first, second = office.agents
    await site.world.not_ready(second.id)
    lan = office.customer()
    lan.write(office.address, "Hi")
    card = await office.taken(first)
    await site.world.ready(second.id)
    await first.ok("PUT", "/presence/me", {"state": "offline"})
    again = await office.taken(second)
    assert again["thread"]["conversation_id"] == card["thread"]["conversation_id"]


async def test_whose_data_are_erased_leaves_no_letter_behind(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    lan.write(office.address, "Secret", "Secret matter")
    card = await office.taken()
    await office.says(card, "Secret answer")
    await lan.gets()
    await office.becomes(card, "sent")
    await office.close(card)
    contact = card["contact"]["id"]
    answer = await office.admin.post(f"/contacts/{contact}/erase")
    assert answer.is_success, answer.text
    left = "SELECT string_agg(t::text, ' ') FROM {} t WHERE t.tenant_id = %(tenant)s"
    for table in ("mails", "messages"):
        text = await site.world.value(left.format(table))
        assert "Secret" not in text
        assert lan.address not in text


def test_a_mail_goes_out_as_others_can_read_it():
    mailbox = MailboxRow(
        new_id(), new_id(), None, 'Cửa hàng "Ánh"', "support@shop.example", new_id(), None, {}, {}, "u", "password", None,
        None, None, b"s" * 32, {}, [],
        False, datetime.now(UTC), False, 1,
    )  # fmt: skip
    long = f"<{'a' * 150}@{ELSEWHERE}>"
    row = MailRow(
        new_id(), new_id(), mailbox.id, "out", f"<{'b' * 120}@shop.example>", None, True, new_id(), new_id(),
        "Re: Đơn hàng " * 20, mailbox.address, ["lan@khach.example"], [], [], "", long, [long] * 20, None, False, False, "t",
        "queued", None, 0, "", datetime.now(UTC),
    )  # fmt: skip
    raw = mail_of(mailbox, row, "Chào Lan,\n.\nFrom here 📦").as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.count(long.encode()) == 21
    assert b"\n" not in raw.replace(b"\r\n", b"")
