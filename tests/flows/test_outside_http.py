"""The http verb carried out: it reaches public web services and nothing else, within its limits."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.flows.commands import HttpRequest
from tongdai.flows.outside.addresses import is_public
from tongdai.flows.outside.http import HttpPerformer, matches
from tongdai.kit.ids import new_id

TENANT = new_id()
Answer = Callable[[bytes], Awaitable[bytes] | bytes]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "192.0.2.1", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::",
        "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "2001:db8::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
        "ff02::1", "fec0::1", "100::1", "not an address", "", "127.1", "0x7f000001", "2130706433", "017700000001",
    ],
)  # fmt: skip
def test_refused_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


_PRIVATE = ["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]


@given(st.sampled_from(_PRIVATE), st.integers(0, 2**32 - 1))
def test_no_disguise_of_a_private_address_passes(network: str, offset: int) -> None:
    base = ip_network(network)
    four = IPv4Address(int(base.network_address) + offset % base.num_addresses)
    disguises = [
        IPv6Address((0xFFFF << 32) | int(four)),
        IPv6Address(int(four)),
        IPv6Address((0x2002 << 112) | (int(four) << 80)),
        IPv6Address((0x0064FF9B << 96) | int(four)),
        IPv6Address((0x20010000 << 96) | (int(four) ^ 0xFFFFFFFF)),
    ]
    assert not is_public(str(four))
    for disguise in disguises:
        assert not is_public(str(disguise)), disguise


def command(url: str, **fields: object) -> HttpRequest:
    return HttpRequest.model_validate({"id": "r:1.1", "method": "GET", "url": url, "timeout": 2, **fields})


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://2130706433/",
        "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://169.254.169.254/latest/meta-data/", "http://0/",
        "http://user@8.8.8.8/", "http://8.8.8.8:22/", "ftp://8.8.8.8/", "file:///etc/passwd", "http:///x", "gopher://8.8.8.8/",
        "http://[fe80::1%25lo]/", "http://localhost./", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/",
    ],
)  # fmt: skip
async def test_no_way_of_writing_it_reaches_us(url: str) -> None:
    async with HttpPerformer() as performer:
        reply = await performer.perform(TENANT, command(url))
    assert reply.result in ("refused", "failed"), reply


async def test_a_name_with_one_private_address_is_refused_and_the_checked_address_is_used() -> None:
    asked: list[str] = []

    async def mixed(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.215.14", "10.0.0.1"]

    async with HttpPerformer(resolver=mixed) as performer:
        reply = await performer.perform(TENANT, command("https://rebind.example/"))
    assert reply.result == "refused"
    assert asked == ["rebind.example"]


async def test_the_tenants_list_of_hosts() -> None:
    async def hosts(_: object) -> list[str]:
        return ["api.example.com", "*.good.example"]

    async def public(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host} was looked up")

    async with HttpPerformer(hosts=hosts, resolver=public) as performer:
        for host in ("evil.example", "good.example", "api.example.com.evil.example", "xgood.example"):
            reply = await performer.perform(TENANT, command(f"https://{host}/"))
            assert "not on the list" in reply.data["reason"]
    assert matches("a.good.example", "*.good.example")


class Server:
    """A web service on this machine that answers each path as told."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[], Awaitable[bytes]]] = {}
        self.requests: list[bytes] = []
        self.port = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(head)
        path = head.split(b" ")[1].decode().split("?")[0]
        try:
            writer.write(await self.answers[path]())
            await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def say(self, path: str, body: bytes, status: str = "200 OK", headers: str = "") -> None:
        async def answer() -> bytes:
            return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body

        self.answers[path] = answer


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listener = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield made


@pytest.fixture
async def performer(server: Server) -> AsyncIterator[HttpPerformer]:
    """Allowed to reach the test's own server, which is found as shop.example."""

    async def find(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with HttpPerformer(
        resolver=find, allowed=lambda address: address == "127.0.0.1", ports=None
    ) as made:
        yield made


async def test_values_are_taken_from_the_answer(server: Server, performer: HttpPerformer) -> None:
    server.say("/a", json.dumps({"data": [{"balance": 12.5}], "name": "Ї"}).encode())
    reply = await performer.perform(
        TENANT,
        command(
            f"http://shop.example:{server.port}/a", headers={"x-key": "k"},
            extract={"balance": "data[0].balance", "name": "$.name", "none": "x.y", "last": "data[-1]"},
        ),
    )  # fmt: skip
    assert reply.result == "answered"
    assert reply.data == {
        "status": 200,
        "values": {"balance": 12.5, "name": "Ї", "none": None, "last": {"balance": 12.5}},
    }
    head = server.requests[0].lower()
    assert f"host: shop.example:{server.port}".encode() in head
    assert b"x-key: k" in head


@pytest.mark.parametrize(("path", "result", "reason"), [
    ("/redirect", "refused", "redirects"), ("/big", "refused", "larger"), ("/bomb", "refused", "larger"),
    ("/headers", "refused", "headers"), ("/slow", "timeout", ""), ("/garbage", "failed", ""),
])  # fmt: skip
async def test_limits(server: Server, performer: HttpPerformer, path: str, result: str, reason: str) -> None:
    server.say("/redirect", b"", "302 Found", "Location: http://169.254.169.254/\r\n")
    server.say("/big", b"x" * 1_100_000)
    if path == "/bomb":
        server.say("/bomb", gzip.compress(bytes(100_000_000), 1), headers="Content-Encoding: gzip\r\n")
    server.say("/headers", b"{}", headers="".join(f"X-{n}: {'y' * 900}\r\n" for n in range(40)))

    async def slow() -> bytes:
        await asyncio.sleep(5)  # slow on purpose: the far side
        return b""

    async def garbage() -> bytes:
        return b"this is not http\r\n\r\n"

    server.answers.update({"/slow": slow, "/garbage": garbage})
    reply = await performer.perform(TENANT, command(f"http://shop.example:{server.port}{path}", timeout=1))
    assert reply.result == result
    assert reason in str(reply.data.get("reason", ""))


async def test_statuses_and_odd_bodies(server: Server, performer: HttpPerformer) -> None:
    server.say("/404", b"nope", "404 Not Found")
    server.say("/text", b"not json")
    server.say("/deep", b"[" * 100_000)
    for path, status in (("/404", 404), ("/text", 200), ("/deep", 200)):
        reply = await performer.perform(
            TENANT, command(f"http://shop.example:{server.port}{path}", extract={"x": "a"})
        )
        assert (reply.result, reply.data["status"], reply.data["values"]) == ("answered", status, {"x": None})
