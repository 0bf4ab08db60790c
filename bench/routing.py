"""./run bench routing: decide and claim among 10,000 agents and 10,000 waiting contacts in 200 queues.

An agent comes free while contacts wait in every queue: the pool decides whom to offer (policy, in memory), the claim makes the
offer true (one transaction in PostgreSQL, fsync on). Beside it stands a naive decision over the same data: look at every waiting
contact. The skill mix is in `Mix`; the data are the same in every run (a seed).
"""

import argparse
import asyncio
import random
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.parts.database import fresh_database
from bench.parts.measure import MachineClock, percentile, table
from tongdai.kit.ids import new_id
from tongdai.platform.database import Database, Jsonb, Scope
from tongdai.routing.matching.decision import Decision
from tongdai.routing.matching.pool import Pool
from tongdai.routing.offers import claim
from tongdai.routing.policies import (
    Agent,
    Entry,
    QueueRules,
    Relaxation,
    Requirement,
    Strategy,
    belongs,
    effective_priority,
    verdict,
)
from tongdai.routing.repository import dump_requirements


@dataclass(frozen=True, slots=True)
class Mix:
    """The published mix: 50 skills; an agent has 2 to 6 of them at levels 1 to 10; four queues in five ask for one skill, the
    others for two, at level 3 to 8, and two levels less after 30 s; contacts have waited up to 5 minutes, one in ten has a
    higher priority."""

    agents: int
    waiting: int
    queues: int = 200
    skills: int = 50


class Centre:
    """The data of one size."""

    def __init__(self, mix: Mix, now: datetime) -> None:
        dice = random.Random(20)
        self.tenant_id, self.now = new_id(), now
        skills = [new_id() for _ in range(mix.skills)]
        self.queues = [self._queue(n, skills, dice) for n in range(mix.queues)]
        self.agents = [self._agent(n, skills, dice) for n in range(mix.agents)]
        self.entries = [self._entry(dice) for _ in range(mix.waiting)]

    def _queue(self, number: int, skills: list[UUID], dice: random.Random) -> QueueRules:
        wanted = dice.sample(skills, 1 if dice.random() < 0.8 else 2)
        levels = [dice.randint(3, 8) for _ in wanted]
        requirements = tuple(
            Requirement(skill, level, (Relaxation(30.0, level - 2),))
            for skill, level in zip(wanted, levels, strict=True)
        )
        return QueueRules(
            id=new_id(), tenant_id=self.tenant_id, name=f"Queue {number}", channel="voice",
            strategy=Strategy.LONGEST_IDLE, requirements=requirements, members={}, priority=0, ageing=1.0,
            offer_timeout_s=20, missed_limit=2, last_agent_s=0, auto_answer=False, wrap_up_s=0, short_abandon_s=5,
            max_wait_s=None, max_waiting=None,
        )  # fmt: skip

    def _agent(self, number: int, skills: list[UUID], dice: random.Random) -> Agent:
        own = {skill: dice.randint(1, 10) for skill in dice.sample(skills, dice.randint(2, 6))}
        idle = self.now - timedelta(seconds=dice.random() * 300)
        return Agent(new_id(), self.tenant_id, f"Agent {number}", own, True, True, True, idle)

    def _entry(self, dice: random.Random) -> Entry:
        queue = dice.choice(self.queues)
        return Entry(
            interaction_id=new_id(), entry_id=new_id(), tenant_id=self.tenant_id, queue_id=queue.id, requirements=(),
            priority=5 if dice.random() < 0.1 else 0, enqueued_at=self.now - timedelta(seconds=dice.random() * 300),
            preferred_user_id=None, times_out_at=None, passed=(), version=1,
        )  # fmt: skip

    def pool(self) -> Pool:
        pool = Pool()
        for queue in self.queues:
            pool.put_queue(queue)
        for agent in self.agents:
            pool.put_agent(agent)
        for entry in self.entries:
            pool.put_entry(entry)
        return pool

    async def store(self, database: Database) -> None:
        """What the claim needs to find."""
        scope = Scope(self.tenant_id)
        async with database.transaction(Scope.system()) as tx:
            await tx.execute(
                "INSERT INTO tenants (id, slug, name, country, time_zone) VALUES (%(id)s, %(slug)s, 'Bench', 'VN', 'UTC')",
                {"id": self.tenant_id, "slug": f"bench-{self.tenant_id.hex[-8:]}"},
            )
        rows = [
            ("INSERT INTO users (tenant_id, id, email, name, name_sort, name_fold) VALUES (%(tenant)s, %(id)s, %(email)s,"
             " %(name)s, %(name)s, %(name)s)", [{"id": a.id, "name": a.name, "email": a.id.hex} for a in self.agents]),
            ("INSERT INTO presence (tenant_id, user_id, chosen, shown, since) VALUES (%(tenant)s, %(id)s, 'ready', 'ready',"
             " %(at)s)", [{"id": a.id, "at": a.idle_since} for a in self.agents]),
            ("INSERT INTO queues (tenant_id, id, name, requirements) VALUES (%(tenant)s, %(id)s, %(name)s, %(r)s)",
             [{"id": q.id, "name": q.name, "r": Jsonb(dump_requirements(q.requirements))} for q in self.queues]),
            ("INSERT INTO interactions (tenant_id, id, channel, direction, state, phase, phase_since, peer_raw, peer_name,"
             " own_address, started_at, version) VALUES (%(tenant)s, %(id)s, 'voice', 'inbound', 'queued', 'wait', %(at)s, '',"
             " '', '', %(at)s, 2)", [{"id": e.interaction_id, "at": e.enqueued_at} for e in self.entries]),
            ("INSERT INTO queue_entries (tenant_id, interaction_id, entry_id, queue_id, channel, state, requirements, priority,"
             " enqueued_at, rounds, tried, version) VALUES (%(tenant)s, %(id)s, %(entry)s, %(queue)s, 'voice', 'waiting', '[]',"
             " %(priority)s, %(at)s, 0, '[]', 1)",
             [{"id": e.interaction_id, "entry": e.entry_id, "queue": e.queue_id, "priority": e.priority, "at": e.enqueued_at}
              for e in self.entries]),
        ]  # fmt: skip
        for sql, values in rows:
            async with database.transaction(scope) as tx:
                await tx.execute_many(sql, values)
        async with database.transaction(Scope.system()) as tx:
            await tx.execute("ANALYZE")  # as autovacuum does within a minute


def naive(centre: Centre, waiting: dict[UUID, Entry], agent: Agent) -> Entry | None:
    """The best contact for an agent by looking at every one."""
    rules = {queue.id: queue for queue in centre.queues}
    suited = (
        entry
        for entry in waiting.values()
        if belongs(agent, rules[entry.queue_id])
        and verdict(agent, entry, rules[entry.queue_id], None, centre.now) is None
    )
    return min(
        suited,
        key=lambda e: (-effective_priority(e, rules[e.queue_id], centre.now), e.enqueued_at),
        default=None,
    )


def decide(pool: Pool, agent: Agent, now: datetime) -> Decision | None:
    """An agent comes free; the pool forgets contact and agent once chosen, as the matcher does."""
    pool.put_agent(replace(agent, occupied=False))
    decision = pool.match_agent(agent.id, now)
    pool.put_agent(replace(agent, occupied=True))
    if decision is not None:
        pool.remove_entry(decision.entry.interaction_id)
    return decision


async def measure(database: Database, mix: Mix, rounds: int) -> list[list[object]]:
    centre = Centre(mix, datetime.now(UTC))
    await centre.store(database)
    pool, machine = centre.pool(), MachineClock()
    freed = random.Random(21).sample(centre.agents, min(rounds, mix.agents))
    waiting = {entry.interaction_id: entry for entry in centre.entries}
    scans: list[float] = []
    for agent in freed[:50]:
        free = replace(agent, occupied=False)
        start = time.perf_counter()
        best = naive(centre, waiting, free)
        scans.append((time.perf_counter() - start) * 1000)
        pool.put_agent(free)
        ours = pool.match_agent(agent.id, centre.now)
        pool.put_agent(agent)
        assert (ours.entry if ours else None) == best, "both must choose the same contact"
    decided: list[float] = []
    both: list[float] = []
    claimed = 0
    began = time.perf_counter()
    for agent in freed:
        start = time.perf_counter()
        decision = decide(pool, agent, centre.now)
        decided.append((time.perf_counter() - start) * 1000)
        if decision is None:
            continue
        async with database.transaction(Scope(centre.tenant_id)) as tx:
            claimed += await claim(tx, decision, datetime.now(UTC)) is not None
        both.append((time.perf_counter() - start) * 1000)
    rate = claimed / (time.perf_counter() - began)
    size, busy = f"{mix.agents:,} / {mix.waiting:,}", str(machine.read())
    return [
        [size, "naive scan: decide", len(scans), *_shares(scans), "", busy],
        [size, "Tongdai: decide", len(decided), *_shares(decided), "", busy],
        [size, "Tongdai: decide + claim", claimed, *_shares(both), f"{rate:.0f}/s", busy],
    ]


def _shares(values: list[float]) -> list[float]:
    return [percentile(values, share) for share in (0.5, 0.95, 0.99)]


async def run(dsn: str, sizes: list[int], rounds: int) -> None:
    rows: list[list[object]] = []
    async with Database(dsn) as database:
        for size in sizes:
            rows += await measure(database, Mix(size, size), rounds)
    print(
        table(
            [
                "agents / waiting",
                "what",
                "times",
                "p50 ms",
                "p95 ms",
                "p99 ms",
                "one after the other",
                "machine busy",
            ],
            rows,
        )
    )
    if len(sizes) > 1:
        small, large = rows[2][5], rows[-1][5]
        assert isinstance(small, float)
        assert isinstance(large, float)
        print(f"\np99 of decide + claim at {sizes[-1]:,} is {large / small:.2f} times that at {sizes[0]:,}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench routing", description="Decide and claim at size.")
    parser.add_argument("--quick", action="store_true", help="small sizes, for a smoke run")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1000, 10_000], help="agents, and contacts waiting"
    )
    parser.add_argument("--rounds", type=int, default=400, help="agents who come free")
    options = parser.parse_args()
    sizes, rounds = ([100, 300], 50) if options.quick else (options.sizes, options.rounds)
    with fresh_database() as dsn:
        asyncio.run(run(dsn, sizes, rounds))


if __name__ == "__main__":
    main()
