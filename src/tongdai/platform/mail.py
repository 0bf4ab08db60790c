"""Sending mail through the installation's SMTP server, such that it is known whether it was taken.

A mail that may have been taken is never offered again: the protocol leaves one moment, between its last byte and the server's
answer, of which nobody can know.
"""

import contextlib
import smtplib
import ssl
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


def send_mail(settings: Settings, message: EmailMessage) -> None:
    """Offer a mail to the server; returns when it has been taken. Blocks: run it in a thread. Raises the above."""
    try:
        server = _signed_in(settings)
        try:
            _envelope(server, message)
            _content(server, message)
        finally:
            # Taken or not, it is known by now: a line that breaks here changes nothing.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()
    except smtplib.SMTPAuthenticationError as error:
        raise MailNotTaken("the mail server does not accept the user name or password") from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailNotTaken(str(error) or type(error).__name__) from error


def _signed_in(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.smtp_port
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        else:
            server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def _envelope(server: smtplib.SMTP, message: EmailMessage) -> None:
    sender, receiver = _bare(message["From"]), _bare(message["To"])
    for code, answer in (server.mail(sender), server.rcpt(receiver)):
        if code not in (250, 251):
            raise _refusal(code, answer)


def _content(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        code, answer = server.data(message.as_bytes())
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
