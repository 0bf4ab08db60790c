"""Errors of module telephony."""

from tongdai.platform.errors import AppError, Conflict, Forbidden


class CallNotInState(Conflict):
    """The call has moved on; this is not possible now."""

    code = "call_not_in_state"


class NoPhone(Conflict):
    """Your phone is not connected. Allow the microphone, or sign in with your desk phone, and try again."""

    code = "no_phone"


class ColleagueUnreachable(Conflict):
    """Your colleague's phone is not connected. Choose somebody else, or a queue."""

    code = "colleague_unreachable"


class ColleagueBusy(Conflict):
    """Your colleague is on another contact. Choose somebody else, or a queue."""

    code = "colleague_busy"


class PickedUpAlready(Conflict):
    """Somebody else is picking this call up."""

    code = "picked_up_already"


class NotParked(Conflict):
    """This call is not parked any more: it was picked up, came back to who parked it, or the caller hung up."""

    code = "not_parked"


class ParkFull(Conflict):
    """All parking places are taken. Hold the call instead, or send the customer to a queue."""

    code = "park_full"


class RoomFull(Conflict):
    """As many are in this conference room as may be. Try again when somebody has left."""

    code = "room_full"


class CannotBeAsked(Conflict):
    """Nobody is there to speak with beforehand. A flow, a conference room or a voicemail takes the customer alone: transfer at
    once."""

    code = "cannot_be_asked"


class TooManyParties(Conflict):
    """Ten people are on this call; that is as many as can be."""

    code = "too_many_parties"


class NoTrunk(Conflict):
    """There is no line to the outside world. Ask an administrator to add a trunk."""

    code = "no_trunk"


class NumberRefused(Forbidden):
    """Your role does not allow calls to this kind of number."""

    code = "number_refused"


class DoNotCall(Forbidden):
    """This number is on the do-not-call list."""

    code = "do_not_call"


class OutsideCallingHours(Forbidden):
    """It is too early or too late there to call this number."""

    code = "outside_calling_hours"


class CallerIdRefused(Forbidden):
    """You may not show this number to whom you call. Choose another, or none: then the rule chooses."""

    code = "caller_id_refused"


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
