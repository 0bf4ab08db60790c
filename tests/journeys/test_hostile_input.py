"""What strangers send: nonsense to the HTTP API, nonsense and floods to the SIP port. Nothing breaks, nothing is stored."""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx
from tests.journeys.conftest import Demo
from tests.telephony import sip

INVITE = (
    "INVITE sip:19001200@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{n}\r\n"
    "From: <sip:stranger{n}@127.0.0.1>;tag={n}\r\nTo: <sip:19001200@127.0.0.1>\r\nCall-ID: flood-{n}\r\nCSeq: 1 INVITE\r\n"
    "Contact: <sip:stranger@127.0.0.1:{port}>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
)
TORTURE = (
    # In the spirit of RFC 4475: each breaks one rule of the grammar or of the semantics.
    INVITE.replace("Content-Length: 0", "Content-Length: 9999"),
    INVITE.replace("Content-Length: 0", "Content-Length: -999"),
    INVITE.replace("CSeq: 1 INVITE", "CSeq: 36893488147419103232 INVITE"),
    INVITE.replace("CSeq: 1 INVITE", "CSeq: 1 BYE"),
    INVITE.replace("Max-Forwards: 70", "Max-Forwards: 300\r\nMax-Forwards: x"),
    INVITE.replace("SIP/2.0\r\n", "SIP/7.0\r\n", 1),
    INVITE.replace("Via: SIP/2.0/UDP", "Via: SIP/2.0/UNKNOWN;;,;,,"),
    INVITE.replace("From: <", 'From: "unterminated <'),
    INVITE.replace("sip:19001200@127.0.0.1 SIP", "sip:user; par=u%40h@example.com;;;lr SIP"),
    INVITE.replace("INVITE sip", "!interesting-Method0123456789_*+`.%indeed'~ sip", 1),
    INVITE.replace("To: ", "TO :\r\n ", 1),
    INVITE.replace("Call-ID", "Call-ID: twice\r\nCall-ID"),
    INVITE.replace("stranger{n}", "%00%ff\u0000" + "a" * 3000),
    "\r\n\r\n\r\n",
    "\x00" * 400,
    "SIP/2.0 200 OK\r\n\r\n",
    INVITE[:120],
)


async def count(demo: Demo) -> int:
    headers = {"Authorization": f"Bearer {demo.facts['api_token']}"}
    async with httpx.AsyncClient(base_url=demo.url, headers=headers) as client:
        answer = await client.get("/api/v1/interactions", params={"limit": 200})
        board = (await client.get("/api/v1/live/board")).json()
        return len(answer.json()["items"]) + sum(queue["waiting"] for queue in board["queues"])


async def test_malformed_sip_and_a_flood_from_strangers_reach_nothing(demo: Demo, tmp_path: Path):
    before = await count(demo)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=("127.0.0.1", demo.sip_port)
    )
    port = transport.get_extra_info("sockname")[1]
    for message in TORTURE:
        transport.sendto(
            message.replace("{port}", str(port)).replace("{n}", "1").encode("utf-8", "surrogatepass")
        )
    for number in range(500):
        transport.sendto(INVITE.format(port=port, n=number).encode())
        if number % 50 == 0:
            await asyncio.sleep(0.02)
    transport.close()
    call = await sip.call(
        tmp_path,
        demo.sip_port,
        "19001200",
        sip.Scenario().pause(300),
        user=demo.trunk["user"],
        password=demo.trunk["password"],
    )
    assert await call.finished() == 0, call.problem()
    async with asyncio.timeout(30):
        while await count(demo) != before + 1:
            await asyncio.sleep(0.05)


def test_no_request_makes_the_server_fail(demo: Demo, tmp_path: Path):
    """Schemathesis over the whole OpenAPI as administrator: any 5xx fails. It keeps its hands off its own token."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")), "run", f"{demo.url}/api/v1/openapi.json",
            "-H", f"Authorization: Bearer {demo.facts['api_token']}", "-c", "not_a_server_error", "-n", "4",
            "--phases", "fuzzing", "--continue-on-failure", "--no-color", "--generation-database", "none",
            "--exclude-path-regex", "sign-out|auth/|/tokens|/roles|/users|/settings",
        ],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    headers = {"Authorization": f"Bearer {demo.facts['api_token']}"}
    assert httpx.get(f"{demo.url}/api/v1/contacts", headers=headers).status_code == 200
