"""A customer on another machine: calls, sends a tone, and tells what came back. Run within a namespace of the lab."""

import argparse
import asyncio
import json
import re
from typing import Any

from tongdai.entrypoints.simulate.media import Ticker, voice
from tongdai.entrypoints.simulate.phone import Account, Phone


class Listener(Phone):
    """Keeps what it was sent."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.heard: list[str] = []

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.heard.append(data.decode(errors="replace"))
        super().datagram_received(data, addr)


async def call(account: Account, number: str, caller: str, packets: int) -> dict[str, Any]:
    """Until a person was heard, and so many packets more; {person, received, media, contact} as JSON."""
    ticker = Ticker()
    phone = Listener(account, ticker, voice(200, pilot=True))
    await phone.open()
    dialog = await phone.call(number, caller)
    try:
        async with asyncio.timeout(30):
            await dialog.media.person.wait()
            before = dialog.media.received
            while dialog.media.received < before + packets:
                await asyncio.sleep(0.02)
    except TimeoutError:
        pass
    told = {
        "person": dialog.media.person.is_set(),
        "received": dialog.media.received,
        "media": _last(phone.heard, r"^c=IN IP4 (\S+)"),
        "contact": _last(phone.heard, r"^Contact: <sip:([^:>;]+)"),
    }
    await phone.close()
    ticker.stop()
    return told


def _last(messages: list[str], pattern: str) -> str | None:
    found = [
        match[1] for text in messages if (match := re.search(pattern, text, re.MULTILINE | re.IGNORECASE))
    ]
    return found[-1] if found else None


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("host", "user", "password", "number", "caller"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--packets", type=int, default=100, help="fifty a second")
    options = parser.parse_args()
    account = Account(options.host, options.port, options.user, options.password)
    print(json.dumps(asyncio.run(call(account, options.number, options.caller, options.packets))))


if __name__ == "__main__":
    main()
