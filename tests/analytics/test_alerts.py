"""Alerts over the whole app: raised and cleared once whoever looks, told to those who may see, kept, acknowledged."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.api import Person, Site
from tests.support import until

from tongdai.analytics.policies import SETTLED
from tongdai.analytics.repositories.alerts import Alerts
from tongdai.analytics.service import LiveBoards
from tongdai.analytics.watching import AlertWatch
from tongdai.people.repository import SessionRow
from tongdai.people.services.sign_in import PrincipalSources, load_principal
from tongdai.platform.database import Scope
from tongdai.platform.realtime import Client
from tongdai.tenancy.public import ALERTS_KEPT_DAYS


async def rule(admin: Person, measure: str = "waiting", threshold: float = 2, **more: Any) -> dict[str, Any]:
    return await admin.ok("POST", "/alert-rules", {"measure": measure, "threshold": threshold, **more})


async def open_alerts(person: Person, count: int) -> list[dict[str, Any]]:
    """The open alerts, once there are so many."""

    async def so_many() -> Any:
        alerts = (await person.ok("GET", "/live/alerts"))["alerts"]
        return (alerts,) if len(alerts) == count else None

    return (await until(so_many))[0]


async def log(person: Person, **asked: Any) -> list[dict[str, Any]]:
    return (await person.ok("GET", "/live/alerts/log", **asked))["items"]


async def tab(site: Site, person: Person, topic: str = "alerts") -> Client:
    row = SessionRow(site.world.tenant_id, person.id, person.user.name, None)
    sources = site.runtime.get(PrincipalSources)
    principal = await site.do(lambda tx: load_principal(tx, row, sources))
    client = site.runtime.hub.connect(principal)
    site.runtime.hub.subscribe(client, [topic], None)
    return client


async def heard(client: Client, count: int = 1) -> list[dict[str, Any]]:
    """The next alerts that reach the tab."""
    told: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        while len(told) < count:
            events = json.loads(await client.outbox.get()).get("events", [])
            told += [event["data"] for event in events if event["type"] == "alert.changed"]
    return told


async def test_a_full_queue_is_told_once_and_kept(site: Site):
    admin, supervisor = await site.sign_in("admin"), await site.sign_in("supervisor")
    client = await tab(site, supervisor)
    queue = await site.world.queue([], name="Support")
    await rule(admin, "waiting", 2)
    await site.world.arrive(queue)
    await site.world.arrive(queue)
    alert = (await open_alerts(supervisor, 1))[0]
    assert (alert["measure"], alert["value"], alert["queue"]["name"]) == ("waiting", 2, "Support")
    assert [one["id"] for one in await heard(client)] == [alert["id"]]
    await site.world.arrive(queue)
    assert len(await log(admin)) == 1


async def test_who_takes_over_raises_nothing_anew(site: Site):
    """A restart, or a second node whose lease overlaps: the same figures, and the one alert that there is."""
    admin = await site.sign_in("admin")
    queue = await site.world.queue([])
    await rule(admin, "waiting", 1)
    await site.world.arrive(queue)
    await open_alerts(admin, 1)
    for known in (True, False):
        other = AlertWatch(site.runtime.get(LiveBoards))
        other._runtime = site.runtime  # pyright: ignore[reportPrivateUsage]
        await other.load()
        if not known:
            other._watches.clear()  # pyright: ignore[reportPrivateUsage]
        await other.look_at_all()
        await other.look_at_all()
    assert len(await log(admin)) == 1


async def test_it_is_cleared_by_whoever_looks_when_it_has_been_well_for_long(site: Site):
    admin = await site.sign_in("admin")
    queue = await site.world.queue([])
    await rule(admin, "waiting", 1)
    interaction = await site.world.arrive(queue)
    await open_alerts(admin, 1)
    await site.world.hang_up(interaction)
    board = await site.runtime.get(LiveBoards).board(site.world.tenant_id)

    async def nobody_waits() -> bool:
        return not board.figures.queues[queue].waiting

    await until(nobody_waits)
    other = AlertWatch(site.runtime.get(LiveBoards))

    class Later:
        """The runtime, so much later."""

        def __init__(self, by: timedelta) -> None:
            self.database, self.clock, self.by = site.runtime.database, self, by

        def now(self) -> datetime:
            return datetime.now(UTC) + self.by

    other._runtime = Later(timedelta())  # type: ignore[assignment]
    await other.load()
    await other.look_at_all()
    other._runtime = Later(SETTLED + timedelta(seconds=1))  # type: ignore[assignment]
    await other.look_at_all()
    (past,) = await log(admin)
    assert past["cleared_at"] is not None
    assert past["worst"] == 1


async def test_a_rule_that_is_archived_takes_its_alerts_with_it(site: Site):
    admin = await site.sign_in("admin")
    await site.world.arrive(await site.world.queue([]))
    made = await rule(admin, "waiting", 1)
    await open_alerts(admin, 1)
    await admin.delete(f"/alert-rules/{made['id']}")
    await open_alerts(admin, 0)
    assert len(await log(admin)) == 1


async def test_an_agent_who_stays_away_for_too_long_by_reason(site: Site):
    admin = await site.sign_in("admin")
    agent, other = await site.sign_in("agent"), await site.sign_in("agent")
    reasons = await admin.ok("GET", "/presence/reasons")
    for person, reason in ((agent, reasons[0]), (other, reasons[1])):
        await person.ok("PUT", "/presence/me", {"state": "not_ready", "reason_id": reason["id"]})
    await site.do(
        lambda tx: tx.execute(
            "UPDATE presence SET since = since - interval '1 hour' WHERE tenant_id = %(tenant)s"
        )
    )
    await rule(admin, "not_ready", 1800, reason_id=reasons[0]["id"], queue_id=str(await site.world.queue([])))
    (alert,) = await open_alerts(admin, 1)
    assert (alert["user"]["id"], alert["queue"]) == (str(agent.id), None)
    assert alert["reason"]["en"] == reasons[0]["name"]
    assert [one["id"] for one in await log(admin, user_id=str(agent.id))] == [alert["id"]]
    assert await log(admin, user_id=str(other.id)) == []
    assert await log(admin, measure="waiting") == []


async def test_a_leader_sees_the_alerts_of_the_own_team_and_queues(site: Site):
    admin = await site.sign_in("admin")
    team = (await admin.ok("POST", "/teams", {"name": "Mine"}))["id"]
    leader = await site.sign_in("team_leader", team_ids=[team])
    mine, other = await site.person("agent", team_ids=[team]), await site.person("agent")
    seen, hidden = await site.world.queue([leader.id], name="Seen"), await site.world.queue([], name="Hidden")
    client = await tab(site, leader)
    await site.world.not_ready(mine.id)
    await site.world.not_ready(other.id)
    await site.do(
        lambda tx: tx.execute(
            "UPDATE presence SET since = since - interval '1 hour' WHERE tenant_id = %(tenant)s"
        )
    )
    await site.world.arrive(seen)
    await site.world.arrive(hidden)
    await rule(admin, "waiting", 1)
    await rule(admin, "not_ready", 1800)
    everything = await open_alerts(admin, 4)
    own = await open_alerts(leader, 2)
    about = {(one["queue"] or one["user"])["id"] for one in own}
    assert about == {str(seen), str(mine.id)}
    assert {one["id"] for one in await heard(client, 2)} == {one["id"] for one in own}
    foreign = next(one for one in everything if one["id"] not in {mine["id"] for mine in own})
    assert (await leader.post(f"/live/alerts/{foreign['id']}/acknowledge")).status_code == 404
    assert len(await log(leader)) == 2


async def test_the_first_who_looks_after_it_stays(site: Site):
    admin, supervisor = await site.sign_in("admin"), await site.sign_in("supervisor")
    await site.world.arrive(await site.world.queue([]))
    await rule(admin, "waiting", 1)
    (alert,) = await open_alerts(admin, 1)
    client = await tab(site, admin)
    told = await supervisor.ok("POST", f"/live/alerts/{alert['id']}/acknowledge")
    assert told["acknowledged_by"]["id"] == str(supervisor.id)
    while (latest := (await heard(client))[-1])["acknowledged_by"] is None:
        pass
    assert latest["acknowledged_by"]["name"] == supervisor.user.name
    again = await admin.ok("POST", f"/live/alerts/{alert['id']}/acknowledge")
    assert again["acknowledged_by"]["id"] == str(supervisor.id)
    others = await admin.ok("DELETE", f"/live/alerts/{alert['id']}/acknowledge")
    assert others["acknowledged_by"]["id"] == str(supervisor.id)
    back = await supervisor.ok("DELETE", f"/live/alerts/{alert['id']}/acknowledge")
    assert (back["acknowledged_by"], back["acknowledged_at"]) == (None, None)
    while (await heard(client))[-1]["acknowledged_by"] is not None:
        pass
    assert (await admin.ok("POST", f"/live/alerts/{alert['id']}/acknowledge"))["acknowledged_by"][
        "id"
    ] == str(admin.id)


async def test_alerts_are_kept_as_long_as_the_centre_says_and_open_ones_for_good(site: Site):
    admin = await site.sign_in("admin")
    await site.world.arrive(await site.world.queue([]))
    await rule(admin, "waiting", 1)
    (alert,) = await open_alerts(admin, 1)
    at = datetime.now(UTC) + timedelta(days=400)

    async def forget() -> int:
        async with site.runtime.database.transaction(Scope.system()) as tx:
            await Alerts(tx).forget_old(at, ALERTS_KEPT_DAYS)
        return len((await admin.ok("GET", "/live/alerts/log"))["items"])

    assert await forget() == 1
    await site.do(lambda tx: tx.execute("UPDATE alerts SET cleared_at = now() WHERE tenant_id = %(tenant)s"))
    version = (await admin.ok("GET", "/settings"))["version"]
    await admin.ok("PATCH", "/settings", {"version": version, "alert_retention_days": 500})
    assert await forget() == 1
    await admin.ok("PATCH", "/settings", {"version": version + 1, "alert_retention_days": 300})
    assert await forget() == 0
    assert alert["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"measure": "service_level", "threshold": 80}, "threshold"),
        ({"measure": "waiting", "threshold": 0.5}, "threshold"),
        ({"measure": "nothing", "threshold": 5}, "measure"),
    ],
)
async def test_a_rule_that_can_never_be_is_refused_by_its_field(site: Site, body: dict[str, Any], field: str):
    admin = await site.sign_in("admin")
    answer = await admin.post("/alert-rules", **body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_rule_keeps_what_fits_its_measure(site: Site):
    admin = await site.sign_in("admin")
    queue = str(await site.world.queue([]))
    made = await rule(admin, "longest_wait", 60, queue_id=queue)
    changed = await admin.ok(
        "PATCH", f"/alert-rules/{made['id']}", {"version": 1, "measure": "talking", "threshold": 600}
    )
    assert (changed["queue_id"], changed["measure"]) == (None, "talking")
    stale = await admin.patch(f"/alert-rules/{made['id']}", version=1, threshold=5)
    assert stale.status_code == 409


async def test_whether_alerts_are_heard_is_each_ones_own(site: Site):
    one, other = await site.sign_in("supervisor"), await site.sign_in("supervisor")
    await one.ok("PATCH", "/auth/me", {"alert_sound": True})
    assert (await one.ok("GET", "/auth/me"))["user"]["alert_sound"] is True
    assert (await other.ok("GET", "/auth/me"))["user"]["alert_sound"] is False
