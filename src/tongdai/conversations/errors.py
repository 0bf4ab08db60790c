"""Errors of module conversations."""

from tongdai.platform.errors import Conflict, Invalid


class NotInState(Conflict):
    """This is not possible any more: the contact has moved on."""

    code = "not_in_state"


class DispositionNeedsNote(Invalid):
    """This result needs a note: say in a few words what happened."""

    code = "note_required"


class NotYours(Conflict):
    """You do not have this contact just now, so you cannot write to the customer. A note is possible."""

    code = "not_yours"


class TooManyReplies(Conflict):
    """You have as many replies of your own as there may be: delete one first."""

    code = "too_many_replies"
