"""Errors of module telephony."""

from tongdai.platform.errors import AppError, Conflict, Forbidden


class CallNotInState(Conflict):
    """The call has moved on; this is not possible now."""

    code = "call_not_in_state"


class NoPhone(Conflict):
    """Your phone is not connected. Allow the microphone, or sign in with your desk phone, and try again."""

    code = "no_phone"


class NoTrunk(Conflict):
    """There is no line to the outside world. Ask an administrator to add a trunk."""

    code = "no_trunk"


class NumberRefused(Forbidden):
    """Your role does not allow calls to this kind of number."""

    code = "number_refused"


class BadNumber(AppError):
    """This is not a number that can be dialled. Write it as on a business card, for example +84 28 1234 5678."""

    status = 422
    code = "bad_number"


class UserLimitReached(Conflict):
    """You have placed as many outside calls today as you may: ask for a higher limit. Emergency numbers always go."""

    code = "user_limit_reached"


class LimitReached(Conflict):
    """All lines that you may use are busy. Try again in a moment."""

    code = "limit_reached"
