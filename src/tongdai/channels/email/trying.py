"""Signing in to a mailbox's servers, to say what is wrong with them."""

import asyncio
import smtplib
import ssl
from contextlib import closing

from tongdai.channels.email.imap import Session, Trouble
from tongdai.channels.email.mailboxes import MailboxRow, password_of
from tongdai.channels.email.outbox import server_of
from tongdai.channels.email.schemas import Trial, Trials
from tongdai.platform.mail import MailServer, hang_up, signed_in
from tongdai.platform.sealed import Damaged, KeyMissing, KeyRing

OK = Trial(state="ok", problem="")


async def try_both(mailbox: MailboxRow, ring: KeyRing) -> Trials:
    """Nothing is read and nothing is sent."""
    try:
        password = password_of(mailbox, ring)
    except (KeyMissing, Damaged) as error:
        told = Trial(state="key", problem=str(error))
        return Trials(imap=told, smtp=told)
    if not password:
        told = Trial(state="no_password", problem="")
        return Trials(imap=told, smtp=told)
    imap, smtp = await asyncio.gather(
        asyncio.to_thread(_imap, mailbox, password), asyncio.to_thread(_smtp, server_of(mailbox, password))
    )
    return Trials(imap=imap, smtp=smtp)


def _imap(mailbox: MailboxRow, password: str) -> Trial:
    try:
        with closing(Session(mailbox.imap, mailbox.username, password)):
            return OK
    except Trouble as error:
        return Trial(state=error.state, problem=str(error))


def _smtp(server: MailServer) -> Trial:
    try:
        hang_up(signed_in(server))
    except smtplib.SMTPAuthenticationError as error:
        return Trial(state="sign_in", problem=_words(error.smtp_error))
    except ssl.SSLCertVerificationError as error:
        return Trial(state="certificate", problem=error.verify_message)
    except smtplib.SMTPException as error:
        return Trial(state="refused", problem=_words(str(error)))
    except OSError as error:
        return Trial(state="unreachable", problem=_words(str(error)))
    return OK


def _words(text: bytes | str) -> str:
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(shown.split())[:300]
