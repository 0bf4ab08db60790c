"""Backup and restore of an installation: its database and its files, in one archive.

The database travels as data (COPY, from one REPEATABLE READ snapshot), never as SQL: our own migrations make the schema at
the revision that the archive names. So no program of PostgreSQL's is needed, versions of the server may differ, and an archive
from a stranger can bring rows but never code. Why not pg_dump: docs/adr/backup-as-data.md.
"""

from tongdai.platform.backup.archive import ArchiveReader, ArchiveWriter, Manifest, Member, Table
from tongdai.platform.backup.errors import (
    ArchiveDamaged,
    ArchiveExists,
    ArchiveForeign,
    ArchiveNewer,
    InstallationBusy,
    InstallationInUse,
)
from tongdai.platform.backup.files import pack_files, unpack_files
from tongdai.platform.backup.repository import holds_data, pack_database, restored_database

__all__ = [
    "ArchiveDamaged",
    "ArchiveExists",
    "ArchiveForeign",
    "ArchiveNewer",
    "ArchiveReader",
    "ArchiveWriter",
    "InstallationBusy",
    "InstallationInUse",
    "Manifest",
    "Member",
    "Table",
    "holds_data",
    "pack_database",
    "pack_files",
    "restored_database",
    "unpack_files",
]
