"""Finding contacts on a real database: what is found, in which order, over pages, and after everything that changes it."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api import Person, Site
from tests.support import World

from tongdai.crm import views
from tongdai.crm.public import CustomerSources, search_contact_ids
from tongdai.crm.repositories.words import Place, Words
from tongdai.crm.repository import Contacts
from tongdai.crm.schemas import CompanyChange, CompanyIn, ContactChange, ContactIn, IdentityIn
from tongdai.crm.services import catalogue, contacts, merges, privacy
from tongdai.crm.words import WHOLE, asked_tokens, entry
from tongdai.kit.ids import new_id
from tongdai.platform.auth import Extent, Reach
from tongdai.platform.database import Database, Transaction

ALL = Reach(Extent.TENANT, None)
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


async def names(client: Person, q: str, limit: int = 50) -> list[str]:
    """The names that all pages give, in order."""
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        page = await client.ok("GET", "/contacts", q=q, limit=limit, cursor=cursor)
        found += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
    return found


async def test_the_best_come_first_and_pages_join(site: Site):
    agent = await site.sign_in("agent")
    company = await agent.ok("POST", "/companies", {"name": "An Bình"})
    for name in ("Lê An", "Anh Thư", "An", "Trần Văn An", "Bình An Nhiên", "An Nhiên", "Vân", "Hoàng Ân"):
        await agent.ok("POST", "/contacts", {"name": name})
    await agent.ok("POST", "/contacts", {"name": "Mai", "company_id": company["id"]})
    best = ["An", "An Nhiên", "Anh Thư"]
    rest = ["Bình An Nhiên", "Hoàng Ân", "Lê An", "Mai", "Trần Văn An"]
    for limit in (1, 2, 3, 50):
        assert await names(agent, "an", limit) == best + rest
    for q in ("van an", "AN văn", "an tran v", "an van tran"):
        assert await names(agent, q, 1) == ["Trần Văn An"], q
    assert await names(agent, "nhien an", 1) == ["An Nhiên", "Bình An Nhiên"]
    assert await names(agent, "mai binh") == ["Mai"]
    assert await names(agent, "an zzz") == []
    assert await names(agent, "ình") == []


async def test_the_digits_that_end_a_number_come_before_those_within(site: Site):
    agent = await site.sign_in("agent")
    for name, number in (("Within", "0967845600"), ("End", "0912345678"), ("Twice", "0967867867")):
        await agent.ok(
            "POST", "/contacts", {"name": name, "identities": [{"kind": "phone", "value": number}]}
        )
    assert await names(agent, "678", 1) == ["End", "Within", "Twice"]
    assert await names(agent, "67 86", 1) == ["Twice"]
    assert await names(agent, "0967", 1) == ["Within", "Twice"]
    assert await names(agent, "end 0912") == ["End"]
    assert await names(agent, "end 0967") == []


async def test_a_forged_cursor_is_refused(site: Site):
    agent = await site.sign_in("agent")
    for cursor in ("x", "WzEsMl0", "WzAsMCwiYSIsImIiLCJjIl0", "WyJhIiwwLCJhIiwiYiIsImMiXQ"):
        assert (await agent.get("/contacts", q="a", cursor=cursor)).status_code == 422


async def test_a_renamed_company_finds_its_people_by_the_new_name_only(database: Database):
    world = await World.make(database)
    async with world.transaction() as tx:
        company = await catalogue.create_company(tx, CompanyIn(name="Điện Máy Xanh"))
        one = await contacts.create(tx, ALL, ContactIn(name="Mai", company_id=company.id), NOW)
    async with world.transaction() as tx:
        await catalogue.change_company(tx, company.id, CompanyChange(version=company.version, name="Sao Hỏa"))
        assert await search_contact_ids(tx, "may") == []
        assert await search_contact_ids(tx, "hoa mai") == [one]


async def test_a_company_being_renamed_and_a_contact_joining_it_agree(database: Database):
    world = await World.make(database)
    async with world.transaction() as tx:
        company = await catalogue.create_company(tx, CompanyIn(name="Old"))
        ids = [await contacts.create(tx, ALL, ContactIn(name=f"C{n}"), NOW) for n in range(5)]

    async def rename() -> None:
        async with world.transaction() as tx:
            await catalogue.change_company(tx, company.id, CompanyChange(version=company.version, name="New"))
            await asyncio.sleep(0.05)

    async def join(contact_id: UUID) -> None:
        async with world.transaction() as tx:
            change = ContactChange(version=1, company_id=company.id)
            await contacts.change(tx, ALL, contact_id, change, CustomerSources())
            await asyncio.sleep(0.05)

    await asyncio.gather(join(ids[0]), join(ids[1]), rename(), join(ids[2]), join(ids[3]))
    async with world.transaction() as tx:
        assert set(await search_contact_ids(tx, "new")) == set(ids[:4])
        assert await search_contact_ids(tx, "old") == []


async def test_what_one_tenant_has_no_other_finds(database: Database):
    ours, theirs = await World.make(database), await World.make(database)
    async with ours.transaction() as tx:
        mine = await contacts.create(tx, ALL, ContactIn(name="Secret"), NOW)
    async with theirs.transaction() as tx:
        assert await search_contact_ids(tx, "secret") == []
        # Also where a statement forgets its tenant.
        assert await tx.fetch_value("SELECT count(*) FROM contact_words") == 0
    async with ours.transaction() as tx:
        assert await search_contact_ids(tx, "secret") == [mine]


async def test_a_reach_of_projects_finds_their_contacts_only(database: Database):
    world = await World.make(database)
    project = new_id()
    async with world.transaction() as tx:
        await tx.execute(
            "INSERT INTO projects (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, 'P')", {"id": project}
        )
        mine = await contacts.create(tx, ALL, ContactIn(name="An", project_id=project), NOW)
        await contacts.create(tx, ALL, ContactIn(name="Anh"), NOW)
        reach = Reach(Extent.PROJECT, None, project_ids=frozenset({project}))
        assert [view.id for _, view in await views.found(tx, reach, "an", None, 9)] == [mine]
        assert await views.found(tx, Reach(Extent.OWN, None), "an", None, 9) == []


async def plan(tx: Transaction, low: str, high: str) -> str:
    rows = await tx.fetch_tuples(
        "EXPLAIN SELECT w.contact_id FROM contact_words w WHERE w.tenant_id = %(tenant)s AND NOT w.archived AND w.word >= %(low)s"
        " AND w.word < %(high)s ORDER BY w.word, w.line, w.contact_id LIMIT 50",
        {"low": low, "high": high},
    )
    return "\n".join(row[0] for row in rows)


async def test_row_level_security_lets_the_index_be_used(database: Database):
    """As the app's role, with the policy in force: the range is a condition of the index and nothing is sorted."""
    world = await World.make(database)
    async with world.transaction() as tx:
        for number in range(40):
            await Words(tx).write_new(
                await Contacts(tx).add_unknown("phone", f"+8491234{number:04}", "x", NOW),
                None,
                "email",
                "a@b.vn",
            )
        text = await plan(tx, "9123", "9124")
    assert "InitPlan 1).col1 OR" in text, "the policy is not in force, so this would prove nothing"
    assert "Index Cond" in text
    assert "word >= '9123'" in text
    assert "Sort" not in text


NAMES = ("An Bình", "Bình An", "Đỗ Anh", "Zoë", "")
NUMBERS = ("0912345678", "0987654321", "0967867867")
QUERIES = ("an", "binh", "anh do", "zoe", "0912", "678", "an 876", "fpt", "a b", "vn", "9")
Step = st.tuples(
    st.sampled_from(["merge", "undo", "rename", "number", "lose", "archive", "restore", "company", "erase"]),
    st.integers(0, 3),
    st.integers(0, 4),
)


async def wanted(tx: Transaction, q: str, archived: bool) -> set[UUID]:
    """Who should be found, from the tables that hold the truth and by the plainest means."""
    rows = await tx.fetch_tuples(
        "SELECT coalesce(c.root_id, c.id), c.name, f.name FROM contacts c LEFT JOIN companies f"
        " ON (f.tenant_id, f.id) = (c.tenant_id, c.company_id) WHERE c.tenant_id = %(tenant)s"
    )
    texts: dict[UUID, list[str]] = {}
    for root, name, company in rows:
        texts.setdefault(root, []).extend(entry([name], [company or ""], []).words)
    for root, kind, value in await tx.fetch_tuples(
        "SELECT coalesce(c.root_id, c.id), i.kind, i.value FROM identities i JOIN contacts c"
        " ON (c.tenant_id, c.id) = (i.tenant_id, i.contact_id) WHERE i.tenant_id = %(tenant)s"
    ):
        texts[root].extend(entry([], [], [(kind, value)]).words)
    shown = await tx.fetch_tuples(
        "SELECT id FROM contacts WHERE tenant_id = %(tenant)s AND merged_into IS NULL AND erased_at IS NULL"
        " AND archived = %(archived)s",
        {"archived": archived},
    )
    asked = asked_tokens(q)
    return {
        one
        for (one,) in shown
        if all(any(word.removeprefix(WHOLE).startswith(token) for word in texts[one]) for token in asked)
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(Step, max_size=12))
def test_whatever_happens_to_contacts_they_are_found_as_they_are(dsn: str, steps: list[tuple[str, int, int]]):
    async def run() -> None:
        async with Database(dsn, pool_size=2) as database:
            await History(await World.make(database)).go(steps)

    asyncio.run(run())


class History:
    """Four contacts and two companies, to whom things happen."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.merged: list[UUID] = []

    async def go(self, steps: list[tuple[str, int, int]]) -> None:
        async with self.world.transaction() as tx:
            self.company = await catalogue.create_company(tx, CompanyIn(name="FPT Anh"))
            self.ids = [
                await contacts.create(
                    tx,
                    ALL,
                    ContactIn(
                        name=NAMES[n],
                        company_id=self.company.id if n % 2 else None,
                        identities=[IdentityIn(kind="phone", value=NUMBERS[n % 3])],
                    ),
                    NOW,
                )
                for n in range(4)
            ]
        for step in steps:
            async with self.world.transaction() as tx:
                await self.happen(tx, *step)
        async with self.world.transaction() as tx:
            for q in QUERIES:
                for archived in (False, True):
                    await self.check(tx, q, archived)

    async def happen(self, tx: Transaction, what: str, who: int, other: int) -> None:
        row = await contacts.root_of(tx, self.ids[who], ALL, lock=True)
        if what == "company":
            company = await catalogue.change_company(
                tx,
                self.company.id,
                CompanyChange(version=self.company.version, name=f"FPT {NAMES[other] or 'x'}"),
            )
            self.company = company
        if what == "undo" and self.merged:
            await merges.undo(tx, ALL, self.merged.pop(), NOW)
        if row.erased_at is not None:
            return
        match what:
            case "merge":
                into = await contacts.root_of(tx, self.ids[other % 4], ALL, lock=True)
                if into.id != row.id and into.erased_at is None:
                    self.merged.append(await merges.merge(tx, ALL, into.id, row.id, NOW))
            case "rename":
                change = ContactChange(version=row.version, name=NAMES[other])
                await contacts.change(tx, ALL, row.id, change, CustomerSources())
            case "number":
                identity = IdentityIn(kind="phone", value=NUMBERS[other % 3])
                await contacts.add_identity(tx, ALL, row.id, identity)
            case "lose":
                await Contacts(tx).remove_identity([row.id])
                identity = await contacts.add_identity(
                    tx, ALL, row.id, IdentityIn(kind="email", value="an@fpt.vn")
                )
                if other % 2:
                    await contacts.remove_identity(tx, ALL, row.id, identity.id)
            case "archive" | "restore":
                await contacts.archive(tx, ALL, row.id, archived=what == "archive")
            case "erase" if other == 0:
                await privacy.erase(tx, ALL, row.id, CustomerSources(), NOW)
                self.merged.clear()
            case _:
                pass

    async def check(self, tx: Transaction, q: str, archived: bool) -> None:
        expected = await wanted(tx, q, archived)
        for limit in (1, 50):
            seen: list[UUID] = []
            after: Place | None = None
            while True:
                rows = await views.found(tx, ALL, q, after, limit, archived=archived)
                seen += [view.id for _, view in rows[:limit]]
                if len(rows) <= limit:
                    break
                after = Place(*rows[limit - 1][0])
            assert len(seen) == len(set(seen)), q
            assert set(seen) == expected, (q, archived)
