"""Sending mail through an SMTP server, such that it is known whether it was taken.

A mail that may have been taken is never offered again: the protocol leaves one moment, between its last byte and the server's
answer, of which nobody can know.
"""

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr

from tongdai.platform.config import Settings

TIMEOUT_S = 30.0


class MailRefused(Exception):
    """The server does not take this mail, now or ever."""


class MailNotTaken(Exception):
    """It was not taken, and may be the next time: the server is away, or too busy."""


class MailUncertain(Exception):
    """The line broke after everything was said: it may have been taken."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `security`: tls, starttls, none. Without a user nobody signs in."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""

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


def send_mail(server: MailServer, message: EmailMessage, sender: str | None = None) -> None:
    """Offer a mail to the server; returns when it has been taken. `sender`: the envelope's, where it is not the mail's (empty:
    nobody is told what comes back). Blocks: run it in a thread. Raises the above."""
    try:
        line = signed_in(server)
        try:
            _envelope(line, message, sender)
            _content(line, message)
        finally:
            # Taken or not, it is known by now: a line that breaks here changes nothing.
            hang_up(line)
    except smtplib.SMTPAuthenticationError as error:
        raise MailNotTaken("the mail server does not accept the user name or password") from error
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
        if server.user:
            line.login(server.user, server.password)
        else:
            line.ehlo_or_helo_if_needed()
    except BaseException:
        line.close()
        raise
    return line


def _envelope(line: smtplib.SMTP, message: EmailMessage, sender: str | None) -> None:
    sender = _bare(message["From"]) if sender is None else sender
    for code, answer in (line.mail(sender), line.rcpt(_bare(message["To"]))):
        if code not in (250, 251):
            raise _refusal(code, answer)


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
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return (MailRefused if code >= 500 else MailNotTaken)(f"{code} {text}")
