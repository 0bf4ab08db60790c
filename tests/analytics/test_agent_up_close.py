"""An agent of the board up close: within the reach of who asks, with the contact in hand and what they chose."""

from datetime import UTC, datetime
from uuid import UUID

from tests.api import Site
from tests.support import until

from tongdai.routing import public as routing


async def test_the_contact_in_hand_and_the_choice_behind_it(site: Site):
    supervisor, agent = await site.sign_in("supervisor"), await site.sign_in("agent")
    queue_id = await site.world.queue([agent.id], name="Support")
    await site.world.ready(agent.id)
    interaction_id = await site.world.arrive(queue_id)

    async def offered() -> UUID | None:
        return await site.do(
            lambda tx: tx.fetch_value(
                "SELECT id FROM assignments WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s",
                {"id": interaction_id},
            )
        )

    assignment_id = await until(offered)
    await site.do(lambda tx: routing.accept(tx, assignment_id, datetime.now(UTC)))
    await supervisor.ok("PUT", f"/users/{agent.id}/presence", {"state": "offline"})
    seen = await supervisor.ok("GET", f"/live/agents/{agent.id}")
    assert seen["tile"]["state"] in ("talking", "hold")
    assert (seen["presence"]["state"], seen["presence"]["shown"]) == ("offline", "working")
    assert (seen["contact"]["interaction_id"], seen["contact"]["queue"]) == (str(interaction_id), "Support")
    assert seen["day"]["figures"]["missed"] == 0


async def test_only_who_may_see_the_agent_on_the_board(site: Site):
    admin = await site.sign_in("admin")
    team = (await admin.ok("POST", "/teams", {"name": "Mine"}))["id"]
    leader = await site.sign_in("team_leader", team_ids=[team])
    mine, other = await site.person("agent", team_ids=[team]), await site.person("agent")
    await site.world.ready(mine.id, other.id)
    assert (await leader.ok("GET", f"/live/agents/{mine.id}"))["contact"] is None
    assert (await leader.get(f"/live/agents/{other.id}")).status_code == 404
