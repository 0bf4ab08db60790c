"""Visitors of whom their site's server has signed who they are, over the API: proven, refused, merged once, signed out."""

from typing import Any

import httpx

from tests.api import Person, Site
from tests.channels.shop import Shop, Visitor
from tests.channels.signing import hash_of, signed
from tongdai.kit.ids import new_id


async def opened(site: Site, identity: str = "enforced", **widget: Any) -> tuple[Shop, Person, str, str]:
    """A shop whose widget has a secret; gives its administrator, the widget's address and the secret, too."""
    shop = await Shop.open(site, identity=identity, **widget)
    admin = await site.sign_in("admin")
    (row,) = (await admin.ok("GET", "/widgets"))["items"]
    path = f"/widgets/{row['id']}"
    made = await admin.ok("POST", f"{path}/secrets")
    return shop, admin, path, made["secret"]


def now(site: Site) -> Any:
    return site.runtime.clock.now()


async def shows(visitor: Visitor, token: str) -> httpx.Response:
    answer = await visitor.post("identify", {"token": token})
    if answer.status_code == 200:
        visitor.token, visitor.heard = answer.json()["token"], answer.json()["messages"]
    return answer


async def writes(visitor: Visitor, **more: Any) -> httpx.Response:
    return await visitor.post("messages", {"client_id": str(new_id()), "body": "Hi", **more})


async def test_who_is_not_signed_cannot_write_where_that_is_enforced(site: Site):
    shop, _, _, secret = await opened(site)
    visitor = await shop.visitor()
    answer = await writes(visitor)
    assert (answer.status_code, answer.json()["code"]) == (403, "identity_needed")
    upload = await visitor.http.post(
        f"/chat/{shop.key}/files?name=a.png&client_id={new_id()}",
        content=b"x",
        headers={"X-Visitor": visitor.token},
    )
    assert (upload.status_code, upload.json()["code"]) == (403, "identity_needed")
    assert (
        await shows(visitor, signed(secret, now(site), name="An", email="an@example.com"))
    ).status_code == 200
    await visitor.write("Hi")
    await visitor.write("orders", pressed="1")
    offer = await shop.offer(shop.agents[0])
    assert (offer["peer_verified"], offer["contact"]["name"], offer["peer_name"]) == (True, "An", "An")
    (row,) = (await shop.agents[0].ok("GET", "/conversations"))["items"]
    assert row["peer_verified"]
    # An hour later it is asked anew; nothing of the chat is lost.
    async with site.world.transaction() as tx:
        await tx.execute("UPDATE visitors SET verified_until = now() WHERE tenant_id = %(tenant)s")
    again = await writes(visitor)
    assert (again.status_code, again.json()["code"]) == (403, "identity_expired")
    assert (await shows(visitor, signed(secret, now(site)))).status_code == 200
    await visitor.write("Still there?")


async def test_forged_stale_and_foreign_tokens_are_refused_with_the_reason(site: Site):
    shop, admin, path, secret = await opened(site)
    other = await admin.ok(
        "POST", "/widgets", {"name": "Other", "flow_id": (await admin.ok("GET", path))["flow_id"]}
    )
    foreign = (await admin.ok("POST", f"/widgets/{other['id']}/secrets"))["secret"]
    visitor = await shop.visitor()
    at = now(site)
    for why, token in (
        ("signature", signed(foreign, at)),
        ("algorithm", signed(secret, at, header={"alg": "none"})),
        ("malformed", "x.y.z"),
        ("audience", signed(secret, at, aud=other["key"])),
    ):
        answer = await shows(visitor, token)
        assert (answer.status_code, answer.json()["code"], answer.json()["why"]) == (
            403,
            "identity_refused",
            why,
        )
        assert len(answer.json()["detail"]) > 40
    expired = await shows(visitor, signed(secret, at, exp=at.timestamp() - 100))
    assert (expired.status_code, expired.json()["code"]) == (403, "identity_expired")
    assert (await writes(visitor)).status_code == 403
    # One token is one browser's: shown again there it is good, in another not.
    token = signed(secret, at)
    assert (await shows(visitor, token)).status_code == 200
    assert (await shows(visitor, token)).status_code == 200
    thief = await shop.visitor()
    answer = await shows(thief, token)
    assert (answer.status_code, answer.json()["code"]) == (403, "identity_used")
    assert (await writes(thief)).status_code == 403
    flood = [(await shows(thief, "x.y.z")).status_code for _ in range(25)]
    assert flood[-1] == 429


async def test_two_secrets_are_valid_while_they_change_and_are_told_once(site: Site):
    shop, admin, path, first = await opened(site)
    second = await admin.ok("POST", f"{path}/secrets")
    full = await admin.http.post(f"{path}/secrets")
    assert (full.status_code, full.json()["code"]) == (409, "secrets_full")
    for secret in (first, second["secret"]):
        assert (await shows(await shop.visitor(), signed(secret, now(site)))).status_code == 200
    listed = await admin.ok("GET", f"{path}/secrets")
    assert [one["hint"] for one in listed] == [first[-4:], second["hint"]]
    assert first not in str(listed)
    kept = await site.world.value(
        "SELECT count(*) FROM widget_secrets WHERE tenant_id = %(tenant)s AND encode(sealed, 'escape') LIKE '%%tdw%%'"
    )
    assert kept == 0
    assert (await admin.http.delete(f"{path}/secrets/{listed[0]['id']}")).status_code == 204
    assert (await shows(await shop.visitor(), signed(first, now(site)))).status_code == 403
    log = [one["action"] for one in (await admin.ok("GET", "/audit"))["items"]]
    assert {"widget.secret_added", "widget.secret_removed"} <= set(log)
    agent = shop.agents[0]
    assert (await agent.http.get(f"{path}/secrets")).status_code == 403


async def test_what_was_written_before_goes_to_the_contact_once_it_is_proven(site: Site):
    shop, admin, _, secret = await opened(site, "optional")
    known = await admin.ok(
        "POST", "/contacts", {"name": "An", "identities": [{"kind": "email", "value": "an@example.com"}]}
    )
    visitor = await shop.visitor()
    await visitor.write("Hi", about={"name": "<b>somebody</b>"})
    await visitor.write("orders", pressed="1")
    card = await shop.offer(shop.agents[0])
    assert (card["peer_verified"], card["contact"]["name"]) == (False, "<b>somebody</b>")
    answer = await shows(visitor, signed(secret, now(site), email="an@example.com", name="An"))
    assert next(one["body"] for one in answer.json()["messages"]) == "Hi"
    card = await shop.offer(shop.agents[0])
    assert (card["peer_verified"], card["contact"]["id"]) == (True, known["id"])
    merges = "SELECT count(*) FROM contact_merges WHERE tenant_id = %(tenant)s"
    assert await site.world.value(merges) == 1
    # Proven again, and in another browser, it is the same contact, and nothing is merged any more.
    await shows(visitor, signed(secret, now(site), email="other@example.com"))
    elsewhere = await shop.visitor()
    await shows(elsewhere, signed(secret, now(site)))
    await elsewhere.write("Me too")
    assert await site.world.value(merges) == 1
    contacts = "SELECT count(DISTINCT contact_id) FROM visitors WHERE tenant_id = %(tenant)s"
    assert await site.world.value(contacts) == 1
    log = [one["action"] for one in (await admin.ok("GET", "/audit"))["items"]]
    assert log.count("contact.signed_in_on_site") == 2


async def test_another_customer_in_the_same_browser_reads_nothing_of_the_one_before(site: Site):
    shop, _, _, secret = await opened(site, "optional")
    visitor = await shop.visitor()
    await shows(visitor, signed(secret, now(site), name="An"))
    await visitor.write("My order is 4711")
    before = visitor.token
    answer = await shows(visitor, signed(secret, now(site), sub="user-43", name="Bình"))
    assert answer.json()["token"] != before
    assert (answer.json()["messages"], answer.json()["name"]) == ([], "Bình")
    assert (
        await site.world.value("SELECT count(*) FROM chats WHERE tenant_id = %(tenant)s AND ended_at IS NULL")
        == 0
    )
    stale = Visitor(visitor.http, shop.key, before)
    assert (await writes(stale)).status_code == 401
    # Signed out, the browser's token is good for nothing.
    await visitor.write("Hello")
    assert (await visitor.post("leave")).status_code == 204
    assert (await writes(visitor)).status_code == 401
    fresh = await visitor.open()
    assert (fresh["messages"], fresh["identity"]["subject"]) == ([], None)


async def test_hashes_of_ids_are_taken_only_where_that_is_switched_on(site: Site):
    shop, admin, path, secret = await opened(site)
    shown = {"user_id": "user-42", "user_hash": hash_of("user-42", secret), "name": "An"}
    visitor = await shop.visitor()
    answer = await visitor.post("identify", shown)
    assert (answer.status_code, answer.json()["why"]) == (403, "hash")
    row = await admin.ok("GET", path)
    await admin.ok("PATCH", path, {"version": row["version"], "takes_hashes": True})
    assert (await visitor.post("identify", shown)).status_code == 200
    await visitor.write("Hi")
    assert (await visitor.post("identify", {"user_id": "user-42"})).status_code == 422
    wrong = await visitor.post("identify", {**shown, "user_id": "user-43"})
    assert (wrong.status_code, wrong.json()["why"]) == (403, "signature")
    off = await admin.ok("PATCH", path, {"version": row["version"] + 1, "identity": "off"})
    assert off["identity"] == "off"
    answer = await visitor.post("identify", shown)
    assert (answer.status_code, answer.json()["code"]) == (409, "identity_off")
