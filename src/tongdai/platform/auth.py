"""Who asks, and how far that reaches: one place for every permission check.

A permission is an action ("calls.listen") with a reach: own, team, queue, project or tenant. Modules declare their
permissions when they register; roles grant them (module people); routes require them; repositories narrow their rows by the
`Reach` that they are given.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from tongdai.platform.errors import Forbidden


class Extent(StrEnum):
    """How far a grant reaches, narrow to wide."""

    OWN = "own"
    TEAM = "team"
    QUEUE = "queue"
    PROJECT = "project"
    TENANT = "tenant"


WIDTH = {extent: width for width, extent in enumerate(Extent)}


@dataclass(frozen=True, slots=True)
class Permission:
    """An action that can be granted. `extents` are the reaches that make sense for it; `label` names it for administrators."""

    name: str
    label: str
    extents: tuple[Extent, ...] = (Extent.TENANT,)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose rows a grant covers. With `extent` TENANT the sets do not matter."""

    extent: Extent
    user_id: UUID | None
    team_ids: frozenset[UUID] = frozenset()
    queue_ids: frozenset[UUID] = frozenset()
    project_ids: frozenset[UUID] = frozenset()

    @property
    def everything(self) -> bool:
        return self.extent is Extent.TENANT

    def covers(
        self,
        *,
        user_id: UUID | None = None,
        team_ids: frozenset[UUID] = frozenset(),
        queue_id: UUID | None = None,
        project_id: UUID | None = None,
    ) -> bool:
        """Whether a row with these owners is within reach. Wider extents include what narrower ones cover."""
        width = WIDTH[self.extent]
        if self.everything or (user_id is not None and user_id == self.user_id):
            return True
        if width >= WIDTH[Extent.TEAM] and self.team_ids & team_ids:
            return True
        if width >= WIDTH[Extent.QUEUE] and queue_id in self.queue_ids:
            return True
        return width >= WIDTH[Extent.PROJECT] and project_id in self.project_ids


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a signed-in user or an API token of one. `grants` holds the widest extent per permission."""

    tenant_id: UUID
    user_id: UUID
    name: str
    session_id: UUID | None
    grants: Mapping[str, Extent] = field(default_factory=dict[str, Extent])
    team_ids: frozenset[UUID] = frozenset()
    queue_ids: frozenset[UUID] = frozenset()
    project_ids: frozenset[UUID] = frozenset()

    def may(self, permission: str) -> bool:
        return permission in self.grants

    def reach(self, permission: str) -> Reach:
        """How far this principal may use `permission`. Raises Forbidden when not at all."""
        extent = self.grants.get(permission)
        if extent is None:
            raise Forbidden(permission=permission)
        return Reach(extent, self.user_id, self.team_ids, self.queue_ids, self.project_ids)
