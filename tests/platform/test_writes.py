"""Writes that leave together do what they would do one by one."""

import pytest
from tests.support import World

from tongdai.kit.ids import new_id
from tongdai.platform.database import Database
from tongdai.platform.database.driver import ForeignKeyViolation
from tongdai.platform.database.writes import MOST, Writes, merged

SKILL = "INSERT INTO skills (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, %(name)s)"
RENAME = "UPDATE skills SET name = %(name)s WHERE tenant_id = %(tenant)s AND id = %(id)s"
HAS = "INSERT INTO user_skills VALUES (%(tenant)s, %(user)s, %(skill)s, 3)"


@pytest.fixture
async def world(database: Database) -> World:
    return await World.make(database)


def test_two_changes_of_one_table_never_share_a_statement():
    writes = Writes()
    writes.add(SKILL, {})
    assert writes.takes(SKILL)
    assert not writes.takes(RENAME)
    assert writes.takes(HAS)
    assert not writes.takes("SELECT 1")
    changed = Writes()
    changed.add(RENAME, {})
    assert not changed.takes(RENAME)
    assert not changed.takes(SKILL)
    assert changed.takes(SKILL, apart=True)
    deleted = Writes()
    deleted.add("DELETE FROM skills", {})
    assert not deleted.takes(SKILL, apart=True)


def test_a_statement_stays_of_a_size():
    writes = Writes()
    for _ in range(MOST):
        assert writes.takes(SKILL)
        writes.add(SKILL, {})
    assert not writes.takes(SKILL)


def test_places_are_numbered_once_per_value_and_the_tenant_once_for_all():
    text, places = merged(
        (
            "UPDATE a SET x = %(x)s, y = %(x)s WHERE t = %(tenant)s",
            "INSERT INTO b VALUES (%(x)s, %(tenant)s, '%%')",
        )
    )
    assert text == "WITH w0 AS (UPDATE a SET x = $1, y = $1 WHERE t = $2) INSERT INTO b VALUES ($3, $2, '%')"
    assert places == ((0, "x"), (0, "tenant"), (1, "x"))


async def test_what_was_written_is_read_in_the_same_transaction_and_after(world: World):
    user, skill = await world.user(), new_id()
    async with world.transaction() as tx:
        await tx.write(SKILL, {"id": skill, "name": "Tea"})
        await tx.write(HAS, {"user": user, "skill": skill})
        await tx.write(RENAME, {"id": skill, "name": "Coffee"})
        assert await tx.fetch_value("SELECT name FROM skills WHERE id = %(id)s", {"id": skill}) == "Coffee"
        await tx.write(RENAME, {"id": skill, "name": "Water"})
    assert await world.value("SELECT name FROM skills WHERE id = %(id)s", id=skill) == "Water"
    assert await world.value("SELECT level FROM user_skills WHERE skill_id = %(id)s", id=skill) == 3


async def test_execute_takes_the_waiting_writes_along_and_counts_its_own_rows(world: World):
    user, skill = await world.user(), new_id()
    async with world.transaction() as tx:
        await tx.write(SKILL, {"id": skill, "name": "Tea"})
        assert await tx.execute("UPDATE users SET name = 'Lan' WHERE id = %(id)s", {"id": user}) == 1
        assert await tx.execute("UPDATE users SET name = 'Lan' WHERE id = %(id)s", {"id": new_id()}) == 0
    assert await world.value("SELECT count(*) FROM skills WHERE id = %(id)s", id=skill) == 1


async def test_a_violated_constraint_is_raised_and_nothing_is_kept(world: World):
    skill = new_id()
    with pytest.raises(ForeignKeyViolation):
        async with world.transaction() as tx:
            await tx.write(SKILL, {"id": skill, "name": "Tea"})
            await tx.write(HAS, {"user": new_id(), "skill": skill})
    assert await world.value("SELECT count(*) FROM skills WHERE id = %(id)s", id=skill) == 0


async def test_what_waits_is_forgotten_when_the_transaction_fails(world: World):
    skill = new_id()
    with pytest.raises(KeyError):
        async with world.transaction() as tx:
            await tx.write(SKILL, {"id": skill, "name": "Tea"})
            raise KeyError
    assert await world.value("SELECT count(*) FROM skills WHERE id = %(id)s", id=skill) == 0


async def test_a_write_is_rewritten_until_it_is_sent(world: World):
    skill, row = new_id(), ("skill", 1)
    async with world.transaction() as tx:
        await tx.write(SKILL, {"id": skill, "name": "Tea"}, row=row)
        assert tx.rewrite(SKILL, {"name": "Coffee"}, row)
        assert await tx.fetch_value("SELECT name FROM skills") == "Coffee"
        assert not tx.rewrite(SKILL, {"name": "Water"}, row)
    assert await world.value("SELECT name FROM skills") == "Coffee"
