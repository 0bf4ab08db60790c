"""Emergency switches: made by an administrator, turned by a supervisor, asked for by flows; and the place that is told before."""

from tests.api import Site
from tests.routing.test_closing import ask, prompt, supervisor

from tongdai.flows.public import AskQueue, CheckSwitch, FlowService
from tongdai.flows.yaml_format import load

FLOW = """
flow: storm
start: look
nodes:
  look: {emergency_switch: storm, go: {open: place, closed: end}}
  place: {play_position: sales, go: end}
  end: {hang_up: }
"""


async def test_a_switch_is_turned_on_and_off_and_flows_know_it_at_once(site: Site):
    admin, me = await site.sign_in("admin"), await supervisor(site)
    switch = await admin.ok("POST", "/closure-switches", {"name": "storm"})
    assert (await admin.post("/closure-switches", name="storm")).status_code == 422
    path = f"/closure-switches/{switch['id']}"

    async def told() -> tuple[str, object]:
        reply = await ask(site, CheckSwitch(id="1", switch="storm"))
        assert reply is not None
        return reply.result, reply.data.get("prompt")

    assert await told() == ("open", None)
    await prompt(site, "storm warning")
    assert (await me.put(f"{path}/closing", prompt="nothing")).status_code == 422
    await me.ok("PUT", f"{path}/closing", {"prompt": "storm warning"})
    assert await told() == ("closed", "storm warning")
    (row,) = [one for one in await me.ok("GET", "/closings") if one["kind"] == "switch"]
    assert (row["name"], row["closing"]["prompt"], row["by"]["id"]) == ("storm", "storm warning", str(me.id))
    assert (await admin.delete(path)).status_code == 409, "who takes it away would open what somebody closed"
    await me.ok("DELETE", f"{path}/closing")
    assert await told() == ("open", None)
    agent = await site.sign_in("agent")
    assert (await agent.put(f"{path}/closing")).status_code == 403
    await admin.ok("DELETE", path)
    assert (await told())[0] == "failed"
    await admin.ok("POST", f"{path}/restore")
    assert await told() == ("open", None)
    actions = await site.world.value(
        "SELECT array_agg(action ORDER BY id) FROM audit_log WHERE subject_id = %(id)s", id=switch["id"]
    )
    assert actions == [
        f"closure_switch.{deed}" for deed in ("created", "turned_on", "turned_off", "archived", "restored")
    ]


async def test_a_flow_is_published_only_where_its_switch_and_queue_are(site: Site):
    async def missing() -> set[str | None]:
        async with site.world.transaction() as tx:
            found = await site.runtime.get(FlowService).check(tx, load(FLOW))
        return {problem.name for problem in found.errors}

    assert await missing() >= {"storm", "sales"}
    await (await site.sign_in("admin")).ok("POST", "/closure-switches", {"name": "storm"})
    await site.world.queue(name="sales")
    assert not await missing() & {"storm", "sales"}


async def test_the_place_that_a_caller_would_have_counts_those_before_them(site: Site):
    queue = await site.world.queue(name="sales")
    for priority in (0, 0, 10):
        await site.world.arrive(queue, priority=priority)
    for priority, place in ((0, 4), (5, 2), (20, 1)):
        reply = await ask(site, AskQueue(id="1", queue="sales", priority=priority))
        assert reply is not None
        assert (reply.data["position"], reply.data["waiting"]) == (place, 3)
