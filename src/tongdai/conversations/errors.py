"""Errors of module conversations."""

from tongdai.platform.errors import AppError, Conflict, Invalid, TooMany


class NotInState(Conflict):
    """This is not possible any more: the contact has moved on."""

    code = "not_in_state"


class AlreadySent(Conflict):
    """This reply was sent, or taken back, a moment ago."""

    code = "already_sent"


class TooManyScheduled(Conflict):
    """As many replies wait here as may: send one, or take one back first."""

    code = "too_many_scheduled"


class TooManyTags(Invalid):
    """A conversation has at most 20 tags: take one off first."""

    code = "too_many_tags"


class TooManyLinks(Conflict):
    """One of the two has as many links as there may be: remove one first."""

    code = "too_many_links"


class MergedAway(Conflict):
    """This conversation was merged into another one: write there."""

    code = "merged_away"


class MergedBefore(Conflict):
    """One of the two was merged into another one before: open that one."""

    code = "merged_before"


class MergeHolds(Conflict):
    """Others were merged into the conversation that would be merged: take that back first, or let that one go on."""

    code = "merge_holds"


class MergeHeld(Conflict):
    """A colleague has the conversation that would be merged: they end it first, or it goes on and the other is merged into it."""

    code = "merge_held"


class MergeOpen(Conflict):
    """The conversation that would be merged is still open: end it first, or let it go on and merge the other into it."""

    code = "merge_open"


class MergeWaits(Conflict):
    """A reply waits in the conversation that would be merged: send it, or take it back first."""

    code = "merge_waits"


class OtherCustomer(Conflict):
    """The two are of different customers: say that they belong together all the same."""

    code = "other_customer"


class MergeTakenBack(Conflict):
    """This merge was taken back already."""

    code = "merge_taken_back"


class DispositionNeedsNote(Invalid):
    """This result needs a note: say in a few words what happened."""

    code = "note_required"


class NotYours(Conflict):
    """You do not have this contact just now, so you cannot write to the customer. A note is possible."""

    code = "not_yours"


class FileTooBig(AppError):
    """This file is too big: at most 20 MB can be sent."""

    status = 413
    code = "file_too_big"


class FileEmpty(Invalid):
    """This file is empty: choose another, or wait until it has been saved."""

    code = "file_empty"


class KindRefused(AppError):
    """Files of this kind cannot be sent. Pictures, PDF, text, sound, video, and documents of Office and OpenOffice can."""

    status = 415
    code = "file_kind"


class TooManyFiles(TooMany):
    """That were many files within an hour. Wait a little, and send it again."""

    code = "too_many_files"


class NoRoom(AppError):
    """There is no room for files just now. Write without it, or try again later."""

    status = 507
    code = "no_room"


class AttachmentGone(Conflict):
    """A file is not there any more: attach it again."""

    code = "attachment_gone"


class FileUnreadable(AppError):
    """This file cannot be read: its key is missing, or it is damaged. An administrator runs tongdai doctor."""

    status = 500
    code = "file_unreadable"


class FileCutOff(AppError):
    """The file did not arrive whole. Send it again."""

    code = "file_cut_off"


class TooManyViews(Conflict):
    """There are as many views as there may be: delete one first."""

    code = "too_many_views"


class TooManyReplies(Conflict):
    """You have as many replies of your own as there may be: delete one first."""

    code = "too_many_replies"
