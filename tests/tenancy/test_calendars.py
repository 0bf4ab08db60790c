"""Hours and holidays: when is it open, and when does that change?"""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.api import Site

from tongdai.tenancy.calendars import next_change, state_at

WEEK: dict[str, list[list[str]]] = {
    day: [["08:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")
}
TET: list[dict[str, Any]] = [{"date": "2026-02-17", "name": "Tết", "periods": []}]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_split_days_holidays_and_what_comes_next():
    zone = "Asia/Ho_Chi_Minh"
    assert state_at(WEEK, TET, zone, at("2026-02-16T08:00:00+07:00")).open
    assert not state_at(WEEK, TET, zone, at("2026-02-16T12:00:00+07:00")).open
    assert state_at(WEEK, TET, zone, at("2026-02-17T09:00:00+07:00")).holiday == "Tết"
    assert next_change(WEEK, TET, zone, at("2026-02-16T09:00:00+07:00")) == at("2026-02-16T12:00:00+07:00")
    assert next_change(WEEK, TET, zone, at("2026-02-16T20:00:00+07:00")) == at("2026-02-18T08:00:00+07:00")
    assert next_change({}, [], zone, at("2026-02-16T20:00:00+07:00")) is None
    always = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    assert next_change(always, [], zone, at("2026-02-16T20:00:00+07:00")) is None


def test_clocks_that_jump_keep_local_hours():
    before = at("2026-03-27T20:00:00+02:00")
    assert next_change(WEEK, [], "Europe/Kyiv", before) == at("2026-03-30T08:00:00+03:00")


@settings(max_examples=150, deadline=None)
@given(
    minutes=st.integers(0, 60 * 24 * 400),
    zone=st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Kyiv", "America/St_Johns"]),
    night=st.booleans(),
)
def test_the_state_holds_until_the_next_change_and_not_longer(minutes: int, zone: str, night: bool):
    week = {**WEEK, "sat": [["22:00", "02:00"]]} if night else WEEK
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    change = next_change(week, TET, zone, moment)
    assert change is not None
    now = state_at(week, TET, zone, moment).open
    assert state_at(week, TET, zone, change).open != now
    step = (change - moment) / 7
    assert all(state_at(week, TET, zone, moment + step * n).open == now for n in range(7))


async def test_calendars_and_settings_over_http(site: Site):
    admin = await site.sign_in("admin")
    made = await admin.ok(
        "POST", "/calendars", {"name": "Main", "time_zone": "UTC", "weekly": WEEK, "exceptions": TET}
    )
    preview = await admin.ok("GET", f"/calendars/{made['id']}/preview", at="2026-02-17T09:00:00Z")
    assert (preview["open"], preview["holiday"], preview["next_change"]) == (
        False,
        "Tết",
        "2026-02-18T08:00:00Z",
    )
    for field, value in (
        ("weekly", {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}),
        ("weekly", {"mon": [["8", "9"]]}),
        ("exceptions", [{"date": "2026-02-30"}]),
        ("time_zone", "Nowhere"),
    ):
        answer = await admin.patch(f"/calendars/{made['id']}", version=1, **{field: value})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"].startswith(field)
    settings_now = await admin.ok("GET", "/settings")
    assert settings_now["recording_retention_days"] == 365
    changed = await admin.ok(
        "PATCH", "/settings", {"version": settings_now["version"], "recording_retention_days": 30}
    )
    assert (changed["recording_retention_days"], changed["phone_keys"]) == (30, True)
    stale = await admin.patch("/settings", version=settings_now["version"], name="Late")
    assert (stale.status_code, stale.json()["current"]["recording_retention_days"]) == (409, 30)


async def test_the_keys_of_phones_are_switched_off_by_who_edits_settings(site: Site):
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent")
    now = await admin.ok("GET", "/settings")
    assert now["phone_keys"] is True
    refused = await agent.patch("/settings", version=now["version"], phone_keys=False)
    assert refused.status_code == 403
    assert (await admin.patch("/settings", version=now["version"], phone_keys="perhaps")).status_code == 422
    changed = await admin.ok("PATCH", "/settings", {"version": now["version"], "phone_keys": False})
    assert (changed["phone_keys"], changed["recording_retention_days"]) == (False, 365)
    (entry, *_) = (await admin.ok("GET", "/audit", action="settings.changed"))["items"]
    assert entry["details"]["fields"] == ["phone_keys"]


async def test_whether_listeners_are_announced_is_off_until_somebody_wants_it(site: Site):
    admin = await site.sign_in("admin")
    now = await admin.ok("GET", "/settings")
    assert (now["watch_notice"], now["watch_notice_to"]) == ("off", "both")
    for wrong in ({"watch_notice": "song"}, {"watch_notice_to": "nobody"}, {"watch_notice": None}):
        answer = await admin.patch("/settings", version=now["version"], **wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, next(iter(wrong)))
    wanted = {"watch_notice": "tone", "watch_notice_to": "agent"}
    changed = await admin.ok("PATCH", "/settings", {"version": now["version"], **wanted})
    assert {name: changed[name] for name in wanted} == wanted
