"""A mailbox on its server, over IMAP. Blocks: each session lives in one thread of its own."""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from imaplib import IMAP4, Internaldate2tuple
from time import mktime
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from tongdai.platform.mail import xoauth2

TIMEOUT_S = 30.0
IDLE_S, LONGEST_IDLE_S = 1.0, 64.0
"""So long one waits for news before one looks all the same, at first and at most. News that come in one packet with the answer to
IDLE are read with it, and not seen by who waits at the socket: mails come in bursts, so it is soon after one that this happens.
A line that died without a word is found out by it, too."""
POLL_S = 30.0
"""Where the server has no IDLE."""
LARGEST = 40_000_000
"""Of what is larger only so much is read (bytes of the mail as it travels; its files are a quarter smaller)."""


class Trouble(Exception):
    """A mailbox cannot be read. `state` is a word of schemas.Trouble; the text is the server's."""

    def __init__(self, state: str, problem: str) -> None:
        self.state = state
        super().__init__(" ".join(problem.split())[:300])


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as it lies there. `came_at`: when the server got it. `cut`: it is larger than LARGEST, and this its beginning."""

    uid: int
    raw: bytes
    came_at: datetime | None
    cut: bool


class Session:
    """An open inbox. Every method raises Trouble. `uid_validity` is as of the opening: who makes the UIDs anew ends the line."""

    def __init__(self, access: dict[str, Any], username: str, password: str = "", token: str = "") -> None:
        try:
            self._box = _line(access)
            try:
                if token:
                    self._sign_in_by(xoauth2(username, token))
                else:
                    self._box.login(username, password, "INBOX")
                told = self._box.client.response("UIDVALIDITY")[1]
                self.uid_validity = int(told[0]) if told and told[0] else 0
            except BaseException:
                self.close()
                raise
        except Exception as error:
            raise trouble_of(error) from error

    def _sign_in_by(self, told: str) -> None:
        try:
            # A refusal comes as a challenge that wants an empty answer.
            self._box.client.authenticate("XOAUTH2", lambda challenge: b"" if challenge else told.encode())
        except IMAP4.abort:
            raise
        except IMAP4.error as error:
            raise _not_signed_in(error) from error
        self._box.folder.set("INBOX")  # pyright: ignore[reportUnknownMemberType]

    def after(self, uid: int) -> list[int]:
        """UIDs above this one. (`n:*` gives the last mail even when nothing is new.)"""
        return [one for one in self._search(f"UID {uid + 1}:*") if one > uid]

    def since(self, at: datetime) -> list[int]:
        """UIDs of what came on that day or later: to the day is all that the protocol can say."""
        return self._search(f"SINCE {at:%d}-{_MONTHS[at.month - 1]}-{at:%Y}")

    def _search(self, criteria: str) -> list[int]:
        self._do(self._box.client.noop)  # a server may search what it knew when it last spoke to us
        self._told_of_more()
        return sorted(int(one) for one in self._do(lambda: self._box.uids(criteria)))

    def _told_of_more(self) -> bool:
        """Whether mails were announced since this was asked last."""
        return self._box.client.response("EXISTS")[1] != [None]

    def fetch(self, uid: int) -> Fetched | None:
        """The mail, left unread there; None when it is gone."""
        answer = self._do(
            lambda: self._box.client.uid("FETCH", str(uid), f"(INTERNALDATE BODY.PEEK[]<0.{LARGEST}>)")
        )
        parts: list[bytes | tuple[bytes, bytes]] = answer[1]
        for part in parts:
            if isinstance(part, tuple):
                told = [part[0], *(one for one in parts if isinstance(one, bytes))]
                return Fetched(uid, part[1], _came_at(told), len(part[1]) >= LARGEST)
        return None

    def mark_read(self, uids: Iterable[int]) -> None:
        wanted = [str(one) for one in uids]
        if wanted:
            self._do(lambda: self._box.client.uid("STORE", ",".join(wanted), "+FLAGS.SILENT", "(\\Seen)"))

    def wait(self, seconds: float) -> None:
        """Until the server has news, or it is time to look. What it has told beside other answers since we searched is news: it
        does not tell it again."""
        if self._told_of_more():
            return
        if "IDLE" in self._box.client.capabilities:
            self._do(lambda: self._box.idle.wait(timeout=seconds))
        else:
            self._do(lambda: self._box.idle.poll(timeout=POLL_S))
            self._do(lambda: self._box.client.noop())

    def _do(self, work: Any) -> Any:
        try:
            return work()
        except Exception as error:
            raise trouble_of(error) from error

    def close(self) -> None:
        """From any thread: whatever the session waits for ends."""
        box = getattr(self, "_box", None)
        if box is not None:
            box.client.shutdown()


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _line(access: dict[str, Any]) -> BaseMailBox:
    host, port = str(access["host"]), int(access["port"])
    context = ssl.create_default_context()
    match access["security"]:
        case "tls":
            return MailBox(host, port, timeout=TIMEOUT_S, ssl_context=context)
        case "starttls":
            return MailBoxStartTls(host, port, timeout=TIMEOUT_S, ssl_context=context)
        case _:
            return MailBoxUnencrypted(host, port, timeout=TIMEOUT_S)


def trouble_of(error: Exception) -> Trouble:
    """What hinders, in one of our words."""
    match error:
        case Trouble():
            return error
        case MailboxLoginError():
            return _not_signed_in(error)
        case MailboxFolderSelectError():
            return Trouble("folder", str(error))
        case ssl.SSLCertVerificationError():
            return Trouble("certificate", error.verify_message)
        case OSError() | IMAP4.abort():
            return Trouble("unreachable", str(error) or type(error).__name__)
        case ImapToolsError() | IMAP4.error():
            return Trouble("refused", str(error))
        case _:
            raise error


def _not_signed_in(error: Exception) -> Trouble:
    """A server that cannot look us up just now (RFC 5530) has refused nobody."""
    told = str(error)
    return Trouble("unreachable" if "[UNAVAILABLE]" in told.upper() else "sign_in", told)


def _came_at(parts: list[bytes]) -> datetime | None:
    """INTERNALDATE stands before the mail or after it, as the server likes."""
    told = next((found for part in parts if (found := Internaldate2tuple(part))), None)
    return datetime.fromtimestamp(mktime(told), UTC) if told else None
