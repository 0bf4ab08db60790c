"""Mailboxes whose provider signs people in itself: against a real dovecot and postfix that take its tokens by XOAUTH2."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from tests.api import Person, Site
from tests.channels.email.post import Office
from tests.channels.email.provider import CLIENT_SECRET, Provider, provider, token
from tests.channels.email.servers import MailServers
from tests.support import until
from tongdai.channels.email.imap import Session, Trouble
from tongdai.channels.email.mailboxes import Mailboxes
from tongdai.platform.mail import MailServer, signed_in


async def opened(site: Site, servers: MailServers, at: Provider) -> Office:
    """A centre with a mailbox that is to be signed in to at the provider."""
    more: dict[str, Any] = {
        "sign_in": "oauth",
        "oauth": at.app,
        "client_secret": CLIENT_SECRET,
        "password": "",
    }
    office = await Office.open(site, servers, **more)
    at.address = office.address
    return office


async def comes_back(person: Person, brought: dict[str, str]) -> Any:
    return await person.http.get("/mailbox-sign-in", params=brought, follow_redirects=False)


async def signs_in(office: Office, at: Provider) -> None:
    path = f"/mailboxes/{office.mailbox['id']}"
    url = (await office.admin.ok("POST", f"{path}/sign-in"))["url"]
    answer = await comes_back(office.admin, at.allows(url))
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == f"/admin/mailboxes/{office.mailbox['id']}"


async def becomes(office: Office, state: str) -> str:
    """Once the mailbox is told to be so; gives the words of who hinders it."""

    async def so() -> bool:
        return (await office.state())[0] == state

    await until(so, timeout=30)
    return (await office.state())[1]


@pytest.mark.parametrize(
    ("lasts_s", "own", "right"),
    [(60, True, True), (-60, True, False), (60, False, False)],
)
def test_the_servers_of_the_tests_take_good_tokens_alone(
    servers: MailServers, lasts_s: float, own: bool, right: bool
):
    address = servers.person("token")
    whose = address if own else servers.person("other")
    imap = {"host": "127.0.0.1", "port": servers.imap, "security": "none"}
    smtp = MailServer("127.0.0.1", servers.smtp, "none", address, token=token(whose, lasts_s))
    if right:
        Session(imap, address, token=smtp.token).close()
        signed_in(smtp).close()
        return
    with pytest.raises(Trouble) as caught:
        Session(imap, address, token=smtp.token)
    assert caught.value.state == "sign_in"
    with pytest.raises(OSError, match="535"):
        signed_in(smtp)


async def test_a_mailbox_is_read_and_answered_by_a_providers_token(site: Site, servers: MailServers):
    async with provider() as at:
        office = await opened(site, servers, at)
        assert office.mailbox["signed_in"] is False
        path = f"/mailboxes/{office.mailbox['id']}"
        assert (await office.admin.ok("POST", f"{path}/try"))["imap"]["state"] == "sign_again"
        await signs_in(office, at)
        row = await office.admin.ok("GET", path)
        assert (row["signed_in"], row["has_client_secret"]) == (True, True)
        lan = office.customer()
        lan.write(office.address, "Hi")
        card = await office.taken()
        await office.says(card, "Hello")
        await lan.gets()
        trial = await office.admin.ok("POST", f"{path}/try")
        assert [trial[one]["state"] for one in ("imap", "smtp")] == ["ok", "ok"]
        assert [one["grant_type"] for one in at.asked] == ["authorization_code"]
        told = await site.world.value(
            "SELECT concat(encode(m.client_secret, 'escape'), encode(k.refresh, 'escape'), encode(k.access, 'escape'),"
            " m.oauth) FROM mailboxes m JOIN mailbox_tokens k ON k.mailbox_id = m.id WHERE m.tenant_id = %(tenant)s"
        )
        assert CLIENT_SECRET not in told
        assert at.refresh not in told
        log = await office.admin.get("/audit")
        assert "mailbox.signed_in" in log.text
        assert at.refresh not in log.text


async def test_a_token_is_renewed_before_it_expires_and_when_a_server_says_that_it_has(
    site: Site, servers: MailServers
):
    async with provider() as at:
        office = await opened(site, servers, at)
        at.lasts_s = -60  # expired already, whatever the provider says of it
        await signs_in(office, at)

        async def asked_again() -> bool:
            return any(one["grant_type"] == "refresh_token" for one in at.asked)

        await until(asked_again)
        at.lasts_s = 3600
        await becomes(office, "reading")
        lan = office.customer()
        lan.write(office.address, "Hi")
        card = await office.taken()
        renewed = len(at.asked)
        row = await office.row()
        async with site.world.transaction() as tx:
            kept = await Mailboxes(tx).kept(row.id)
            assert kept is not None
            soon = site.runtime.clock.now() + timedelta(minutes=4)
            await tx.execute(
                "UPDATE mailbox_tokens SET expires_at = %(soon)s WHERE tenant_id = %(tenant)s", {"soon": soon}
            )
        await office.says(card, "Hello")
        await lan.gets()
        assert len(at.asked) == renewed + 1
        async with site.world.transaction() as tx:
            after = await Mailboxes(tx).kept(row.id)
        assert after is not None
        assert bytes(after.refresh) != bytes(kept.refresh)


async def test_a_refused_refresh_asks_for_a_new_sign_in_and_what_waited_goes_then(
    site: Site, servers: MailServers
):
    async with provider() as at:
        office = await opened(site, servers, at)
        await signs_in(office, at)
        lan = office.customer()
        lan.write(office.address, "Hi")
        card = await office.taken()
        at.refuses = True
        async with site.world.transaction() as tx:
            await tx.execute("UPDATE mailbox_tokens SET expires_at = now() WHERE tenant_id = %(tenant)s")
        await office.says(card, "Hello")

        async def waits() -> bool:
            told = (await office.messages(card))[-1]["data"]["email"]
            return told["state"] == "queued" and "signed in again" in told["problem"]

        await until(waits)
        path = f"/mailboxes/{office.mailbox['id']}"
        trial = await office.admin.ok("POST", f"{path}/try")
        assert trial["smtp"] == {
            "state": "sign_again",
            "problem": "invalid_grant Token has been expired or revoked.",
        }
        row = await office.admin.ok("GET", path)
        await office.admin.ok("PATCH", path, {"version": row["version"], "name": "Read anew"})
        assert "revoked" in await becomes(office, "sign_again")
        at.refuses = False
        await signs_in(office, at)
        await lan.gets()
        await becomes(office, "reading")


async def test_a_provider_that_is_away_is_asked_again(site: Site, servers: MailServers):
    async with provider() as at:
        office = await opened(site, servers, at)
        at.away = True
        await signs_in(office, at)
        assert (await office.state())[0] == "provider"
        at.away = False
        await signs_in(office, at)
        await becomes(office, "reading")


async def test_a_sign_in_is_finished_by_who_began_it_within_its_time(site: Site, servers: MailServers):
    async with provider() as at:
        office = await opened(site, servers, at)
        other = await site.sign_in("admin")
        url = (await office.admin.ok("POST", f"/mailboxes/{office.mailbox['id']}/sign-in"))["url"]
        brought = at.allows(url)
        for person, what in (
            (other, brought),
            (office.admin, {**brought, "state": brought["state"][:-8] + "AAAAAAA="}),
            (office.admin, {"code": brought["code"]}),
        ):
            answer = await comes_back(person, what)
            assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_stale")
        assert (await comes_back(office.agent, brought)).status_code == 403
        stranger = await (await site.another_centre()).sign_in("admin")
        assert (await stranger.post(f"/mailboxes/{office.mailbox['id']}/sign-in")).status_code == 404
        assert (await comes_back(stranger, brought)).status_code == 400
        denied = {"state": brought["state"], "error": "access_denied"}
        assert (await comes_back(office.admin, denied)).status_code == 303
        assert await office.state() == ("sign_again", "access_denied")
        assert at.asked == []
        scope = parse_qs(urlsplit(str(url)).query)
        assert (scope["scope"], scope["access_type"]) == (["mail"], ["offline"])


async def test_tokens_go_to_no_other_server(site: Site, servers: MailServers):
    async with provider() as at:
        office = await opened(site, servers, at)
        await signs_in(office, at)
        path = f"/mailboxes/{office.mailbox['id']}"
        row = await office.admin.ok("GET", path)
        elsewhere = {**at.app, "token_url": "https://evil.example/token"}
        answer = await office.admin.patch(path, version=row["version"], oauth=elsewhere)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "client_secret")
        stolen = {"host": "evil.example", "port": 993, "security": "tls"}
        changed = await office.admin.ok("PATCH", path, {"version": row["version"], "imap": stolen})
        assert changed["signed_in"] is False
        async with site.world.transaction() as tx:
            assert await Mailboxes(tx).kept(UUID(office.mailbox["id"])) is None
        clear = {**at.app, "token_url": "http://provider.example/token"}
        answer = await office.admin.patch(path, version=changed["version"], oauth=clear, client_secret="x")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "oauth.token_url")
        body = office.body(servers, servers.person("other"), office.queue_id, sign_in="oauth", password="")
        answer = await office.admin.post("/mailboxes", **body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "oauth")
