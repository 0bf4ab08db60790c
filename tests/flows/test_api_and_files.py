"""The routes on a real application and database, and the bodies of the command line."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile  # pyright: ignore[reportMissingTypeStubs]
from fastapi import FastAPI
from starlette.requests import HTTPConnection

import tongdai.flows
from tongdai.flows import command_line
from tongdai.flows.public import FlowService, PromptRenderer, Recording
from tongdai.flows.verbs import core_registry
from tongdai.kit.ids import new_id
from tongdai.platform.auth import Extent, Principal
from tongdai.platform.config import Settings
from tongdai.platform.database import Scope
from tongdai.platform.http import Authenticator, install_errors
from tongdai.platform.registry import Registry, Runtime

EXAMPLES = Path(tongdai.flows.__file__).parent / "examples"
NOW = datetime(2026, 1, 5, tzinfo=UTC)
GOOD = "flow: f\nstart: a\nnodes:\n  a:\n    say: hello\n    go: b\n  b:\n    hang_up:\n"


class Everyone(Authenticator):
    """Signs each request in as who it names."""

    def __init__(self) -> None:
        self.tenant = new_id()
        self.grants = {
            "flows.see": Extent.TENANT,
            "flows.edit": Extent.TENANT,
            "flows.publish": Extent.TENANT,
        }

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        return Principal(self.tenant, new_id(), "Anna", None, self.grants)


class Site:
    def __init__(self, client: httpx.AsyncClient, who: Everyone, runtime: Runtime) -> None:
        self.client, self.who, self.runtime = client, who, runtime


@pytest.fixture
async def site(dsn: str, tmp_path: Path) -> AsyncIterator[Site]:
    registry, who = Registry(), Everyone()
    tongdai.flows.register(registry)
    registry.put(who, Authenticator)
    settings = Settings(database_dsn=dsn, data_dir=tmp_path)
    async with registry.running(settings) as runtime:
        async with runtime.database.transaction(Scope.system()) as tx:
            await tx.execute(
                "INSERT INTO tenants (id, slug, name, country, time_zone) VALUES (%(id)s, 't', 'T', 'VN', 'UTC')",
                {"id": who.tenant},
            )
        app = FastAPI()
        install_errors(app)
        app.state.runtime = runtime
        for router in registry.routers:
            app.include_router(router)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as client:
            yield Site(client, who, runtime)


async def test_flows_over_http(site: Site) -> None:
    made = await site.client.post("/flows", json={"yaml": GOOD, "publish": True})
    assert made.status_code == 201, made.text
    flow_id = made.json()["id"]
    assert made.json()["published_number"] == 1
    listed = (await site.client.get("/flows", params={"q": "F"})).json()["items"]
    assert [flow["name"] for flow in listed] == ["f"]
    graph = (await site.client.get(f"/flows/{flow_id}/graph")).json()
    assert graph["edges"] == [{"from": "a", "exit": "done", "to": "b", "count": 0}]
    assert [node["verb"] for node in graph["nodes"]] == ["say", "hang_up"]
    stale = await site.client.post("/flows", json={"yaml": GOOD.replace("hello", "hi"), "version": 1})
    assert stale.status_code == 409
    bad = await site.client.post("/flows", json={"yaml": GOOD.replace("go: b", "go: c"), "publish": True})
    assert bad.status_code == 422
    assert bad.json()["code"] == "flow_invalid"
    error = bad.json()["errors"][0]
    assert error["field"] == "a"
    assert "leads to 'c', which is no node" in error["message"]
    source = (await site.client.get(f"/flows/{flow_id}")).json()
    assert source["problems"] == []
    assert "say: hello" in source["yaml"], "the refused push has changed nothing"
    assert (await site.client.post(f"/flows/{flow_id}/roll-back", json={"number": 7})).status_code == 404
    assert (await site.client.delete(f"/flows/{flow_id}")).status_code == 204
    assert (await site.client.get("/flows")).json()["items"] == []


async def test_permissions_are_asked(site: Site) -> None:
    site.who.grants = {"flows.see": Extent.TENANT}
    assert (await site.client.get("/flows")).status_code == 200
    assert (await site.client.post("/flows", json={"yaml": GOOD})).status_code == 403
    site.who.grants = {"flows.edit": Extent.TENANT}
    assert (await site.client.post("/flows", json={"yaml": GOOD, "publish": True})).status_code == 403
    assert (await site.client.get("/flows")).status_code == 403


def tone(kind: str, rate: int = 44_100, seconds: float = 1.0) -> bytes:
    buffer = io.BytesIO()
    samples: Any = 0.4 * np.sin(2 * np.pi * 500 * np.arange(int(rate * seconds)) / rate)
    soundfile.write(buffer, np.stack([samples, samples], 1), rate, format=kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
async def test_prompts_are_converted_and_laid_out(site: Site, kind: str) -> None:
    form = {"name": "welcome", "language": "vi"}
    stored = await site.client.post("/prompts", data=form, files={"audio": ("../../x", tone(kind))})
    assert stored.status_code == 201, stored.text
    assert stored.json()["seconds"] == pytest.approx(1, abs=0.1)
    audio = await site.client.get(f"/prompts/{stored.json()['id']}/audio")
    samples, rate = soundfile.read(io.BytesIO(audio.content))
    assert (rate, samples.ndim) == (16_000, 1)
    renderer = site.runtime.get(PromptRenderer)
    (media,) = await renderer.render(site.who.tenant, (Recording(name="welcome", language="vi-VN"),))
    assert media.kind == "file"
    assert soundfile.info(io.BytesIO(Path(media.value + ".wav").read_bytes())).samplerate == 8_000
    (missing,) = await renderer.render(site.who.tenant, (Recording(name="other", language="vi"),))
    assert missing.kind == "missing"


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", b"<svg/>", b"\0" * 5_000, tone("WAV")[:60], tone("WAV", 2_000)]
)
async def test_odd_uploads_are_refused_in_words(site: Site, data: bytes) -> None:
    answer = await site.client.post(
        "/prompts", data={"name": "x", "language": "en"}, files={"audio": ("x.wav", data)}
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_audio"
    assert (
        await site.client.post("/prompts", data={"name": "../x", "language": "en", "text": "a"})
    ).status_code == 422
    assert (await site.client.post("/prompts", data={"name": "x", "language": "en"})).status_code == 422


def test_check_and_test_of_files(tmp_path: Path) -> None:
    assert command_line.check_files([EXAMPLES], core_registry()).ok
    report = command_line.run_tests([EXAMPLES], core_registry())
    assert report.ok, report.lines
    assert "0 failed" in report.lines[-1]
    (tmp_path / "bad.yaml").write_text("flow: x\nstart: a\nnodes:\n  a:\n    sai: y\n")
    (tmp_path / "f.yaml").write_text(GOOD)
    (tmp_path / "f.test.yaml").write_text(
        "flow: f\ntests:\n  - name: t\n    steps:\n      - hears: goodbye\n"
    )
    bad = command_line.check_files([tmp_path], core_registry())
    assert not bad.ok
    assert any(
        "bad.yaml: line 4: node 'a': there is no verb 'sai'. Did you mean 'say'?" in line
        for line in bad.lines
    )
    failed = command_line.run_tests([tmp_path / "f.test.yaml"], core_registry())
    assert not failed.ok
    assert any('expected to hear "goodbye"' in line for line in failed.lines)


async def test_push_and_pull(site: Site, tmp_path: Path) -> None:
    service = site.runtime.get(FlowService)
    async with site.runtime.database.transaction(Scope(site.who.tenant)) as tx:
        await tx.execute(
            "INSERT INTO calendars (tenant_id, id, name, time_zone, weekly) VALUES (%(tenant)s, %(id)s, 'main', 'UTC', '{}')",
            {"id": new_id()},
        )
        pushed = await command_line.push(tx, service, [EXAMPLES], at=NOW, publish=True)
        assert pushed.ok, pushed.lines
        pulled = await command_line.pull(tx, service, tmp_path)
    assert pulled.ok
    for path in tmp_path.glob("*.yaml"):
        assert path.read_text() == (EXAMPLES / path.name).read_text()
    assert len(list(tmp_path.glob("*.yaml"))) == 7
