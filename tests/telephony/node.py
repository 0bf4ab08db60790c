"""One app node as a process: `python -m tests.telephony.node SETTINGS`. Says "owns" once it drives the Asterisk; ends when its
input does."""

import asyncio
import sys

from tongdai.entrypoints.modules import register_all
from tongdai.platform.config import Settings
from tongdai.platform.registry import Registry
from tongdai.telephony.exchange import Exchange


async def main(settings: Settings) -> None:
    registry = register_all(Registry())
    async with registry.running(settings) as runtime:
        exchange = runtime.get(Exchange)
        while not exchange.owns:
            await asyncio.sleep(0.02)
        print("owns", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Settings.model_validate_json(sys.argv[1])))
