"""Everybody who waits and everybody who could help, kept in order so that a decision touches only those concerned.

Per queue: its free agents in the order of its strategy; its waiting contacts in buckets of equal requirements, each in rank
order. A contact that arrives looks along the queue's free agents; an agent who comes free looks at the head of each bucket of
the queues it serves. Both stop at the first fit, so a decision costs O(log n) however many wait, unless skills exclude most.

The pool is a cache: the claim in the database decides. Between `hold` and `let_go` of a decision its contact and its agents
are out of the matching, whatever is read or told of them meanwhile: a reading of the moment before would otherwise give the
agent to the next in the line, and the claim that came first would lose.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.routing.capacity import VOICE
from tongdai.routing.matching.decision import Considered, Decision
from tongdai.routing.matching.lines import Bucket, Line, kind_of
from tongdai.routing.policies import (
    Agent,
    Entry,
    QueueRules,
    Strategy,
    Verdict,
    belongs,
    effective_priority,
    rank,
    ring_of,
    suits_after,
    verdict,
)

EXPLAINED = 20
"""How many candidates a decision names one by one; the rest are counted by verdict."""


class Pool:
    """The state that matching decides on. Every method takes O(queues of the agent · log n)."""

    def __init__(self) -> None:
        self._queues: dict[UUID, Line] = {}
        self._agents: dict[UUID, Agent] = {}
        self._serves: dict[UUID, set[UUID]] = {}
        self._entries: dict[UUID, Entry] = {}
        self._wanted: dict[UUID, set[UUID]] = {}
        self._held: dict[UUID, bool] = {}
        """Contacts that are being claimed; True: put in meanwhile, so look at it again."""
        self._claimed: dict[UUID, int] = {}
        """Agents who are being claimed, in the version of their presence that was decided on."""

    def queue(self, queue_id: UUID) -> QueueRules | None:
        found = self._queues.get(queue_id)
        return found.rules if found else None

    def agent(self, user_id: UUID) -> Agent | None:
        return self._agents.get(user_id)

    def entry(self, interaction_id: UUID) -> Entry | None:
        return self._entries.get(interaction_id)

    def waiting(self, queue_id: UUID) -> int:
        return self._queues[queue_id].waiting if queue_id in self._queues else 0

    def queues_of(self, user_id: UUID) -> frozenset[UUID]:
        """The agent's own queues, not those in which they help out."""
        return frozenset(one for one in self._serves.get(user_id, ()) if user_id in self._queues[one].members)

    def entries(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def agents(self) -> Iterator[Agent]:
        return iter(self._agents.values())

    def rules(self) -> Iterator[QueueRules]:
        return (queue.rules for queue in self._queues.values())

    def put_queue(self, rules: QueueRules) -> None:
        """Add a queue or change its rules; membership and order follow."""
        old = self._queues.get(rules.id)
        if old is not None:
            known = old.rules
            rules = replace(rules, expected_wait_s=known.expected_wait_s, under_level=known.under_level)
        entries = [entry for entry in self._entries.values() if entry.queue_id == rules.id] if old else []
        for entry in entries:
            self.remove_entry(entry.interaction_id)
        self._queues[rules.id] = Line(rules)
        for agent in list(self._agents.values()):
            self._place(agent)
        for entry in entries:
            self.put_entry(entry)

    def remove_queue(self, queue_id: UUID) -> None:
        self._queues.pop(queue_id, None)
        for serves in self._serves.values():
            serves.discard(queue_id)
        if any(ring.queue_id == queue_id for rules in self.rules() for ring in rules.overflow):
            for agent in list(self._agents.values()):
                self._place(agent)

    def expect(self, queue_id: UUID, seconds: float | None) -> list[UUID]:
        """The wait of who comes now, for the rings that ask for it. Gives the contacts for which more agents are asked by it."""
        queue = self._queues[queue_id]
        before = queue.rules
        queue.rules = replace(before, expected_wait_s=seconds)
        opened = any(
            ring.opens_after(seconds) == 0 and ring.opens_after(before.expected_wait_s) != 0
            for ring in before.overflow
        )
        return self._waiting_in(queue_id) if opened else []

    def level(self, queue_id: UUID, under: bool) -> list[UUID]:
        """Whether the queue is under its service level. Gives the contacts for which more agents are asked by it."""
        queue = self._queues[queue_id]
        fell = under and not queue.rules.under_level
        queue.rules = replace(queue.rules, under_level=under)
        return self._waiting_in(queue_id) if fell else []

    def overdue(self, queue_id: UUID, now: datetime) -> int:
        """How many callers wait in a queue for longer than its target."""
        return self._queues[queue_id].overdue(now)

    def asked_for_level(self) -> set[UUID]:
        """Queues in which an agent takes callers by the service level."""
        asking = [agent.id for agent in self._agents.values() if agent.blend.under_level]
        return {queue_id for user_id in asking for queue_id in self._serves[user_id]}

    def _waiting_in(self, queue_id: UUID) -> list[UUID]:
        return [one.interaction_id for one in self._entries.values() if one.queue_id == queue_id]

    def put_agent(self, agent: Agent) -> None:
        """Add an agent or what changed of one."""
        if agent.claimed is not (agent.id in self._claimed):
            agent = replace(agent, claimed=not agent.claimed)
        before = self._agents.get(agent.id)
        self._agents[agent.id] = agent
        if before is not None and (before.skills, before.blend) == (agent.skills, agent.blend):
            for queue_id in self._serves[agent.id]:
                self._queues[queue_id].put_in(agent)
        else:
            self._place(agent)

    def put_read_agent(self, agent: Agent) -> None:
        """An agent as read from the database; what facts have told of their presence meanwhile is newer."""
        known = self._agents.get(agent.id)
        if known is not None and known.version > agent.version:
            agent = replace(
                agent,
                ready=known.ready,
                connected=known.connected,
                occupied=known.occupied,
                idle_since=known.idle_since,
                version=known.version,
            )
        self.put_agent(agent)

    def remove_agent(self, user_id: UUID) -> None:
        for queue_id in self._serves.pop(user_id, set()):
            self._queues[queue_id].forget(user_id)
        self._agents.pop(user_id, None)

    def put_entry(self, entry: Entry) -> None:
        """Add a waiting contact, or its newer version."""
        if entry.interaction_id in self._held:
            self._held[entry.interaction_id] = True
            return
        self.remove_entry(entry.interaction_id)
        queue = self._queues.get(entry.queue_id)
        if queue is None:
            return
        self._entries[entry.interaction_id] = entry
        bucket = queue.buckets.setdefault(kind_of(entry), Bucket())
        bucket.by_rank[rank(entry, queue.rules)] = entry
        bucket.by_age[(entry.enqueued_at, entry.interaction_id)] = entry
        queue.waiting += 1
        if entry.preferred_user_id is not None:
            self._wanted.setdefault(entry.preferred_user_id, set()).add(entry.interaction_id)

    def remove_entry(self, interaction_id: UUID) -> None:
        entry = self._entries.pop(interaction_id, None)
        if entry is None:
            return
        queue = self._queues.get(entry.queue_id)
        if entry.preferred_user_id is not None:
            self._wanted[entry.preferred_user_id].discard(interaction_id)
        if queue is None:
            return
        bucket = queue.buckets[kind_of(entry)]
        del bucket.by_rank[rank(entry, queue.rules)]
        del bucket.by_age[(entry.enqueued_at, entry.interaction_id)]
        queue.waiting -= 1
        if not bucket.by_rank:
            del queue.buckets[kind_of(entry)]

    def hold(self, decision: Decision) -> None:
        """The decision is being claimed."""
        self.remove_entry(decision.entry.interaction_id)
        self._held[decision.entry.interaction_id] = False
        for user_id in decision.user_ids:
            agent = self._agents.get(user_id)
            if agent is not None:
                self._claimed[user_id] = agent.version
                self.put_agent(agent)

    def let_go(self, decision: Decision, *, won: bool) -> tuple[bool, list[UUID]]:
        """The claim is over. Whether the contact must be read anew, and which of the agents are free.

        After a claim that won they are at work, unless the pool has heard of a later presence already.
        """
        again = self._held.pop(decision.entry.interaction_id, False)
        for user_id in decision.user_ids:
            version, agent = self._claimed.pop(user_id, None), self._agents.get(user_id)
            if agent is not None:
                occupied = agent.occupied or (won and agent.version == version)
                room = frozenset[str]() if decision.queue.channel == VOICE and occupied else agent.room
                self.put_agent(replace(agent, occupied=occupied, room=room))
        free = [user_id for user_id in decision.user_ids if self.is_free(user_id)]
        return again or not won, free

    def writes(self, user_id: UUID) -> bool:
        """Whether the agent serves a queue that is not of calls: what they have room for, only the database says."""
        return any(self._queues[one].rules.channel != VOICE for one in self._serves.get(user_id, ()))

    def knows(self, interaction_id: UUID) -> bool:
        """Whether the contact waits here or is being claimed."""
        return interaction_id in self._entries or interaction_id in self._held

    def is_free(self, user_id: UUID) -> bool:
        agent = self._agents.get(user_id)
        return agent is not None and agent.available

    def match_entry(self, interaction_id: UUID, now: datetime) -> Decision | None:
        """The best free agent for a contact; None while there is none. Agents who suit a better placed contact go to that."""
        entry = self._entries.get(interaction_id)
        if entry is None:
            return None
        queue = self._queues[entry.queue_id]
        preferred = self._agents.get(entry.preferred_user_id) if entry.preferred_user_id else None
        considered: list[Considered] = []
        chosen: list[UUID] = []
        first = preferred is not None and queue.rules.last_agent_s > 0 and preferred.id in queue.members
        if first and preferred is not None:
            why = verdict(preferred, entry, queue.rules, preferred, now)
            considered.append(Considered(preferred.id, preferred.name, why or Verdict.CHOSEN))
            if why is None:
                chosen.append(preferred.id)
        ring_all = queue.rules.strategy is Strategy.RING_ALL
        if not chosen:
            last = queue.rings_open(entry, now) if queue.helpers else 0
            for (ring, *_), user_id in queue.free.items():
                if ring > last:
                    break
                if first and preferred is not None and user_id == preferred.id:
                    continue
                agent = self._agents[user_id]
                why = verdict(agent, entry, queue.rules, preferred, now, queue.ring(user_id))
                if why is None and chosen and not ring_all:
                    why = Verdict.LATER_IN_ORDER
                if why is None:
                    chosen.append(user_id)
                if why is None or len(considered) < EXPLAINED:
                    considered.append(Considered(user_id, agent.name, why or Verdict.CHOSEN))
                elif chosen and not ring_all:
                    break
        if not chosen:
            return None
        return Decision(
            entry, queue.rules, tuple(chosen), now, tuple(considered), queue.waiting, len(queue.free)
        )

    def match_agent(self, user_id: UUID, now: datetime) -> Decision | None:
        """The best waiting contact for an agent who is free; None when nothing suits."""
        best = self.best_of(user_id, now)
        return self.match_entry_for(best, self._agents[user_id], now) if best is not None else None

    def best_of(self, user_id: UUID, now: datetime) -> Entry | None:
        """Which contact `match_agent` decides for."""
        agent = self._agents.get(user_id)
        if agent is None or not agent.available:
            return None
        best: Entry | None = None
        best_key: tuple[bool, float, datetime] | None = None
        for entry in self._heads(agent, now):
            queue = self._queues[entry.queue_id].rules
            later = agent.blend.comes_later(outbound=entry.callback)
            key = (later, -effective_priority(entry, queue, now), entry.enqueued_at)
            if best_key is None or key < best_key:
                best, best_key = entry, key
        return best

    def match_entry_for(self, entry: Entry, agent: Agent, now: datetime) -> Decision:
        """The decision that gives `entry` to `agent`, with its neighbours in the order explained."""
        queue = self._queues[entry.queue_id]
        if queue.rules.strategy is Strategy.RING_ALL:
            together = self.match_entry(entry.interaction_id, now)
            if together is not None:
                return together
        considered = [Considered(agent.id, agent.name, Verdict.CHOSEN)]
        preferred = self._agents.get(entry.preferred_user_id) if entry.preferred_user_id else None
        for user_id in queue.free.values():
            if len(considered) >= EXPLAINED:
                break
            if user_id != agent.id:
                other = self._agents[user_id]
                ring = queue.ring(user_id)
                why = verdict(other, entry, queue.rules, preferred, now, ring) or Verdict.LATER_IN_ORDER
                considered.append(Considered(user_id, other.name, why))
        return Decision(
            entry, queue.rules, (agent.id,), now, tuple(considered), queue.waiting, len(queue.free)
        )

    def next_widening(self, entry: Entry, now: datetime) -> datetime | None:
        """When waiting next makes more agents good enough (skills widen, the preferred agent's time is over, a pass ends, those
        with outbound work take it)."""
        queue = self._queues[entry.queue_id]
        rules = queue.rules
        moments = [
            entry.enqueued_at + timedelta(seconds=step.after_s)
            for requirement in (*rules.requirements, *entry.requirements)
            for step in requirement.relax
        ]
        moments.extend(
            entry.enqueued_at + timedelta(seconds=ring.after_s)
            for ring in rules.overflow
            if ring.after_s is not None
        )
        moments.extend(entry.enqueued_at + timedelta(seconds=after) for after in set(queue.patience.values()))
        if entry.preferred_user_id is not None:
            moments.append(entry.enqueued_at + timedelta(seconds=rules.last_agent_s))
        moments.extend(until for _, until in entry.passed)
        return min((moment for moment in moments if moment > now), default=None)

    def _heads(self, agent: Agent, now: datetime) -> Iterator[Entry]:
        """The first suitable contact of each bucket of each queue that the agent serves."""
        for interaction_id in self._wanted.get(agent.id, ()):
            entry = self._entries[interaction_id]
            if self._suits(agent, entry, now):
                yield entry
        for queue_id in self._serves.get(agent.id, ()):
            queue = self._queues[queue_id]
            ring = queue.ring(agent.id)
            for bucket in queue.buckets.values():
                first = next(iter(bucket.by_rank.values()))
                after = suits_after(agent, first, queue.rules, ring)
                if after is None:
                    continue
                if after > 0 and next(iter(bucket.by_age.values())).waited(now) < after:
                    continue
                for entry in bucket.by_rank.values():
                    if entry.waited(now) >= after and self._suits(agent, entry, now):
                        yield entry
                        break

    def _suits(self, agent: Agent, entry: Entry, now: datetime) -> bool:
        queue = self._queues[entry.queue_id]
        if entry.queue_id not in self._serves[agent.id]:
            return False
        preferred = self._agents.get(entry.preferred_user_id) if entry.preferred_user_id else None
        return verdict(agent, entry, queue.rules, preferred, now, queue.ring(agent.id)) is None

    def _place(self, agent: Agent) -> None:
        """Find the queues that the agent serves, and those in which they help out."""
        serves = self._serves.setdefault(agent.id, set())
        for queue in self._queues.values():
            queue.forget(agent.id)
            serves.discard(queue.rules.id)
            if queue.rules.tenant_id != agent.tenant_id:
                continue
            if belongs(agent, queue.rules):
                queue.members.add(agent.id)
            elif queue.rules.overflow and (number := self._ring(agent, queue.rules)) is not None:
                queue.helpers[agent.id] = number
            else:
                continue
            serves.add(queue.rules.id)
            if agent.blend.after_s:
                queue.patience[agent.id] = agent.blend.after_s
            queue.put_in(agent)

    def _ring(self, agent: Agent, rules: QueueRules) -> int | None:
        wanted = [ring.queue_id for ring in rules.overflow]
        return ring_of(agent, rules, {one: self._queues[one].rules for one in wanted if one in self._queues})
