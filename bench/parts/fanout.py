"""The baseline: nothing but a fan-out. The same server library with the same settings; what it is given by POST goes to as many
of its sockets as it is told, with the time at which it was given. No database, no permissions, no board.
"""

import argparse
import asyncio
import time

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tongdai.entrypoints.serve import WEBSOCKETS

_outboxes: list["asyncio.Queue[str]"] = []


async def watch(socket: WebSocket) -> None:
    await socket.accept()
    outbox: asyncio.Queue[str] = asyncio.Queue()
    _outboxes.append(outbox)
    sending = asyncio.create_task(_send(socket, outbox))
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        _outboxes.remove(outbox)
        sending.cancel()


async def _send(socket: WebSocket, outbox: "asyncio.Queue[str]") -> None:
    while True:
        await socket.send_text(await outbox.get())


async def tell(request: Request) -> Response:
    body = (await request.body()).decode()
    message = f"{time.time()}|{body}"
    for outbox in _outboxes[: int(request.query_params["sockets"])]:
        outbox.put_nowait(message)
    return Response(status_code=204)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    app = Starlette(routes=[WebSocketRoute("/watch", watch), Route("/tell", tell, methods=["POST"])])
    uvicorn.run(
        app,
        fd=parser.parse_args().fd,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        **WEBSOCKETS,
    )


if __name__ == "__main__":
    main()
