"""SIPp at both ends: callers on 127.0.0.2, all agents' phones in one process on 127.0.0.3.

Every message that matters is logged with its time, keyed by the last nine digits of the caller's number, which both systems
show to the agent; so the two ends are matched call by call. Signalling only: no RTP flows, on either system.
"""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

CALLERS, PHONES = "127.0.0.2", "127.0.0.3"

_SDP = """v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
"""
_REQUEST = """{method} sip:{to}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:{to}@[remote_ip]:[remote_port]>{tag}
Call-ID: [call_id]
CSeq: {n} {method}
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70
"""
_ANSWER = """SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
"""
_BODY = "Content-Type: application/sdp\nContent-Length: [len]\n\n" + _SDP
_NOTHING = "Content-Length: 0\n\n"


def _send(text: str, *, again: bool = False) -> str:
    attribute = ' retrans="500"' if again else ""
    return f"<send{attribute}><![CDATA[\n{text}\n]]></send>\n"


def _log(text: str) -> str:
    return f'<nop><action><log message="{text}"/></action></nop>\n'


def _scenario(name: str, steps: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="{name}">\n{steps}</scenario>\n'


def _caller(to: str, talk_ms: int | None) -> str:
    """Calls `to`; hangs up `talk_ms` after the answer, or waits for the other side to (None)."""

    def request(method: str, n: int, *, tag: str = "[peer_tag_param]", body: str = _NOTHING) -> str:
        return _REQUEST.format(method=method, to=to, n=n, tag=tag) + body

    steps = _log("INVITE [timestamp] [field0]") + _send(request("INVITE", 1, tag="", body=_BODY), again=True)
    steps += "".join(f'<recv response="{code}" optional="true"/>\n' for code in (100, 180, 183))
    steps += '<recv response="200"/>\n' + _send(request("ACK", 1))
    if talk_ms is None:
        steps += '<recv request="BYE"/>\n' + _send(_ANSWER.format(status="200 OK", tag="") + _NOTHING)
    else:
        steps += f'<pause milliseconds="{talk_ms}"/>\n' + _send(request("BYE", 2), again=True)
        steps += '<recv response="200"/>\n'
    return _scenario("caller", steps)


def _phone(hang_up_ms: tuple[int, int] | None) -> str:
    """Answers at once; hangs up after a time between the two, or waits for the other side to (None)."""
    headers = {"caller": ("From", "[0-9]{9}[@>;]"), "own": ("To", "sip:[^@>;]*")}
    if hang_up_ms is not None:
        headers |= {"from": ("From", ".*"), "to": ("To", ".*"), "target": ("Contact", "sip:[^>]*")}
    found = "".join(
        f'<ereg regexp="{regexp}" search_in="hdr" header="{header}:" check_it="true" assign_to="{name}"/>'
        for name, (header, regexp) in headers.items()
    )
    tag = ";tag=[call_number]"
    steps = f'<recv request="INVITE"><action>{found}'
    steps += '<log message="RING [timestamp] [$caller] [$own]"/></action></recv>\n'
    steps += _send(_ANSWER.format(status="180 Ringing", tag=tag) + _NOTHING)
    steps += _send(_ANSWER.format(status="200 OK", tag=tag) + _BODY, again=True)
    steps += (
        '<recv request="ACK"><action><log message="TALK [timestamp] [$caller] [$own]"/></action></recv>\n'
    )
    if hang_up_ms is None:
        steps += '<recv request="BYE"/>\n' + _send(_ANSWER.format(status="200 OK", tag="") + _NOTHING)
    else:
        steps += f'<pause distribution="uniform" min="{hang_up_ms[0]}" max="{hang_up_ms[1]}"/>\n'
        steps += _log("FREE [timestamp] [$caller] [$own]")
        bye = "BYE [$target] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        bye += "From:[$to];tag=[call_number]\nTo:[$from]\n[last_Call-ID:]\nCSeq: 100 BYE\nMax-Forwards: 70\n"
        steps += _send(bye + _NOTHING, again=True) + '<recv response="200"/>\n'
    steps += f'<Reference variables="{",".join(headers)}"/>\n'
    return _scenario("phone", steps)


@dataclass(frozen=True, slots=True)
class Mark:
    """One logged moment. `kind`: INVITE (by the caller), RING, TALK, FREE (at the agent)."""

    kind: str
    at: float
    caller: str
    agent: str


_LINE = re.compile(r"(INVITE|RING|TALK|FREE) (\S+ \S+)(?:\s+[\d.]+)? +\D*(\d{9,})\S*(?: sip:(\S+))?")


def marks(log: Path) -> Iterator[Mark]:
    for line in log.read_text(errors="replace").splitlines() if log.exists() else ():
        found = _LINE.search(line.replace("\t", " "))
        if found is not None:
            kind, at, caller, agent = found.groups()
            yield Mark(kind, datetime.fromisoformat(at).timestamp(), caller[-9:], agent or "")


@dataclass
class Sipp:
    """A running SIPp and its log."""

    process: subprocess.Popen[bytes]
    log: Path
    calls: int = 0
    _ended: bool = field(default=False, init=False)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def wait(self, timeout: float) -> bool:
        """Until all its calls have ended; False when the time was over before."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            return False
        return True


def _start(folder: Path, name: str, xml: str, address: str, port: int, *options: str) -> Sipp:
    program = shutil.which("sipp")
    if program is None:
        raise SystemExit("SIPp is missing: apt-get install sip-tester")
    (folder / f"{name}.xml").write_text(xml)
    log = folder / f"{name}.log"
    log.unlink(missing_ok=True)
    # fmt: off
    argv = [
        program, "-sf", str(folder / f"{name}.xml"), "-i", address, "-p", str(port), "-mi", address, "-mp", str(port + 10),
        "-nostdin", "-aa", "-trace_logs", "-log_file", str(log), "-trace_err", "-error_file", str(folder / f"{name}.err"),
        "-buff_size", "4000000", "-nd", "-recv_timeout", "30000", "-timer_resol", "1", *options,
    ]
    # fmt: on
    with (folder / f"{name}.out").open("wb") as output:
        process = subprocess.Popen(argv, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=folder)
    return Sipp(process, log)


def phones(folder: Path, port: int, *, hang_up_ms: tuple[int, int] | None = None) -> Sipp:
    """All agents' phones, answering from now on."""
    sipp = _start(folder, f"phones{port}", _phone(hang_up_ms), PHONES, port)
    time.sleep(0.3)
    if sipp.process.poll() is not None:
        raise SystemExit(f"SIPp ended: {(folder / f'phones{port}.out').read_text(errors='replace')[-500:]}")
    return sipp


def callers(
    folder: Path,
    port: int,
    server_port: int,
    to: str,
    *,
    run: int,
    rate: float,
    calls: int,
    talk_ms: int | None,
    limit: int | None = None,
) -> Sipp:
    """`calls` callers at `rate` a second (at most `limit` at once). Each number is called from once in all runs."""
    numbers = [f"09{run:03}{n:05}" for n in range(calls)]
    file = folder / f"run{run}.csv"
    file.write_text("SEQUENTIAL\n" + "".join(f"{number};\n" for number in numbers))
    # SIPp starts a second's calls in one lump unless the period is small.
    period = max(1, round(1000 / rate))
    options = [
        "-inf",
        str(file),
        "-r",
        str(max(1, round(rate * period / 1000))),
        "-rp",
        str(period),
        "-m",
        str(calls),
    ]
    options += ["-l", str(limit or 100_000), f"127.0.0.1:{server_port}"]
    sipp = _start(folder, f"run{run}", _caller(to, talk_ms), CALLERS, port, *options)
    sipp.calls = calls
    return sipp
