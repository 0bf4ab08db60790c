"""Tongdai for other machines: on a local network, for phones behind NAT, and behind NAT itself, with sound both ways.

The customer and the agent both send a tone that neither the menu nor the music has. The customer hears the agent's on the
line; the recording, one voice per channel, holds the customer's.
"""

import asyncio
import contextlib
import errno
import io
import json
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import soundfile as sf  # pyright: ignore[reportMissingTypeStubs]
from tests.drills.stack import CHECKOUT, Stack, running_stack
from tests.network.lab import Lab
from tests.ports import free_block
from tests.support import sound_of, until

from tongdai.entrypoints.simulate.media import PILOT_HZ
from tongdai.platform.config import load_settings

LINE = "19001200"
SERVER, DESK, CUSTOMER, ROUTER = "10.77.0.1", "10.77.0.2", "10.77.0.3", "10.77.0.4"
PUBLIC, INNER = "198.51.100.1", "10.78.0.1"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab.open() as opened:
        for name in ("server", "desk", "customer", "router", "home"):
            opened.machine(name)
        lan = {"server": SERVER, "desk": DESK, "customer": CUSTOMER, "router": ROUTER}
        opened.switch("lan", {name: f"{address}/24" for name, address in lan.items()})
        opened.switch("flat", {"router": "192.168.77.1/24", "home": "192.168.77.2/24"})
        opened.default_route("home", "192.168.77.1")
        opened.router(
            "router",
            'chain out { type nat hook postrouting priority 100; oifname "lan" masquerade random; };',
        )
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lan(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    data = tmp_path_factory.mktemp("lan") / "data"
    async with running_stack(data, "--listen", SERVER, before=lab.enter("server")) as started:
        yield started


async def run(lab: Lab, machine: str, module: str, **options: str) -> Any:
    """A module of ours on another machine of the lab; the JSON that it prints."""
    argv = [*lab.enter(machine), sys.executable, "-m", module]
    argv += [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return json.loads(output)


@asynccontextmanager
async def agent_at(lab: Lab, machine: str, stack: Stack) -> AsyncGenerator[None]:
    """One agent with a desk phone, at work on that machine."""
    argv = [*lab.enter(machine), sys.executable, "-m", "tongdai.entrypoints.cli", "simulate", "agents"]
    argv += ["--count", "1", "--talk", "3600", "--wrap-up", "1", "--data", str(stack.data)]
    output = stack.data.parent / f"agent-{machine}.out"
    with output.open("wb") as log:
        process = await asyncio.create_subprocess_exec(*argv, cwd=CHECKOUT, stdout=log, stderr=log)
    try:

        async def ready() -> Any:
            assert process.returncode is None, output.read_text()
            return await stack.rows("SELECT 1 FROM presence WHERE chosen = 'ready'")

        await until(ready, timeout=30)
        yield
        # Else the agent's next call would wait for the end of the wrap-up.
        await until(
            lambda: stack.rows("SELECT 1 FROM assignments HAVING bool_and(state = 'done')"), timeout=30
        )
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def call(lab: Lab, machine: str, stack: Stack, host: str, caller: str, **more: str) -> dict[str, Any]:
    trunk, port = stack.target.trunk, str(stack.target.sip_port)
    account = {"host": host, "port": port, "user": trunk["user"], "password": trunk["password"]}
    told = await run(lab, machine, "tests.network.caller", **account, number=LINE, caller=caller, **more)
    assert told["person"], f"the agent was not heard: {told}"
    return told


async def customers_tone_was_recorded(stack: Stack, caller: str) -> bool:
    """Whether the left channel of the call's recording carries the tone that the customer sent."""

    async def stored() -> Any:
        return await stack.rows(
            "SELECT r.path FROM recordings r JOIN interactions i ON i.id = r.interaction_id"
            " WHERE r.state = 'stored' AND i.peer LIKE %s",
            f"%{caller[1:]}",
        )

    ((path,),) = await until(stored, timeout=30)
    samples, rate = sf.read(io.BytesIO(sound_of(stack.data, path)))
    customer = samples[-2 * rate :, 0]
    spectrum = np.abs(np.fft.rfft(customer))
    strongest = float(np.argmax(spectrum)) * rate / len(customer)
    return abs(strongest - PILOT_HZ) < 10


def bound_addresses(stack: Stack, first: int, last: int) -> set[str]:
    """Addresses at which Asterisk has UDP ports of this range open, as /proc tells them."""
    found: set[str] = set()
    for line in Path(f"/proc/{stack.pid('asterisk')}/net/udp").read_text().splitlines()[1:]:
        address, _, port = line.split()[1].partition(":")
        if first <= int(port, 16) <= last:
            found.add(".".join(str(byte) for byte in reversed(bytes.fromhex(address))))
    return found


async def test_the_desktop_is_reached_by_https_alone_and_ari_not_at_all(lab: Lab, lan: Stack) -> None:
    settings = load_settings(lan.data / "run/settings.toml")
    ari_port = settings.ari_url.split("/")[2].partition(":")[2]
    told = await run(
        lab, "customer", "tests.network.visitor",
        url=lan.target.url, authority=str(lan.data / "tls/ca.pem"), ari_port=ari_port,
    )  # fmt: skip
    assert lan.target.url.startswith(f"https://{SERVER}:")
    assert told["desktop"].startswith("text/html")
    assert told["health"] == {"status": "ok"}
    assert "CERTIFICATE_VERIFY_FAILED" in told["without the authority"]
    assert told["realtime"] == 4401, "the events' WebSocket asks for a sign-in"
    assert told["sip"] == "sip"
    assert told["ari port"] == errno.ECONNREFUSED
    for way in ("ari", "ari by a detour"):
        assert "asterisk" not in told[way].lower()


async def test_a_call_over_the_local_network(lab: Lab, lan: Stack) -> None:
    async with agent_at(lab, "desk", lan):
        calling = asyncio.create_task(call(lab, "customer", lan, SERVER, "0912000001"))
        first = lan.target.sip_port + 1
        bound = await until(lambda: asyncio.to_thread(bound_addresses, lan, first, first + 297))
        told = await calling
    assert bound == {SERVER}, "the ports for sound are open on no other address"
    assert (told["media"], told["contact"]) == (SERVER, SERVER)
    assert await customers_tone_was_recorded(lan, "0912000001")


async def test_a_caller_and_a_desk_phone_behind_nat(lab: Lab, lan: Stack) -> None:
    """Both at home behind one router, which gives their packets its own address and other ports."""
    async with agent_at(lab, "home", lan):
        await call(lab, "home", lan, SERVER, "0912000002")
    assert await customers_tone_was_recorded(lan, "0912000002")


async def test_a_server_behind_nat_tells_its_public_address_outside_and_its_own_inside(
    tmp_path: Path,
) -> None:
    port = free_block(300)
    with Lab.open() as lab:
        for name in ("server", "desk", "gateway", "customer"):
            lab.machine(name)
        inner = {"server": f"{INNER}/24", "desk": "10.78.0.2/24", "gateway": "10.78.0.254/24"}
        lab.switch("inner", inner)
        lab.switch("outer", {"gateway": f"{PUBLIC}/24", "customer": "198.51.100.2/24"})
        lab.default_route("server", "10.78.0.254")
        lab.router(
            "gateway",
            f'chain in {{ type nat hook prerouting priority -100; iifname "outer" udp dport {port + 1}-{port + 299}'
            f" dnat to {INNER}; }};"
            'chain out { type nat hook postrouting priority 100; oifname "outer" masquerade; };',
        )
        environment = {"TONGDAI_EXTERNAL_ADDRESS": PUBLIC, "TONGDAI_LOCAL_NETWORKS": "10.78.0.0/24"}
        async with running_stack(
            tmp_path / "data",
            "--listen",
            INNER,
            before=lab.enter("server"),
            environment=environment,
            port=port,
        ) as stack:
            async with agent_at(lab, "desk", stack):
                outside = await call(lab, "customer", stack, PUBLIC, "0912000003")
                assert await customers_tone_was_recorded(stack, "0912000003")
            assert (outside["media"], outside["contact"]) == (PUBLIC, PUBLIC)
            async with agent_at(lab, "desk", stack):
                inside = await call(lab, "desk", stack, INNER, "0912000004")
            assert (inside["media"], inside["contact"]) == (INNER, INNER)


async def test_on_loopback_phones_sound_is_taken_on_loopback_alone(tmp_path: Path) -> None:
    from tests.drills.calls import Calls

    async with running_stack(tmp_path / "data") as stack:
        calls = Calls(stack)
        await calls.place(1)
        first = stack.target.sip_port + 1
        assert bound_addresses(stack, first, first + 297) == {"127.0.0.1"}
        await calls.hang_up()
