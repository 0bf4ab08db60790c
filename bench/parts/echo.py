"""A bare WebSocket echo on the server library of the product: what is left when nothing is stored or told to anybody else."""

import argparse

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tongdai.entrypoints.serve import WEBSOCKETS


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        return


app = Starlette(routes=[WebSocketRoute("/", echo)])

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    uvicorn.run(
        app,
        fd=parser.parse_args().fd,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        **WEBSOCKETS,
    )
