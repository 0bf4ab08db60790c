"""Makes the people, queues and contacts that tests need, through the same code as the product where it exists."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.kit.ids import new_id
from tongdai.kit.text import fold, sort_key
from tongdai.people import public as people
from tongdai.people.events import UserChanged
from tongdai.platform.database import Database, Jsonb, Scope, Transaction
from tongdai.platform.sealed import DEFAULT_RING, KeyRing, unsealed
from tongdai.routing import public as routing
from tongdai.routing.events import QueueChanged

_numbers = itertools.count(1)


def sound_of(data: Path, path: str) -> bytes:
    """What a stored recording holds: in the file store it is encrypted."""
    ring = KeyRing(data / DEFAULT_RING)
    return b"".join(unsealed(data / "files" / path, ring, Path(path).name.partition(".")[0]))


async def until(condition: Callable[[], Awaitable[Any]], *, timeout: float = 60.0) -> Any:
    """Await a condition; gives its first true value. Fails the test when it does not come true in time."""
    async with asyncio.timeout(timeout):
        while not (value := await condition()):
            await asyncio.sleep(0.005)
    return value


class World:
    """One tenant in a database."""

    def __init__(self, database: Database, tenant_id: UUID) -> None:
        self.database = database
        self.tenant_id = tenant_id
        self.scope = Scope(tenant_id)

    @classmethod
    async def make(cls, database: Database, country: str = "VN") -> "World":
        tenant_id = new_id()
        async with database.transaction(Scope.system()) as tx:
            await tx.execute(
                "INSERT INTO tenants (id, slug, name, country, time_zone)"
                " VALUES (%(id)s, %(slug)s, %(slug)s, %(country)s, 'Asia/Ho_Chi_Minh')",
                {"id": tenant_id, "slug": f"tenant-{next(_numbers)}", "country": country},
            )
        return cls(database, tenant_id)

    async def user(self, name: str | None = None, *, skills: dict[UUID, int] | None = None) -> UUID:
        user_id, number = new_id(), next(_numbers)
        name = name or f"Agent {number}"
        async with self.database.transaction(self.scope) as tx:
            await tx.execute(
                "INSERT INTO users (tenant_id, id, email, name, name_sort, name_fold, extension)"
                " VALUES (%(tenant)s, %(id)s, %(email)s, %(name)s, %(sort)s, %(fold)s, %(ext)s)",
                {
                    "id": user_id,
                    "email": f"user{number}@example.com",
                    "name": name,
                    "sort": sort_key(name),
                    "fold": fold(name),
                    "ext": str(1000 + number),
                },
            )
            for skill, level in (skills or {}).items():
                await tx.execute(
                    "INSERT INTO user_skills VALUES (%(tenant)s, %(user)s, %(skill)s, %(level)s)",
                    {"user": user_id, "skill": skill, "level": level},
                )
        return user_id

    async def skill(self, name: str) -> UUID:
        skill_id = new_id()
        async with self.database.transaction(self.scope) as tx:
            await tx.execute(
                "INSERT INTO skills (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, %(name)s)",
                {"id": skill_id, "name": name},
            )
        return skill_id

    async def queue(self, members: Iterable[UUID] = (), **settings: Any) -> UUID:
        queue_id = new_id()
        values = {"name": f"Queue {next(_numbers)}", "wrap_up_s": 0.0, **settings}
        columns = ", ".join(values)
        places = ", ".join(f"%({name})s" for name in values)
        async with self.database.transaction(self.scope) as tx:
            await tx.execute(
                f"INSERT INTO queues (tenant_id, id, {columns}) VALUES (%(tenant)s, %(id)s, {places})",
                {
                    "id": queue_id,
                    **{k: Jsonb(v) if isinstance(v, list) else v for k, v in values.items()},
                },
            )
            for position, user_id in enumerate(members):
                await tx.execute(
                    "INSERT INTO queue_members VALUES (%(tenant)s, %(queue)s, %(user)s, %(position)s)",
                    {"queue": queue_id, "user": user_id, "position": position},
                )
            tx.emit(QueueChanged(aggregate_id=queue_id, aggregate_version=1))
        return queue_id

    async def ready(self, *user_ids: UUID) -> None:
        for user_id in user_ids:
            async with self.database.transaction(self.scope) as tx:
                await people.choose(tx, user_id, people.Chosen.READY, None, datetime.now(UTC))

    async def not_ready(self, user_id: UUID) -> None:
        async with self.database.transaction(self.scope) as tx:
            await people.choose(tx, user_id, people.Chosen.NOT_READY, None, datetime.now(UTC))

    async def changed(self, user_id: UUID) -> None:
        """Somebody edited the agent."""
        async with self.database.transaction(self.scope) as tx:
            tx.emit(UserChanged(aggregate_id=user_id, aggregate_version=2))

    async def arrive(self, queue_id: UUID, **wish: Any) -> UUID:
        """A caller who is put into the queue at once."""
        interaction_id = new_id()
        now = datetime.now(UTC)
        async with self.database.transaction(self.scope) as tx:
            await conversations.start(
                tx, conversations.NewInteraction(interaction_id, "voice", "inbound", now, "0912345678")
            )
            await routing.enqueue(tx, routing.Enqueue(interaction_id, queue_id, **wish), now)
        return interaction_id

    async def hang_up(self, interaction_id: UUID) -> None:
        now = datetime.now(UTC)
        async with self.database.transaction(self.scope) as tx:
            row = await conversations.lock(tx, interaction_id)
            await routing.leave(tx, interaction_id, "abandoned", now)
            await conversations.close(tx, row, now, hung_up_by="customer", short_abandon_s=0)

    async def offers(self, interaction_id: UUID | None = None) -> list[conversations.AssignmentRow]:
        """Open offers."""
        async with self.database.transaction(self.scope) as tx:
            rows = await tx.fetch_tuples(
                "SELECT id FROM assignments WHERE tenant_id = %(tenant)s AND state = 'offered'"
                " AND (%(id)s::uuid IS NULL OR interaction_id = %(id)s)",
                {"id": interaction_id},
            )
            return await conversations.Assignments(tx).get([row[0] for row in rows])

    async def offered(self, interaction_id: UUID) -> conversations.AssignmentRow:
        """The open offer of a contact, once there is one."""
        rows: list[conversations.AssignmentRow] = await until(lambda: self.offers(interaction_id))
        return rows[0]

    async def accept(self, assignment_id: UUID) -> None:
        async with self.database.transaction(self.scope) as tx:
            await routing.accept(tx, assignment_id, datetime.now(UTC))

    async def decline(self, assignment_id: UUID) -> None:
        async with self.database.transaction(self.scope) as tx:
            await routing.pass_over(tx, assignment_id, "declined", datetime.now(UTC))

    async def end(self, assignment: conversations.AssignmentRow) -> None:
        """The customer hangs up on a connected call."""
        now = datetime.now(UTC)
        async with self.database.transaction(self.scope) as tx:
            row = await conversations.lock(tx, assignment.interaction_id)
            await conversations.close(tx, row, now, hung_up_by="customer")
            await routing.end_work(tx, assignment.id, now)

    async def value(self, sql: str, **parameters: Any) -> Any:
        async with self.database.transaction(self.scope) as tx:
            return await tx.fetch_value(sql, parameters)

    async def allow(self, user_id: UUID, *permissions: str) -> None:
        """Give a user a role of their own."""
        role_id = new_id()
        async with self.transaction() as tx:
            await tx.execute(
                "INSERT INTO roles (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, %(name)s)",
                {"id": role_id, "name": f"role {role_id}"},
            )
            for permission in permissions:
                await tx.execute(
                    "INSERT INTO role_grants (tenant_id, role_id, permission, extent)"
                    " VALUES (%(tenant)s, %(id)s, %(permission)s, 'tenant')",
                    {"id": role_id, "permission": permission},
                )
            await tx.execute(
                "INSERT INTO user_roles (tenant_id, user_id, role_id) VALUES (%(tenant)s, %(user)s, %(role)s)",
                {"user": user_id, "role": role_id},
            )

    def transaction(self) -> Any:
        return self.database.transaction(self.scope)


__all__ = ["Transaction", "World", "until"]
