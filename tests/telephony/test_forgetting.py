"""Recordings and messages: who hears them, and that rows and files go when their time is over or their customer is forgotten."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.api import Person, Site, app_of, found
from tests.support import until

from tongdai.kit.ids import new_id
from tongdai.platform.config import Settings

FILES, SPOOL = "files", "spool"


@pytest.fixture
async def kept(dsn: str, tmp_path: Path) -> AsyncIterator[Site]:
    """The app with a collector on a spool of its own; no Asterisk."""
    (tmp_path / SPOOL).mkdir()
    app = app_of(Settings(database_dsn=dsn, data_dir=tmp_path, asterisk_recordings=tmp_path / SPOOL))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield await found(app, stack)


async def customer(admin: Person, number: str) -> UUID:
    made = await admin.ok(
        "POST", "/contacts", {"name": "Lan", "identities": [{"kind": "phone", "value": number}]}
    )
    return UUID(made["id"])


async def recorded(
    site: Site,
    folder: Path,
    contact: UUID,
    state: str = "stored",
    *,
    kind: str = "call",
    days: int = 300,
    hold: bool = False,
) -> tuple[UUID, Path]:
    """A recording with its file: in the store, or still at Asterisk."""
    interaction, call, recording = new_id(), new_id(), new_id()
    path = f"recordings/{recording}.ogg"
    source = f"rec-{recording}-customer"
    file = folder / FILES / path if state == "stored" else folder / SPOOL / f"{source}.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"sound")
    now = datetime.now(UTC)
    values = {
        "interaction": interaction, "call": call, "recording": recording, "contact": contact, "state": state, "kind": kind,
        "at": now, "path": path if state == "stored" else None, "until": now + timedelta(days=days), "part": new_id(),
        "source": source, "mail": new_id(), "hold": hold,
    }  # fmt: skip
    async with site.world.transaction() as tx:
        await tx.execute(
            "INSERT INTO interactions (tenant_id, id, channel, direction, state, phase, peer_raw, contact_id,"
            " started_at, phase_since)"
            " VALUES (%(tenant)s, %(interaction)s, 'voice', 'inbound', 'closed', 'ended', '0912', %(contact)s, %(at)s, %(at)s)",
            values,
        )
        await tx.execute(
            "INSERT INTO recordings (tenant_id, id, interaction_id, call_id, kind, state, started_at, ended_at, path,"
            " retention_until, legal_hold) VALUES (%(tenant)s, %(recording)s, %(interaction)s, %(call)s, %(kind)s,"
            " %(state)s, %(at)s, %(at)s, %(path)s, %(until)s, %(hold)s)",
            values,
        )
        await tx.execute(
            "INSERT INTO recording_parts (tenant_id, id, recording_id, participant, source, started_at)"
            " VALUES (%(tenant)s, %(part)s, %(recording)s, 'customer', %(source)s, %(at)s)",
            values,
        )
        if kind == "voicemail":
            await tx.execute(
                "INSERT INTO voicemails (tenant_id, id, interaction_id, recording_id, mailbox, at)"
                " VALUES (%(tenant)s, %(mail)s, %(interaction)s, %(recording)s, 'main', %(at)s)",
                values,
            )
    return recording, file


async def state_of(site: Site, recording: UUID) -> str:
    return await site.world.value("SELECT state FROM recordings WHERE id = %(id)s", id=recording)


async def test_a_forgotten_customer_is_heard_no_more(kept: Site, tmp_path: Path):
    admin = await kept.sign_in("admin")
    contact, other = await customer(admin, "0912345678"), await customer(admin, "0987654321")
    call, call_file = await recorded(kept, tmp_path, contact)
    message, message_file = await recorded(kept, tmp_path, contact, kind="voicemail")
    evidence, evidence_file = await recorded(kept, tmp_path, contact, hold=True)
    others, others_file = await recorded(kept, tmp_path, other)
    await admin.ok("POST", f"/contacts/{contact}/erase")
    assert (await admin.get(f"/recordings/{call}/audio")).status_code in (404, 409)

    async def gone() -> bool:
        return [await state_of(kept, one) for one in (call, message)] == ["erased", "erased"]

    await until(gone)
    assert not call_file.exists()
    assert not message_file.exists()
    assert await kept.world.value("SELECT count(*) FROM voicemails") == 0
    assert [await state_of(kept, one) for one in (evidence, others)] == ["stored", "stored"]
    assert evidence_file.exists()
    assert others_file.exists()
    audit = (await admin.ok("GET", "/audit", action="recording.erased"))["items"]
    assert {entry["subject_id"] for entry in audit} == {str(call), str(message)}


async def test_recordings_go_when_their_time_is_over(kept: Site, tmp_path: Path):
    contact = await customer(await kept.sign_in("admin"), "0912345678")
    old, old_file = await recorded(kept, tmp_path, contact, days=-1)
    held, held_file = await recorded(kept, tmp_path, contact, days=-1, hold=True)
    young, young_file = await recorded(kept, tmp_path, contact, days=1)

    async def gone() -> bool:
        return await state_of(kept, old) == "erased"

    await until(gone)
    assert not old_file.exists()
    assert [await state_of(kept, one) for one in (held, young)] == ["stored", "stored"]
    assert held_file.exists()
    assert young_file.exists()


async def test_an_agent_hears_and_marks_a_message_that_reached_no_queue(kept: Site, tmp_path: Path):
    contact = await customer(await kept.sign_in("admin"), "0912345678")
    recording, _ = await recorded(kept, tmp_path, contact, kind="voicemail")
    await kept.world.value("UPDATE recordings SET size = 5 WHERE id = %(id)s RETURNING id", id=recording)
    agent = await kept.sign_in("agent")
    (message,) = (await agent.ok("GET", "/voicemails"))["items"]
    heard = await agent.get(f"/voicemails/{message['id']}/audio")
    assert (heard.status_code, heard.content) == (200, b"sound")
    assert message["duration_s"] == 0
    wait = "UPDATE recordings SET ended_at = started_at + interval '7 seconds' WHERE id = %(id)s RETURNING id"
    await kept.world.value(wait, id=recording)
    (message,) = (await agent.ok("GET", "/voicemails"))["items"]
    assert message["duration_s"] == 7, "by the clock, until the sound is collected"
    await kept.world.value(
        "UPDATE recordings SET duration_s = 6.5 WHERE id = %(id)s RETURNING id", id=recording
    )
    (message,) = (await agent.ok("GET", "/voicemails"))["items"]
    assert message["duration_s"] == 6.5
    marked = await agent.ok("PATCH", f"/voicemails/{message['id']}", {"heard": True, "version": 1})
    assert marked["heard"] is True
    # The way by the recording stays closed: it is for those who may hear the calls of others.
    assert (await agent.get(f"/recordings/{recording}/audio")).status_code == 404


async def test_a_message_of_a_queue_is_for_its_agents(kept: Site, tmp_path: Path):
    admin = await kept.sign_in("admin")
    queue = UUID((await admin.ok("POST", "/queues", {"name": "others"}))["id"])
    contact = await customer(admin, "0912345678")
    await recorded(kept, tmp_path, contact, kind="voicemail")
    await kept.world.value("UPDATE interactions SET queue_id = %(id)s RETURNING id", id=queue)
    agent = await kept.sign_in("agent")
    (message,) = (await admin.ok("GET", "/voicemails"))["items"]
    assert (await agent.ok("GET", "/voicemails"))["items"] == []
    assert (await agent.get(f"/voicemails/{message['id']}/audio")).status_code == 404
    assert (await agent.patch(f"/voicemails/{message['id']}", heard=True, version=1)).status_code == 404


async def test_what_is_held_stays_though_its_time_is_over_and_its_customer_forgotten(
    kept: Site, tmp_path: Path
):
    admin = await kept.sign_in("admin")
    contact = await customer(admin, "0912345678")
    evidence, file = await recorded(kept, tmp_path, contact)
    held = await admin.ok("PUT", f"/recordings/{evidence}/hold", {"reason": "Court order 12/2026"})
    assert (held["legal_hold"], held["hold_reason"]) == (True, "Court order 12/2026")
    due = "UPDATE recordings SET retention_until = now() - interval '1 day' WHERE id = %(id)s RETURNING id"
    await kept.world.value(due, id=evidence)
    await admin.ok("POST", f"/contacts/{contact}/erase")
    other, _ = await recorded(kept, tmp_path, await customer(admin, "0987654321"), days=-1)

    async def the_other_went() -> bool:
        return await state_of(kept, other) == "erased"

    await until(the_other_went)
    assert await state_of(kept, evidence) == "stored"
    assert file.exists()
    lifted = await admin.ok("DELETE", f"/recordings/{evidence}/hold")
    assert lifted["legal_hold"] is False

    async def gone() -> bool:
        return await state_of(kept, evidence) == "erased"

    await until(gone)
    assert not file.exists()
    audit = (await admin.ok("GET", "/audit", kind="recording"))["items"]
    deeds = {one["action"]: one["details"] for one in audit if one["subject_id"] == str(evidence)}
    assert deeds["recording.held"] == deeds["recording.released"] == {"reason": "Court order 12/2026"}


async def test_a_hold_needs_the_right_a_reason_and_a_recording_that_is_still_there(
    kept: Site, tmp_path: Path
):
    admin, supervisor = await kept.sign_in("admin"), await kept.sign_in("supervisor")
    contact = await customer(admin, "0912345678")
    evidence, _ = await recorded(kept, tmp_path, contact)
    address = f"/recordings/{evidence}/hold"
    assert (await supervisor.put(address, reason="because")).status_code == 403
    assert (await admin.put(address, reason=" ")).status_code == 422
    stranger = await (await kept.another_centre()).sign_in("admin")
    assert (await stranger.put(address, reason="because")).status_code == 404
    await kept.world.value(
        "UPDATE recordings SET state = 'erasing' WHERE id = %(id)s RETURNING id", id=evidence
    )
    assert (await admin.put(address, reason="because")).status_code == 409


async def test_the_database_itself_refuses_to_let_held_evidence_go(kept: Site, tmp_path: Path):
    contact = await customer(await kept.sign_in("admin"), "0912345678")
    evidence, _ = await recorded(kept, tmp_path, contact, hold=True)
    with pytest.raises(Exception, match="recordings_held_check"):
        await kept.world.value(
            "UPDATE recordings SET state = 'erased' WHERE id = %(id)s RETURNING id", id=evidence
        )


async def test_the_log_is_narrowed_to_what_is_recorded_and_what_is_held(kept: Site, tmp_path: Path):
    admin = await kept.sign_in("admin")
    contact = await customer(admin, "0912345678")
    evidence, _ = await recorded(kept, tmp_path, contact)
    await recorded(kept, tmp_path, contact)
    await recorded(kept, tmp_path, contact)
    await kept.world.value("UPDATE recordings SET state = 'failed' WHERE id = (SELECT max(id::text)::uuid FROM recordings)"
                           " RETURNING id")  # fmt: skip
    await admin.ok("PUT", f"/recordings/{evidence}/hold", {"reason": "A complaint"})

    async def found(**narrow: str) -> int:
        return len((await admin.ok("GET", "/interactions", **narrow))["items"])

    assert [await found(), await found(recording="recorded"), await found(recording="held")] == [3, 2, 1]
    assert await found(recording="held", q="Lan") == 1
