"""Flow runs on PostgreSQL: one commit with the caller's work, restart-safe, counted."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import tongdai.flows
from tongdai.flows.errors import FlowInvalid
from tongdai.flows.module import check_calendar, knows_calendar
from tongdai.flows.public import (
    CallerLeft,
    CheckCalendar,
    Enqueue,
    FlowRuns,
    FlowService,
    FlowUses,
    HttpRequest,
    LookUpCaller,
    NotPublished,
    Performers,
    Performing,
    Progress,
    Reply,
    StaleRun,
)
from tongdai.flows.repository import FlowRepository, RunRepository
from tongdai.flows.verbs import core_registry
from tongdai.flows.versions import Versions
from tongdai.kit.ids import new_id
from tongdai.platform.database import Database, Scope
from tongdai.platform.errors import StaleVersion

EXAMPLES = Path(tongdai.flows.__file__).parent / "examples"
MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 in Ho Chi Minh City
SUNDAY = MONDAY - timedelta(days=1)


class World:
    """A tenant with a calendar, the engine, and a queue that notes who enters."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tenant = new_id()
        self.scope = Scope(self.tenant)
        self.queued: list[Enqueue] = []
        self.registry, self.performers = core_registry(), Performers()
        self.performers.inside(CheckCalendar, check_calendar)
        self.performers.knows("calendar", knows_calendar)
        self.performers.inside(LookUpCaller, self.look_up)
        self.performers.inside(Enqueue, self.enqueue)
        self.service = FlowService(self.registry, self.performers, FlowUses())
        self.restart()

    def restart(self) -> None:
        """A new process: nothing in memory."""
        self.versions = Versions(self.registry)
        self.runs = FlowRuns(self.registry, self.performers, self.versions)

    async def look_up(self, _: Performing, command: LookUpCaller) -> Reply:
        return Reply(command.id, "found", {"contact": {"name": "Anna", "vip": True}})

    async def enqueue(self, performing: Performing, command: Enqueue) -> None:
        assert performing.tx.tenant_id == self.tenant
        self.queued.append(command)

    async def open(self) -> None:
        weekly = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
        async with self.database.transaction(Scope.system()) as tx:
            await tx.execute(
                "INSERT INTO tenants (id, slug, name, country, time_zone) VALUES (%(id)s, %(slug)s, 'T', 'VN',"
                " 'Asia/Ho_Chi_Minh')",
                {"id": self.tenant, "slug": str(self.tenant)},
            )
        async with self.database.transaction(self.scope) as tx:
            await tx.execute(
                "INSERT INTO calendars (tenant_id, id, name, time_zone, weekly) VALUES (%(tenant)s, %(id)s, 'main',"
                " 'Asia/Ho_Chi_Minh', %(weekly)s::jsonb)",
                {"id": new_id(), "weekly": json.dumps(weekly)},
            )

    async def push(self, text: str, *, publish: bool = True) -> UUID:
        async with self.database.transaction(self.scope) as tx:
            pushed = await self.service.push(tx, text, at=MONDAY, publish=publish)
        self.versions.forget(self.tenant)
        return pushed.flow_id

    async def example(self, name: str) -> UUID:
        return await self.push((EXAMPLES / f"{name}.yaml").read_text())

    async def start(self, flow_id: UUID, at: datetime = MONDAY) -> Progress:
        async with self.database.transaction(self.scope) as tx:
            return await self.runs.start(
                tx, flow_id=flow_id, subject_id=new_id(), variables={"call": {"from": "+84901234567"}}, at=at
            )

    async def reply(self, progress: Progress, result: str, at: datetime = MONDAY, **data: Any) -> Progress:
        assert progress.command is not None
        async with self.database.transaction(self.scope) as tx:
            return await self.runs.advance(tx, progress, Reply(progress.command.id, result, data), at)

    async def load(self, run_id: UUID) -> Progress:
        async with self.database.transaction(self.scope) as tx:
            return await self.runs.load(tx, run_id)


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database)
    await made.open()
    return made


async def test_a_call_through_the_hotline_with_a_restart_at_every_wait(world: World) -> None:
    progress = await world.start(await world.example("hotline_en"))
    seen: list[str] = []
    assert [command.kind for command in progress.begun] == ["answer"]
    answers: list[tuple[str, dict[str, Any]]] = [
        ("done", {}),
        ("digits", {"digits": "2"}),
        ("digits", {"digits": "412345"}),
        ("digits", {"digits": "1"}),
    ]
    for result, data in answers:
        world.restart()
        again = await world.load(progress.run_id)
        assert (again.run, again.revision, again.command) == (
            progress.run,
            progress.revision,
            progress.command,
        )
        assert progress.command is not None
        seen.append(progress.command.kind)
        progress = await world.reply(again, result, **data)
    assert seen == ["say", "gather", "gather", "gather"]
    (queued,) = world.queued
    assert (queued.queue, queued.priority) == ("support", 10)
    assert progress.run.variables["account"] == "412345"
    async with world.database.transaction(world.scope) as tx:
        gone = await world.runs.advance(tx, progress, CallerLeft(), MONDAY)
        path = await RunRepository(tx).path(progress.run_id)
        counts = {(n, e): c for n, e, c in await FlowRepository(tx).path_counts(path[0][1])}
    assert gone.run.ended == "left"
    assert [node for _, _, node, _, _, _ in path] == [
        "answer", "who", "hours", "greeting", "menu", "account", "vip", "support_first",
    ]  # fmt: skip
    assert counts["menu", "support"] == 1
    assert counts["support_first", ""] == 1


async def test_a_path_says_when_the_caller_came_to_each_node(world: World) -> None:
    progress = await world.start(await world.example("hotline_en"))
    for seconds in (5, 20):
        assert progress.command is not None
        reply = Reply(progress.command.id, *(("done", {}) if seconds == 5 else ("digits", {"digits": "2"})))
        async with world.database.transaction(world.scope) as tx:
            progress = await world.runs.advance(tx, progress, reply, MONDAY + timedelta(seconds=seconds))
    async with world.database.transaction(world.scope) as tx:
        path = await RunRepository(tx).path(progress.run_id)
    came = {node: (at - MONDAY).total_seconds() for _, _, node, _, _, at in path}
    assert (came["answer"], came["greeting"], came["menu"]) == (0, 0, 5)


async def test_hours_come_from_the_tenants_calendar(world: World) -> None:
    progress = await world.start(await world.example("hotline_en"), SUNDAY)
    assert progress.run.node == "closed"


async def test_what_the_caller_of_the_engine_rolls_back_has_not_happened(world: World) -> None:
    flow_id = await world.example("hotline_en")
    progress = await world.start(flow_id)
    with pytest.raises(ZeroDivisionError):
        async with world.database.transaction(world.scope) as tx:
            assert progress.command is not None
            await world.runs.advance(tx, progress, Reply(progress.command.id, "done"), MONDAY)
            raise ZeroDivisionError
    assert (await world.load(progress.run_id)).run == progress.run
    moved = await world.reply(progress, "done")
    assert moved.revision == 2


async def test_two_cannot_take_the_same_run_on(world: World) -> None:
    progress = await world.start(await world.example("hotline_en"))
    await world.reply(progress, "done")
    with pytest.raises(StaleRun):
        await world.reply(progress, "done")
    async with world.database.transaction(world.scope) as tx:
        assert len(await RunRepository(tx).path(progress.run_id)) == 4


async def test_a_run_keeps_the_version_that_it_started_with(world: World) -> None:
    text = "flow: f\nstart: a\nnodes:\n  a:\n    say: one\n    go: b\n  b:\n    hang_up: {0}\n"
    flow_id = await world.push(text.replace("{0}", "old"))
    progress = await world.start(flow_id)
    assert await world.push(text.replace("{0}", "new")) == flow_id
    world.restart()
    ended = await world.reply(await world.load(progress.run_id), "done")
    assert ended.run.detail == "old"
    newer = await world.reply(await world.start(flow_id), "done")
    assert newer.run.detail == "new"
    async with world.database.transaction(world.scope) as tx:
        assert [v.number for v in await FlowRepository(tx).versions(flow_id)] == [2, 1]
        await world.service.roll_back(tx, flow_id, 1)
    world.versions.forget(world.tenant)
    assert (await world.reply(await world.start(flow_id), "done")).run.detail == "old"


async def test_publishing_refuses_what_is_wrong_and_repeats_nothing(world: World) -> None:
    bad = "flow: f\nstart: a\nnodes:\n  a:\n    hours: nowhere\n    go: b\n  b:\n    say: '{{ x }}'\n    go: c\n"
    with pytest.raises(FlowInvalid) as caught:
        await world.push(bad)
    assert {error.field for error in caught.value.errors} == {"a", "b"}
    flow_id = await world.push(bad, publish=False)
    with pytest.raises(NotPublished):
        await world.start(flow_id)
    hotline = await world.example("hotline_en")
    assert await world.example("hotline_en") == hotline
    async with world.database.transaction(world.scope) as tx:
        assert len(await FlowRepository(tx).versions(hotline)) == 1
        pulled = await world.service.pull(tx, hotline)
    assert pulled == (EXAMPLES / "hotline_en.yaml").read_text()
    with pytest.raises(StaleVersion):
        async with world.database.transaction(world.scope) as tx:
            await world.service.push(tx, pulled, at=MONDAY, version=99)


async def test_an_uncertain_effect_is_repeated_only_if_declared(world: World) -> None:
    text = (
        "flow: f\nstart: a\nnodes:\n  a:\n    http: {url: 'https://x.example/', method: POST, repeatable: %s}\n"
        "    go: {done: b, error: c}\n  b:\n    hang_up: b\n  c:\n    hang_up: c\n"
    )
    for repeatable in ("true", "false"):
        progress = await world.start(await world.push(text % repeatable))
        assert isinstance(progress.command, HttpRequest)
        world.restart()
        async with world.database.transaction(world.scope) as tx:
            recovered = await world.runs.recover(tx, progress.run_id, MONDAY)
        if repeatable == "true":
            assert recovered.command == progress.command
        else:
            assert recovered.run.detail == "c"


async def test_another_tenant_sees_nothing(world: World) -> None:
    flow_id = await world.example("hotline_en")
    progress = await world.start(flow_id)
    other = World(world.database)
    await other.open()
    async with other.database.transaction(other.scope) as tx:
        assert await FlowRepository(tx).get(flow_id) is None
        assert await RunRepository(tx).get(progress.run_id, lock=False) is None
    with pytest.raises(NotPublished):
        await other.start(flow_id)


async def test_sub_flows_are_pinned_too(world: World) -> None:
    await world.example("identify_en")
    progress = await world.start(await world.example("balance_en"))
    assert set(progress.run.versions) == {"balance_en", "identify_en"}
    progress = await world.reply(progress, "done")
    assert progress.run.flow == "identify_en"
