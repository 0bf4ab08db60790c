"""Errors of module channels, most of them told to people outside."""

from tongdai.platform.errors import AppError, Conflict, TooMany


class WidgetUnknown(AppError):
    """This chat does not exist (any more). Please use another way to reach us."""

    status = 404
    code = "widget_unknown"


class VisitorUnknown(AppError):
    """This chat has to be opened anew: reload the page."""

    status = 401
    code = "visitor_unknown"


class IdentityNeeded(AppError):
    """This chat is for customers who are signed in: sign in on the website, and write again."""

    status = 403
    code = "identity_needed"


class IdentityExpired(AppError):
    """Your sign-in on the website has expired here: load the page anew, or sign in again, and write again."""

    status = 403
    code = "identity_expired"


class IdentityRefused(AppError):
    """The website's proof of who you are was not accepted."""

    status = 403
    code = "identity_refused"


class IdentityUsed(AppError):
    """This proof of who you are has been used in another browser: the website has to make another for each."""

    status = 403
    code = "identity_used"


class IdentityOff(Conflict):
    """This chat takes no proof of who its visitors are: an administrator turns that on at the widget."""

    code = "identity_off"


class SecretsFull(Conflict):
    """Two secrets are valid already: remove the one that your server does not use any more."""

    code = "secrets_full"


class TooManyTranscripts(TooMany):
    """This chat has been sent often enough for today."""

    code = "too_many_transcripts"


class NoTranscripts(Conflict):
    """Transcripts cannot be sent: the chat's widget has no mailbox."""

    code = "no_transcripts"


class ChatOver(Conflict):
    """This chat is over. A new message begins another."""

    code = "chat_over"


class WrongChannel(Conflict):
    """That queue takes other contacts: choose another."""

    code = "wrong_channel"


class ColleagueFull(Conflict):
    """They have no room for another conversation just now: choose someone else."""

    code = "colleague_full"


class TooFast(TooMany):
    """You are writing too fast. Wait a moment, and send it again."""

    code = "too_fast"


class SignInStale(AppError):
    """This sign-in took too long, or somebody else began it: begin it again at the mailbox."""

    code = "sign_in_stale"


class NobodyToAnswer(Conflict):
    """This cannot be answered by e-mail: its mailbox is not in use any more, or the mail has been erased."""

    code = "nobody_to_answer"


class ShareOver(Conflict):
    """This is over already: it was taken back, or not answered in time."""

    code = "share_over"
