"""What a site's page tells of a visit: bounded, shown as told and not proven, live, and nobody else's."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api import Person, Site
from tests.channels.shop import FLOW, Shop, Visitor
from tests.support import until
from tongdai.channels.webchat.told import MOST, Said, merged
from tongdai.kit.ids import new_id
from tongdai.people.public import PrincipalSources, principal_of_user
from tongdai.platform.realtime import Client

HOSTILE = "<img src=x onerror=alert(1)>\u202e{{ chat.message }}\x00"
NAMES = st.sampled_from([f"n{number}" for number in range(40)])
SAID = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))


@given(st.lists(st.dictionaries(NAMES, SAID, max_size=MOST), max_size=6))
def test_what_was_told_last_is_kept_and_never_too_much(pieces: list[dict[str, Said | None]]):
    told: dict[str, Said] = {}
    for piece in pieces:
        told = merged(told, piece)
        assert len(told) <= MOST
        assert None not in told.values()
        for name, value in piece.items():
            assert told.get(name) == value
        last = [name for name, value in piece.items() if value is not None]
        assert list(told)[len(told) - len(last) :] == last


async def visit(agent: Person, card: dict[str, Any]) -> dict[str, Any]:
    found = await agent.ok("GET", f"/assignments/{card['id']}/visit")
    return {one["name"]: one["value"] for one in found["told"]}


async def tells(visitor: Visitor, **attributes: Any) -> None:
    answer = await visitor.post("attributes", {"attributes": attributes})
    assert answer.status_code == 204, answer.text


async def reached(shop: Shop, visitor: Visitor, **attributes: Any) -> dict[str, Any]:
    await visitor.write("Hi", attributes=attributes)
    await visitor.write("orders", pressed="1")
    offer = await shop.offer(shop.agents[0])
    return await shop.agents[0].ok("POST", f"/assignments/{offer['id']}/accept")


async def test_the_flow_and_the_agent_have_what_the_page_tells(site: Site):
    flow = FLOW.replace(
        "say: Hello, this is the shop.", "say: '{{ visit.plan }}, {{ visit.cart }}, {{ visit.none }}!'"
    ).replace("start: hello", "variables: {visit: {}}\nstart: hello")
    shop = await Shop.open(site, flow=flow)
    (agent,) = shop.agents
    other = await site.sign_in("agent")
    visitor = await shop.visitor()
    await tells(visitor, ignored="no chat goes on")
    card = await reached(shop, visitor, plan=HOSTILE, cart=12.5, member=True, gone=None)
    said = [one["body"] for one in await visitor.look() if one["author"] == "bot"]
    assert said[0] == "<img src=x onerror=alert(1)> {{ chat.message }}, 12.5, !"
    plan = "<img src=x onerror=alert(1)> {{ chat.message }}"
    assert await visit(agent, card) == {"plan": plan, "cart": 12.5, "member": True}
    # It is no word of the customer's: not among the answers, no proof, no contact.
    assert (card["peer_verified"], card["contact"]) == (False, None)
    assert [one["value"] for one in card["flow_answers"]] == ["orders"]
    await tells(visitor, cart=None, step="pay")
    assert await visit(agent, card) == {"plan": plan, "member": True, "step": "pay"}
    await visitor.write("And now?", attributes={"step": "paid"})
    assert (await visit(agent, card))["step"] == "paid"
    for person in (other, await site.sign_in("admin")):
        assert (await person.http.get(f"/assignments/{card['id']}/visit")).status_code == 404
    # After the chat it stays as it was; the next one has its own.
    await visitor.post("end")
    await tells(visitor, step="later")
    assert (await visit(agent, card))["step"] == "paid"


async def listening(site: Site, person: Person) -> Client:
    """The person's browser."""
    sources = site.runtime.get(PrincipalSources)
    principal = await site.do(lambda tx: principal_of_user(tx, person.id, sources))
    client = site.runtime.hub.connect(principal)
    site.runtime.hub.subscribe(client, ["me"], None)
    return client


def heard(client: Client) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    while not client.outbox.empty():
        events += json.loads(client.outbox.get_nowait()).get("events", [])
    return [one["data"] for one in events if one["type"] == "visit.told"]


async def test_the_agent_is_told_at_once_and_nobody_else(site: Site):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    await reached(shop, visitor, cart=0)
    hears = await listening(site, shop.agents[0])
    elsewhere = await listening(site, await site.sign_in("agent"))
    seen: list[dict[str, Any]] = []

    async def told() -> bool:
        seen.extend(heard(hears))
        return bool(seen)

    await tells(visitor, cart=1)
    await until(told)
    assert (seen[0]["told"], seen[0]["version"]) == ([{"name": "cart", "value": 1}], 1)
    assert heard(elsewhere) == []
    await tells(visitor, cart=1)  # nothing new
    assert await site.world.value("SELECT told_version FROM chats WHERE tenant_id = %(tenant)s") == 1


@pytest.mark.parametrize(
    ("attributes", "field", "rule"),
    [
        ({"plan": ["pro"]}, "attributes.plan", "told_value"),
        ({"plan": {"name": "pro"}}, "attributes.plan", "told_value"),
        ({"plan": "x" * 501}, "attributes.plan", "told_value"),
        ({"cart": 2**60}, "attributes.cart", "told_value"),
        ({"": 1}, "attributes", "told_name"),
        ({"__proto__": 1}, "attributes", "told_name"),
        ({"a.b": 1}, "attributes", "told_name"),
        ({"x" * 41: 1}, "attributes", "told_name"),
        ({"<b>": 1}, "attributes", "told_name"),
        ({f"n{number}": 1 for number in range(31)}, "attributes", None),
        ([], "attributes", None),
    ],
)
async def test_what_cannot_be_told_is_refused_by_name(
    site: Site, attributes: Any, field: str, rule: str | None
):
    shop = await Shop.open(site)
    visitor = await shop.visitor()
    for path, more in (("attributes", {}), ("messages", {"client_id": str(new_id()), "body": "Hi"})):
        answer = await visitor.post(path, {"attributes": attributes, **more})
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["field"] == field
        assert rule is None or error["rule"] == rule
    visitor.token = "somebody"
    assert (await visitor.post("attributes", {"attributes": {}})).status_code == 401


async def test_what_was_told_is_erased_with_its_customer(site: Site):
    shop = await Shop.open(site, pre_chat=[{"name": "name"}])
    visitor = await shop.visitor()
    await visitor.write("Hi", about={"name": "An"}, attributes={"plan": "pro"})
    contact = await site.world.value("SELECT contact_id FROM visitors WHERE tenant_id = %(tenant)s")
    admin = await site.sign_in("admin")
    exported = await admin.ok("GET", f"/contacts/{contact}/export")
    assert "told_by_page" in str(exported)
    await admin.ok("POST", f"/contacts/{contact}/erase", {})
    left = "SELECT count(*) FROM chats WHERE tenant_id = %(tenant)s AND told <> '[]'"

    async def gone() -> bool:
        return await site.world.value(left) == 0

    await until(gone)
