"""Browsers, live: who is connected, what each may see, and the stream that keeps their snapshots fresh.

A client takes a snapshot over HTTP (with `seq`), then subscribes `since` it. Every push carries the whole new resource, so
that old state plus pushes equals a fresh snapshot. Pushes come from facts in log order (`publish`), or are coalesced live
figures (`push`). Clients that fall behind the buffer, or are too slow to take their messages, are told to `resync`; so are
those who subscribe to a topic of which something was left out because nobody had subscribed to it.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import to_json

from tongdai.platform.auth import Principal
from tongdai.platform.database import Database, Scope, Transaction
from tongdai.platform.event_stream import EventStream
from tongdai.platform.events import Subscriptions, decode_position, encode_position
from tongdai.platform.facts import Fact, Position, Recorded

log = logging.getLogger(__name__)

BUFFER = 5000
QUEUE = 500


@dataclass(frozen=True, slots=True)
class Push:
    """One message for those who subscribed to `topic` and may see it.

    `user_ids` names the receivers; None means everybody with `permission` whose reach covers the owners given here.
    """

    topic: str
    type: str
    data: Any
    user_ids: frozenset[UUID] | None = None
    permission: str | None = None
    owner_id: UUID | None = None
    queue_id: UUID | None = None
    team_ids: frozenset[UUID] = frozenset()
    project_id: UUID | None = None

    def visible_to(self, principal: Principal) -> bool:
        if self.user_ids is not None:
            return principal.user_id in self.user_ids
        if self.permission is None:
            return True
        if not principal.may(self.permission):
            return False
        return principal.reach(self.permission).covers(
            user_id=self.owner_id, team_ids=self.team_ids, queue_id=self.queue_id, project_id=self.project_id
        )


class Changed(BaseModel):
    """Something is another now: who shows it fetches it anew."""

    id: UUID


Topics = Callable[[Sequence[Recorded]], set[str]]
Key = TypeVar("Key")
Publisher = Callable[[Transaction, Sequence[Recorded]], Awaitable[Iterable[Push]]]


@dataclass(eq=False)
class Client:
    """One connected browser tab. Messages wait in `outbox`; the socket's task sends them."""

    principal: Principal
    topics: frozenset[str] = frozenset()
    outbox: "asyncio.Queue[bytes]" = field(default_factory=lambda: asyncio.Queue(QUEUE))
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, message: bytes) -> None:
        """Queue a message. A client that does not take its messages loses them and must fetch afresh."""
        try:
            self.outbox.put_nowait(message)
        except asyncio.QueueFull:
            while not self.outbox.empty():
                self.outbox.get_nowait()
            self.outbox.put_nowait(b'{"op":"resync"}')


@dataclass
class _TenantFeed:
    """The recent pushes of one tenant, complete since `since`, and its clients: a push looks only at those it may concern."""

    since: Position
    clients: set[Client] = field(default_factory=set[Client])
    of_user: dict[UUID, set[Client]] = field(default_factory=dict[UUID, set[Client]])
    of_topic: dict[str, set[Client]] = field(default_factory=dict[str, set[Client]])
    skipped: OrderedDict[str, Position] = field(default_factory=OrderedDict[str, Position])
    """Topics of which nothing was made because nobody had subscribed to them, and how far."""
    recent: deque[tuple[Position, Push, bytes]] = field(
        default_factory=lambda: deque[tuple[Position, Push, bytes]](maxlen=BUFFER)
    )

    def add(self, client: Client) -> None:
        self.clients.add(client)
        self.of_user.setdefault(client.principal.user_id, set()).add(client)

    def subscribe(self, client: Client, topics: frozenset[str]) -> None:
        for topic in client.topics - topics:
            _discard(self.of_topic, topic, client)
        for topic in topics - client.topics:
            self.of_topic.setdefault(topic, set()).add(client)
        client.topics = topics

    def discard(self, client: Client) -> None:
        self.subscribe(client, frozenset())
        self.clients.discard(client)
        _discard(self.of_user, client.principal.user_id, client)

    def skip(self, topics: Iterable[str], position: Position) -> None:
        for topic in topics:
            self.skipped.pop(topic, None)
            self.skipped[topic] = position
        while len(self.skipped) > BUFFER:
            _, self.since = self.skipped.popitem(last=False)

    def concerned(self, push: Push) -> Iterable[Client]:
        """Clients that have subscribed to the push, if they may see it."""
        if push.user_ids is None:
            return self.of_topic.get(push.topic, ())
        found = (client for user_id in push.user_ids for client in self.of_user.get(user_id, ()))
        return [client for client in found if push.topic in client.topics]


def _discard(index: dict[Key, set[Client]], key: Key, client: Client) -> None:
    clients = index.get(key)
    if clients is not None:
        clients.discard(client)
        if not clients:
            del index[key]


class Hub:
    """Connects facts to browsers. One per process; filled with publishers while modules register."""

    def __init__(self) -> None:
        self._publishers: dict[str, list[Publisher]] = {}
        self._topics: dict[Publisher, Topics] = {}
        self._feeds: dict[UUID, _TenantFeed] = {}
        self._database: Database | None = None
        self._position: Position = (0, 0)
        self._watchers: list[Callable[[Principal, bool], None]] = []
        self.shapes: dict[str, type[BaseModel]] = {}

    def publish(
        self, facts: Sequence[type[Fact]], publisher: Publisher, topics: Topics | None = None
    ) -> None:
        """Have `publisher` turn batches of these facts into pushes (it reads what it needs in `tx`). With `topics`, the topics
        that the facts are about, it is asked only when somebody has subscribed to one of them."""
        if topics is not None:
            self._topics[publisher] = topics
        for fact in facts:
            self._publishers.setdefault(fact.type, []).append(publisher)

    def describe(self, **shapes: type[BaseModel]) -> None:
        """Say what the data of a type of push look like (`call_changed` is the type `call.changed`): the desktop's types
        are made from this."""
        self.shapes |= {name.replace("_", ".", 1): shape for name, shape in shapes.items()}

    def watch_connections(self, watcher: Callable[[Principal, bool], None]) -> None:
        """Call `watcher(principal, connected)` when a user's tab comes and goes."""
        self._watchers.append(watcher)

    @asynccontextmanager
    async def running(
        self, database: Database, subscriptions: Subscriptions, events: EventStream
    ) -> AsyncGenerator[None]:
        self._database = database
        self._position = events.position
        subscriptions.follow(self._follow)
        try:
            yield
        finally:
            subscriptions.followers.remove(self._follow)
            for client in self.clients():
                client.closed.set()

    @property
    def seq(self) -> str:
        """The position up to which pushes have been made; put into snapshots taken after reading it."""
        return encode_position(self._position)

    def clients(self, tenant_id: UUID | None = None) -> list[Client]:
        feeds = self._feeds.values() if tenant_id is None else filter(None, [self._feeds.get(tenant_id)])
        return [client for feed in feeds for client in feed.clients]

    def is_connected(self, tenant_id: UUID, user_id: UUID) -> bool:
        feed = self._feeds.get(tenant_id)
        return feed is not None and user_id in feed.of_user

    def connect(self, principal: Principal) -> Client:
        client = Client(principal)
        feed = self._feeds.setdefault(principal.tenant_id, _TenantFeed(self._position))
        feed.add(client)
        for watcher in self._watchers:
            watcher(principal, True)
        return client

    def disconnect(self, client: Client) -> None:
        feed = self._feeds[client.principal.tenant_id]
        feed.discard(client)
        for watcher in self._watchers:
            watcher(client.principal, False)

    def end_session(self, session_id: UUID) -> None:
        """Close the sockets of a session that was signed out."""
        for client in self.clients():
            if client.principal.session_id == session_id:
                client.closed.set()

    def subscribe(self, client: Client, topics: Iterable[str], since: str | None) -> None:
        """Send `client` what it missed since its snapshot, then `ready`, then everything as it comes: a cursor that follows
        `ready` has nothing left out before it."""
        feed = self._feeds[client.principal.tenant_id]
        feed.subscribe(client, frozenset(topics))
        if since is not None:
            self._catch_up(client, feed, since)
        client.send(to_json({"op": "ready", "seq": self.seq}))

    def _catch_up(self, client: Client, feed: _TenantFeed, since: str) -> None:
        start = decode_position(since)
        oldest = max(feed.since, feed.recent[0][0]) if len(feed.recent) == BUFFER else feed.since
        if start is None or start < oldest:
            client.send(b'{"op":"resync"}')
            return
        skipped = [topic for topic in client.topics if feed.skipped.get(topic, start) > start]
        if skipped:
            client.send(to_json({"op": "resync", "topics": skipped}))
        missed = [body for at, push, body in feed.recent if at > start and self._reaches(client, push)]
        if missed:
            client.send(_message(self.seq, missed))

    def push(self, tenant_id: UUID, pushes: Iterable[Push]) -> None:
        """Send live figures now, to each client what it may see of them in one message. They are not kept: who reconnects
        takes a snapshot."""
        feed = self._feeds.get(tenant_id)
        told = list(pushes)
        if feed is None or not told:
            return
        self._deliver(feed, told, [_body(push) for push in told], self.seq)

    def _reaches(self, client: Client, push: Push) -> bool:
        return push.topic in client.topics and push.visible_to(client.principal)

    @staticmethod
    def _deliver(feed: _TenantFeed, pushes: Sequence[Push], bodies: Sequence[bytes], seq: str) -> None:
        """One message to each client, of what it may see. Sending is what costs: clients that see the same get the same bytes,
        made once."""
        due: dict[Client, list[int]] = {}
        for number, push in enumerate(pushes):
            for client in feed.concerned(push):
                if push.visible_to(client.principal):
                    due.setdefault(client, []).append(number)
        messages: dict[tuple[int, ...], bytes] = {}
        for client, numbers in due.items():
            seen = tuple(numbers)
            message = messages.get(seen)
            if message is None:
                message = messages[seen] = _message(seq, [bodies[number] for number in seen])
            client.send(message)

    async def _follow(self, batch: Sequence[Recorded]) -> None:
        by_tenant: dict[UUID, list[Recorded]] = {}
        for event in batch:
            if event.tenant_id in self._feeds and event.fact.type in self._publishers:
                by_tenant.setdefault(event.tenant_id, []).append(event)
        for tenant_id, events in by_tenant.items():
            await self._publish_for(tenant_id, events)
        self._position = batch[-1].position

    async def _publish_for(self, tenant_id: UUID, events: list[Recorded]) -> None:
        assert self._database is not None
        feed = self._feeds[tenant_id]
        wanted: dict[Publisher, list[Recorded]] = {}
        for event in events:
            for publisher in self._publishers[event.fact.type]:
                wanted.setdefault(publisher, []).append(event)
        position = events[-1].position
        for publisher in wanted.keys() & self._topics.keys():
            topics = self._topics[publisher](wanted[publisher])
            if not topics & feed.of_topic.keys():
                feed.skip(topics, position)
                del wanted[publisher]
        if not wanted:
            return
        pushes: list[Push] = []
        async with self._database.transaction(Scope(tenant_id)) as tx:
            for publisher, its_events in wanted.items():
                try:
                    pushes.extend(await publisher(tx, its_events))
                except Exception:
                    log.exception("publishing %s failed", {event.fact.type for event in its_events})
                    raise
        bodies = [_body(push) for push in pushes]
        # Who comes back gets the body; the resource that it was made of need not be kept.
        feed.recent.extend(
            (position, replace(push, data=None), body) for push, body in zip(pushes, bodies, strict=True)
        )
        self._deliver(feed, pushes, bodies, encode_position(position))


def _body(push: Push) -> bytes:
    return to_json({"topic": push.topic, "type": push.type, "data": push.data})


def _message(seq: str, bodies: Iterable[bytes]) -> bytes:
    return b'{"op":"events","seq":' + to_json(seq) + b',"events":[' + b",".join(bodies) + b"]}"
