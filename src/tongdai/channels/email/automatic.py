"""Mails that no person wrote: what must never be answered by a machine (RFC 3834 and practice), and what came back. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr
from typing import cast

OURS = "Tongdai"
OUR_HEADERS = {
    "Auto-Submitted": "auto-replied",
    "Precedence": "bulk",
    "X-Auto-Response-Suppress": "All",
    "X-Loop": OURS,
}
"""What our own automatic mails carry; they go out with an empty MAIL FROM."""
_ROBOTS = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+=-].*)?@", re.IGNORECASE
)
_ID = re.compile(r"<[^<>\s]{3,900}>")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours did not arrive, or not yet. `original`: its Message-ID, if it is told; `why` is the servers' own words."""

    original: str | None
    failed: tuple[str, ...]
    why: str
    final: bool


def is_automatic(headers: Mapping[str, str], sender: str, own: Collection[str]) -> bool:
    """Whether a machine wrote it, so that no machine may answer. Names of headers are in lower case."""
    submitted = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    suppressed = {one.strip().lower() for one in headers.get("x-auto-response-suppress", "").split(",")}
    return (
        submitted not in ("no", "")
        or headers.get("return-path", "").strip() == "<>"
        or headers.get("precedence", "").strip().lower() in ("bulk", "junk", "list")
        or bool({"list-id", "list-unsubscribe", "x-autoreply", "x-autorespond"} & headers.keys())
        or bool(suppressed & {"all", "oof", "autoreply"})
        or headers.get("x-loop", "").strip() == OURS
        or headers.get("content-type", "").lower().startswith("multipart/report")
        or bool(_ROBOTS.match(sender))
        or sender.lower() in own
    )


def bounce_of(message: Message) -> Bounce | None:
    """What a report says of a mail of ours; None for other mails."""
    parts = list(message.walk())
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    named = [
        parseaddr(one)[1] for one in str(message.get("X-Failed-Recipients", "")).split(",") if one.strip()
    ]
    if status is None and not named:
        return None
    failed, why, final = list(named), "", bool(named)
    for block in inside(status) if status is not None else []:
        action = str(block.get("Action", "")).strip().lower()
        if action not in ("failed", "delayed"):
            continue
        final = final or action == "failed"
        failed.append(_after_kind(str(block.get("Final-Recipient", ""))))
        why = why or _after_kind(str(block.get("Diagnostic-Code", ""))) or str(block.get("Status", ""))
    if not failed:
        return None  # a receipt: it was delivered
    return Bounce(
        _original(parts),
        tuple(dict.fromkeys(one for one in failed if one)),
        " ".join(why.split())[:300],
        final,
    )


def inside(part: Message) -> list[Message]:
    """What a part consists of."""
    children: object = part.get_payload()
    return (
        [one for one in cast(list[object], children) if isinstance(one, Message)]
        if isinstance(children, list)
        else []
    )


def _after_kind(field: str) -> str:
    """`rfc822; nobody@shop.example` without its kind."""
    return field.partition(";")[2].strip() or field.strip()


def _original(parts: list[Message]) -> str | None:
    """The Message-ID of what is returned with the report, whole or only its headers."""
    for part in parts[1:]:
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            named = re.search(r"^message-id:\s*(<[^<>\s]{3,900}>)", text, re.IGNORECASE | re.MULTILINE)
            if named:
                return named[1]
        found = _ID.search(str(part.get("Message-ID", "")))
        if found:
            return found[0]
    return None
