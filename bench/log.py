"""./run bench log: the call log of a tenant with 200,000 calls, filtered as people filter it, under row-level security.

Each filter is asked for its first page and, with `--without NAME`, once more after an index was dropped: what that index pays.
"""

import argparse
import asyncio
import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.parts.customers import Customers
from bench.parts.database import fresh_database
from bench.parts.measure import MachineClock, percentile, table
from tongdai.conversations import log
from tongdai.crm.public import search_contact_ids
from tongdai.kit.ids import new_id
from tongdai.platform.auth import Extent, Reach
from tongdai.platform.database import Database, Scope, Transaction

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ALL = Reach(Extent.TENANT, None)
RESULTS = {"answered": 80, "abandoned": 12, "abandoned_short": 5, "voicemail": 2.9, "failed": 0.1}


class Calls:
    """Calls of half a year: 40 queues, 300 agents, one queue and one agent hardly ever."""

    def __init__(self, count: int) -> None:
        self.count, self._dice = count, random.Random(5)
        self.queues = [new_id() for _ in range(40)]
        self.users = [new_id() for _ in range(300)]
        self.rare_queue, self.rare_user = self.queues[-1], self.users[-1]

    async def store(self, database: Database, scope: Scope) -> None:
        async with database.transaction(scope) as tx:
            await tx.execute(
                "INSERT INTO users (tenant_id, id, email, name, name_sort, name_fold)"
                " SELECT %(tenant)s, x, x::text, 'A', 'a', 'a'"
                " FROM unnest(%(ids)s::uuid[]) x",
                {"ids": self.users},
            )
            owners: list[tuple[UUID, str]] = [
                (row[0], row[1])
                for row in await tx.fetch_tuples(
                    "SELECT contact_id, value FROM identities WHERE tenant_id = %(tenant)s AND kind = 'phone'"
                )
            ]
        for start in range(0, self.count, 5000):
            async with database.transaction(scope) as tx:
                await tx.execute(
                    "INSERT INTO interactions (tenant_id, id, contact_id, channel, direction, state, phase, peer_raw, peer,"
                    " queue_id, user_id, started_at, closed_at, phase_since, talk_s, result)"
                    " SELECT %(tenant)s, x.id, x.contact, 'voice', x.direction, 'closed', 'ended', x.peer, x.peer, x.queue,"
                    " x.person, x.at, x.at, x.at, x.talk, x.result FROM unnest(%(ids)s::uuid[], %(contacts)s::uuid[],"
                    " %(directions)s::text[], %(peers)s::text[], %(queues)s::uuid[], %(users)s::uuid[],"
                    " %(times)s::timestamptz[], %(talks)s::float8[], %(results)s::text[])"
                    " x(id, contact, direction, peer, queue, person, at, talk, result)",
                    self._some(min(5000, self.count - start), owners),
                )
        await database.look("VACUUM ANALYZE")

    def _some(self, count: int, owners: list[tuple[UUID, str]]) -> dict[str, list[object]]:
        dice = self._dice
        callers = [dice.choice(owners) for _ in range(count)]
        results = dice.choices(list(RESULTS), list(RESULTS.values()), k=count)
        return {
            "ids": [new_id() for _ in range(count)],
            "contacts": [one for one, _ in callers],
            "peers": [number for _, number in callers],
            "directions": dice.choices(["inbound", "outbound", "internal"], [70, 29, 1], k=count),
            "queues": [self._seldom(self.queues) for _ in range(count)],
            "users": [self._seldom(self.users) if one == "answered" else None for one in results],
            "times": [NOW - timedelta(seconds=dice.randrange(180 * 86400)) for _ in range(count)],
            "talks": [dice.expovariate(1 / 180) if one == "answered" else 0.0 for one in results],
            "results": list(results),
        }

    def _seldom(self, ids: list[UUID]) -> UUID:
        return ids[-1] if self._dice.random() < 0.0002 else self._dice.choice(ids[:-1])

    def filters(self, known: str) -> dict[str, tuple[Reach, log.Wanted, str]]:
        """Who asks, what for, and the name that is searched first."""
        day, old = NOW - timedelta(days=3), NOW - timedelta(days=170)
        team = Reach(Extent.QUEUE, self.users[0], queue_ids=frozenset(self.queues[:5]))
        own = Reach(Extent.OWN, self.users[0])
        return {
            "nothing": (ALL, log.Wanted(), ""),
            "a queue": (ALL, log.Wanted(queue_id=self.queues[0]), ""),
            "a queue of few calls": (ALL, log.Wanted(queue_id=self.rare_queue), ""),
            "an agent": (ALL, log.Wanted(user_id=self.users[0]), ""),
            "an agent of few calls": (ALL, log.Wanted(user_id=self.rare_user), ""),
            "a day": (ALL, log.Wanted(since=day, until=day + timedelta(days=1)), ""),
            "a day five months ago": (ALL, log.Wanted(since=old, until=old + timedelta(days=1)), ""),
            "answered": (ALL, log.Wanted(result="answered"), ""),
            "failed (1 in 1000)": (ALL, log.Wanted(result="failed"), ""),
            "failed, of a queue": (ALL, log.Wanted(result="failed", queue_id=self.queues[1]), ""),
            "internal (1 in 100)": (ALL, log.Wanted(direction="internal"), ""),
            "talked over 20 minutes": (ALL, log.Wanted(min_talk_s=1200), ""),
            "a number": (ALL, log.Wanted(peer=f"+84{known}"), ""),
            "a number, by its digits": (ALL, log.Wanted(number=known), ""),
            "its last five digits": (ALL, log.Wanted(number=known[-5:]), ""),
            "the beginning of many": (ALL, log.Wanted(number="912"), ""),
            "a number nobody has": (ALL, log.Wanted(number="70000000000"), ""),
            "who: olena kovalenko": (ALL, log.Wanted(), "olena kovalenko"),
            "who: nguyen": (ALL, log.Wanted(), "nguyen"),
            "who: nobody": (ALL, log.Wanted(), "zzz"),
            "own calls": (own, log.Wanted(), ""),
            "five queues' calls": (team, log.Wanted(), ""),
            "five queues', a number": (team, log.Wanted(peer=f"+84{known}"), ""),
            "five queues', failed": (team, log.Wanted(result="failed"), ""),
        }


async def ask(tx: Transaction, reach: Reach, wanted: log.Wanted, who: str) -> int:
    if who:
        wanted = replace(wanted, contact_ids=await search_contact_ids(tx, who))
    return len(await log.rows(tx, reach, wanted, []))


async def measure(
    database: Database, scope: Scope, filters: dict[str, tuple[Reach, log.Wanted, str]], rounds: int
) -> dict[str, tuple[int, float, float]]:
    found: dict[str, tuple[int, float, float]] = {}
    for name, (reach, wanted, who) in filters.items():
        times: list[float] = []
        count = 0
        for number in range(rounds + 1):
            start = time.perf_counter()
            async with database.transaction(scope) as tx:
                count = await ask(tx, reach, wanted, who)
            if number:
                times.append((time.perf_counter() - start) * 1000)
        found[name] = (count, percentile(times, 0.5), percentile(times, 0.99))
    return found


async def run(dsn: str, contacts: int, calls: int, rounds: int, without: list[str]) -> None:
    async with Database(dsn, pool_size=2) as database:
        scope = await Customers(contacts).store(database)
        stored = Calls(calls)
        await stored.store(database, scope)
        async with database.transaction(scope) as tx:
            newest = "SELECT peer FROM interactions WHERE tenant_id = %(tenant)s ORDER BY id LIMIT 1"
            known = str(await tx.fetch_value(newest)).removeprefix("+84")
        filters, machine = stored.filters(known), MachineClock()
        now = await measure(database, scope, filters, rounds)
        head = ["filtered by", "on the page", "p50 ms", "p99 ms"]
        rows: list[list[object]] = [[name, *values] for name, values in now.items()]
        for index in without:
            await database.look(f"DROP INDEX {index}")
            then = await measure(database, scope, filters, max(4, rounds // 4))
            head += [f"without {index} p50 ms"]
            rows = [[*row, then[str(row[0])][1]] for row in rows]
        print(
            f"{calls:,} calls of {contacts:,} contacts; machine busy: {machine.read()}\n\n{table(head, rows)}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench log", description="Filter the call log at size.")
    parser.add_argument("--quick", action="store_true", help="small sizes, for a smoke run")
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--contacts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=40, help="how often each filter is asked")
    parser.add_argument("--without", nargs="*", default=[], metavar="INDEX", help="measure again without it")
    options = parser.parse_args()
    sizes = (500, 2000, 8) if options.quick else (options.contacts, options.calls, options.rounds)
    with fresh_database() as dsn:
        asyncio.run(run(dsn, *sizes, options.without))


if __name__ == "__main__":
    main()
