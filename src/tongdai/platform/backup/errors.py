"""What can go wrong with a backup; the docstring is the message, and what follows in the instance names the place."""

from tongdai.platform.embedded.errors import SetupError


class BackupError(SetupError):
    """The backup cannot be used."""

    def __init__(self, detail: str = "") -> None:
        text = " ".join((type(self).__doc__ or "").split())
        super().__init__(f"{text} ({detail})" if detail else text)


class ArchiveDamaged(BackupError):
    """The backup is damaged or was cut short, and nothing was changed: take another copy of the file."""


class ArchiveForeign(BackupError):
    """This file is no backup that `tongdai backup` made, and nothing was changed: check its name."""


class ArchiveNewer(BackupError):
    """The backup was made by a newer Tongdai, and nothing was changed: install that version, then restore."""


class ArchiveExists(BackupError):
    """There is a file of this name already: choose another name, or move it away."""


class InstallationInUse(BackupError):
    """This installation holds data already, and nothing was changed: restore into an empty one, or replace what is there
    with --replace (take a backup of it first)."""


class InstallationBusy(BackupError):
    """Tongdai runs on this database, and nothing was changed: stop every `tongdai serve` and demo of it, then restore."""
