"""Backup and restore on a real PostgreSQL; archives that are damaged, foreign, newer or hostile change nothing."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.support import World

from tongdai.entrypoints import backup as commands
from tongdai.platform.backup import ArchiveReader, ArchiveWriter, pack_database, restored_database
from tongdai.platform.database import Database
from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.embedded.postgres import PostgresServer

Manifest = dict[str, Any]
Members = dict[str, bytes]
SOUND = b"OggS" + bytes(range(256)) * 40


class Installation:
    """A database and a directory, as the settings of `tongdai serve` name them."""

    def __init__(self, dsn: str, directory: Path) -> None:
        self.dsn = dsn
        self.directory = directory
        self.config = directory / "tongdai.toml"
        directory.mkdir()
        self.config.write_text(
            f"database_dsn = {json.dumps(dsn)}\ndata_dir = {json.dumps(str(directory))}\n"
            'ari_url = "http://127.0.0.1:1/ari"\nari_password = "hush"\nsession_hours = 8\n'
        )

    def backup(self, file: Path) -> str:
        told: list[str] = []
        commands.backup(file, data=None, config=self.config, say=told.append)
        return "\n".join(told)

    def restore(self, file: Path, *, replace: bool = False) -> str:
        told: list[str] = []
        commands.restore(file, data=None, config=self.config, replace=replace, say=told.append)
        return "\n".join(told)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn) as connection:
            connection.execute("SET tongdai.tenant = '*'")
            return connection.execute(statement.encode()).fetchall()

    def state(self) -> tuple[Any, ...]:
        """Everything that a failed restore must not have touched."""
        files = {
            path.relative_to(self.directory).as_posix(): path.read_bytes()
            for path in self.directory.rglob("*")
            if path.is_file()
        }
        return self.rows("SELECT id, slug FROM tenants"), self.rows("SELECT id, name FROM users"), files


@pytest.fixture
async def source(dsn: str, tmp_path: Path) -> Installation:
    """A centre with people, a queue, a caller who was served, facts that wait for their handlers, and a recording's file."""
    async with Database(dsn, pool_size=2) as database:
        world = await World.make(database)
        user = await world.user("Nguyễn Thị\tÁnh \\N")
        queue = await world.queue([user])
        await world.ready(user)
        await world.hang_up(await world.arrive(queue))
    made = Installation(dsn, tmp_path / "source")
    stored = made.directory / "files/recordings/2026/11/24"
    stored.mkdir(parents=True)
    (stored / "call.ogg").write_bytes(SOUND)
    (made.directory / "files/secret-link").symlink_to("/etc/passwd")
    return made


@pytest.fixture
def empty(postgres: PostgresServer, tmp_path: Path) -> Iterator[Installation]:
    yield Installation(postgres.create_database("restored"), tmp_path / "target")
    postgres.drop_database("restored")


def test_everything_comes_back_and_nothing_that_should_stay_secret(
    source: Installation, empty: Installation, tmp_path: Path
) -> None:
    archive = tmp_path / "backup.zip"
    source.backup(archive)
    told = empty.restore(archive)
    assert "session_hours = 8" in told
    assert b"hush" not in archive.read_bytes()
    with zipfile.ZipFile(archive) as opened:
        assert "hush" not in opened.read("manifest.json").decode()
        assert not [name for name in opened.namelist() if "secret-link" in name]

    everything = (
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        " AND table_name NOT LIKE 'event_%'"
    )
    for (table,) in source.rows(everything):
        whole = f"SELECT to_jsonb(t) FROM {table} t ORDER BY to_jsonb(t)::text"
        assert empty.rows(whole) == source.rows(whole), table
    assert (empty.directory / "files/recordings/2026/11/24/call.ogg").read_bytes() == SOUND
    for catalogue in (
        "SELECT table_name, column_name, data_type, column_default, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY 1, 2",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
        "SELECT tablename, policyname, qual FROM pg_policies ORDER BY 1, 2",
    ):
        assert empty.rows(catalogue) == source.rows(catalogue)
    security = "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relkind IN ('r', 'p') ORDER BY 1"
    assert empty.rows(security) == source.rows(security)
    checks = (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2"
    )
    assert empty.rows(checks) == source.rows(checks)
    triggers = "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    assert empty.rows(triggers) == source.rows(triggers)


def test_facts_come_before_every_later_one_and_ids_go_on(
    source: Installation, empty: Installation, tmp_path: Path
) -> None:
    """The numbers of transactions belong to a server; here the old ones lie in the new one's future."""
    facts = source.rows("SELECT id, type, aggregate_id FROM event_log ORDER BY id")
    read = facts[1][0]
    with psycopg.connect(source.dsn) as connection:
        connection.execute("UPDATE event_log SET tx = (tx::text::bigint + 1000000000)::text::xid8")
        connection.execute(
            "INSERT INTO event_positions SELECT 'handlers', tx::text::bigint, id FROM event_log WHERE id = %s",
            [read],
        )
    archive = tmp_path / "backup.zip"
    source.backup(archive)
    empty.restore(archive)
    assert empty.rows("SELECT id, type, aggregate_id FROM event_log ORDER BY id") == facts
    waiting = (
        "SELECT e.id FROM event_log e, event_positions p WHERE (e.tx, e.id) > (p.tx::text::xid8, p.id)"
        " AND e.tx < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY 1"
    )
    assert empty.rows(waiting) == [(id,) for id, *_ in facts[2:]]
    added = empty.rows(
        "INSERT INTO event_log (tenant_id, type, aggregate_id, aggregate_version, body)"
        " SELECT id, 'test', id, 1, '{}' FROM tenants RETURNING id"
    )
    assert added[0][0] > facts[-1][0]


def test_a_backup_while_people_work_is_of_one_moment(source: Installation, tmp_path: Path) -> None:
    """A queue is added once the first table was copied."""
    tenant_id = source.rows("SELECT id FROM tenants")[0][0]
    before = source.rows("SELECT count(*) FROM queues")

    class Interrupted(ArchiveWriter):
        done = False

    with ArchiveWriter.create(tmp_path / "one.zip") as archive:
        writing = Interrupted(archive._zip)  # pyright: ignore[reportPrivateUsage]
        add = writing.add

        def add_and_work(name: str, chunks: Any, *, compress: bool) -> Any:
            if not writing.done:
                writing.done = True
                with psycopg.connect(source.dsn) as other:
                    other.execute("SELECT set_config('tongdai.tenant', %s, false)", [str(tenant_id)])
                    other.execute(
                        "INSERT INTO queues (tenant_id, id, name) VALUES (%s, gen_random_uuid(), 'late')",
                        [tenant_id],
                    )
            return add(name, chunks, compress=compress)

        writing.add = add_and_work  # type: ignore[method-assign]
        _, _, tables = pack_database(source.dsn, writing)
    assert (tables["queues"].rows,) == before[0]
    assert source.rows("SELECT count(*) FROM queues")[0][0] == tables["queues"].rows + 1


def test_what_is_there_is_replaced_only_when_told(source: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "backup.zip"
    source.backup(archive)
    with psycopg.connect(source.dsn) as connection:
        connection.execute("SET tongdai.tenant = '*'")
        connection.execute("UPDATE users SET name = 'somebody else'")
    extra = source.directory / "files/recordings/later.ogg"
    extra.write_bytes(b"later")
    (source.directory / "files/recordings/2026/11/24/call.ogg").write_bytes(b"rotten")
    before = source.state()
    with pytest.raises(SetupError, match="holds data already"):
        source.restore(archive)
    assert source.state() == before
    source.restore(archive, replace=True)
    assert source.rows("SELECT name FROM users") == [("Nguyễn Thị\tÁnh \\N",)]
    assert not extra.exists()
    assert (source.directory / "files/recordings/2026/11/24/call.ogg").read_bytes() == SOUND


async def test_a_running_app_is_not_replaced_under_its_feet(source: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "backup.zip"
    source.backup(archive)
    async with Database(source.dsn, pool_size=2):
        with pytest.raises(SetupError, match=r"stop every `tongdai serve`"):
            source.restore(archive, replace=True)


def test_a_failure_in_the_last_moment_leaves_all_as_it_was(source: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "backup.zip"
    source.backup(archive)
    before = source.rows("SELECT to_jsonb(u) FROM users u"), source.rows("SELECT count(*) FROM event_log")
    with ArchiveReader.open(archive) as opened, pytest.raises(ZeroDivisionError):  # noqa: SIM117
        with restored_database(source.dsn, opened, replace=True):
            raise ZeroDivisionError
    assert (
        source.rows("SELECT to_jsonb(u) FROM users u"),
        source.rows("SELECT count(*) FROM event_log"),
    ) == before


# --- archives that are not what they should be ---------------------------------------------------------------------


def rewritten(archive: Path, change: Callable[[Manifest, Members], object]) -> Path:
    """The archive with a changed manifest and changed members, as somebody who means harm would write it."""
    with zipfile.ZipFile(archive) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    manifest: Manifest = json.loads(members.pop("manifest.json"))
    change(manifest, members)
    target = archive.with_name("changed.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as output:
        for name, content in members.items():
            output.writestr(name, content)
        output.writestr("manifest.json", json.dumps(manifest))
    return target


def put_file(manifest: Manifest, members: Members, name: str, content: bytes = b"x") -> None:
    manifest["files"][name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    members[f"files/{name}"] = content


def put_rows(manifest: Manifest, members: Members, table: str, text: bytes, rows: int) -> None:
    manifest["tables"][table] |= {
        "size": len(text),
        "sha256": hashlib.sha256(text).hexdigest(),
        "rows": rows,
    }
    members[f"database/{table}"] = text


def bomb(manifest: Manifest, members: Members) -> None:
    put_file(manifest, members, "bomb")
    members["files/bomb"] = bytes(50_000_000)


def orphan(manifest: Manifest, members: Members) -> None:
    put_rows(manifest, members, "tenants", b"", 0)


def strange_column(manifest: Manifest, _: Members) -> None:
    manifest["tables"]["users"]["columns"][0] = "surprise"


def strange_table(manifest: Manifest, members: Members) -> None:
    manifest["tables"]["surprise"] = {"columns": ["id"], "rows": 0}
    put_rows(manifest, members, "surprise", b"", 0)


def rotten_rows(manifest: Manifest, members: Members) -> None:
    put_rows(manifest, members, "users", b"these\tare\tno\tusers\n", 1)


HOSTILE: dict[str, tuple[Callable[[Manifest, Members], object], str]] = {
    "climbs": (lambda m, b: put_file(m, b, "../../etc/cron.d/evil"), "leads outside"),
    "absolute": (lambda m, b: put_file(m, b, "/etc/cron.d/evil"), "leads outside"),
    "hidden climb": (lambda m, b: put_file(m, b, "recordings/../../evil"), "leads outside"),
    "backslash": (lambda m, b: put_file(m, b, "..\\evil"), "leads outside"),
    "through a link": (lambda m, b: put_file(m, b, "out/evil"), "leads outside"),
    "onto a link": (lambda m, b: put_file(m, b, "link"), "leads outside"),
    "unnamed member": (lambda _, b: b.update({"files/more": b"x"}), "list of contents is wrong"),
    "missing member": (lambda _, b: b.pop("database/users"), "list of contents is wrong"),
    "changed member": (lambda _, b: b.update({"database/users": b""}), "differs from its checksum"),
    "bomb": (bomb, "longer than it should be"),
    "quoted table": (lambda m, _: m["tables"].update({'users"; DROP': m["tables"]["users"]}), "cannot be read"),
    "strange table": (strange_table, "does not fit its schema"),
    "strange column": (strange_column, "do not fit its schema"),
    "partition by injection": (lambda m, _: m["partitions"].append("event_log_2026_13"), "cannot be read"),
    "rows without their tenant": (orphan, "is damaged"),
    "rows that are none": (rotten_rows, "is damaged"),
    "wrong count": (lambda m, _: m["tables"]["users"].update(rows=7), "rows instead of 7"),
    "newer format": (lambda m, _: m.update(version=2, program="9.9"), "newer Tongdai"),
    "newer schema": (lambda m, _: m.update(revision="9999"), "newer Tongdai"),
    "of somebody else": (lambda m, _: m.update(format="other"), "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_changes_nothing(source: Installation, tmp_path: Path, case: str) -> None:
    change, message = HOSTILE[case]
    archive = tmp_path / "backup.zip"
    source.backup(archive)
    outside = tmp_path / "outside"
    outside.mkdir()
    (source.directory / "files/out").symlink_to(outside)
    (source.directory / "files/link").symlink_to(outside / "new")
    before = source.state()
    with pytest.raises(SetupError, match=message):
        source.restore(rewritten(archive, change), replace=True)
    assert source.state() == before
    assert not any(outside.iterdir())


def test_a_damaged_or_foreign_file_is_named_as_such(source: Installation, tmp_path: Path) -> None:
    archive = tmp_path / "backup.zip"
    source.backup(archive)
    whole = archive.read_bytes()
    bad = tmp_path / "bad.zip"
    cases = {
        "cut short": (whole[: len(whole) * 2 // 3], "damaged or was cut short"),
        "a changed byte": (whole.replace(SOUND[100:140], SOUND[100:120] + b"\0" * 20), "damaged or was cut"),
        "empty": (b"", "no backup"),
        "text": (b"-- PostgreSQL database dump\n", "no backup"),
    }
    before = source.state()
    for name, (content, message) in cases.items():
        bad.write_bytes(content)
        with pytest.raises(SetupError, match=message):
            source.restore(bad, replace=True)
        assert source.state() == before, name
    with zipfile.ZipFile(bad, "w") as other:
        other.writestr("word/document.xml", "<w/>")
    with pytest.raises(SetupError, match="no backup"):
        source.restore(bad, replace=True)
    with pytest.raises(SetupError, match="no backup"):
        source.restore(tmp_path / "nowhere.zip")
    assert source.state() == before
