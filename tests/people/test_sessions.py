"""When a session's time is over: at once for who is idle, later for who is busy with a contact, and then for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api import Person, Site

from tongdai.people.services.sign_in import WORK_GOES_ON, end_expired_sessions


async def over_since(site: Site, person: Person, since: timedelta) -> None:
    await site.do(
        lambda tx: tx.execute(
            "UPDATE sessions SET expires_at = now() - %(since)s::interval WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
            {"since": since, "user": person.id},
        )
    )


async def sessions_of(site: Site, person: Person) -> Any:
    await end_expired_sessions(site.runtime.database, datetime.now(UTC))
    return await site.do(
        lambda tx: tx.fetch_tuples(
            "SELECT (SELECT count(*) FROM sessions WHERE tenant_id = %(tenant)s AND user_id = %(user)s),"
            " (SELECT count(*) FROM event_log WHERE tenant_id = %(tenant)s AND type = 'people.session_ended'"
            " AND (body->>'user_id')::uuid = %(user)s)",
            {"user": person.id},
        )
    )


async def test_a_session_whose_time_is_over_ends_for_everything_that_it_opened(site: Site):
    late, other = await site.sign_in("agent"), await site.sign_in("agent")
    await over_since(site, late, timedelta(seconds=1))
    assert (await late.get("/auth/me")).status_code == 401
    assert await sessions_of(site, late) == [(0, 1)]
    assert await sessions_of(site, other) == [(1, 0)]
    assert (await other.get("/auth/me")).status_code == 200


async def test_nobody_is_signed_out_in_the_middle_of_a_contact(site: Site):
    agent = await site.sign_in("agent")
    await agent.ok("PUT", "/presence/me", {"state": "ready"})
    await site.do(
        lambda tx: tx.execute(
            "UPDATE presence SET occupancy = 'working' WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
            {"user": agent.id},
        )
    )
    await over_since(site, agent, WORK_GOES_ON - timedelta(minutes=1))
    assert (await agent.get("/auth/me")).status_code == 200
    assert [session["current"] for session in await agent.ok("GET", "/auth/sessions")] == [True]
    assert await sessions_of(site, agent) == [(1, 0)]
    await over_since(site, agent, WORK_GOES_ON)
    assert (await agent.get("/auth/me")).status_code == 401
    assert await sessions_of(site, agent) == [(0, 1)]


async def test_signing_out_twice_tells_it_once(site: Site):
    agent = await site.sign_in("agent")
    await agent.ok("POST", "/auth/sign-out", None)
    assert await sessions_of(site, agent) == [(0, 1)]
