"""A browser's place on another machine: what is reachable there, and by whose certificate. Run within a namespace of the lab."""

import argparse
import asyncio
import json
import socket
import ssl
from urllib.parse import urlsplit

import httpx
import websockets


async def look(url: str, authority: str, ari_port: int) -> dict[str, object]:
    trust = ssl.create_default_context(cafile=authority)
    secure = url.replace("https", "wss", 1)
    told: dict[str, object] = {}
    async with httpx.AsyncClient(verify=trust) as client:
        told["desktop"] = (await client.get(url)).headers["content-type"]
        told["health"] = (await client.get(f"{url}/api/v1/health")).json()
        told["ari"] = (await client.get(f"{url}/ari/asterisk/info")).text[:200]
        told["ari by a detour"] = (await client.get(f"{url}/sip/../ari/asterisk/info")).text[:200]
    try:
        async with httpx.AsyncClient() as client:
            await client.get(url)
        told["without the authority"] = "trusted"
    except httpx.ConnectError as error:
        told["without the authority"] = str(error)
    async with websockets.connect(f"{secure}/api/v1/realtime", ssl=trust, origin=url) as opened:  # type: ignore[arg-type]
        try:
            await opened.recv()
        except websockets.ConnectionClosed as closed:
            told["realtime"] = closed.rcvd.code if closed.rcvd else None
    protocols = [websockets.Subprotocol("sip")]
    async with websockets.connect(f"{secure}/sip", ssl=trust, subprotocols=protocols) as opened:
        told["sip"] = opened.subprotocol
    with socket.socket() as probe:
        probe.settimeout(3)
        told["ari port"] = probe.connect_ex((urlsplit(url).hostname or "", ari_port))
    return told


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--authority", required=True)
    parser.add_argument("--ari-port", type=int, required=True)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(look(options.url, options.authority, options.ari_port))))


if __name__ == "__main__":
    main()
