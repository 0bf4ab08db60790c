"""The prompts library: which language is heard, renaming and deleting beside flows that play from it."""

from typing import Any

from tests.api import Person, Site

from tongdai.flows.public import PromptRenderer, Recording

FLOW = """
flow: {name}
title: {title}
start: hello
nodes:
  hello:
    say: [{{prompt: welcome}}, Please hold, {{prompt: other}}]
    go: end
  end:
    hang_up:
"""


async def upload(admin: Person, name: str, language: str, text: str) -> dict[str, Any]:
    answer = await admin.http.post("/prompts", data={"name": name, "language": language, "text": text})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def prompts(admin: Person) -> list[tuple[str, str, list[str]]]:
    rows = (await admin.ok("GET", "/prompts"))["items"]
    return [(row["name"], row["language"], row["formerly"]) for row in rows]


async def heard(site: Site, name: str, language: str) -> str | None:
    """The language in which a caller of this language hears the prompt."""
    (media,) = await site.runtime.get(PromptRenderer).render(
        site.world.tenant_id, (Recording(name=name, language=language),)
    )
    return media.language if media.kind == "file" else None


async def test_a_missing_language_falls_back_to_the_chosen_one_and_never_to_silence(site: Site):
    admin = await site.sign_in("admin")
    await upload(admin, "hours", "en", "We are open")
    await upload(admin, "hours", "uk", "Ми працюємо")
    await upload(admin, "only", "vi", "Xin chào")
    assert (await admin.ok("GET", "/settings"))["fallback_language"] == "en"
    assert await heard(site, "hours", "uk") == "uk"
    assert await heard(site, "hours", "uk-UA") == "uk"
    assert await heard(site, "hours", "vi") == "en"
    assert await heard(site, "only", "uk") == "vi", "better than silence"
    assert await heard(site, "nothing", "en") is None
    settings = await admin.ok("GET", "/settings")
    changed = {"version": settings["version"], "fallback_language": "uk"}
    assert (await admin.ok("PATCH", "/settings", changed))["fallback_language"] == "uk"
    assert await heard(site, "hours", "vi") == "uk"
    await upload(admin, "hours", "vi", "Chúng tôi mở cửa")
    assert await heard(site, "hours", "vi") == "vi"


async def test_a_renamed_prompt_is_renamed_in_drafts_and_goes_on_playing_where_it_is_published(site: Site):
    admin = await site.sign_in("admin")
    await upload(admin, "welcome", "en", "Good morning")
    welcome = await upload(admin, "welcome", "uk", "Добрий день")
    await upload(admin, "other", "en", "Please hold")
    text = FLOW.format(name="hotline", title="Hotline")
    flow = await admin.ok("POST", "/flows", {"yaml": text, "publish": True})
    taken = await admin.patch(f"/prompts/{welcome['id']}", version=1, name="other")
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (422, "name")
    assert (await admin.patch(f"/prompts/{welcome['id']}", version=7, name="greeting")).status_code == 409
    told = await admin.ok("PATCH", f"/prompts/{welcome['id']}", {"version": 1, "name": "greeting"})
    assert told == {"name": "greeting", "changed": ["Hotline"], "published": ["Hotline"]}
    assert await prompts(admin) == [
        ("greeting", "en", ["welcome"]),
        ("greeting", "uk", ["welcome"]),
        ("other", "en", []),
    ]
    source = await admin.ok("GET", f"/flows/{flow['id']}")
    assert source["document"]["nodes"]["hello"]["say"] == [
        {"prompt": "greeting"}, "Please hold", {"prompt": "other"},
    ]  # fmt: skip
    assert not [one for one in source["problems"] if one["code"] == "unknown_prompt"]
    assert await heard(site, "welcome", "uk") == "uk", "calls and published versions know the old name"
    await upload(admin, "greeting", "vi", "Xin chào")
    assert await heard(site, "welcome", "vi") == "vi"
    # A new prompt may have the old name: it is meant then.
    await upload(admin, "welcome", "vi", "Mời vào")
    assert await heard(site, "welcome", "uk") == "vi"


async def test_the_last_recording_stays_while_queues_hours_or_a_switch_play_it(site: Site):
    admin = await site.sign_in("admin")
    names = ("told", "queue_closed", "hours_closed", "switched")
    prompts = {name: (await upload(admin, name, "en", "Hello"))["id"] for name in names}
    queue = await admin.ok("POST", "/queues", {"name": "Support", "recording_prompt": "told"})
    await admin.ok("PUT", f"/queues/{queue['id']}/closing", {"exit": "closed", "prompt": "queue_closed"})
    hours = await admin.ok("POST", "/calendars", {"name": "Office", "time_zone": "UTC", "weekly": {}})
    await admin.ok("PUT", f"/calendars/{hours['id']}/closing", {"exit": "closed", "prompt": "hours_closed"})
    switch = await admin.ok("POST", "/closure-switches", {"name": "storm"})
    await admin.ok("PUT", f"/closure-switches/{switch['id']}/closing", {"prompt": "switched"})
    for name, by in zip(names, ("Support", "Support", "Office", "storm"), strict=True):
        refused = await admin.delete(f"/prompts/{prompts[name]}")
        assert (refused.status_code, refused.json().get("reason")) == (409, by), refused.text
    await admin.ok("DELETE", f"/queues/{queue['id']}/closing")
    await admin.ok("DELETE", f"/prompts/{prompts['queue_closed']}")


async def test_the_last_recording_stays_while_a_published_flow_plays_it(site: Site):
    admin, other = await site.sign_in("admin"), await site.another_centre()
    english = await upload(admin, "welcome", "en", "Good morning")
    ukrainian = await upload(admin, "welcome", "uk", "Добрий день")
    await upload(admin, "other", "en", "Please hold")
    text = FLOW.format(name="hotline", title="Hotline")
    await admin.ok("POST", "/flows", {"yaml": text, "publish": True})
    stranger = await other.sign_in("admin")
    assert (await stranger.delete(f"/prompts/{english['id']}")).status_code == 404
    await admin.ok("DELETE", f"/prompts/{ukrainian['id']}")
    refused = await admin.delete(f"/prompts/{english['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "prompt_played")
    assert "Hotline" in refused.json()["detail"]
    renamed = {"version": 1, "name": "greeting"}
    await admin.ok("PATCH", f"/prompts/{english['id']}", renamed)
    assert (await admin.delete(f"/prompts/{english['id']}")).status_code == 409, "by its old name, too"
    without = text.replace("{prompt: welcome}, ", "")
    await admin.ok("POST", "/flows", {"yaml": without, "publish": True})
    await admin.ok("DELETE", f"/prompts/{english['id']}")
    assert (await admin.delete(f"/prompts/{english['id']}")).status_code == 404
    assert [name for name, _, _ in await prompts(admin)] == ["other"]
