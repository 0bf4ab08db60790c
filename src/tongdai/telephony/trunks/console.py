"""What ARI does not tell: what became of the trunks' registrations, and how long OPTIONS take. Asked of Asterisk's console.

Its manager interface would tell too, but wants to hear of every channel for it, which costs each call; the console costs
nothing between two questions.
"""

import asyncio
import contextlib
import re
from pathlib import Path

WAIT_S = 5.0
_MOST = 8 << 20
_LINE = re.compile(
    r"^ (?P<name>[\w-]+)/.*\s(?P<status>Registered|Unregistered|Rejected)(?:\s+\(exp\.|(?P<lost>\s+0)?\s*$)"
)
LOST = "Lost"
"""Asterisk knows of the registration, but does nothing for it: it writes "Unregistered 0"."""

_CONTACT = re.compile(r"^\s*Contact:\s+(?P<name>[\w-]+)/.*\sAvail\s+(?P<took>\d+\.\d+)\s*$")


class ConsoleAway(Exception):
    """Asterisk's control socket is not there, is not ours to use, or does not answer."""


async def registrations(socket: Path) -> dict[str, str]:
    """Name of the trunk's registration → Registered, Unregistered, Rejected or LOST. Raises ConsoleAway."""
    return statuses(await _ask(socket, "pjsip list registrations"))


async def round_trips(socket: Path) -> dict[str, float]:
    """Name of the trunk → milliseconds that its last OPTIONS took. Raises ConsoleAway."""
    return took(await _ask(socket, "pjsip list contacts like ^trunk-"))  # not those of all phones


async def ask_way(socket: Path, name: str) -> None:
    """Have a trunk's carrier asked now whether it answers: by itself Asterisk begins with it somewhen within its interval.
    Raises ConsoleAway."""
    await _ask(socket, f"pjsip qualify {name}")


def took(text: str) -> dict[str, float]:
    """What `pjsip list contacts` says of those that answer."""
    found = (_CONTACT.match(line) for line in text.splitlines())
    return {match["name"]: float(match["took"]) for match in found if match}


def statuses(text: str) -> dict[str, str]:
    """What `pjsip list registrations` says."""
    found = (_LINE.match(line) for line in text.splitlines())
    return {match["name"]: LOST if match["lost"] else match["status"] for match in found if match}


async def _ask(socket: Path, command: str) -> str:
    """As `asterisk -rx` does: one command, and the answer up to the end of the connection."""
    try:
        async with asyncio.timeout(WAIT_S):
            reader, writer = await asyncio.open_unix_connection(socket)
            with contextlib.closing(writer):
                await reader.readline()  # who it is
                writer.write(f"cli quit after {command}\0".encode())
                await writer.drain()
                answer = b""
                while len(answer) < _MOST and (part := await reader.read(1 << 16)):
                    answer += part
                return answer.decode(errors="replace")
    except (OSError, TimeoutError, ValueError) as error:
        raise ConsoleAway(str(error) or type(error).__name__) from error
