"""Errors of module crm."""

from tongdai.platform.errors import Conflict


class AlreadyMerged(Conflict):
    """These two are one contact already."""

    code = "already_merged"


class NotMerged(Conflict):
    """This merge was undone already."""

    code = "not_merged"


class Erased(Conflict):
    """This contact's personal data were erased on request; nothing can be added."""

    code = "erased"
