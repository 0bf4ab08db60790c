"""Contacts over HTTP and on the hot path, on a real database."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api import Site
from tests.support import World

from tongdai.crm.events import ContactChanged
from tongdai.crm.public import CustomerSources, recognise, screen_pop
from tongdai.crm.repository import Contacts
from tongdai.crm.schemas import ContactIn, IdentityIn
from tongdai.crm.services import contacts, merges
from tongdai.platform.auth import Extent, Reach
from tongdai.platform.database import Database

ALL = Reach(Extent.TENANT, None)
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


async def test_a_contact_is_made_found_and_edited(site: Site):
    agent = await site.sign_in("agent")
    company = await agent.ok("POST", "/companies", {"name": "Điện Máy Xanh"})
    made = await agent.ok(
        "POST",
        "/contacts",
        {
            "name": "Trần Thị Đông",
            "company_id": company["id"],
            "identities": [
                {"kind": "phone", "value": "091 234 56 78"},
                {"kind": "email", "value": "Dong@Example.COM"},
            ],
        },
    )
    assert [(one["value"], one["raw"]) for one in made["identities"]] == [
        ("+84912345678", "091 234 56 78"),
        ("dong@example.com", "Dong@Example.COM"),
    ]
    for q in ("tran thi dong", "TRẦN", "đông", "dien may", "0912 345", "2345678", "+84912", "dong@exam"):
        found = (await agent.ok("GET", "/contacts", q=q))["items"]
        assert [one["id"] for one in found] == [made["id"]], q
    assert (await agent.ok("GET", "/contacts", q="100%"))["items"] == []
    changed = await agent.ok(
        "PATCH", f"/contacts/{made['id']}", {"version": made["version"], "kind": "customer"}
    )
    assert (changed["kind"], changed["name"]) == ("customer", "Trần Thị Đông")
    stale = await agent.patch(f"/contacts/{made['id']}", version=made["version"], kind="lead")
    assert (stale.status_code, stale.json()["current"]["kind"]) == (409, "customer")


async def test_names_sort_by_their_own_alphabet_and_pages_join(site: Site):
    agent = await site.sign_in("agent")
    names = ["An", "Ăn", "Ân", "Bình", "Дмитро", "Ганна", "Ґалина", "Єва"]
    for name in reversed(names):
        await agent.ok("POST", "/contacts", {"name": name})
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = await agent.ok("GET", "/contacts", limit=3, cursor=cursor)
        seen += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["An", "Ăn", "Ân", "Bình", "Ганна", "Ґалина", "Дмитро", "Єва"]


async def test_own_fields_are_checked_by_their_kind(site: Site):
    admin = await site.sign_in("admin")
    for key, kind, options in (
        ("age", "number", []),
        ("since", "date", []),
        ("tier", "choice", ["gold", "silver"]),
    ):
        await admin.ok(
            "POST",
            "/contact-fields-admin",
            {"key": key, "label": {"en": key}, "kind": kind, "options": options},
        )
    for key, bad in (("age", "many"), ("since", "yesterday"), ("tier", "tin"), ("nothing", "x")):
        answer = await admin.post("/contacts", name="A", fields={key: bad})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, f"fields.{key}")
    good = await admin.ok(
        "POST", "/contacts", {"name": "A", "fields": {"age": 7, "since": "2026-01-31", "tier": "gold"}}
    )
    assert good["fields"] == {"age": "7", "since": "2026-01-31", "tier": "gold"}
    assert [one["key"] for one in await admin.ok("GET", "/contact-fields")] == ["age", "since", "tier"]


async def test_notes_consents_and_the_timeline(site: Site):
    agent = await site.sign_in("agent")
    made = await agent.ok("POST", "/contacts", {"name": "A"})
    path = f"/contacts/{made['id']}"
    await agent.ok("POST", f"{path}/notes", {"text": "Called about the bill"})
    consent = {"purpose": "marketing", "channel": "phone", "source": "on the phone"}
    await agent.ok("PUT", f"{path}/consents", {**consent, "state": "granted"})
    after = await agent.ok("PUT", f"{path}/consents", {**consent, "state": "refused"})
    assert [one["state"] for one in after["consents"]] == ["refused"]
    first = await agent.ok("GET", f"{path}/timeline", limit=2)
    rest = await agent.ok("GET", f"{path}/timeline", limit=2, cursor=first["next_cursor"])
    assert [entry["kind"] for entry in first["items"] + rest["items"]] == ["change", "change", "note"]
    assert rest["items"][0]["note"]["author"]["name"] == agent.user.name
    told = [
        (one["consent"]["purpose"], one["consent"]["channel"], one["consent"]["state"])
        for one in first["items"]
    ]
    assert told == [("marketing", "phone", "refused"), ("marketing", "phone", "granted")]


@pytest.mark.parametrize("value", ["hello", "12", "", "++84"])
async def test_a_wrong_number_is_refused_with_the_mend(site: Site, value: str):
    agent = await site.sign_in("agent")
    made = await agent.ok("POST", "/contacts", {"name": "A"})
    answer = await agent.post(f"/contacts/{made['id']}/identities", kind="phone", value=value)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "value")


async def test_merging_joins_and_undoing_parts(site: Site):
    agent = await site.sign_in("agent")
    one = await agent.ok(
        "POST", "/contacts", {"name": "One", "identities": [{"kind": "phone", "value": "0912345678"}]}
    )
    two = await agent.ok(
        "POST", "/contacts", {"name": "Two", "identities": [{"kind": "phone", "value": "0987654321"}]}
    )
    merge = (await agent.ok("POST", f"/contacts/{one['id']}/merge", {"other_id": two["id"]}))["merge_id"]
    again = await agent.post(f"/contacts/{two['id']}/merge", other_id=one["id"])
    assert (again.status_code, again.json()["code"]) == (409, "already_merged")
    joined = await agent.ok("GET", f"/contacts/{two['id']}")
    assert joined["id"] == one["id"]
    assert {identity["value"] for identity in joined["identities"]} == {"+84912345678", "+84987654321"}
    assert [(m["id"], m["other"]["name"]) for m in joined["merges"]] == [(merge, "Two")]
    assert [c["name"] for c in (await agent.ok("GET", "/contacts", q="0987"))["items"]] == ["One"]
    await agent.ok("POST", f"/contacts/merges/{merge}/undo")
    assert (await agent.post(f"/contacts/merges/{merge}/undo")).status_code == 409
    apart = await agent.ok("GET", f"/contacts/{two['id']}")
    volatile = ("version",)
    assert {k: v for k, v in apart.items() if k not in volatile} == {
        k: v for k, v in two.items() if k not in volatile
    }


async def test_a_person_is_exported_and_forgotten(site: Site):
    admin = await site.sign_in("admin")
    made = await admin.ok(
        "POST", "/contacts", {"name": "Zoë", "identities": [{"kind": "phone", "value": "0912345678"}]}
    )
    await admin.ok("POST", f"/contacts/{made['id']}/notes", {"text": "secret matter"})
    exported = await admin.ok("GET", f"/contacts/{made['id']}/export")
    assert exported["contact"]["name"] == "Zoë"
    assert exported["notes"][0]["text"] == "secret matter"
    await admin.ok("POST", f"/contacts/{made['id']}/erase")
    gone = await admin.ok("GET", f"/contacts/{made['id']}")
    assert (gone["name"], gone["identities"], gone["fields"]) == ("", [], {})
    assert (await admin.post(f"/contacts/{made['id']}/notes", text="x")).status_code == 409
    assert (await admin.ok("GET", "/contacts", q="0912345678"))["items"] == []
    audit = (await admin.ok("GET", "/audit", action="contact.erased"))["items"]
    assert "Zoë" not in str(audit)
    assert "912345678" not in str(audit)


async def test_two_first_calls_of_one_unknown_number_make_one_contact(database: Database):
    world = await World.make(database)

    async def call() -> object:
        async with world.transaction() as tx:
            known = await recognise(tx, "+84912345678", name="", at=NOW)
            await asyncio.sleep(0.05)
            return known and known.id

    ids = await asyncio.gather(*(call() for _ in range(5)))
    assert len(set(ids)) == 1
    assert await world.value("SELECT count(*) FROM contacts") == 1
    told = "SELECT count(*) FROM event_log WHERE type = %(type)s"
    assert await world.value(told, type=ContactChanged.type) == 1


async def test_withheld_numbers_make_no_contact_and_shared_ones_let_the_agent_pick(database: Database):
    world = await World.make(database)
    async with world.transaction() as tx:
        assert await recognise(tx, None, name="anonymous", at=NOW) is None
        both = [
            await contacts.create(
                tx, ALL, ContactIn(name=name, identities=[IdentityIn(kind="phone", value="0912345678")]), NOW
            )
            for name in ("Mother", "Son")
        ]
        assert await recognise(tx, "+84912345678", name="", at=NOW) is None
        pop = await screen_pop(tx, CustomerSources(), number="+84912345678", contact_id=None)
        assert {one.name for one in pop.candidates} == {"Mother", "Son"}
        assert pop.national == "0912 345 678"
        await merges.merge(tx, ALL, both[0], both[1], NOW)
        known = await recognise(tx, "+84912345678", name="", at=NOW)
        assert known is not None
        assert known.id == both[0]
    assert await world.value("SELECT count(*) FROM contacts") == 2


async def test_merges_that_meet_never_make_a_ring(database: Database):
    world = await World.make(database)
    async with world.transaction() as tx:
        one, two = [await contacts.create(tx, ALL, ContactIn(name=name), NOW) for name in "AB"]

    async def merge(kept: object, other: object) -> str:
        async with world.transaction() as tx:
            await merges.merge(tx, ALL, kept, other, NOW)  # type: ignore[arg-type]
        return "merged"

    outcomes = await asyncio.gather(merge(one, two), merge(two, one), return_exceptions=True)
    assert [outcome for outcome in outcomes if outcome == "merged"] == ["merged"]


Steps = st.lists(
    st.tuples(st.sampled_from(["merge", "undo"]), st.integers(0, 4), st.integers(0, 4)), max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=Steps)
def test_any_merges_and_undos_leave_every_pointer_true(dsn: str, steps: list[tuple[str, int, int]]):
    """Model: `into` maps a contact to where it was merged. The stored roots are always the ends of those chains."""

    async def run() -> None:
        async with Database(dsn, pool_size=2) as database:
            world = await World.make(database)
            async with world.transaction() as tx:
                ids = [await contacts.create(tx, ALL, ContactIn(name=f"C{n}"), NOW) for n in range(5)]
            into: dict[int, int] = {}
            made: list[tuple[object, int, int]] = []

            def end(n: int) -> int:
                return end(into[n]) if n in into else n

            for step, first, second in steps:
                async with world.transaction() as tx:
                    if step == "merge" and end(first) != end(second):
                        kept, other = end(first), end(second)
                        made.append((await merges.merge(tx, ALL, ids[first], ids[second], NOW), kept, other))
                        into[other] = kept
                    elif step == "undo" and made:
                        merge_id, _, other = made.pop(first % len(made))
                        await merges.undo(tx, ALL, merge_id, NOW)  # type: ignore[arg-type]
                        del into[other]
                    rows = [await Contacts(tx).find(one) for one in ids]
                    roots = [row and (row.root_id or row.id) for row in rows]
                    assert roots == [ids[end(n)] for n in range(5)]
                    for n in range(5):
                        group = {ids[m] for m in range(5) if end(m) == end(n)}
                        assert set(await Contacts(tx).group(ids[end(n)])) == group

    asyncio.run(run())
