"""Far sides of calls for tests: SIPp as a customer behind a trunk, and as an agent's desk phone."""

import asyncio
import contextlib
import hashlib
import re
from pathlib import Path
from uuid import uuid4

from tests.ports import free_port

SDP = """v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
"""

UAC_HEAD = """INVITE sip:{to}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{caller}@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:{to}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: {n} INVITE
Contact: <sip:{caller}@[local_ip]:[local_port]>
{auth}Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

{sdp}"""

UAC_REQUEST = """{method} sip:{to}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:{caller}@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:{to}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: {n} {method}
Max-Forwards: 70
Content-Length: 0

"""

ANSWER = """SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
{body}"""


def _send(text: str, retrans: bool = False) -> str:
    attribute = ' retrans="500"' if retrans else ""
    return f"<send{attribute}><![CDATA[\n{text}\n]]></send>\n"


class Scenario:
    """What a far side does, step by step."""

    def __init__(self) -> None:
        self.steps = ""

    def pause(self, milliseconds: int) -> "Scenario":
        self.steps += f'<pause milliseconds="{milliseconds}"/>\n'
        return self

    def wait_for_bye(self) -> "Scenario":
        self.steps += '<recv request="BYE" crlf="true"/>\n' + _send(
            ANSWER.format(status="200 OK", tag="", body="Content-Length: 0\n")
        )
        return self


class Sipp:
    """A SIPp process and its end."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self._log = log

    async def finished(self, timeout: float = 30) -> int:
        """The exit code: 0 when the scenario went as written."""
        async with asyncio.timeout(timeout):
            await self.process.wait()
        return self.process.returncode or 0

    async def stop(self) -> None:
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()

    def problem(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]


async def _run(folder: Path, xml: str, *options: str) -> Sipp:
    name = uuid4().hex[:8]
    file = folder / f"{name}.xml"
    file.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="{name}">\n{xml}</scenario>\n')
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            "sipp", "-sf", str(file), "-i", "127.0.0.1", "-nostdin", "-aa", "-m", "1", "-trace_err", "-trace_msg",
            "-message_file", str(folder / f"{name}.msg"), "-error_file",
            str(folder / f"{name}.err"), *options, stdout=output, stderr=output, stdin=asyncio.subprocess.DEVNULL,
            cwd=folder,
        )  # fmt: skip
    return Sipp(process, folder / f"{name}.err" if (folder / f"{name}.err").exists() else log)


async def call(
    folder: Path,
    port: int,
    to: str,
    scenario: Scenario,
    *,
    caller: str = "0912345678",
    user: str,
    password: str,
    hang_up: bool = True,
    media_port: int | None = None,
) -> Sipp:
    """A customer calls `to` through a trunk's account; hangs up at the end of the scenario unless told otherwise.

    `media_port` is where the media goes when somebody else than SIPp (rtp.Media) speaks and listens.
    """
    values = {"to": to, "caller": caller}
    sdp = SDP if media_port is None else SDP.replace("[media_port]", str(media_port))
    xml = _send(UAC_HEAD.format(n=1, auth="", sdp=sdp, **values), retrans=True)
    xml += '<recv response="401" auth="true"/>\n' + _send(UAC_REQUEST.format(method="ACK", n=1, **values))
    auth = f"[authentication username={user} password={password}]\n"
    xml += _send(UAC_HEAD.format(n=2, auth=auth, sdp=sdp, **values), retrans=True)
    xml += '<recv response="100" optional="true"/>\n<recv response="180" optional="true"/>\n'
    xml += '<recv response="183" optional="true"/>\n<recv response="200"/>\n'
    xml += _send(UAC_REQUEST.format(method="ACK", n=2, **values))
    xml += scenario.steps
    if hang_up:
        xml += (
            _send(UAC_REQUEST.format(method="BYE", n=3, **values), retrans=True) + '<recv response="200"/>\n'
        )
    return await _run(folder, xml, "-p", str(free_port()), "-mp", str(free_port()), f"127.0.0.1:{port}")


async def phone(
    folder: Path,
    port: int,
    scenario: Scenario,
    *,
    ring_ms: int = 100,
    hang_up: bool = False,
    media_port: int | None = None,
) -> Sipp:
    """A desk phone on `port` that answers the next call after `ring_ms`."""
    sdp = SDP if media_port is None else SDP.replace("[media_port]", str(media_port))
    headers = {"caller": ("From", ".*"), "own": ("To", ".*"), "target": ("Contact", "sip:[^>]*")}
    actions = "".join(
        f'<ereg regexp="{pattern}" search_in="hdr" header="{header}:" check_it="true" assign_to="{name}"/>'
        for name, (header, pattern) in headers.items()
    )
    xml = f'<recv request="INVITE" crlf="true"><action>{actions}</action></recv>\n'
    xml += '<Reference variables="caller,own,target"/>\n'
    xml += _send(ANSWER.format(status="180 Ringing", tag=";tag=[call_number]", body="Content-Length: 0\n"))
    xml += f'<pause milliseconds="{ring_ms}"/>\n'
    body = "Content-Type: application/sdp\nContent-Length: [len]\n\n" + sdp
    xml += _send(ANSWER.format(status="200 OK", tag=";tag=[call_number]", body=body), retrans=True)
    xml += '<recv request="ACK" crlf="true"/>\n' + scenario.steps
    if hang_up:
        xml += _send(
            "BYE [$target] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
            "From:[$own];tag=[call_number]\nTo:[$caller]\n[last_Call-ID:]\nCSeq: 100 BYE\nMax-Forwards: 70\n"
            "Content-Length: 0\n\n",
            retrans=True,
        )
        xml += '<recv response="200"/>\n'
    return await _run(folder, xml, "-p", str(port), "-mp", str(free_port()))


async def refuse(folder: Path, port: int, status: str) -> Sipp:
    """A phone or trunk that answers the next call with an error."""
    xml = '<recv request="INVITE" crlf="true"/>\n'
    xml += _send(
        ANSWER.format(status=status, tag=";tag=[call_number]", body="Content-Length: 0\n"), retrans=True
    )
    xml += '<recv request="ACK" crlf="true"/>\n'
    return await _run(folder, xml, "-p", str(port))


class _Answers(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.inbox: asyncio.Queue[str] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.inbox.put_nowait(data.decode())


async def register(server_port: int, user: str, password: str, contact_port: int, expires: int = 300) -> None:
    """Tell the registrar that `user` is reached at `contact_port`."""
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(
        _Answers, local_addr=("127.0.0.1", contact_port), remote_addr=("127.0.0.1", server_port)
    )
    own = transport.get_extra_info("sockname")[1]
    call_id, uri = uuid4().hex, f"sip:127.0.0.1:{server_port}"
    authorization = ""
    try:
        for sequence in (1, 2):
            transport.sendto(
                (
                    f"REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{uuid4().hex}\r\n"
                    f"From: <sip:{user}@127.0.0.1>;tag=1\r\nTo: <sip:{user}@127.0.0.1>\r\nCall-ID: {call_id}\r\n"
                    f"CSeq: {sequence} REGISTER\r\nContact: <sip:{user}@127.0.0.1:{contact_port}>\r\n"
                    f"Expires: {expires}\r\nMax-Forwards: 70\r\n{authorization}Content-Length: 0\r\n\r\n"
                ).encode()
            )
            async with asyncio.timeout(30):
                answer = await answers.inbox.get()
            status = answer.splitlines()[0]
            if " 200 " in status:
                await _answer_options(transport, answers)
                return
            if " 401 " not in status:
                break
            realm, nonce, opaque = (_parameter(answer, name) for name in ("realm", "nonce", "opaque"))
            authorization = _digest(user, password, realm, nonce, uri, opaque)
        raise AssertionError(f"registration refused: {status}")
    finally:
        transport.close()


async def _answer_options(transport: asyncio.DatagramTransport, answers: _Answers) -> None:
    """Asterisk looks at once whether a new contact is alive; SIPp would take that for its call."""
    async with asyncio.timeout(30):
        request = await answers.inbox.get()
    copied = [
        line
        for line in request.split("\r\n")
        if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")
    ]
    transport.sendto("\r\n".join(["SIP/2.0 200 OK", *copied, "Content-Length: 0", "", ""]).encode())


def _parameter(answer: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', answer)
    return found[1] if found else ""


def _digest(user: str, password: str, realm: str, nonce: str, uri: str, opaque: str) -> str:
    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    response = md5(f"{md5(f'{user}:{realm}:{password}')}:{nonce}:00000001:x:auth:{md5(f'REGISTER:{uri}')}")
    return (
        f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", qop=auth, nc=00000001,'
        f' cnonce="x", response="{response}", opaque="{opaque}", algorithm=MD5\r\n'
    )
