"""Errors of module people."""

from tongdai.platform.errors import AppError, Conflict


class WrongCredentials(AppError):
    """The address or the password is wrong. Check both and try again."""

    status = 401
    code = "wrong_credentials"


class Locked(AppError):
    """Too many wrong passwords. The account is locked for a while; an administrator can unlock it sooner."""

    status = 423
    code = "locked"


class WeakPassword(AppError):
    """Choose a longer password: at least 10 characters."""

    status = 422
    code = "weak_password"


class StillBusy(Conflict):
    """Finish what you are working on first."""

    code = "still_busy"


class LastAdministrator(Conflict):
    """Nobody would be left who can administer users and roles. Give another user an administrator's role first."""

    code = "last_administrator"


class MoreThanYouHold(AppError):
    """You cannot give, or act on, more rights than you hold yourself. Ask someone who holds them."""

    status = 403
    code = "more_than_you_hold"


class NotYourself(Conflict):
    """You cannot archive yourself. Ask another administrator."""

    code = "not_yourself"


class SystemReason(Conflict):
    """The system itself gives this reason, so it stays. You can rename it."""

    code = "system_reason"


class BuiltinRole(Conflict):
    """Built-in roles stay as they are. Make a role of your own instead."""

    code = "builtin_role"
