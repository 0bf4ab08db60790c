"""How the things of the audit log are called: each module says where the names of its kinds stand.

The log itself keeps ids only, so that what is erased or renamed elsewhere is not kept here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction


@dataclass(frozen=True, slots=True)
class Subject:
    """Things of one kind. `name` and `interaction` are SQL over the row `t` of `table`: the name, as text or as
    {language: text}, and the call that shows the thing, where it is a part of one. With a `permission`, only who holds it
    for the whole centre is told."""

    kind: str
    table: str
    name: str = "t.name"
    interaction: str = "NULL::uuid"
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    id: UUID
    name: Any
    interaction_id: UUID | None


class Subjects:
    """The registered kinds, in `app.ensure(Subjects)`."""

    def __init__(self) -> None:
        self._all: dict[str, Subject] = {}

    def add(self, *subjects: Subject) -> None:
        self._all |= {one.kind: one for one in subjects}

    async def named(
        self, tx: Transaction, me: Principal, wanted: Iterable[tuple[str, UUID | None]]
    ) -> dict[tuple[str, UUID], Named]:
        """The names of (kind, id), as far as they exist and `me` may know them: one query for each kind."""
        by_kind: dict[str, set[UUID]] = {}
        for kind, subject_id in wanted:
            if subject_id is not None and kind in self._all:
                by_kind.setdefault(kind, set()).add(subject_id)
        found: dict[tuple[str, UUID], Named] = {}
        for kind, ids in by_kind.items():
            subject = self._all[kind]
            if subject.permission and not (
                me.may(subject.permission) and me.reach(subject.permission).everything
            ):
                continue
            rows = await tx.fetch_all(
                Named,
                f"SELECT t.id, to_jsonb({subject.name}) AS name, {subject.interaction} AS interaction_id"
                f" FROM {subject.table} t WHERE t.tenant_id = %(tenant)s AND t.id = ANY(%(ids)s)",
                {"ids": list(ids)},
            )
            found |= {(kind, row.id): row for row in rows}
        return found
