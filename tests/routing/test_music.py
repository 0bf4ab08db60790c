"""Keeping music: who may, what is refused, and what a queue chooses."""

import io
from uuid import uuid4

import numpy as np
import soundfile  # pyright: ignore[reportMissingTypeStubs]
from tests.api import Person, Site

SECOND = np.sin(np.arange(22_050) / 8).astype("float32")


def sound() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, SECOND, 22_050, format="WAV")  # pyright: ignore[reportUnknownMemberType]
    return file.getvalue()


async def upload(who: Person, name: str, data: bytes | None = None) -> tuple[int, dict[str, object]]:
    files = {"audio": ("tune.wav", sound() if data is None else data, "audio/wav")}
    answer = await who.http.post("/music", data={"name": name}, files=files)
    return answer.status_code, answer.json()


async def test_music_is_uploaded_heard_chosen_renamed_and_deleted_when_nobody_plays_it(site: Site):
    admin = await site.sign_in("admin")
    status, tune = await upload(admin, "Morning")
    assert (status, tune["seconds"], tune["standard"], tune["used_by"]) == (201, 1.0, False, [])
    assert (await upload(admin, "Morning"))[0] == 422, "the name is taken"
    assert (await upload(admin, "Noise", b"no sound"))[1]["code"] == "bad_audio"
    path = f"/music/{tune['id']}"
    played = await admin.get(f"{path}/audio")
    assert soundfile.info(io.BytesIO(played.content)).samplerate == 16_000  # pyright: ignore
    queue = await admin.ok("POST", "/queues", {"name": "Support", "music_id": tune["id"]})
    assert queue["music_id"] == tune["id"]
    wrong = await admin.post("/queues", name="Sales", music_id=str(uuid4()))
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "music_id")
    refused = await admin.delete(path)
    assert refused.status_code == 409
    assert "Support" in refused.json()["detail"]
    renamed = await admin.ok("PATCH", path, {"version": 1, "name": "Evening"})
    assert (renamed["name"], renamed["used_by"], renamed["version"]) == ("Evening", ["Support"], 2)
    assert (await admin.patch(path, version=1, name="Night")).status_code == 409
    await admin.ok("PATCH", f"/queues/{queue['id']}", {"version": 1, "music_id": None})
    await admin.ok("DELETE", path)
    assert (await admin.get(f"{path}/audio")).status_code == 404
    assert (await admin.ok("GET", "/music"))["items"] == []


async def test_one_piece_is_the_centres_own_and_an_archived_queue_holds_none_back(site: Site):
    admin = await site.sign_in("admin")
    first, second = (await upload(admin, "First"))[1], (await upload(admin, "Second"))[1]
    await admin.ok("PATCH", f"/music/{first['id']}", {"version": 1, "standard": True})
    await admin.ok("PATCH", f"/music/{second['id']}", {"version": 1, "standard": True})
    listed = (await admin.ok("GET", "/music"))["items"]
    assert [(one["name"], one["standard"]) for one in listed] == [("First", False), ("Second", True)]
    queue = await admin.ok("POST", "/queues", {"name": "Old", "music_id": first["id"]})
    await admin.ok("DELETE", f"/queues/{queue['id']}")
    await admin.ok("DELETE", f"/music/{first['id']}")
    assert (await admin.ok("GET", f"/queues/{queue['id']}"))["music_id"] is None


async def test_music_is_kept_by_those_who_edit_all_queues_of_their_centre_alone(site: Site):
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent")
    tune = (await upload(admin, "Morning"))[1]
    assert (await upload(agent, "Mine"))[0] == 403
    assert (await agent.delete(f"/music/{tune['id']}")).status_code == 403
    stranger = await (await site.another_centre()).sign_in("admin")
    assert (await stranger.get(f"/music/{tune['id']}/audio")).status_code == 404
    assert (await stranger.delete(f"/music/{tune['id']}")).status_code == 404
    wrong = await stranger.post("/queues", name="Theirs", music_id=tune["id"])
    assert wrong.status_code == 422
