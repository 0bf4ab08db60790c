"""Networks of our own on one machine: namespaces, switches, routers that translate addresses.

A namespace lives as long as the process that holds it, which dies with us: nothing is left behind, whatever happens. As an
ordinary user all of it is within one user namespace, in which we may do to networks what root may. Programs (ip, nft) come from
the private root of the tests, so that nothing is installed on the host.
"""

import os
import signal
import subprocess
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tongdai.platform.embedded.apt_root import NETWORK_LAB, PrivateRoot, ensure_root
from tongdai.platform.embedded.process import die_with

_HOLD = ("sleep", "infinity")
_ROOT = os.geteuid() == 0


class Lab:
    """Machines (namespaces) by name."""

    def __init__(self, stack: ExitStack, root: PrivateRoot) -> None:
        self._stack = stack
        self._root = root
        self._holders: dict[str, int] = {}
        self._links = 0
        self._first = self._hold(["unshare", *([] if _ROOT else ["--user", "--map-root-user"]), "--net"])
        self._holders["first"] = self._first

    @classmethod
    @contextmanager
    def open(cls) -> "Generator[Lab]":
        with ExitStack() as stack:
            yield cls(stack, ensure_root(NETWORK_LAB, print))

    def machine(self, name: str) -> None:
        """A new machine with nothing but loopback."""
        self._holders[name] = self._hold([*self._within(self._first), "unshare", "--net"])
        self._ip(name, "link", "set", "lo", "up")

    def switch(self, name: str, addresses: dict[str, str]) -> None:
        """Connect machines: name → address with prefix. The interface is called `name` everywhere."""
        self.machine(f"switch-{name}")
        self._ip(f"switch-{name}", "link", "add", "bridge", "type", "bridge")
        self._ip(f"switch-{name}", "link", "set", "bridge", "up")
        for machine, address in addresses.items():
            self._links += 1
            port = f"port{self._links}"
            pid = str(self._holders[machine])
            self._ip(
                f"switch-{name}", "link", "add", port, "type", "veth", "peer", "name", name, "netns", pid
            )
            self._ip(f"switch-{name}", "link", "set", port, "master", "bridge", "up")
            self._ip(machine, "address", "add", address, "dev", name)
            self._ip(machine, "link", "set", name, "up")

    def default_route(self, machine: str, via: str) -> None:
        self._ip(machine, "route", "add", "default", "via", via)

    def router(self, machine: str, rules: str) -> None:
        """Forward, with these chains of nftables' table `ip nat`."""
        self.run(machine, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        program = self._root.program("usr/sbin/nft")
        ruleset = f"table ip nat {{ {rules} }}\n"
        subprocess.run(
            [*self.enter(machine, root=True), *program, "-f", "-"], input=ruleset, text=True, check=True
        )

    def enter(self, machine: str, *, root: bool = False) -> list[str]:
        """What to put in front of a command so that it runs on that machine: as we are, or as the networks' root."""
        within = self._within(self._holders[machine])
        if _ROOT or root:
            return within
        ids = [f"--map-user={os.getuid()}", f"--map-group={os.getgid()}"]
        return [*within, "unshare", "--user", *ids, "--"]

    def program(self, relative: str) -> tuple[str, ...]:
        """The start of a command that runs this program of the private root."""
        return self._root.program(relative)

    def run(self, machine: str, *argv: str) -> str:
        done = subprocess.run(
            [*self.enter(machine, root=True), *argv], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{argv}: {done.stderr}"
        return done.stdout

    def _ip(self, machine: str, *arguments: str) -> None:
        self.run(
            machine,
            *self._root.program("usr/bin/ip" if self._has("usr/bin/ip") else "usr/sbin/ip"),
            *arguments,
        )

    def _has(self, path: str) -> bool:
        return (self._root.path / path).exists()

    def _within(self, pid: int) -> list[str]:
        user = [] if _ROOT else ["--user", "--preserve-credentials"]
        return ["nsenter", "--target", str(pid), *user, "--net", "--"]

    def _hold(self, before: Sequence[str]) -> int:
        """A process in a new namespace; entering and making ends in its place, so that its number is known."""
        own = os.stat("/proc/self/ns/net").st_ino
        process = subprocess.Popen([*before, *_HOLD], preexec_fn=die_with(os.getpid(), signal.SIGKILL))
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        executable = Path(f"/proc/{process.pid}/comm")
        while executable.read_text().strip() != _HOLD[0]:
            assert process.poll() is None, f"no namespace could be made by {before}"
        assert os.stat(f"/proc/{process.pid}/ns/net").st_ino != own
        return process.pid
