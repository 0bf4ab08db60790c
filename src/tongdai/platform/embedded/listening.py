"""Which process holds a port, from /proc: no other program is asked."""

import os
from pathlib import Path

_LISTEN = "0A"


def listens(pid: int, port: int, protocol: str) -> bool:
    """Whether process `pid` has a socket of `protocol` ("tcp": listening, "udp": bound) at local `port`."""
    return bool(_inodes(port, protocol) & _sockets(pid))


def _inodes(port: int, protocol: str) -> set[str]:
    found: set[str] = set()
    for table in (protocol, f"{protocol}6"):
        try:
            lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        for line in lines:
            fields = line.split()
            local, state, inode = fields[1], fields[3], fields[9]
            if int(local.rsplit(":", 1)[1], 16) == port and (protocol == "udp" or state == _LISTEN):
                found.add(inode)
    return found


def _sockets(pid: int) -> set[str]:
    found: set[str] = set()
    for entry in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            target = os.readlink(entry)
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found
