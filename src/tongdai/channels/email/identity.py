"""By what a mail is known to belong to a conversation: marks of ours that nobody else can make. Pure.

A mark is the conversation's id and a code over it by the mailbox's secret. It stands in the Message-ID of every mail that we
send, in the address that answers go to where the server delivers `name+mark@`, and shortened in the subject, for clients that
keep nothing else.
"""

import base64
import hmac
import re
from collections.abc import Collection
from uuid import UUID

_ID = re.compile(r"<[^<>\s]{3,900}>")
_MARK = re.compile(r"[a-z2-7]{42}")
_TOKEN = re.compile(r"\[#([a-z2-7]{10})\]", re.IGNORECASE)
_CODE = 10
"""Bytes of the code: nobody guesses one of 2^80 by writing mails."""


def mark_of(secret: bytes, conversation_id: UUID) -> str:
    """42 letters and digits, whatever a server does to their case."""
    return _letters(conversation_id.bytes + hmac.digest(secret, conversation_id.bytes, "sha256")[:_CODE])


def conversation_of(secret: bytes, mark: str) -> UUID | None:
    """The conversation that the mark names; None unless we made it."""
    mark = mark.lower()
    if not _MARK.fullmatch(mark):
        return None
    conversation_id = UUID(bytes=base64.b32decode(mark.upper() + "=" * (-len(mark) % 8))[:16])
    return conversation_id if hmac.compare_digest(mark, mark_of(secret, conversation_id)) else None


def message_id(secret: bytes, conversation_id: UUID, mail_id: UUID, domain: str) -> str:
    return f"<conv.{mark_of(secret, conversation_id)}.{mail_id.hex}@{domain}>"


def conversation_of_message(secret: bytes, message: str) -> UUID | None:
    """The conversation of a Message-ID that we made."""
    kind, _, rest = message.strip("<>").partition(".")
    return conversation_of(secret, rest.partition(".")[0]) if kind == "conv" else None


def reply_address(secret: bytes, conversation_id: UUID, address: str) -> str:
    """Where answers go: `support+mark@shop.example`."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{mark_of(secret, conversation_id)}@{domain}"


def conversation_of_address(secret: bytes, own: str, address: str) -> UUID | None:
    """The conversation that a receiver's address names, if it is this mailbox's own with a mark."""
    local, _, domain = address.rpartition("@")
    name, _, mark = local.partition("+")
    return conversation_of(secret, mark) if f"{name}@{domain}".lower() == own.lower() else None


def is_own(own: Collection[str], address: str) -> bool:
    """Whether this is one of our own addresses, with or without something after its `+`."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in own or address.lower() in own


def subject_token(secret: bytes, conversation_id: UUID) -> str:
    """Short enough for a subject; counts only from somebody who takes part in the conversation."""
    return _letters(hmac.digest(secret, b"subject" + conversation_id.bytes, "sha256"))[:10]


def token_in(subject: str) -> str | None:
    found = _TOKEN.search(subject)
    return found[1].lower() if found else None


_PREFIX = re.compile(r"^(?:re|fwd?)\s*:\s*", re.IGNORECASE)


def plain_subject(subject: str) -> str:
    """What it is about, without the marks of answers and forwards before it and without a token."""
    plain = " ".join(_TOKEN.sub("", subject).split())
    while (found := _PREFIX.match(plain)) is not None:
        plain = plain[found.end() :]
    return plain


def reply_subject(subject: str) -> str:
    """`Re:` once."""
    return f"Re: {plain_subject(subject)}".strip()


def forward_subject(subject: str) -> str:
    return f"Fwd: {plain_subject(subject)}".strip()


def with_token(subject: str, token: str) -> str:
    """The token once, at the end."""
    return f"{' '.join(_TOKEN.sub('', subject).split())} [#{token}]".strip()


def ids_in(text: str) -> tuple[str, ...]:
    """The Message-IDs in a header, each once, in their order."""
    return tuple(dict.fromkeys(_ID.findall(text)))


MOST_REFERENCES = 20


def references(parents: tuple[str, ...], parent: str) -> tuple[str, ...]:
    """What an answer to `parent` refers to: the first, for those who find threads by it, and the last ones."""
    known = tuple(dict.fromkeys((*(one for one in parents if one != parent), parent)))
    return known if len(known) <= MOST_REFERENCES else (known[0], *known[-MOST_REFERENCES + 1 :])


def _letters(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()
