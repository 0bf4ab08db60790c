"""Reading a mail as it came over the wire. Pure, and never refuses one: what cannot be read is shown as it is."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from tongdai.channels.email.automatic import Bounce, bounce_of, inside
from tongdai.channels.email.identity import ids_in
from tongdai.channels.email.pages import clean, text_of
from tongdai.channels.email.quotes import split

LONGEST_TEXT = 100_000
LONGEST_LINE = 500
MOST_ADDRESSES = 100
MOST_PARTS = 500
_ADDRESS = re.compile(r"^[^\s@<>\"]{1,64}@[^\s@<>\"]{1,255}$")


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody's address, in lower case, and the name that the mail gives them."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A part that is a file of its own. `inline`: the text shows it in its place (`cid`). `whole`: all of it was read."""

    name: str
    content_type: str
    content: bytes
    inline: bool
    cid: str | None
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """A mail as far as it could be read. `message_id` is made from the mail where it has none; `text` is what is new in it,
    `quoted` what stands below; `html` is clean; `headers` are the first of each name, in lower case; `cut`: its end was not
    read."""

    message_id: str
    subject: str
    sender: Address
    reply_to: Address | None = None
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    at: datetime | None = None
    text: str
    quoted: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    bounce: Bounce | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    cut: bool = False


def read(raw: bytes, *, cut: bool = False) -> ReadMail:
    """The mail; `cut`: only its beginning. What the standard library cannot take apart (parts within parts without end) is one
    text."""
    try:
        return _read(message_from_bytes(raw), raw, cut=cut)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        # The library raises all of these on hostile mails, whatever it promises.
        head, _, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
        plain = message_from_bytes(head[:50_000])
        del plain["Content-Type"]
        plain.set_payload("")
        return replace(_read(plain, raw, cut=cut), text=_text_in(body, None)[:LONGEST_TEXT])


def _read(message: Message, raw: bytes, *, cut: bool) -> ReadMail:
    headers: dict[str, str] = {}
    delivered: list[str] = []
    for name, value in message.raw_items():
        shown = _utf8(str(value))
        headers.setdefault(name.lower(), shown)
        if name.lower() in ("delivered-to", "x-original-to", "envelope-to"):
            delivered.append(shown.strip().strip("<>").lower()[:320])
    text, html, files = _content(message, cut=cut)
    html = clean(html) if html else ""
    new, quoted = split((text or text_of(html))[:LONGEST_TEXT])
    sender = (*_addresses(headers.get("from", "")), *_addresses(headers.get("sender", "")), Address(""))[0]
    reply_to = _addresses(headers.get("reply-to", ""))
    # Ids longer than a line are encoded by some programs, against the standard.
    named = ids_in(headers.get("message-id", ""))
    return ReadMail(
        message_id=_known_as(named[0] if named else None, headers, raw),
        subject=_line(decoded(headers.get("subject", ""))),
        sender=sender,
        reply_to=reply_to[0] if reply_to else None,
        to=_addresses(headers.get("to", "")),
        cc=_addresses(headers.get("cc", "")),
        delivered_to=tuple(delivered[:MOST_ADDRESSES]),
        in_reply_to=ids_in(decoded(headers.get("in-reply-to", "")))[:MOST_ADDRESSES],
        references=ids_in(decoded(headers.get("references", "")))[-MOST_ADDRESSES:],
        at=_time(headers.get("date", "")),
        text=new,
        quoted=quoted,
        html=html,
        files=files,
        bounce=bounce_of(message),
        headers=headers,
        cut=cut,
    )


def _known_as(named: str | None, headers: dict[str, str], raw: bytes) -> str:
    """By what the same mail is recognised when it comes again. Ids beyond all measure are known by their sum."""
    if named is not None and len(named) <= 250:
        return named
    if named is not None:
        return f"<{hashlib.sha256(named.encode()).hexdigest()}@long.message-id>"
    body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")[2]
    told = "\0".join(headers.get(name, "") for name in ("from", "date", "subject")).encode("utf-8", "replace")
    return f"<{hashlib.sha256(told + body).hexdigest()}@no.message-id>"


def _content(message: Message, *, cut: bool) -> tuple[str, str, tuple[File, ...]]:
    """(text, html, files) of a mail: the first text of each kind, further ones appended as a reader would see them. Where a mail
    is `cut`, its last part is."""
    texts: list[str] = []
    pages: list[str] = []
    files: list[File] = []
    leaves = list(_leaves(message))
    for part in leaves:
        kind = part.get_content_type()
        name = _line(decoded(_utf8(part.get_filename() or "")))
        attached = str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")
        if part.is_multipart() or attached or name or kind not in ("text/plain", "text/html"):
            file = _file(part, kind, name)
            files.append(replace(file, content=b"", whole=False) if cut and part is leaves[-1] else file)
            continue
        payload = part.get_payload(decode=True)
        text = _text_in(payload if isinstance(payload, bytes) else b"", part.get_content_charset())
        (texts if kind == "text/plain" else pages).append(text)
    shown = [one for one in files if one.content or one.name]
    return "\n".join(texts).strip(), "\n".join(pages).strip(), tuple(shown)


def _leaves(message: Message) -> Iterator[Message]:
    """The parts with content. A mail within the mail is a file, and so is a report about its delivery."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(), seen + 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed(inside(part))
        elif part.get_content_maintype() != "multipart" or part is message:
            yield part


def _file(part: Message, kind: str, name: str) -> File:
    if part.is_multipart():
        content = b"\n\n".join(one.as_bytes() for one in inside(part))
    else:
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
    inline = str(part.get("Content-Disposition", "")).strip().lower().startswith("inline")
    cid = str(part.get("Content-ID", "")).strip().strip("<>")[:250] or None
    return File(name or kind.replace("/", "."), kind[:100], content, inline or cid is not None, cid)


def _text_in(payload: bytes, charset: str | None) -> str:
    """In its own character set, else in the likely ones."""
    for name in (charset, "utf-8"):
        try:
            return _shown(payload.decode(name or "utf-8"))
        except (LookupError, UnicodeError, ValueError):
            continue
    return _shown(payload.decode("cp1252", "replace"))


def decoded(header: str) -> str:
    """A header with its encoded words (RFC 2047) in clear."""
    try:
        parts = decode_header(header)
    except ValueError:
        return _shown(header)
    return "".join(part if isinstance(part, str) else _text_in(part, charset) for part, charset in parts)


def _utf8(header: str) -> str:
    """A header in which letters stand without being encoded."""
    return header.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _shown(text: str) -> str:
    """What a database and a screen can hold: no NUL, no half characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _line(text: str) -> str:
    """One line, without what could turn it around or end it."""
    return " ".join("".join(char if char.isprintable() else " " for char in _shown(text)).split())[
        :LONGEST_LINE
    ]


def _addresses(header: str) -> tuple[Address, ...]:
    found: list[Address] = []
    for name, address in getaddresses([" ".join(header.split())[:20_000]])[:MOST_ADDRESSES]:
        bare = _line(address).lower()
        if _ADDRESS.match(bare):
            found.append(Address(bare, _line(decoded(name))[:200]))
    return tuple(dict.fromkeys(found))


def _time(header: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
