"""The baseline: the same Asterisk program with app_queue, its call records in a PostgreSQL of the same make.

Endpoints are rendered from the product's own definitions, so that codecs, RTP and SIP settings are the same by construction;
what is app_queue's own is in bench/native/.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import psycopg

from bench.parts.machine import DatabaseMeter
from bench.parts.product import HOTLINE, PASSWORD
from bench.parts.sipp import CALLERS, PHONES
from tongdai.kit.ids import new_id
from tongdai.platform.embedded.asterisk import AsteriskServer, find_installation, fresh_settings
from tongdai.platform.embedded.postgres import APP_DATABASE, APP_ROLE, SUPERUSER, PostgresServer
from tongdai.telephony.phones.endpoints import ConfigObject, device_objects, trunk_objects
from tongdai.telephony.repository import DeviceRow, TrunkRow

TEMPLATES = Path(__file__).parents[1] / "native"
MODULES = ("app_queue", "app_mixmonitor", "app_cdr", "cdr_pgsql")
GRACE = 20.0
Row = TypeVar("Row")


class _Server(AsteriskServer):
    """The product's Asterisk with app_queue and call records added to its configuration."""

    files: dict[str, str]
    endpoints: str

    def prepare(self) -> None:
        super().prepare()
        etc = self.paths.etc
        for name, text in self.files.items():
            self._write(etc / name, text)
        self._write(etc / "pjsip.conf", (etc / "pjsip.conf").read_text() + self.endpoints)
        modules = "".join(f"load={name}.so\n" for name in MODULES)
        self._write(etc / "modules.conf", (etc / "modules.conf").read_text() + modules)
        # The queue's own log would be a second record of each call; the product has none in a file either.
        logger = (etc / "logger.conf").read_text().replace("[general]\n", "[general]\nqueue_log=no\n", 1)
        self._write(etc / "logger.conf", logger)


class Native:
    """app_queue with `agents` members, each with a static contact."""

    name = "app_queue"

    def __init__(self, folder: Path, ports: int, agents: int, *, recording: bool) -> None:
        self.agents = agents
        self.phone_port = ports + 20
        self.postgres = PostgresServer(folder / "postgres")
        settings = fresh_settings(
            "127.0.0.1", ports, rtp_ports=(ports + 100, ports + 4899), http_port=ports + 1
        )
        self.asterisk = _Server(folder / "asterisk", find_installation(print), settings)
        self.sip_port, self.hotline = ports, HOTLINE
        self._recording = recording

    def start(self) -> None:
        self.postgres.start()
        self._open_to_asterisk()
        with psycopg.connect(self.postgres.dsn()) as connection:
            connection.execute((TEMPLATES / "cdr.sql").read_bytes())
        names = [f"phone-{new_id().hex}" for _ in range(self.agents)]
        self.asterisk.endpoints = _endpoints(names, self.phone_port)
        self.asterisk.files = self._files(names)
        self._asterisk = self.asterisk.start(timeout=60)
        self.meter = DatabaseMeter(self.postgres.dsn(user=SUPERUSER))

    def stop(self) -> None:
        self._asterisk.terminate()
        self._asterisk.wait()
        self.meter.close()
        self.postgres.stop()
        self.postgres.erase()

    def pids(self) -> dict[str, int]:
        return {"Asterisk": self._asterisk.pid, "PostgreSQL": self.postgres.pid}

    def records(self, callers: str) -> int:
        return self.meter.value(
            "SELECT count(*) FROM cdr WHERE disposition = 'ANSWERED' AND dstchannel <> '' AND src LIKE %s",
            f"0{callers}%",
        )

    def settle(self, timeout: float = 15) -> None:
        """Wait until no further record arrives."""
        deadline, before = time.monotonic() + timeout, -1
        while time.monotonic() < deadline and (now := self.meter.value("SELECT count(*) FROM cdr")) != before:
            before = now
            time.sleep(0.5)

    def _files(self, names: list[str]) -> dict[str, str]:
        texts = {path.name: path.read_text() for path in TEMPLATES.glob("*.conf")}
        texts["queues.conf"] = texts["queues.conf"].format(
            monitor="monitor-format=wav" if self._recording else ""
        )
        texts["queues.conf"] += "".join(f"member => PJSIP/{name}\n" for name in names)
        texts["extensions.conf"] = texts["extensions.conf"].format(identity=self.asterisk.settings.identity)
        texts["cdr_pgsql.conf"] = texts["cdr_pgsql.conf"].format(
            host=self.postgres.socket, database=APP_DATABASE, user=APP_ROLE
        )
        return texts

    def _open_to_asterisk(self) -> None:
        """As root, Asterisk and PostgreSQL run as different users: let the one reach the other's socket."""
        if self.postgres.user is not None:
            for folder in (self.postgres.socket, *self.postgres.socket.parents):
                if folder.stat().st_uid == self.postgres.user.uid:
                    folder.chmod(0o711)
            next(self.postgres.socket.glob(".s.PGSQL.*[0-9]")).chmod(0o777)


def _endpoints(names: list[str], phone_port: int) -> str:
    """pjsip.conf for the agents' phones (with static contacts) and the trunk, as the product defines them."""
    objects: list[ConfigObject] = []
    tenant_id = new_id()
    for name in names:
        device = _filled(
            DeviceRow,
            tenant_id=tenant_id,
            id=new_id(),
            user_id=new_id(),
            kind="sip",
            sip_name=name,
            password=PASSWORD,
        )
        for one in device_objects(device, GRACE):
            if one.kind == "aor":
                one = replace(one, fields={**one.fields, "contact": f"sip:{name}@{PHONES}:{phone_port}"})
            objects.append(one)
    trunk = _filled(
        TrunkRow, tenant_id=tenant_id, id=new_id(), sip_name="bench-trunk", username="bench-trunk", password="unused",
        match=[CALLERS], codecs=["alaw", "ulaw"], registers_out=False, host=None,
    )  # fmt: skip
    objects += trunk_objects(trunk)
    return "".join(
        f"\n[{one.id}]\ntype={one.kind}\n" + "".join(f"{key}={value}\n" for key, value in one.fields.items())
        for one in objects
    )


def _filled(row: type[Row], /, **values: object) -> Row:
    """A row whose other columns do not matter here."""
    return row(**{**dict.fromkeys(row.__slots__), **values})  # type: ignore[attr-defined]
