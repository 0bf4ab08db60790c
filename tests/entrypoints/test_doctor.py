"""Each problem that the doctor knows, provoked on the real thing where there is one, is told with its mend."""

import contextlib
import datetime
import http.server
import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.support import World

from tongdai.entrypoints.doctor import CHECKS, examine
from tongdai.entrypoints.doctor.database import database as database_checks
from tongdai.entrypoints.doctor.finding import Finding
from tongdai.entrypoints.doctor.relay import split
from tongdai.kit.ids import new_id
from tongdai.platform.config import Settings
from tongdai.platform.database import Database
from tongdai.platform.embedded.asterisk_modules import OPTIONAL, REQUIRED
from tongdai.platform.embedded.certificates import own_certificate
from tongdai.platform.embedded.postgres import SUPERUSER, PostgresServer
from tongdai.platform.sealed import KeyRing, seal

Answers = dict[str, tuple[int, Any]]
NOW = datetime.datetime.now(datetime.UTC)


def told(settings: Settings, check: str) -> dict[str, Finding]:
    found = list(CHECKS[check](settings))
    for finding in found:
        if finding.verdict != "ok":
            problem, _, mend = finding.text.partition(": ")
            assert problem, finding
            assert len(mend.split()) >= 2, f"no mend: {finding}"
            assert finding.text.endswith((".", ").")), finding
    return {finding.subject: finding for finding in found}


@contextlib.contextmanager
def serving(answers: Answers) -> Generator[str]:
    """An HTTP server that gives these answers; another program in the place of ours or of Asterisk."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.get(self.path, answers.get("*", (404, {})))
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def settings(dsn: str, tmp_path: Path) -> Settings:
    return Settings(database_dsn=dsn, data_dir=tmp_path)


def test_a_database_that_is_away() -> None:
    away = Settings(database_dsn="host=/nowhere dbname=x")
    assert "cannot be reached" in told(away, "Database")["Database"].text


def test_a_role_that_bypasses_row_level_security(postgres: PostgresServer, settings: Settings) -> None:
    assert told(settings, "Database")["Database role"].verdict == "ok"
    mighty = settings.model_copy(update={"database_dsn": postgres.dsn("template", user=SUPERUSER)})
    assert "NOSUPERUSER NOBYPASSRLS" in told(mighty, "Database")["Database role"].text


def test_a_transaction_that_holds_up_the_events(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[database_checks.__module__], "_LONG_TRANSACTION_S", 0)
    with psycopg.connect(settings.database_dsn, application_name="a report") as connection:
        connection.execute("SELECT pg_current_xact_id()")
        found = told(settings, "Database")["Long transaction"].text
        assert "a report" in found
        assert f"pg_terminate_backend({connection.info.backend_pid})" in found


def test_a_schema_that_is_old(postgres: PostgresServer, settings: Settings) -> None:
    with psycopg.connect(settings.database_dsn) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    assert "tongdai migrate" in told(settings, "Database")["Schema"].text
    empty = settings.model_copy(update={"database_dsn": postgres.create_database("doctor_empty")})
    try:
        assert "tongdai migrate" in told(empty, "Database")["Schema"].text
        assert [finding for finding in examine(empty) if finding.subject == "Schema"]
    finally:
        postgres.drop_database("doctor_empty")


async def test_facts_that_took_no_effect(settings: Settings, database: Database) -> None:
    world = await World.make(database)
    await world.queue()
    assert told(settings, "Database")["Events"].verdict == "ok"
    with psycopg.connect(settings.database_dsn) as connection:
        connection.execute(
            "INSERT INTO event_failures (handler, event_id, tries, error) SELECT 'crm.x', id, 8, 'oops' FROM event_log"
        )
    finding = told(settings, "Database")["Events"]
    assert "crm.x" in finding.text
    _, _, mend = finding.text.partition("again by ")
    with psycopg.connect(settings.database_dsn) as connection:  # what it tells to do can be done
        for statement in mend.rstrip(".").split("; "):
            connection.execute(statement.encode())


@pytest.mark.parametrize(
    ("answers", "subject", "mend"),
    [
        ({"*": (401, "")}, "Asterisk", "check TONGDAI_ARI_USER, TONGDAI_ARI_PASSWORD"),
        ({"*": (200, "<html>")}, "Asterisk", "start it"),
        ({"/ari/asterisk/info": (200, "{}"), "/ari/asterisk/modules": (200, "[]")}, "Asterisk modules", "modules.conf"),
    ],
    ids=["password", "another program", "modules"],
)  # fmt: skip
def test_an_asterisk_that_does_not_fit(settings: Settings, answers: Answers, subject: str, mend: str) -> None:
    with serving(answers) as url:
        chosen = settings.model_copy(update={"ari_url": f"{url}/ari", "ari_password": "p"})
        found = [one for one in CHECKS["Asterisk"](chosen) if one.subject == subject]
        assert mend in found[0].text
        told(chosen, "Asterisk")


def test_an_asterisk_that_is_missing_or_does_without_something(settings: Settings) -> None:
    assert "set TONGDAI_ARI_URL" in told(settings, "Asterisk")["Asterisk"].text
    gone = settings.model_copy(update={"ari_url": "http://127.0.0.1:1/ari", "ari_password": "p"})
    assert "start it" in told(gone, "Asterisk")["Asterisk"].text
    modules = [{"name": f"{name}.so", "status": "Running"} for name in REQUIRED]
    answers: Answers = {"/ari/asterisk/info": (200, {}), "/ari/asterisk/modules": (200, modules)}
    with serving(answers) as url:
        chosen = settings.model_copy(update={"ari_url": f"{url}/ari", "ari_password": "p"})
        assert OPTIONAL
        assert told(chosen, "Asterisk")["Codec"].verdict == "hint"


@pytest.mark.parametrize(("version", "said"), [("22.10.1~dfsg", True), ("22.11.0", False)])
def test_an_asterisk_in_which_phones_cannot_transfer(settings: Settings, version: str, said: bool) -> None:
    info = {"system": {"version": version}}
    with serving({"/ari/asterisk/info": (200, info), "/ari/asterisk/modules": (200, [])}) as url:
        chosen = settings.model_copy(update={"ari_url": f"{url}/ari", "ari_password": "p"})
        found = told(chosen, "Asterisk")
        assert ("Desk phones" in found) is said
        if said:
            assert "## and the number" in found["Desk phones"].text


def test_an_app_that_does_not_drive_asterisk(settings: Settings) -> None:
    with serving({"/api/v1/ready": (503, {"calls": False})}) as url:
        chosen = {"ari_url": "http://127.0.0.1:1/ari", "ari_password": "p", "public_url": url}
        assert "log/app.log" in told(settings.model_copy(update=chosen), "Calls")["Calls"].text


WELL: Answers = {"/api/v1/health": (200, {}), "/": (200, "<html>")}


@pytest.mark.parametrize(
    ("answers", "mend"),
    [
        ({**WELL, "/api/v1/health": (503, "{}")}, "look into its log"),
        ({**WELL, "/": (404, "{}")}, "install the package anew"),
    ],
    ids=["app", "not built"],
)
def test_a_desktop_that_does_not_work(settings: Settings, answers: Answers, mend: str) -> None:
    with serving(answers) as url:
        assert mend in told(settings.model_copy(update={"public_url": url}), "Desktop")["Desktop"].text


def test_a_desktop_that_is_not_reached_and_an_open_ari(settings: Settings) -> None:
    away = settings.model_copy(update={"public_url": "http://127.0.0.1:1"})
    assert "start Tongdai" in told(away, "Desktop")["Desktop"].text
    nameless = settings.model_copy(update={"public_url": "https://no-such-name.invalid"})
    assert "enter it in the DNS" in told(nameless, "Desktop")["Desktop"].text
    with serving({**WELL, "/ari/api-docs/resources.json": (200, {"swaggerVersion": "1.1"})}) as url:
        assert (
            "nothing but /sip" in told(settings.model_copy(update={"public_url": url}), "Desktop")["ARI"].text
        )
    with serving(WELL) as url:
        found = told(settings.model_copy(update={"public_url": url}), "Desktop")
        assert (found["Desktop"].verdict, "ARI" in found) == ("ok", False)


def test_plain_http_for_others_and_certificates(settings: Settings, tmp_path: Path) -> None:
    plain = settings.model_copy(update={"public_url": "http://192.0.2.77:1"})
    assert "--listen ADDR" in told(plain, "Desktop")["Microphone"].text
    secure = {"public_url": "https://127.0.0.1:1"}
    own_certificate(tmp_path / "tls", "127.0.0.1", NOW - datetime.timedelta(days=390))
    assert "renew it" in told(settings.model_copy(update=secure), "Desktop")["Certificate"].text
    own_certificate(tmp_path / "tls", "127.0.0.1", NOW)
    assert told(settings.model_copy(update=secure), "Desktop")["Certificate"].verdict == "ok"
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    chosen = settings.model_copy(update={**secure, "tls_certificate": broken, "tls_key": broken})
    assert "give a PEM file" in told(chosen, "Desktop")["Certificate"].text


def test_a_directory_that_is_missing(settings: Settings, tmp_path: Path) -> None:
    lost = settings.model_copy(update={"data_dir": tmp_path / "nowhere"})
    assert "make it, or correct TONGDAI_DATA_DIR" in told(lost, "Files")["Disk"].text


async def test_recordings_that_are_gone_or_stuck(settings: Settings, database: Database) -> None:
    world = await World.make(database)
    contact = await world.arrive(await world.queue())

    def add(state: str, path: str | None) -> None:
        with psycopg.connect(settings.database_dsn) as connection:
            connection.execute("SET tongdai.tenant = '*'")
            columns = "(tenant_id, id, interaction_id, call_id, state, path, started_at)"
            connection.execute(
                f"INSERT INTO recordings {columns} VALUES (%s, %s, %s, %s, %s, %s, now() - interval '1 hour')".encode(),
                [world.tenant_id, new_id(), contact, new_id(), state, path],
            )

    assert told(settings, "Files")["Recordings"].verdict == "ok"
    add("collecting", None)
    assert "TONGDAI_ASTERISK_RECORDINGS" in told(settings, "Files")["Recordings"].text
    add("stored", "recordings/lost.ogg")
    assert "bring the directory back from a backup" in told(settings, "Files")["Recordings"].text


async def test_files_of_conversations_that_are_gone(settings: Settings, database: Database) -> None:
    world = await World.make(database)
    assert "Conversations" not in told(settings, "Files")
    async with world.transaction() as tx:
        await tx.execute(
            "INSERT INTO attachments (tenant_id, id, name, media_type, size, sha256, path, created_at)"
            " VALUES (%(tenant)s, %(id)s, 'a.png', 'image/png', 3, '', 'attachments/lost.sealed', now())",
            {"id": new_id()},
        )
    finding = told(settings, "Files")["Conversations"]
    assert (finding.verdict, "bring the directory back from a backup" in finding.text) == ("wrong", True)
    kept = settings.data_dir / "files" / "attachments" / "lost.sealed"
    kept.parent.mkdir(parents=True)
    plain = settings.data_dir / "plain"
    plain.write_bytes(b"abc")
    seal(plain, kept, KeyRing(settings.key_ring), "any")
    assert told(settings, "Files")["Conversations"].verdict == "ok"


@pytest.fixture
def stun() -> Iterator[int]:
    """Something that answers binding requests."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    request, place = server.recvfrom(2048)
                    server.sendto(struct.pack("!HH", 0x0101, 0) + request[4:20], place)

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]


def test_relays_that_answer_and_that_do_not(settings: Settings, stun: int) -> None:
    def ask(**chosen: Any) -> Finding:
        return told(settings.model_copy(update=chosen), "Relay")["Relay"]

    assert ask(ice_servers=(f"stun:127.0.0.1:{stun}",)).verdict == "ok"
    assert "let UDP port 9" in ask(ice_servers=("turn:127.0.0.1:9",), turn_secret="s").text
    assert "correct ice_servers" in ask(ice_servers=("stun:no-such-name.invalid",)).text
    assert "set turn_secret" in ask(ice_servers=(f"turn:127.0.0.1:{stun}",)).text


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("a.example", ("a.example", 3478, "")),
        ("a.example:3479?transport=udp", ("a.example", 3479, "transport=udp")),
        ("[2001:db8::1]:3479", ("2001:db8::1", 3479, "")),
        ("[2001:db8::1]", ("2001:db8::1", 3478, "")),
    ],
)
def test_addresses_of_relays(address: str, parts: tuple[str, int, str]) -> None:
    assert split(address) == parts


def test_ports_that_collide_or_are_few(settings: Settings) -> None:
    collide = settings.model_copy(update={"rtp_start": 33_000, "rtp_end": 60_000})
    assert "below" in told(collide, "Machine")["Ports"].text
    few = settings.model_copy(update={"rtp_start": 10_000, "rtp_end": 10_030})
    assert "widen rtp_start and rtp_end" in told(few, "Machine")["Ports"].text


def test_a_check_that_fails_itself_says_so_and_the_others_go_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Settings) -> Iterator[Finding]:
        raise OSError("of all things")

    checks: dict[str, Callable[[Settings], Iterator[Finding]]] = {**CHECKS, "Desktop": fails}
    monkeypatch.setattr("tongdai.entrypoints.doctor.CHECKS", checks)
    found = {finding.subject: finding for finding in examine(settings)}
    assert "of all things" in found["Desktop"].text
    assert found["Database"].verdict == "ok"
    assert "Disk" in found


async def test_recordings_whose_key_is_not_there(settings: Settings, database: Database) -> None:
    world = await World.make(database)
    contact = await world.arrive(await world.queue())
    recording, files = new_id(), settings.data_dir / "files"
    files.mkdir(parents=True, exist_ok=True)
    plain, ring = files / "plain", KeyRing(settings.key_ring)
    plain.write_bytes(b"sound")
    seal(plain, files / "one.ogg.sealed", ring, str(recording))
    with psycopg.connect(settings.database_dsn) as connection:
        connection.execute("SET tongdai.tenant = '*'")
        connection.execute(
            "INSERT INTO recordings (tenant_id, id, interaction_id, call_id, state, path, started_at)"
            " VALUES (%s, %s, %s, %s, 'stored', 'one.ogg.sealed', now())",
            [world.tenant_id, recording, contact, new_id()],
        )
    assert told(settings, "Files")["Recordings"].verdict == "ok"
    ring.path.chmod(0o644)
    assert "chmod 600" in told(settings, "Files")["Recordings"].text
    ring.path.unlink()
    found = told(settings, "Files")["Recordings"]
    assert (found.verdict, "bring the key file back" in found.text) == ("wrong", True)
