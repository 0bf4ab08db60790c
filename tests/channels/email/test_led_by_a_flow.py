"""Letters that a flow leads, and letters that flows send; on a real postfix and a real dovecot."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.api import Site
from tests.channels.email.post import Office, text_of
from tests.channels.email.servers import MailServers
from tests.channels.shop import Shop
from tests.support import until
from tongdai.channels.email.flow_commands import send
from tongdai.flows.public import FlowService, Performing, SendEmail
from tongdai.kit.ids import new_id

FLOW = """
flow: letters
start: who
nodes:
  who:
    look_up_caller:
    go: {found: kind, unknown: kind}
  kind:
    branch:
      machine: email.automatic
      parcel: mentions(email.subject, 'parcel', 'đơn hàng')
      bill: mentions(email.text, 'Invoice')
    go: {machine: close, parcel: number, bill: urgent, else: plain}
  number:
    label: Order number
    gather: {say: ['Dear {{email.name}},', 'what is the number of your order?'], save: order, min: 4, max: 8, retries: 1}
    go: {done: told, no_input: plain}
  told:
    send_email: {mailbox: SUPPORT, subject: 'Order {{order}}', body: "It is on its way.\\n\\nThe shop"}
    go: {done: close, not_sent: plain}
  urgent:
    set_routing: {priority: 7}
    go: plain
  plain:
    queue: Letters
    go: {timeout: close, no_agents: close}
  close:
    hang_up:
variables: {email: {from: '', name: '', to: '', subject: '', text: '', files: 0, automatic: false}, order: ''}
"""


async def led(site: Site, servers: MailServers, flow: str = FLOW, **more: Any) -> tuple[Office, str]:
    """An office whose mailbox leads to the flow, which is written for its address."""
    office = await Office.open(site, servers, **more)
    async with site.world.transaction() as tx:
        pushed = await site.runtime.get(FlowService).push(
            tx, flow.replace("SUPPORT", office.address), at=site.runtime.clock.now(), publish=True
        )
    flow_id = str(pushed.flow_id)
    body = {"version": office.mailbox["version"], "flow_id": flow_id}
    office.mailbox = await office.admin.ok("PATCH", f"/mailboxes/{office.mailbox['id']}", body)
    return office, flow_id


async def closed(office: Office, count: int) -> None:
    async def so() -> bool:
        sql = "SELECT count(*) FROM interactions WHERE tenant_id = %(tenant)s AND state = 'closed'"
        return await office.site.world.value(sql) == count

    await until(so)


async def test_a_flow_asks_is_answered_and_closes_the_letter(site: Site, servers: MailServers):
    office, _ = await led(site, servers)
    lan = office.customer()
    lan.write(office.address, "Hello, where is it?", "My parcel")
    asked = await lan.gets()
    assert (
        text_of(asked).replace("\r\n", "\n").strip()
        == "Dear Lan Nguyễn,\n\nwhat is the number of your order?"
    )
    assert asked["Auto-Submitted"] == "auto-replied"
    assert asked["Return-Path"] == "<>"
    lan.answer(asked, "Hi,\n\nit is 4711.\n\nLan, +84 91 234 56 78")
    told = await lan.gets(2)
    assert str(told["Subject"]).startswith("Order 4711")
    assert text_of(told).replace("\r\n", "\n").strip() == "It is on its way.\n\nThe shop"
    assert told["In-Reply-To"] is not None, "it stays in the customer's thread"
    await closed(office, 1)
    lan.answer(told, "Thank you, but it has not come.")
    card = await office.taken()
    assert [one["author"] for one in await office.messages(card)] == [
        "customer",
        "bot",
        "customer",
        "bot",
        "customer",
    ]


async def test_a_flow_sorts_letters_and_its_answers_go_with_the_offer(site: Site, servers: MailServers):
    office, _ = await led(site, servers)
    lan, minh = office.customer(), office.customer()
    lan.write(office.address, "About your invoice", "A question")
    offer = await office.card(office.agent, "offered")
    priority = "SELECT priority FROM queue_entries WHERE tenant_id = %(tenant)s"
    assert await site.world.value(priority) == 7
    assert lan.inbox() == []
    await office.agent.ok("POST", f"/assignments/{offer['id']}/accept")
    await office.close(offer)
    minh.write(office.address, "Where?", "parcel")
    asked = await minh.gets()
    minh.answer(asked, "I do not know any number")
    again = await minh.gets(2)
    assert "number of your order" in text_of(again), "it is asked again"


async def test_machines_get_no_answer_and_circles_end(site: Site, servers: MailServers):
    office, _ = await led(site, servers)
    robot = office.customer()
    robot.write(office.address, "I am away until Monday", "My parcel", Auto_Submitted="auto-replied")
    await closed(office, 1)
    assert robot.inbox() == []
    # A machine that hides what it is, and answers everything under new subjects.
    for count in range(12):
        robot.write(office.address, "beep", f"parcel {count}")

    async def through() -> bool:
        return await office.counted("text_runs") == 13

    await until(through, timeout=40)
    sql = "SELECT count(*) FROM mails WHERE tenant_id = %(tenant)s AND direction = 'out'"
    assert await site.world.value(sql) == 10, "so many a day, then people look at it"
    await office.card(office.agent, "offered")


async def test_a_machine_does_not_answer_a_question_and_patience_ends(site: Site, servers: MailServers):
    office, _ = await led(site, servers)
    lan = office.customer()
    lan.write(office.address, "Where is it?", "My parcel")
    asked = await lan.gets()
    lan.answer(asked, "I am on holiday, call 4712", Auto_Submitted="auto-replied")

    async def here() -> bool:
        return await office.counted("mails") == 3

    await until(here)
    assert (
        await site.world.value(
            "SELECT count(*) FROM interactions WHERE tenant_id = %(tenant)s AND phase = 'flow'"
        )
        == 1
    )
    due = await site.world.value("SELECT due_at FROM text_runs WHERE tenant_id = %(tenant)s")
    assert due - site.runtime.clock.now() > timedelta(days=2)
    await site.do(
        lambda tx: tx.execute("UPDATE text_runs SET due_at = now() WHERE tenant_id = %(tenant)s", {})
    )
    await office.card(office.agent, "offered")
    assert len(lan.inbox()) == 1, "who was last heard as a machine is not asked again: it waits for people"


async def test_rules_come_first_and_without_a_flow_letters_wait_in_the_queue(
    site: Site, servers: MailServers
):
    office, flow_id = await led(site, servers)
    lan = office.customer()
    when = [{"of": "subject", "how": "contains", "value": "vip"}]
    rule = {"name": "VIP", "when": when, "queue_id": str(office.queue_id)}
    path = f"/mailboxes/{office.mailbox['id']}"
    row = await office.admin.ok("PATCH", path, {"version": office.mailbox["version"], "rules": [rule]})
    lan.write(office.address, "Now!", "VIP parcel")
    offer = await office.taken()
    assert await office.counted("text_runs") == 0
    await office.close(offer)
    refused = await office.admin.delete(f"/flows/{flow_id}")
    assert refused.status_code == 409, "a mailbox leads to it"
    assert office.address in refused.text
    await site.do(
        lambda tx: tx.execute(
            "UPDATE flows SET published_id = NULL WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": flow_id},
        )
    )
    other = {"version": row["version"], "flow_id": str(new_id())}
    assert (await office.admin.patch(path, **other)).json()["errors"][0]["field"] == "flow_id"


ROUND = """
flow: letters
start: a
nodes:
  a:
    gather: {say: 'Your number?', save: n, min: 4, max: 8, retries: 0}
    go: {done: b, no_input: a}
  b:
    hang_up:
"""


async def test_a_flow_that_goes_round_leaves_the_letter_to_people(site: Site, servers: MailServers):
    office, _ = await led(site, servers, ROUND)
    office.customer().write(office.address, "Away", "Re: x", Auto_Submitted="auto-replied")
    await office.card(office.agent, "offered")


BROKEN = """
flow: letters
start: a
nodes:
  a:
    queue: Chats
    go: {timeout: b, no_agents: b}
  b:
    hang_up:
"""


async def test_a_flow_that_fails_leaves_the_letter_to_people(site: Site, servers: MailServers):
    await site.world.queue([], name="Chats", channel="webchat")
    office, _ = await led(site, servers, BROKEN)
    office.customer().write(office.address, "Hello?", "Anything")
    await office.card(office.agent, "offered")


CHAT = """
flow: chat
start: address
nodes:
  address:
    send_email: {mailbox: SUPPORT, subject: {en: 'Your receipt', vi: 'Hóa đơn'}, body: 'Paid: 5', to: chat.email}
    go: {done: sent, no_address: none}
  sent:
    say: It is on its way.
    go: end
  none:
    say: We know no address.
    go: end
  end:
    hang_up:
variables: {chat: {message: '', email: ''}}
"""


async def test_a_chats_flow_writes_to_a_told_address_once(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan = office.customer()
    shop = await Shop.open(site, flow=CHAT.replace("SUPPORT", office.address), pre_chat=[{"name": "email"}])
    visitor = await shop.visitor(language="vi")
    await visitor.write("Receipt, please", about={"email": lan.address})
    await visitor.hears("It is on its way.")
    got = await lan.gets()
    assert str(got["Subject"]).startswith("Hóa đơn")
    lan.answer(got, "Thanks!")
    card = await office.taken()
    assert [one["author"] for one in await office.messages(card)] == ["bot", "customer"]


async def test_where_a_letter_may_not_go(site: Site, servers: MailServers):
    office = await Office.open(site, servers, ready=False)
    queue = await site.world.queue([], name="Calls")
    interaction_id = await site.world.arrive(queue)
    lan = (await office.admin.ok("POST", "/contacts", {"name": "Lan"}))["id"]

    async def sent(to: str | None, **more: Any) -> tuple[str, Any]:
        async with site.world.transaction() as tx:
            performing = Performing(tx, new_id(), interaction_id, site.runtime.clock.now())
            told = {
                "mailbox": office.address,
                "subject": "S",
                "text": "T",
                "purpose": "service",
                "language": "en",
            }
            reply = await send(performing, SendEmail(id="r:1.1", to=to, **{**told, **more}))
            return reply.result, reply.data.get("reason")

    assert await sent(None) == ("no_address", None), "nobody knows one"
    for wrong in (
        "",
        "lan",
        "lan@",
        "a@b",
        "lan@shop.example, eve@evil.example",
        "Lan <lan@shop.example>",
        "a@b.example\nBcc: x@y.example",
    ):
        assert await sent(wrong) == ("no_address", None), wrong
    assert await sent("lan@khach.example", mailbox="other@shop.example") == ("refused", "mailbox")
    assert await sent(office.address) == ("refused", "own_address")
    await site.do(
        lambda tx: tx.execute(
            "UPDATE interactions SET contact_id = %(contact)s WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"contact": UUID(lan), "id": interaction_id},
        )
    )
    await office.admin.ok(
        "POST", f"/contacts/{lan}/identities", {"kind": "email", "value": "Lan@Khach.example"}
    )
    assert await sent(None) == ("sent", None)
    consent = {"purpose": "service", "channel": "email", "state": "refused"}
    await office.admin.ok("PUT", f"/contacts/{lan}/consents", consent)
    assert await sent(None) == ("refused", "consent")
    assert await sent(None, purpose="marketing") == ("sent", None)
    results = [await sent("minh@khach.example", purpose="sales") for _ in range(11)]
    assert results == [("sent", None)] * 10 + [("refused", "limit")]
    assert await office.counted("conversations") == 12
