"""A supervisor's evening: a queue is closed in an emergency and opened again; somebody waits where nobody works, and an alert is
seen, heard and looked after; agents are moved there, sent to a break and signed out while they talk.

Callers are real ones with tones of their own, so that who hears whom, and what was recorded, is measured. One story, because
two of its waits (half a minute until an alert is over, the time of grace of who is signed out) pass at the same time.
"""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import soundfile as sf  # pyright: ignore[reportMissingTypeStubs]
from playwright.async_api import Browser, Locator, Page, expect
from tests.journeys.conftest import Demo, api, eventually, sign_in
from tests.journeys.test_a_call_is_answered import assignment, ready
from tests.journeys.test_working_together import finish, hears, page_hears
from tests.journeys.the_floor import CLOSED_HZ, NUMBER, STRAIGHT, Caller, Floor, staffed
from tests.journeys.tones import CUSTOMER_HZ, FIRST_HZ, SECOND_HZ, TONE_FILE
from tests.telephony.rtp import strength

RECORDED_HZ, BEEP_HZ = 800, 1046
WAITS = "complaints: 1 waiting"
SPY = """
window.played = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) {
  window.played.push(this.frequency.value);
  return start.apply(this, at);
};
const later = window.setTimeout;
window.setTimeout = (work, ms, ...more) => later(work, window.hurried && ms > 50_000 && ms <= 60_000 ? 300 : ms, ...more);
"""
"""Keeps the notes that the page plays; a hurried page waits for no whole minute."""


@pytest.fixture
async def floor(demo: Demo, tmp_path: Path) -> AsyncIterator[Floor]:
    async with staffed(demo, tmp_path) as made:
        yield made


async def opened(browser: Browser, demo: Demo, name: str, path: str) -> Page:
    """Signed in, and at this screen, with the spy."""
    page = await sign_in(browser, demo, name)
    await page.add_init_script(SPY)
    await page.goto(f"{demo.url}{path}")
    await page.get_by_role("button", name="Your state:").wait_for()
    return page


async def prefers(page: Page, demo: Demo, **wanted: Any) -> None:
    assert (await page.request.patch(f"{demo.url}/api/v1/auth/me", data=wanted)).ok


async def played(page: Page) -> bool:
    return BEEP_HZ in [round(hertz) for hertz in await page.evaluate("window.played")]


async def recording(page: Page, wanted: str) -> None:
    async def is_so() -> bool:
        call = (await api(page, "/workspace"))["call"]
        return call is not None and call["recording"] == wanted

    await eventually(is_so)


def tile(boss: Page, name: str) -> Locator:
    return boss.get_by_role("option").filter(has_text=name)


async def panel(boss: Page, name: str) -> Locator:
    """The agent up close."""
    await tile(boss, name).click()
    return boss.get_by_role("dialog", name=name, exact=True)


async def closes(boss: Page) -> None:
    """The dialog or the panel."""
    await boss.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()
    await boss.get_by_role("dialog").wait_for(state="detached")


async def closing(boss: Page) -> Locator:
    """The line of complaints among what may be closed."""
    await boss.get_by_role("button", name="Emergency closing").click()
    return boss.get_by_role("dialog").get_by_role("listitem").filter(has_text="complaints")


async def a_queue_is_closed_and_opened_again(boss: Page, floor: Floor) -> None:
    row = await closing(boss)
    await row.get_by_role("button", name="Close…").click()
    await row.get_by_role("combobox", name="Say before").click()
    await boss.get_by_role("option", name="storm").click()
    await row.get_by_role("button", name="Close now").click()
    await boss.get_by_text("complaints is closed.").wait_for()
    await closes(boss)
    await boss.get_by_role("article", name="complaints: Closed").wait_for()

    caller = await floor.dials(NUMBER, "0901000001")
    await caller.leg.request("BYE", timeout=15)
    assert caller.heard(CLOSED_HZ)
    await caller.media.close()

    async def over() -> Any:
        call = await floor.call_of(caller)
        return call if call["result"] else None

    call = await eventually(over)
    assert [(step["node"], step["result"]) for step in call["flow_path"]][1:] == [
        ("wait", "closed"),
        ("shut", None),
    ]
    assert {segment["kind"] for segment in call["segments"]} == {"flow"}, "nobody waits in what is closed"

    row = await closing(boss)
    await row.get_by_text(f"by {await name_of(boss)}").wait_for()
    await row.get_by_role("button", name="Open again").click()
    await boss.get_by_text("complaints is open again.").wait_for()
    await closes(boss)
    await boss.get_by_role("article", name="complaints: In order").wait_for()


async def name_of(page: Page) -> str:
    return (await api(page, "/auth/me"))["user"]["name"]


async def the_wall_turns_its_pages(wall: Page) -> None:
    queues, teams = (wall.get_by_role("region", name=name, exact=True) for name in ("Queues", "Teams"))
    await teams.wait_for()  # by itself
    await wall.keyboard.press("p")
    await wall.get_by_role("button", name="Go on turning pages").wait_for()
    if await queues.is_visible():
        await wall.keyboard.press("ArrowRight")
    await expect(teams.get_by_role("article", name="Hotline")).to_be_visible()
    await wall.keyboard.press("ArrowLeft")
    await expect(queues.get_by_role("article")).to_have_count(4)


async def an_alert_is_raised(boss: Page, watcher: Page, wall: Page, floor: Floor) -> Caller:
    sound = boss.get_by_role("switch", name="Sound")
    await sound.press("Space")
    await expect(sound).to_be_checked()
    caller = await floor.dials(NUMBER, "0901000002")
    alerts = boss.get_by_role("region", name="Alerts", exact=True)
    await alerts.get_by_text(WAITS).wait_for()
    await watcher.get_by_text(f"Critical: {WAITS}").wait_for()
    await eventually(lambda: played(boss))
    assert not await played(watcher), "who did not switch it on"
    card = wall.get_by_role("article").filter(has=wall.get_by_role("heading", name="complaints"))
    await expect(card.get_by_text("1", exact=True)).to_be_visible()
    await wall.get_by_text(WAITS).wait_for()

    await alerts.get_by_role("button", name="I look after it").click()
    await alerts.get_by_text(f"{await name_of(boss)} looks after it").wait_for()
    await wall.get_by_text(WAITS).wait_for(state="detached")
    return caller


async def agents_are_moved_to_who_waits(boss: Page, agents: list[str], taker: Page, caller: Caller) -> None:
    for name in agents:
        await tile(boss, name).click(modifiers=["Control"])
    await boss.get_by_role("button", name="Change queues…").click()
    dialog = boss.get_by_role("dialog")
    await dialog.get_by_role("radiogroup", name="complaints").get_by_text("Put in", exact=True).click()
    await dialog.get_by_text(f"Puts {' and '.join(agents)} into complaints.").wait_for()
    await dialog.get_by_role("button", name="Change queues", exact=True).click()
    undo = boss.get_by_role("button", name="Undo")
    await undo.hover()  # the notice stays as long as that
    await taker.get_by_test_id("offer").wait_for()
    await taker.keyboard.press("Alt+a")
    assert (await assignment(taker, "accepted"))["queue"]["name"] == "complaints"
    await undo.click()
    await hears(caller.media, {SECOND_HZ})
    await caller.hangs_up()
    await assignment(taker, "wrap_up")
    await finish(taker)


async def an_agent_is_sent_to_a_break(boss: Page, name: str, agent: Page) -> None:
    side = await panel(boss, name)
    await side.get_by_role("button", name="Not ready…").click()
    await boss.get_by_role("menuitem", name="Break").click()
    await agent.get_by_text(f"{await name_of(boss)} changed your state: Break").wait_for()
    await agent.get_by_role("button", name="Your state: Break").wait_for()
    assert (await api(agent, "/workspace"))["presence"]["shown"] == "not_ready"
    await closes(boss)


async def holds_and_records(agent: Page, caller: Caller) -> None:
    await hears(caller.media, {FIRST_HZ})
    await agent.evaluate("() => { window.played = []; window.hurried = true; }")
    await agent.keyboard.press("Alt+h")
    await agent.get_by_role("status").filter(has_text="Still on hold").wait_for()
    assert await played(agent)
    await agent.keyboard.press("Alt+h")
    await agent.get_by_text("Still on hold").wait_for(state="detached")
    await agent.evaluate("window.hurried = false")
    await hears(caller.media, {FIRST_HZ})

    await recording(agent, "off")
    for hertz, wanted in ((RECORDED_HZ, "on"), (CUSTOMER_HZ, "paused"), (RECORDED_HZ, "on")):
        if wanted == "paused":
            await agent.keyboard.press("Alt+c")
            await recording(agent, wanted)
        caller.media.speak(hertz)
        await page_hears(agent, hertz)
        if wanted == "on":
            await agent.keyboard.press("Alt+c")
            await recording(agent, wanted)
            await talks_on(caller)
    await agent.get_by_role("button", name="Pause recording").wait_for()


async def talks_on(caller: Caller) -> None:
    """For another second, by what the customer hears."""
    enough = len(caller.media.heard) + 8000

    async def heard() -> bool:
        return len(caller.media.heard) >= enough

    await eventually(heard)


async def is_signed_out(boss: Page, name: str, agent: Page) -> None:
    side = await panel(boss, name)
    await side.get_by_role("button", name="Sign out everywhere").click()
    question = boss.get_by_role("dialog", name=f"Sign {name} out everywhere?")
    await question.get_by_text("goes back to the front of the queue").wait_for()
    await question.get_by_role("button", name="Sign out everywhere").click()
    await boss.get_by_text(f"{name} is signed out everywhere.").wait_for()
    await question.wait_for(state="detached")
    await closes(boss)
    await agent.wait_for_url("**/sign-in**")
    await agent.get_by_role("heading", name="Sign in").wait_for()


async def signs_in_again(agent: Page, user: dict[str, str]) -> None:
    await agent.fill("input[type=email]", user["email"])
    await agent.fill("input[type=password]", user["password"])
    await agent.keyboard.press("Enter")
    await agent.wait_for_url("**/workspace")


async def is_found_and_listened_to(watcher: Page, demo: Demo, interaction_id: str) -> None:
    """Of what the customer said, that alone is in it which was said while the agent recorded."""
    await watcher.goto(f"{demo.url}/calls")
    await watcher.get_by_role("combobox", name="Recording").click()
    await watcher.get_by_role("option", name="Recorded", exact=True).click()
    row = watcher.locator(f"a[href$='/calls/{interaction_id}']")
    await row.wait_for()
    await expect(watcher.get_by_role("main").get_by_text("0901 000 001")).to_have_count(0)
    await row.click()
    await watcher.get_by_role("button", name="Play", exact=True).click()
    await eventually(lambda: watcher.evaluate("document.querySelector('main audio').currentTime > 0.3"))

    (kept,) = (await api(watcher, f"/interactions/{interaction_id}"))["recordings"]
    audio = await watcher.request.get(f"{demo.url}/api/v1/recordings/{kept['id']}/audio")
    samples, rate = sf.read(io.BytesIO(await audio.body()))  # pyright: ignore[reportUnknownMemberType]
    tenths = [samples[at : at + rate // 10] for at in range(0, len(samples), rate // 10)]

    def seconds(channel: int, hertz: float) -> float:
        return sum(strength(list(tenth[:, channel]), hertz, rate) > 0.5 for tenth in tenths) / 10

    assert seconds(0, RECORDED_HZ) > 1
    assert seconds(0, CUSTOMER_HZ) == 0
    assert seconds(1, FIRST_HZ) > 1


def is_one_whole_story(call: dict[str, Any], first: str, then: str) -> None:
    """Every moment of the customer is somewhere, with whoever had them."""
    parts = [part for part in call["segments"] if part["participant"] == "customer"]
    had = [(part["kind"], part["user"] and part["user"]["name"]) for part in parts]
    assert [kind for kind, _ in had] == ["wait", "talk", "hold", "talk", "wait", "talk"], had
    assert [user for kind, user in had if kind in ("talk", "hold")] == [first, first, first, then], had
    assert [part["end"] for part in parts[:-1]] == [part["start"] for part in parts[1:]]


@pytest.mark.parametrize("browser", [[f"--use-file-for-fake-audio-capture={TONE_FILE}"]], indirect=True)
async def test_a_supervisors_evening(browser: Browser, second: Browser, demo: Demo, floor: Floor):
    emma, james = demo.user("agent5")["name"], demo.user("agent6")["name"]
    boss = await sign_in(browser, demo, "supervisor")
    await prefers(boss, demo, locale="en", alert_sound=False)
    await boss.add_init_script(SPY)
    await boss.goto(f"{demo.url}/live")
    watcher = await opened(browser, demo, "manager", "/contacts")
    wall = await watcher.context.new_page()
    await wall.goto(f"{demo.url}/wall?every=5")
    agent = await opened(browser, demo, "agent5", "/workspace")
    colleague = await opened(second, demo, "agent6", "/workspace")
    await ready(colleague)

    await a_queue_is_closed_and_opened_again(boss, floor)
    await the_wall_turns_its_pages(wall)
    caller = await an_alert_is_raised(boss, watcher, wall, floor)
    await agents_are_moved_to_who_waits(boss, [emma, james], colleague, caller)
    await an_agent_is_sent_to_a_break(boss, james, colleague)

    await ready(agent)
    caller = await floor.dials(STRAIGHT, "0912345678")
    await agent.get_by_test_id("offer").wait_for()
    await agent.keyboard.press("Alt+a")
    talking = await assignment(agent, "accepted")
    await holds_and_records(agent, caller)
    await is_signed_out(boss, emma, agent)
    await hears(caller.media, set())
    later = await floor.dials(STRAIGHT, "0987654321")
    await floor.wait_in("support", 1)
    assert await floor.place_of(talking["interaction_id"]) is None, "the time of grace"
    await floor.wait_in("support", 2, 40)
    assert await floor.place_of(talking["interaction_id"]) == 1

    await signs_in_again(agent, demo.user("agent5"))
    if (await api(agent, "/workspace"))["assignments"]:  # the wrap-up may have ended by itself
        await finish(agent)
    await colleague.keyboard.press("Alt+r")
    await colleague.get_by_test_id("offer").get_by_text("Nguyễn Văn Đức").first.wait_for()
    await colleague.keyboard.press("Alt+a")
    assert (await assignment(colleague, "accepted"))["interaction_id"] == talking["interaction_id"]
    await hears(caller.media, {SECOND_HZ})
    await floor.wait_in("support", 1)
    await later.hangs_up()
    await caller.hangs_up()
    await assignment(colleague, "wrap_up")
    await finish(colleague)
    call = await floor.call_of(caller)
    assert call["id"] == talking["interaction_id"]
    is_one_whole_story(call, emma, james)
    await is_found_and_listened_to(watcher, demo, call["id"])

    await boss.get_by_text("Nothing is over its threshold.").wait_for()
    await boss.get_by_role("link", name="Past alerts").click()
    alert = boss.get_by_role("row").filter(has_text=WAITS).first
    await expect(alert).to_contain_text(await name_of(boss))
    await expect(alert).not_to_contain_text("still on")
    await prefers(boss, demo, locale="vi", alert_sound=False)
    for page in (agent, colleague):  # the next journey chooses its agents itself
        assert (await page.request.put(f"{demo.url}/api/v1/presence/me", data={"state": "offline"})).ok
