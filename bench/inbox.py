"""./run bench inbox: a million messages in 200,000 conversations, listed and searched as people do, under row-level security.

Each question is asked as the route asks it, with the names that its page shows. Beside a search stands what the same words take
when messages are gone through without the words' index (the baseline); with `--without NAME` lists are asked once more after an
index was dropped.
"""

import argparse
import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from bench.parts.customers import Customers
from bench.parts.database import fresh_database
from bench.parts.measure import MachineClock, percentile, table
from tongdai.conversations.inbox import listing
from tongdai.conversations.inbox.listing import Wanted, Within
from tongdai.conversations.inbox.views import listed
from tongdai.conversations.inbox.words import asked, words_of
from tongdai.conversations.public import InteractionSources
from tongdai.crm.public import search_contact_ids
from tongdai.kit.ids import new_id
from tongdai.platform.auth import Extent, Principal, Reach
from tongdai.platform.database import Database, Scope, Transaction

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OPEN = ("in_flow", "queued", "connected")
EACH = 5
"""Messages of a conversation."""
VOCABULARY = 20_000
SYLLABLES = (
    "đơn", "hàng", "giao", "chưa", "nhận", "được", "xin", "chào", "cảm", "ơn", "trả", "đổi", "tiền", "hoàn",
    "mã", "số", "địa", "chỉ", "замовлення", "доставка", "дякую", "parcel", "order", "refund", "late",
)  # fmt: skip
COMMON = "xin"


@dataclass
class Written:
    """Conversations of half a year: 40 queues, 300 agents; 800 are open, one in a hundred has a tag."""

    count: int
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    queues: list[UUID] = field(default_factory=lambda: [new_id() for _ in range(40)])
    users: list[UUID] = field(default_factory=lambda: [new_id() for _ in range(300)])

    def __post_init__(self) -> None:
        made = (f"{one}{number}" for number in itertools.count() for one in SYLLABLES)
        self.vocabulary = [*SYLLABLES, *itertools.islice(made, VOCABULARY)]
        # As in any language the n-th word is written about 1/n times as often as the first.
        self.weights = list(itertools.accumulate(1 / (rank + 6) for rank in range(len(self.vocabulary))))

    async def store(self, database: Database, scope: Scope) -> None:
        async with database.transaction(scope) as tx:
            await tx.execute(
                "INSERT INTO users (tenant_id, id, email, name, name_sort, name_fold)"
                " SELECT %(tenant)s, x, x::text, 'A', 'a', 'a' FROM unnest(%(ids)s::uuid[]) x",
                {"ids": self.users},
            )
            contacts = [
                row[0]
                for row in await tx.fetch_tuples("SELECT id FROM contacts WHERE tenant_id = %(tenant)s")
            ]
        for start in range(0, self.count, 2000):
            async with database.transaction(scope) as tx:
                await self._some(tx, start, min(2000, self.count - start), contacts)
        await database.look("VACUUM ANALYZE")

    async def _some(self, tx: Transaction, start: int, count: int, contacts: list[UUID]) -> None:
        dice = self.dice
        ids, parts = [new_id() for _ in range(count)], [new_id() for _ in range(count)]
        ends = [NOW - timedelta(seconds=(self.count - start - number) * 78) for number in range(count)]
        open_ones = [self.count - start - number <= 800 for number in range(count)]
        states = [dice.choice(OPEN) if one else "closed" for one in open_ones]
        values: dict[str, Any] = {
            "ids": ids,
            "parts": parts,
            "ends": ends,
            "contacts": [dice.choice(contacts) for _ in range(count)],
            "states": states,
            "queues": [dice.choice(self.queues) for _ in range(count)],
            "users": [dice.choice(self.users) if one in ("connected", "closed") else None for one in states],
            "unread": [dice.randrange(3) if one else 0 for one in open_ones],
        }
        await tx.execute(
            "INSERT INTO conversations (tenant_id, id, contact_id, opened_at, last_seq, last_at, unread, interaction_id,"
            " channel, state, queue_id, user_id) SELECT %(tenant)s, x.id, x.contact, x.at - interval '1 hour', 5, x.at,"
            " x.unread, x.part, 'webchat', x.state, x.queue, x.person FROM unnest(%(ids)s::uuid[], %(parts)s::uuid[],"
            " %(ends)s::timestamptz[], %(contacts)s::uuid[], %(states)s::text[], %(queues)s::uuid[], %(users)s::uuid[],"
            " %(unread)s::int[]) x(id, part, at, contact, state, queue, person, unread)",
            values,
        )
        await tx.execute(
            "INSERT INTO interactions (tenant_id, id, conversation_id, contact_id, channel, direction, state, phase,"
            " peer_raw, queue_id, user_id, started_at, phase_since)"
            " SELECT %(tenant)s, x.part, x.id, x.contact, 'webchat', 'inbound', x.state, 'talk', '', x.queue, x.person,"
            " x.at, x.at FROM unnest(%(ids)s::uuid[], %(parts)s::uuid[], %(ends)s::timestamptz[], %(contacts)s::uuid[],"
            " %(states)s::text[], %(queues)s::uuid[], %(users)s::uuid[]) x(id, part, at, contact, state, queue, person)",
            values,
        )
        bodies = [self._body(start + number // EACH) for number in range(count * EACH)]
        await tx.execute(
            "INSERT INTO messages (tenant_id, id, conversation_id, interaction_id, seq, author, kind, body, at)"
            " SELECT %(tenant)s, x.id, x.conversation, x.part, x.seq, CASE x.seq % 2 WHEN 1 THEN 'customer' ELSE 'bot' END,"
            " 'text', x.body, x.at FROM unnest(%(ids)s::uuid[], %(conversations)s::uuid[], %(parts)s::uuid[],"
            " %(seqs)s::int[], %(bodies)s::text[], %(times)s::timestamptz[]) x(id, conversation, part, seq, body, at)",
            {
                "ids": [new_id() for _ in bodies],
                "conversations": [ids[number // EACH] for number in range(len(bodies))],
                "parts": [parts[number // EACH] for number in range(len(bodies))],
                "seqs": [number % EACH + 1 for number in range(len(bodies))],
                "bodies": bodies,
                "times": [ends[number // EACH] for number in range(len(bodies))],
            },
        )
        found = [
            (ids[number], word)
            for number in range(count)
            for word in words_of(" ".join(bodies[number * EACH : number * EACH + EACH]))
        ]
        await tx.execute(
            "INSERT INTO conversation_words (tenant_id, conversation_id, word)"
            " SELECT %(tenant)s, * FROM unnest(%(ids)s::uuid[], %(words)s::text[])",
            {"ids": [one for one, _ in found], "words": [word for _, word in found]},
        )
        await tx.execute(
            "INSERT INTO conversation_tags (tenant_id, conversation_id, tag)"
            " SELECT %(tenant)s, unnest(%(ids)s::uuid[]), 'VIP'",
            {"ids": [one for one in ids if dice.random() < 0.01]},
        )

    def _body(self, conversation: int) -> str:
        words = self.dice.choices(self.vocabulary, cum_weights=self.weights, k=self.dice.randrange(3, 10))
        return " ".join([*words, f"dh{conversation}"] if self.dice.random() < 0.2 else words)

    def lists(self) -> dict[str, tuple[Reach, Wanted, str]]:
        """Who asks, what for, and what is looked for."""
        everything = Reach(Extent.TENANT, None)
        own = Reach(Extent.OWN, self.users[0])
        led = Reach(Extent.QUEUE, self.users[0], queue_ids=frozenset(self.queues[:5]))
        return {
            "open": (everything, Wanted(states=OPEN, snoozed=False), ""),
            "waiting": (everything, Wanted(states=("queued",)), ""),
            "unread": (everything, Wanted(unread=True, snoozed=False), ""),
            "closed": (everything, Wanted(states=("closed",)), ""),
            "all": (everything, Wanted(), ""),
            "all, three months ago": (everything, Wanted(before=(NOW - timedelta(days=90), new_id())), ""),
            "mine, open": (everything, Wanted(states=("connected",), user_ids=self.users[:1]), ""),
            "an agent's": (everything, Wanted(user_ids=self.users[1:2]), ""),
            "a queue's": (everything, Wanted(queue_id=self.queues[3]), ""),
            "a tag (1 in 100)": (everything, Wanted(tag="VIP"), ""),
            "a tag nobody has": (everything, Wanted(tag="none"), ""),
            "own reach": (own, Wanted(), ""),
            "five queues' reach": (led, Wanted(), ""),
            "five queues' reach, open": (led, Wanted(states=OPEN), ""),
        }

    def searches(self) -> dict[str, tuple[Reach, Wanted, str]]:
        everything, own = Reach(Extent.TENANT, None), Reach(Extent.OWN, self.users[0])
        rare = f"dh{self.count // 2}"
        return {
            "an order's number": (everything, Wanted(), rare),
            "the beginning of many": (everything, Wanted(), rare[:4]),
            "a word in every second": (everything, Wanted(), COMMON),
            "two common words": (everything, Wanted(), "đơn hàng"),
            "a common and a rare word": (everything, Wanted(), f"{COMMON} {rare}"),
            "two words of middling frequency": (everything, Wanted(), "giao17 xin23"),
            "two letters": (everything, Wanted(), "do"),
            "a common word, open ones": (everything, Wanted(states=OPEN), COMMON),
            "a common word, own reach": (own, Wanted(), COMMON),
            "a customer's name": (everything, Wanted(), "Олена Коваленко"),
            "what nobody wrote": (everything, Wanted(), "zzzz"),
        }


async def ask(tx: Transaction, *, me: Principal, reach: Reach, wanted: Wanted, q: str) -> int:
    if q:
        wanted = replace(wanted, words=tuple(asked(q)), contact_ids=await search_contact_ids(tx, q))
    rows = await listing.rows(tx, Within(reach), wanted)
    return len(await listed(tx, rows[: wanted.limit], InteractionSources(), me))


async def gone_through(tx: Transaction, *, q: str) -> int:
    """The baseline: messages looked at one by one."""
    rows = await tx.fetch_tuples(
        "SELECT c.id FROM conversations c WHERE c.tenant_id = %(tenant)s AND EXISTS (SELECT FROM messages m"
        " WHERE m.tenant_id = %(tenant)s AND m.conversation_id = c.id AND m.body ILIKE ALL(%(likes)s::text[]))"
        " ORDER BY c.last_at DESC, c.id DESC LIMIT 51",
        {"likes": [f"%{word}%" for word in q.split()]},
    )
    return len(rows)


async def timed(
    database: Database, scope: Scope, rounds: int, work: Callable[[Transaction], Awaitable[int]]
) -> tuple[int, list[float]]:
    """What it gives, and how long it takes once it has been asked before, in ms."""
    times: list[float] = []
    count = 0
    for _ in range(rounds + 1):
        start = time.perf_counter()
        async with database.transaction(scope) as tx:
            count = await work(tx)
        times.append((time.perf_counter() - start) * 1000)
    return count, times[1:]


async def measure(
    database: Database,
    scope: Scope,
    questions: dict[str, tuple[Reach, Wanted, str]],
    me: Principal,
    rounds: int,
) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for name, (reach, wanted, q) in questions.items():
        count, times = await timed(
            database, scope, rounds, partial(ask, me=me, reach=reach, wanted=wanted, q=q)
        )
        found[name] = [count, percentile(times, 0.5), percentile(times, 0.95)]
    return found


async def run(dsn: str, contacts: int, count: int, rounds: int, without: list[str]) -> None:
    async with Database(dsn, pool_size=2) as database:
        scope = await Customers(contacts).store(database)
        written = Written(count)
        await written.store(database, scope)
        assert scope.tenant_id is not None
        me = Principal(scope.tenant_id, written.users[0], "A", None)
        machine = MachineClock()
        lists = await measure(database, scope, written.lists(), me, rounds)
        searches = await measure(database, scope, written.searches(), me, rounds)
        for name, (_, _, q) in written.searches().items():
            _, times = await timed(database, scope, 1, partial(gone_through, q=q))
            searches[name].append(percentile(times, 0.5))
        head = ["list", "on the page", "p50 ms", "p95 ms"]
        for index in without:
            await database.look(f"DROP INDEX {index}")
            then = await measure(database, scope, written.lists(), me, max(4, rounds // 4))
            head.append(f"without {index} p50 ms")
            for name, values in then.items():
                lists[name].append(values[1])
        (size,) = (await database.look("SELECT pg_total_relation_size('conversation_words') / 1048576"))[0]
        print(f"{count:,} conversations, {count * EACH:,} messages, {contacts:,} contacts;", end=" ")
        print(f"the words take {size} MB; machine busy: {machine.read()}\n")
        print(table(head, [[name, *values] for name, values in lists.items()]))
        print()
        head = ["searched for", "on the page", "p50 ms", "p95 ms", "gone through, p50 ms"]
        print(table(head, [[name, *values] for name, values in searches.items()]))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="./run bench inbox", description="List and search the inbox at size."
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, for a smoke run")
    parser.add_argument("--conversations", type=int, default=200_000)
    parser.add_argument("--contacts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=40, help="how often each question is asked")
    parser.add_argument("--without", nargs="*", default=[], metavar="INDEX", help="ask again without it")
    options = parser.parse_args()
    sizes = (500, 4000, 8) if options.quick else (options.contacts, options.conversations, options.rounds)
    with fresh_database() as dsn:
        asyncio.run(run(dsn, *sizes, options.without))


if __name__ == "__main__":
    main()
