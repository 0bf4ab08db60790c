"""Signing in to a mailbox's servers, to say what is wrong with them."""

import asyncio
import smtplib
import ssl
from contextlib import closing

from tongdai.channels.email.access import Credentials, credentials_of
from tongdai.channels.email.imap import Session, Trouble
from tongdai.channels.email.mailboxes import MailboxRow
from tongdai.channels.email.oauth import ProviderAway, SignInAgain
from tongdai.channels.email.outbox import server_of
from tongdai.channels.email.schemas import Trial, Trials
from tongdai.platform.mail import MailServer, hang_up, signed_in
from tongdai.platform.registry import Runtime
from tongdai.platform.sealed import Damaged, KeyMissing

OK = Trial(state="ok", problem="")


async def try_both(runtime: Runtime, mailbox: MailboxRow) -> Trials:
    """Nothing is read and nothing is sent."""
    known = await _known(runtime, mailbox)
    if isinstance(known, Trial):
        return Trials(imap=known, smtp=known)
    trials = await _both(mailbox, known)
    if not known.token or "sign_in" not in (trials.imap.state, trials.smtp.state):
        return trials
    fresh = await _known(runtime, mailbox, refused=known.token)
    return Trials(imap=fresh, smtp=fresh) if isinstance(fresh, Trial) else await _both(mailbox, fresh)


async def _known(runtime: Runtime, mailbox: MailboxRow, refused: str = "") -> Credentials | Trial:
    """By what one signs in, or what hinders already."""
    try:
        known = await credentials_of(runtime, mailbox, refused)
    except (KeyMissing, Damaged) as error:
        return Trial(state="key", problem=str(error))
    except SignInAgain as error:
        return Trial(state="sign_again", problem=_words(str(error)))
    except ProviderAway as error:
        return Trial(state="provider", problem=_words(str(error)))
    return known if known.password or known.token else Trial(state="no_password", problem="")


async def _both(mailbox: MailboxRow, known: Credentials) -> Trials:
    imap, smtp = await asyncio.gather(
        asyncio.to_thread(_imap, mailbox, known), asyncio.to_thread(_smtp, server_of(mailbox, known))
    )
    return Trials(imap=imap, smtp=smtp)


def _imap(mailbox: MailboxRow, known: Credentials) -> Trial:
    try:
        with closing(Session(mailbox.imap, mailbox.username, known.password, known.token)):
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
