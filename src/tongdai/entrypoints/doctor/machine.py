"""This machine: addresses, limits, ports, programs."""

import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

from tongdai.entrypoints.doctor.finding import Finding
from tongdai.intelligence.public import LanguageModels
from tongdai.platform.config import Settings
from tongdai.platform.embedded.certificates import own_address

_FILES_WANTED = 4096
_PORTS_PER_CALL = 4


def machine(settings: Settings) -> Iterator[Finding]:
    yield from _media_address(settings)
    yield from _open_files()
    yield from _root(settings)
    yield from _ports(settings)
    if shutil.which("espeak-ng") is None:
        text = "no program speaks texts of flows that have no recording: install the package espeak-ng."
        yield Finding("hint", "Speech", text)
    if not LanguageModels().providers:
        text = "nothing here understands what customers write to bots: pip install 'tongdai[ai]' (Linux on x86-64)."
        yield Finding("hint", "Understanding", text)


def _media_address(settings: Settings) -> Iterator[Finding]:
    if own_address() is None and settings.external_address is None:
        text = (
            "this machine has only its loopback address, for which browsers and Asterisk offer no path for sound: "
            "connect it to a network, or run `sudo ip address add 192.0.2.9/32 dev lo`."
        )
        yield Finding("hint", "Sound in the browser", text)


def _open_files() -> Iterator[Finding]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < _FILES_WANTED:
        text = (
            f"a process may open {hard} files, and calls and browsers take some each: raise the limit (`ulimit -Hn`, "
            "LimitNOFILE of a systemd unit)."
        )
        yield Finding("hint", "Open files", text)


def _root(settings: Settings) -> Iterator[Finding]:
    """Whether a demo's app runs as root, which it does only where its own user cannot get to it."""
    try:
        pid = (settings.data_dir / "run" / "app.pid").read_text().split()[0]
        owner = Path(f"/proc/{pid}").stat().st_uid
    except (OSError, IndexError):
        return
    if owner == 0:
        text = (
            "the app runs as root, because another user cannot enter its checkout, its Python or its data: put all of it "
            "where others may read (/opt, say), and start it again."
        )
        yield Finding("hint", "Rights", text)


def _ports(settings: Settings) -> Iterator[Finding]:
    """The system gives out ports of its own range to whoever asks, also while a call is about to take one."""
    try:
        first, last = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    except OSError:
        return
    if settings.rtp_start <= last and settings.rtp_end >= first:
        text = (
            f"ports for sound ({settings.rtp_start}–{settings.rtp_end}) overlap with those that the system gives out "
            f"({first}–{last}): set rtp_start and rtp_end below {first}."
        )
        yield Finding("hint", "Ports", text)
    most = (settings.rtp_end - settings.rtp_start + 1) // _PORTS_PER_CALL
    if most < 10 * max(1, os.cpu_count() or 1):
        text = f"ports for sound suffice for about {most} calls: widen rtp_start and rtp_end."
        yield Finding("hint", "Ports", text)
