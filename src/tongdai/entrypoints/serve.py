"""One app process. Apart from the command line, so that a restart imports nothing that it does not need."""

import argparse
import importlib
import os
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp as ASGIApplication

from tongdai.entrypoints.stack_options import DEFAULT_APP
from tongdai.platform.config import ConfigurationError, load_settings
from tongdai.platform.embedded.spare import await_word

PATIENCE_S = 8.0
"""For an orderly end after SIGTERM."""
WEBSOCKETS: dict[str, Any] = {
    "ws_max_size": 1 << 20,
    "ws_ping_interval": 20,
    "ws_ping_timeout": 20,
    # Live messages are a few hundred bytes: packing each of them for each browser costs more than it saves.
    "ws_per_message_deflate": False,
}


def serve(
    *,
    app: str | ASGIApplication = DEFAULT_APP,
    host: str = "127.0.0.1",
    port: int = 8000,
    descriptor: int | None = None,
    config: Path | None = None,
    reload: bool = False,
) -> None:
    """Serve until SIGTERM. `app` is made already, or names what makes it.

    `descriptor` is a listening Unix socket that the supervisor holds for us.

    Raises ConfigurationError before anything is bound. Behind our edge the address of the client is taken from
    X-Forwarded-For, which the edge sets; on a port of our own only a proxy on the same machine is believed.
    """
    if config is not None:
        os.environ["TONGDAI_CONFIG"] = str(config)
    load_settings()
    address: dict[str, Any] = {"host": host, "port": port} if descriptor is None else {"fd": descriptor}
    options: dict[str, Any] = dict(
        factory=isinstance(app, str),
        **address,
        reload=reload,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1" if descriptor is None else "*",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
        **WEBSOCKETS,
    )
    if reload:
        uvicorn.run(app, **options)
        return
    server = _Server(uvicorn.Config(app, **options))
    server.run()
    if not server.started:
        sys.exit(3)


class _Server(uvicorn.Server):
    """Ends in time even when its database or Asterisk is away and services wait for it: whatever is not written yet is
    found again at the next start, as after kill -9.
    """

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        end = threading.Timer(PATIENCE_S, os._exit, [1])
        end.daemon = True
        end.start()


def main() -> None:
    """`python -m tongdai.entrypoints.serve --fd 3`: how the supervisor starts the app."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--app", default=DEFAULT_APP)
    parser.add_argument("--reload", action="store_true")
    parser.add_argument("--wait", type=int, help="be a spare: make the app, then wait for the word")
    options = parser.parse_args()
    app: str | ASGIApplication = options.app
    try:
        if options.wait is not None:
            # All that costs time: imports, the modules, hundreds of routes. What is left takes a tenth of a second.
            module, _, factory = options.app.partition(":")
            app = getattr(importlib.import_module(module), factory)()
            if not await_word(options.wait):
                return
        serve(app=app, descriptor=options.fd, reload=options.reload)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
