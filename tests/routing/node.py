"""One app node with nothing but routing, as a process: `python -m tests.routing.node DSN`. Ends when its input does."""

import asyncio
import sys

from tongdai.entrypoints.modules import register_all
from tongdai.platform.config import Settings
from tongdai.platform.registry import Registry


async def main(dsn: str) -> None:
    registry = register_all(Registry())
    async with registry.running(Settings(database_dsn=dsn)):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
