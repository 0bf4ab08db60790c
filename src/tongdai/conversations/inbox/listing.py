"""Reading the inbox: filters, reach and keyset pages that stay fast over hundreds of thousands of conversations.

As in the log each branch of a reach walks one index in the list's order and stops after a page, and the branches are joined.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations.inbox.words import Words, above
from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.database import Transaction

WALKED = 2000
"""So many of the newest conversations are gone through for a word that many have."""
MOST_COUNTED = 999
"""Counting ends here: a list says "999+"."""


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation as a list needs it."""

    id: UUID
    interaction_id: UUID | None
    project_id: UUID | None
    contact_id: UUID | None
    channel: str
    state: str
    queue_id: UUID | None
    user_id: UUID | None
    last_at: datetime
    unread: int
    snoozed_until: datetime | None
    opened_at: datetime
    subject: str
    merged_into: UUID | None


@dataclass(frozen=True, slots=True)
class Within:
    """Who reads: their reach, their team mates, and the queues whose waiting customers are theirs to take."""

    reach: Reach
    mates: tuple[UUID, ...] = ()
    serves: tuple[UUID, ...] = ()

    @property
    def users(self) -> list[UUID]:
        mates = self.mates if WIDTH[self.reach.extent] >= WIDTH[Extent.TEAM] else ()
        return list({*([self.reach.user_id] if self.reach.user_id else []), *mates})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `words` must all be in it, or its contact be one of `contact_ids`."""

    states: tuple[str, ...] = ()
    channel: str | None = None
    queue_id: UUID | None = None
    user_ids: list[UUID] | None = None
    of_contacts: list[UUID] | None = None
    unread: bool = False
    tag: str | None = None
    snoozed: bool | None = None
    """None: whether or not it is put aside."""
    scheduled: bool = False
    """Only those in which a reply waits for its time, or was stopped."""
    followed_by: UUID | None = None
    news: bool = False
    """Of what they follow only what has something new to them."""
    mentioned: UUID | None = None
    since: datetime | None = None
    words: tuple[str, ...] = ()
    contact_ids: list[UUID] = field(default_factory=list[UUID])
    before: tuple[datetime, UUID] | None = None
    limit: int = 50


_COLUMNS = ", ".join(f"c.{name}" for name in ConversationRow.__slots__)
_ORDER = "ORDER BY c.last_at DESC, c.id DESC LIMIT %(limit)s"
_HAS = (
    "EXISTS (SELECT FROM (SELECT o.word FROM conversation_words o WHERE o.tenant_id = %(tenant)s"
    " AND o.conversation_id = {of} OFFSET 0) p WHERE p.word >= %(low{n})s AND p.word < %(high{n})s)"
)
"""OFFSET 0 has the words of the one conversation read, a few dozen: the planner takes beginnings of words for rare and would
read all conversations' words with one again and again."""


class _Query:
    """The conditions and values of one question."""

    def __init__(self, wanted: Wanted) -> None:
        self.sql = ["c.tenant_id = %(tenant)s", "c.last_at IS NOT NULL"]
        self.values: dict[str, Any] = {"limit": wanted.limit + 1}
        self.found = ""
        if wanted.mentioned is None:  # who is called somewhere is told, wherever that is shown now
            self.add("c.merged_into IS NULL")
        if wanted.states:
            self.add("c.state = ANY(%(states)s)", states=list(wanted.states))
            if "closed" not in wanted.states:
                self.add("c.state <> 'closed'")
        if wanted.channel is not None:
            self.add("c.channel = %(channel)s", channel=wanted.channel)
        if wanted.queue_id is not None:
            self.add("c.queue_id = %(queue)s", queue=wanted.queue_id)
        if wanted.user_ids is not None:
            self.add("c.user_id = ANY(%(users)s::uuid[])", users=wanted.user_ids)
        if wanted.of_contacts is not None:
            self.add("c.contact_id = ANY(%(customers)s::uuid[])", customers=wanted.of_contacts)
        if wanted.unread:
            self.add("c.unread > 0")
        if wanted.tag is not None:
            self.add(
                "EXISTS (SELECT FROM conversation_tags g WHERE g.tenant_id = %(tenant)s AND g.conversation_id = c.id"
                " AND g.tag = %(tag)s)",
                tag=wanted.tag,
            )
        if wanted.snoozed is not None:
            self.add(f"c.snoozed_until IS {'NOT ' if wanted.snoozed else ''}NULL")
        if wanted.scheduled:
            self.add(
                "c.id IN (SELECT s.conversation_id FROM scheduled_replies s WHERE s.tenant_id = %(tenant)s"
                " AND s.state IN ('waiting', 'stopped') AND (s.state = 'stopped' OR NOT s.grace))"
            )
        if wanted.followed_by is not None:
            self.add(
                "c.id IN (SELECT f.conversation_id FROM conversation_followers f WHERE f.tenant_id = %(tenant)s"
                f" AND f.user_id = %(follower)s{' AND f.news > 0' if wanted.news else ''})",
                follower=wanted.followed_by,
            )
        if wanted.mentioned is not None:
            self.add(
                "c.id IN (SELECT n.conversation_id FROM conversation_mentions n WHERE n.tenant_id = %(tenant)s"
                " AND n.user_id = %(mentioned)s)",
                mentioned=wanted.mentioned,
            )
        if wanted.since is not None:
            self.add("c.last_at >= %(since)s", since=wanted.since)
        if wanted.before is not None:
            at, last = wanted.before
            self.add("(c.last_at, c.id) < (%(before_at)s, %(before)s)", before_at=at, before=last)

    def add(self, sql: str, **values: Any) -> None:
        self.sql.append(sql)
        self.values |= values

    def look_for(self, wanted: Wanted) -> None:
        """The values of what is looked for."""
        for number, word in enumerate(wanted.words):
            self.values |= {f"low{number}": word, f"high{number}": above(word)}
        self.values |= {"contacts": wanted.contact_ids, "walked": WALKED}

    def look_up(self, wanted: Wanted, first: int) -> None:
        """Narrow to conversations with all words, found by the word at `first`; what all of them have is gathered first."""
        rest = [
            _HAS.format(n=number, of="w.conversation_id")
            for number in range(len(wanted.words))
            if number != first
        ]
        # The words of what was merged are also those of where it is shown; its customer is not.
        both = " AND ".join([f"w.word >= %(low{first})s AND w.word < %(high{first})s", *rest])
        self.found = (
            "WITH hit AS MATERIALIZED (SELECT w.conversation_id AS id FROM conversation_words w"
            f" WHERE w.tenant_id = %(tenant)s AND {both} UNION SELECT coalesce(k.merged_into, k.id) FROM conversations k"
            " WHERE k.tenant_id = %(tenant)s AND k.contact_id = ANY(%(contacts)s::uuid[]))"
        )

    @property
    def source(self) -> str:
        return "conversations c JOIN hit ON hit.id = c.id" if self.found else "conversations c"


def _has(wanted: Wanted, of: str, contact: str) -> str:
    has = " AND ".join(_HAS.format(n=number, of=of) for number in range(len(wanted.words)))
    return f"(({has}) OR {contact} = ANY(%(contacts)s::uuid[]))"


def _pieces(query: _Query, within: Within) -> list[str]:
    """The branches of the reach, each up to a page in the list's order."""
    conditions = " AND ".join(query.sql)
    picked = "SELECT c.id, c.last_at FROM"
    if within.reach.everything:
        return [f"({picked} {query.source} WHERE {conditions} {_ORDER})"]
    query.values |= {"own": within.users, "serves": list(within.serves)}
    owners = [("own", "user_id", "")]
    width = WIDTH[within.reach.extent]
    if within.serves:
        owners.append(("serves", "queue_id", " AND c.state = 'queued' AND c.state <> 'closed'"))
    if width >= WIDTH[Extent.QUEUE]:
        owners.append(("queues", "queue_id", ""))
        query.values["queues"] = list(within.reach.queue_ids)
    if width >= WIDTH[Extent.PROJECT]:
        owners.append(("projects", "project_id", ""))
        query.values["projects"] = list(within.reach.project_ids)
    pieces = [
        f"(SELECT h.id, h.last_at FROM unnest(%({name})s::uuid[]) AS o(id) CROSS JOIN LATERAL"
        f" ({picked} {query.source} WHERE {conditions} AND c.{column} = o.id{also} {_ORDER}) h)"
        for name, column, also in owners
    ]
    # What they had before another has it now stays theirs to read.
    pieces.append(
        f"({picked} {query.source} WHERE {conditions} AND c.id IN (SELECT i.conversation_id FROM interactions i"
        " WHERE i.tenant_id = %(tenant)s AND i.user_id = ANY(%(own)s::uuid[]) AND i.conversation_id IS NOT NULL"
        " UNION SELECT i.conversation_id FROM assignments a JOIN interactions i"
        " ON (i.tenant_id, i.id) = (a.tenant_id, a.interaction_id) WHERE a.tenant_id = %(tenant)s AND a.shared"
        f" AND a.user_id = ANY(%(own)s::uuid[])) {_ORDER})"
    )
    return pieces


async def rows(tx: Transaction, within: Within, wanted: Wanted) -> list[ConversationRow]:
    """Up to `limit + 1` conversations within reach, that with the newest message first.

    A word that few have is looked up. For one that many have the newest conversations are gone through, which mostly fills the
    page at once; where it does not (nobody has written it of late), it is looked up after all. Who reads only a part of the
    tenant's conversations has few enough to look at each.
    """
    query = _Query(wanted)
    if wanted.words:
        query.look_for(wanted)
        rarest = await Words(tx).rarest(list(wanted.words))
        if rarest is None and not within.reach.everything:
            query.add(_has(wanted, "c.id", "c.contact_id"))
        elif rarest is None:
            newest = await _among_newest(tx, query, wanted)
            if len(newest) > wanted.limit:
                return newest
            query.look_up(wanted, max(range(len(wanted.words)), key=lambda number: len(wanted.words[number])))
        else:
            query.look_up(wanted, wanted.words.index(rarest))
    return await _fetch(tx, query, " UNION ".join(_pieces(query, within)))


async def _among_newest(tx: Transaction, query: _Query, wanted: Wanted) -> list[ConversationRow]:
    """Of the newest WALKED conversations of the tenant those that have what is looked for."""
    walk = (
        f"SELECT c.id, c.last_at, c.contact_id FROM conversations c WHERE {' AND '.join(query.sql)}"
        " ORDER BY c.last_at DESC, c.id DESC LIMIT %(walked)s"
    )
    has = _has(wanted, "n.id", "n.contact_id")
    return await _fetch(tx, query, f"SELECT n.id, n.last_at FROM ({walk}) n WHERE {has}")


async def _fetch(tx: Transaction, query: _Query, found: str) -> list[ConversationRow]:
    return await tx.fetch_all(
        ConversationRow,
        f"{query.found} SELECT {_COLUMNS} FROM conversations c JOIN ({found}) found ON found.id = c.id"
        f" WHERE c.tenant_id = %(tenant)s {_ORDER}",
        query.values,
    )


async def count(tx: Transaction, within: Within, wanted: Wanted) -> int:
    """How many there are, up to MOST_COUNTED + 1. For what is few among all: open ones, unread ones."""
    query = _Query(wanted)
    query.values["limit"] = MOST_COUNTED + 1
    pieces = _pieces(query, within)
    return await tx.fetch_value(f"SELECT count(*) FROM ({' UNION '.join(pieces)}) found", query.values)


async def get(tx: Transaction, conversation_id: UUID) -> ConversationRow | None:
    """One that something was written in."""
    return await tx.fetch_one(
        ConversationRow,
        f"SELECT {_COLUMNS} FROM conversations c WHERE c.tenant_id = %(tenant)s AND c.id = %(id)s"
        " AND c.last_at IS NOT NULL",
        {"id": conversation_id},
    )
