"""Sending mail through an SMTP server, such that it is known whether it was taken.

A mail that may have been taken is never offered again: the protocol leaves one moment, between its last byte and the server's
answer, of which nobody can know.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr

from tongdai.platform.config import Settings

TIMEOUT_S = 30.0


class MailRefused(Exception):
    """The server does not take this mail, now or ever."""


class MailNotTaken(Exception):
    """It was not taken, and may be the next time: the server is away, or too busy."""


class MailNotSignedIn(MailNotTaken):
    """The server does not accept who hands it in."""


class MailUncertain(Exception):
    """The line broke after everything was said: it may have been taken."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `security`: tls, starttls, none. Without a user nobody signs in; by `token` (OAuth 2.0) where
    there is one, else by password."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""
    token: str = ""

    @classmethod
    def of(cls, settings: Settings) -> "MailServer":
        """The installation's own."""
        return cls(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password,
        )


def send_mail(
    server: MailServer,
    message: EmailMessage,
    sender: str | None = None,
    receivers: Sequence[str] | None = None,
) -> None:
    """Offer a mail to the server; returns when it has been taken for all of its receivers, or else for none. `sender`: the
    envelope's, where it is not the mail's (empty: nobody is told what comes back); `receivers`: where they are not the mail's
    one. Blocks: run it in a thread. Raises the above."""
    try:
        line = signed_in(server)
        try:
            _envelope(line, message, sender, receivers)
            _content(line, message)
        finally:
            # Taken or not, it is known by now: a line that breaks here changes nothing.
            hang_up(line)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:
            raise MailNotTaken(f"{error.smtp_code} {_text(error.smtp_error)}") from error
        raise MailNotSignedIn("the mail server does not accept the user name or password") from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailNotTaken(str(error) or type(error).__name__) from error


def hang_up(line: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        line.quit()
    line.close()


def signed_in(server: MailServer) -> smtplib.SMTP:
    """An open line to the server. Raises OSError, SMTPException."""
    context = ssl.create_default_context()
    if server.security == "tls":
        line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    else:
        line = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        if server.security == "starttls":
            line.starttls(context=context)
        if server.token:
            line.ehlo_or_helo_if_needed()
            line.auth("XOAUTH2", _ToldOnce(xoauth2(server.user, server.token)))
        elif server.user:
            line.login(server.user, server.password)
        else:
            line.ehlo_or_helo_if_needed()
    except BaseException:
        line.close()
        raise
    return line


def xoauth2(user: str, token: str) -> str:
    """What says who we are to servers that take a provider's token."""
    return f"user={user}\1auth=Bearer {token}\1\1"


class _ToldOnce:
    """A refusal comes as a challenge that wants an empty answer."""

    def __init__(self, first: str) -> None:
        self._first = first

    def __call__(self, challenge: bytes | None = None, /) -> str:
        return self._first if challenge is None else ""


def _envelope(
    line: smtplib.SMTP, message: EmailMessage, sender: str | None, receivers: Sequence[str] | None
) -> None:
    """All receivers are asked about, so that everyone whom the server refuses is named."""
    sender = _bare(message["From"]) if sender is None else sender
    code, answer = line.mail(sender)
    if code != 250:
        raise _refusal(code, answer)
    wished = [_bare(message["To"])] if receivers is None else list(receivers)
    refused = [
        (code, answer, one) for one in wished for code, answer in [line.rcpt(one)] if code not in (250, 251)
    ]
    if len(wished) == 1 and refused:
        raise _refusal(refused[0][0], refused[0][1])
    if refused:
        told = "; ".join(f"{one}: {code} {_text(answer)}" for code, answer, one in refused)
        raise (MailRefused if any(code >= 500 for code, _, _ in refused) else MailNotTaken)(told)


def _content(line: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        code, answer = line.data(message.as_bytes())
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailUncertain(str(error)) from error
    if code != 250:
        raise _refusal(code, answer)


def _bare(header: str) -> str:
    """The address alone."""
    return parseaddr(str(header))[1]


def _refusal(code: int, answer: bytes | str) -> Exception:
    return (MailRefused if code >= 500 else MailNotTaken)(f"{code} {_text(answer)}")


def _text(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
