"""./run bench contacts: find contacts by what people type, in a tenant of 100,000, under row-level security.

Beside it stands the way before: LIKE over folded names, companies, numbers, which no index serves (docs/adr/0002). Both give the
first fifty, as the list shows them. Then what it costs to make a contact of an unknown caller, with its words and without.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

from bench.parts.customers import Customers
from bench.parts.database import fresh_database
from bench.parts.measure import MachineClock, percentile, table
from tongdai.crm import views
from tongdai.crm.events import ContactChanged
from tongdai.crm.repositories.words import Place
from tongdai.crm.repository import NAMELESS, Contacts
from tongdai.crm.services.contacts import recognise
from tongdai.kit.ids import new_id
from tongdai.kit.phone import number_fragment
from tongdai.kit.text import fold
from tongdai.platform.auth import Extent, Reach
from tongdai.platform.database import Database, Scope, Transaction
from tongdai.platform.database.rows import like_literal

ALL = Reach(Extent.TENANT, None)
PAGE = 50
QUERIES = {
    "two letters": ("ng", "tr", "an", "ho", "th"),
    "three letters": ("ngu", "tra", "duc", "huo", "mai"),
    "a name": ("nguyễn", "Đức", "kovalenko", "thuy linh", "olena"),
    "words in any order": ("an nguyen", "mai tran thi", "van thi", "linh fpt", "mai 0912", "t a"),
    "words that none has together": ("thi van duc", "nguyen le", "le pham", "anh 56789"),
    "nothing": ("zzz", "nguyen zzz", "qqqq wwww", "09999999990", "nobody@nowhere"),
    "a company": ("cong ty", "dien may", "viet", "thanh cong 12"),
    "a part of a number": ("0912", "+84 91", "5678", "345 67", "84987"),
    "an address": ("mai.nguyen", "gmail.com", "an@", "hotmail"),
}
_HITS = {
    "name": "SELECT coalesce(root_id, id) AS id FROM contacts WHERE tenant_id = %(tenant)s AND name_fold LIKE %(like)s",
    "company": "SELECT coalesce(c.root_id, c.id) AS id FROM companies f JOIN contacts c"
    " ON (c.tenant_id, c.company_id) = (f.tenant_id, f.id)"
    " WHERE f.tenant_id = %(tenant)s AND f.name_fold LIKE %(like)s",
    "identity": "SELECT DISTINCT coalesce(c.root_id, c.id) AS id FROM identities i JOIN contacts c"
    " ON (c.tenant_id, c.id) = (i.tenant_id, i.contact_id) WHERE i.tenant_id = %(tenant)s AND i.value LIKE %(fragment)s",
}


async def by_like(tx: Transaction, q: str) -> int:
    """The first page as it was found before; gives the number of contacts on it."""
    digits = number_fragment(q)
    kinds = ["identity"] if digits else ["name", "company", *(["identity"] if "@" in q or "." in q else [])]
    hits = " UNION ".join(_HITS[kind] for kind in kinds)
    rows = await tx.fetch_tuples(
        "SELECT t.id, t.name, t.company_id, f.name AS company_name, t.kind, t.language, t.tags, t.name_sort"
        " FROM contacts t LEFT JOIN companies f ON (f.tenant_id, f.id) = (t.tenant_id, t.company_id)"
        f" JOIN ({hits} OFFSET 0) hits ON hits.id = t.id"
        " WHERE t.tenant_id = %(tenant)s AND t.merged_into IS NULL AND NOT t.archived AND t.erased_at IS NULL"
        " ORDER BY t.name_sort, t.id LIMIT %(limit)s + 1",
        {"like": f"%{like_literal(fold(q))}%", "fragment": f"%{digits or like_literal(q)}%", "limit": PAGE},
    )
    ids: list[UUID] = [row[0] for row in rows]
    merged = "SELECT id FROM contacts WHERE tenant_id = %(tenant)s AND root_id = ANY(%(ids)s)"
    await tx.fetch_tuples(merged, {"ids": ids})
    await views.identities(tx, {one: [one] for one in ids})
    return len(rows)


async def by_words(tx: Transaction, q: str) -> int:
    return len(await views.found(tx, ALL, q, None, PAGE))


async def to_page(tx: Transaction, q: str, pages: int) -> float:
    """Go through the pages; how many milliseconds the last one took."""
    after, took = None, 0.0
    for _ in range(pages):
        start = time.perf_counter()
        rows = await views.found(tx, ALL, q, after, PAGE)
        took = (time.perf_counter() - start) * 1000
        if len(rows) <= PAGE:
            break
        after = Place(*rows[PAGE - 1][0])
    return took


async def timed(
    database: Database, scope: Scope, find: Callable[[Transaction, str], Awaitable[int]], q: str, rounds: int
) -> tuple[list[float], int]:
    times: list[float] = []
    count = 0
    for number in range(rounds + 1):
        start = time.perf_counter()
        async with database.transaction(scope) as tx:
            count = await find(tx, q)
        if number:  # the first one also prepares the statement
            times.append((time.perf_counter() - start) * 1000)
    return times, count


async def search(database: Database, scope: Scope, rounds: int) -> list[list[object]]:
    rows: list[list[object]] = []
    every: dict[str, list[float]] = {"old": [], "new": []}
    for kind, queries in QUERIES.items():
        old: list[float] = []
        new: list[float] = []
        machine = MachineClock()
        for q in queries:
            times, _ = await timed(database, scope, by_like, q, max(4, rounds // 8))
            old += times
            times, count = await timed(database, scope, by_words, q, rounds)
            new += times
            print(f"  {q!r}: {count} on the page, {percentile(times, 0.5):.1f} ms", flush=True)
        every["old"] += old
        every["new"] += new
        rows.append(_line(kind, old, new, str(machine.read())))
    return [*rows, _line("all", every["old"], every["new"], "")]


def _line(kind: str, old: list[float], new: list[float], busy: str) -> list[object]:
    shares = [percentile(times, share) for times in (old, new) for share in (0.5, 0.99)]
    return [kind, *shares, shares[0] / shares[2], busy]


async def make(tx: Transaction, number: str) -> None:
    await recognise(tx, number, name="", at=datetime.now(UTC))


async def make_without_words(tx: Transaction, number: str) -> None:
    """What `recognise` did before there were words."""
    contacts = Contacts(tx)
    assert not await contacts.by_identity("phone", number)
    await tx.keep_alone(number)
    assert not await contacts.by_identity("phone", number)
    contact_id = new_id()
    await tx.write(
        "INSERT INTO contacts (tenant_id, id, project_id, name_sort, created_at)"
        " VALUES (%(tenant)s, %(contact)s, NULL, %(sort)s, %(at)s)",
        {"contact": contact_id, "sort": NAMELESS, "at": datetime.now(UTC)},
    )
    await tx.write(
        "INSERT INTO identities (tenant_id, id, contact_id, kind, value, raw)"
        " VALUES (%(tenant)s, %(id)s, %(contact)s, 'phone', %(value)s, %(value)s)",
        {"id": new_id(), "contact": contact_id, "value": number},
    )
    tx.emit(ContactChanged(aggregate_id=contact_id, aggregate_version=1))


async def insertion(database: Database, scope: Scope, times: int, seed: int = 7) -> list[list[object]]:
    """New callers, one with words and one without in turn."""
    kinds = {"without words": make_without_words, "with words": make}
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    dice, machine = random.Random(seed), MachineClock()
    for _ in range(times):
        for kind, work in kinds.items():
            number = f"+8470{dice.randrange(10**7):07}"
            start = time.perf_counter()
            async with database.transaction(scope) as tx:
                await work(tx, number)
            took[kind].append((time.perf_counter() - start) * 1000)
    busy = str(machine.read())
    return [
        [kind, times, sum(values) / times, percentile(values, 0.5), percentile(values, 0.99), busy]
        for kind, values in took.items()
    ]


async def run(dsn: str, size: int, rounds: int) -> None:
    async with Database(dsn, pool_size=2) as database:
        start = time.perf_counter()
        scope = await Customers(size).store(database)
        print(f"{size:,} contacts stored in {time.perf_counter() - start:.0f} s", flush=True)
        found = await search(database, scope, rounds)
        head = ["what is typed", "LIKE p50 ms", "p99 ms", "words p50 ms", "p99 ms", "times", "machine busy"]
        print(f"\n{table(head, found)}\n")
        async with database.transaction(scope) as tx:
            deep = {q: await to_page(tx, q, 200) for q in ("ng", "cong ty", "091")}
        print("The 200th page:", ", ".join(f"{q!r} {took:.1f} ms" for q, took in deep.items()))
        for name in ("contacts", "identities", "contact_words"):
            size_of = (await database.look(f"SELECT pg_total_relation_size('{name}') >> 20"))[0][0]
            print(f"{name}: {size_of} MB with indexes")
        rows = await insertion(database, scope, rounds * 20)
        print(f"\n{table(['a new caller', 'times', 'mean ms', 'p50 ms', 'p99 ms', 'machine busy'], rows)}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench contacts", description="Find contacts at size.")
    parser.add_argument("--quick", action="store_true", help="small sizes, for a smoke run")
    parser.add_argument("--contacts", type=int, default=100_000, help="how many the tenant has")
    parser.add_argument("--rounds", type=int, default=40, help="how often each query is asked")
    options = parser.parse_args()
    size, rounds = (2000, 8) if options.quick else (options.contacts, options.rounds)
    with fresh_database() as dsn:
        asyncio.run(run(dsn, size, rounds))


if __name__ == "__main__":
    main()
