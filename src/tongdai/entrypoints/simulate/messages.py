"""SIP messages as a phone needs them: parsing, and digest answers (RFC 3261, RFC 2617)."""

import hashlib
import re
import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response. Header names are lower case; a header that repeats keeps its order."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @classmethod
    def parse(cls, data: bytes) -> "Message | None":
        head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        if "SIP/2.0" not in start:
            return None
        pairs = [line.partition(":") for line in lines if ":" in line]
        return cls(start, tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body)

    def get(self, name: str) -> str:
        """The first header of this name, or nothing."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    @property
    def status(self) -> int:
        """Of a response; 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """Of the request, also when this is its response."""
        return self.get("cseq").split()[-1] if self.status else self.start.split()[0]

    @property
    def sequence(self) -> int:
        return int(self.get("cseq").split()[0])

    def media(self) -> tuple[str, int] | None:
        """Where the other side wants its audio."""
        host = re.search(r"^c=IN IP4 (\S+)", self.body, re.MULTILINE)
        port = re.search(r"^m=audio (\d+)", self.body, re.MULTILINE)
        return (host[1], int(port[1])) if host and port and int(port[1]) else None


def build(start: str, headers: list[tuple[str, str]], body: str = "") -> bytes:
    if body:
        headers = [*headers, ("Content-Type", "application/sdp")]
    lines = [
        start,
        *(f"{name}: {value}" for name, value in headers),
        f"Content-Length: {len(body.encode())}",
        "",
        body,
    ]
    return "\r\n".join(lines).encode()


def offer(host: str, port: int) -> str:
    """G.711 A-law and telephone events."""
    lines = (
        "v=0",
        f"o=- {port} 1 IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP 8 101",
    )
    lines += (
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-16",
        "a=ptime:20",
        "a=sendrecv",
    )
    return "".join(f"{line}\r\n" for line in lines)


def answer_challenge(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The value of the Authorization header."""
    fields: dict[str, str] = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    realm, nonce, client = fields.get("realm", ""), fields.get("nonce", ""), secrets.token_hex(8)
    secret = f"{_md5(f'{user}:{realm}:{password}')}:{nonce}"
    action = _md5(f"{method}:{uri}")
    value = f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5'
    if "auth" in fields.get("qop", ""):
        value += f', qop=auth, nc=00000001, cnonce="{client}", response="{_md5(f"{secret}:00000001:{client}:auth:{action}")}"'
    else:
        value += f', response="{_md5(f"{secret}:{action}")}"'
    return value + (f', opaque="{fields["opaque"]}"' if "opaque" in fields else "")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
