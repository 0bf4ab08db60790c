"""A browser whose network lets no UDP through but to a relay: coturn, with credentials that end by themselves.

Real coturn, Chromium behind NAT, Asterisk on another machine; sound both ways, and the selected path is the relay's.
"""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright
from tests.drills.stack import Stack, running_stack
from tests.journeys.conftest import CHROMIUM, FLAGS, api, eventually
from tests.journeys.test_a_call_is_answered import HEARD
from tests.journeys.tones import write_tone
from tests.network.lab import Lab
from tests.network.test_networks import call

from tongdai.entrypoints.simulate.media import PILOT_HZ

SERVER, RELAY, CUSTOMER, ROUTER = "10.79.0.1", "10.79.0.2", "10.79.0.3", "10.79.0.4"
SECRET = "a secret of coturn and Tongdai"
REMEMBER_CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); window.connections.push(this); window.iceServers = given[0].iceServers; }
};
"""
READY = """() => fetch('/api/v1/presence/me', {
  method: 'PUT', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({state: 'ready'}),
})"""
SELECTED = """async () => {
  for (const connection of window.connections) {
    const stats = [...(await connection.getStats()).values()];
    const pair = stats.find(one => one.type === 'candidate-pair' && one.nominated && one.state === 'succeeded');
    if (pair) return stats.find(one => one.id === pair.localCandidateId).candidateType;
  }
  return null;
}"""


@contextmanager
def relay(lab: Lab, directory: Path) -> Generator[None]:
    argv = [*lab.enter("relay"), *lab.program("usr/bin/turnserver"), "-n", "--realm=tongdai"]
    argv += [
        "--listening-ip",
        RELAY,
        "--relay-ip",
        RELAY,
        "--use-auth-secret",
        "--static-auth-secret",
        SECRET,
    ]
    argv += ["--log-file=stdout", f"--pidfile={directory}/turn.pid", f"--userdb={directory}/turn.db"]
    with (directory / "relay.out").open("wb") as log:
        process = subprocess.Popen(argv, cwd=directory, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab.open() as opened:
        for name in ("server", "relay", "customer", "router", "home"):
            opened.machine(name)
        lan = {"server": SERVER, "relay": RELAY, "customer": CUSTOMER, "router": ROUTER}
        opened.switch("lan", {name: f"{address}/24" for name, address in lan.items()})
        opened.switch("flat", {"router": "192.168.79.1/24", "home": "192.168.79.2/24"})
        opened.default_route("home", "192.168.79.1")
        opened.router(
            "router",
            'chain out { type nat hook postrouting priority 100; oifname "lan" masquerade; };'
            f"chain wall {{ type filter hook forward priority 0; meta l4proto udp ip saddr {SERVER} drop;"
            f" meta l4proto udp ip daddr {SERVER} drop; }};",
        )
        yield opened


@pytest.fixture
async def browser(lab: Lab, tmp_path: Path) -> AsyncIterator[Browser]:
    """Chromium at home, whose microphone hears the tone that tells a person."""
    tone = tmp_path / "tone.wav"
    write_tone(tone, PILOT_HZ)
    program = next(path for path in CHROMIUM if Path(path).exists())
    start = tmp_path / "chromium-at-home"
    start.write_text(f'#!/bin/sh\nexec {" ".join(lab.enter("home"))} {program} "$@"\n')
    start.chmod(0o755)
    async with async_playwright() as playwright:
        flags = [*FLAGS, f"--use-file-for-fake-audio-capture={tone}"]
        opened = await playwright.chromium.launch(executable_path=start, args=flags)
        yield opened
        await opened.close()


async def sign_in(browser: Browser, stack: Stack) -> Page:
    context = await browser.new_context(ignore_https_errors=True, permissions=["microphone"], locale="en-US")
    await context.add_init_script(REMEMBER_CONNECTIONS)
    page = await context.new_page()
    await page.goto(stack.target.url)
    user = next(user for user in stack.target.users if user["role"] == "agent")
    await page.fill("input[type=email]", user["email"])
    await page.fill("input[type=password]", user["password"])
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/workspace")
    return page


async def test_a_browser_that_reaches_nothing_but_a_relay_talks(
    lab: Lab, browser: Browser, tmp_path: Path
) -> None:
    environment = {"TONGDAI_ICE_SERVERS": f"turn:{RELAY}:3478", "TONGDAI_TURN_SECRET": SECRET}
    data = tmp_path / "data"
    async with running_stack(
        data, "--listen", SERVER, before=lab.enter("server"), environment=environment
    ) as stack:
        with relay(lab, tmp_path):
            page = await sign_in(browser, stack)
            await page.evaluate(READY)

            async def registered() -> bool:
                phone = await api(page, "/phone/me")
                return any(one["registered"] for one in phone["devices"])

            await eventually(registered)
            calling = asyncio.create_task(call(lab, "customer", stack, SERVER, "0912000009", packets="400"))
            await page.get_by_test_id("offer").wait_for(timeout=30_000)
            await page.keyboard.press("Alt+a")

            async def heard() -> Any:
                sound = await page.evaluate(HEARD)
                return sound is not None and abs(sound["hertz"] - PILOT_HZ) < 15

            await eventually(heard)
            assert await page.evaluate(SELECTED) == "relay"
            (server,) = await page.evaluate("window.iceServers")
            until, _, _ = server["username"].partition(":")
            assert time.time() < int(until) <= time.time() + 12 * 3600 + 5
            await calling  # the customer heard the browser's microphone
