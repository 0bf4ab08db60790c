"""Whom a dialled extension rings, one after the other: forwarding, do not disturb, groups. Decided purely.

Queue calls do not come this way: they follow presence.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

RING_S = 60.0
"""So long a colleague rings who said nothing about it."""
VOICEMAIL = "voicemail"
"""Where calls are sent on to, instead of a number: one's own box."""


class Outcome(StrEnum):
    """How it went with those who were rung."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Where a user sends direct calls on to: an extension, an outside number or VOICEMAIL; "" is nowhere. `listed`: callers
    find them by their name."""

    always: str = ""
    busy: str = ""
    no_answer: str = ""
    unreachable: str = ""
    no_answer_s: int = 20
    do_not_disturb: bool = False
    listed: bool = True

    def after(self, outcome: Outcome) -> str:
        match outcome:
            case Outcome.BUSY:
                return self.busy
            case Outcome.NO_ANSWER:
                return self.no_answer
            case Outcome.UNREACHABLE:
                return self.unreachable


class Hunt(StrEnum):
    """In which order a group's members ring."""

    ALL = "all"
    IN_TURN = "in_turn"
    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"


@dataclass(frozen=True, slots=True)
class Group:
    """People behind one extension. `ring_s`: so long each rings (with `all`, so long all ring). `turn`: calls that it has had.
    `otherwise`: who is rung when nobody answers; "" is nobody."""

    id: UUID
    hunt: Hunt
    members: tuple[UUID, ...]
    ring_s: float = 20
    otherwise: str = ""
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Book:
    """What is known of a tenant's extensions at one moment. `idle_since`: when each user's last call ended."""

    extensions: Mapping[str, UUID] = field(default_factory=dict[str, UUID])
    """Extension → user, group or room."""
    forwarding: Mapping[UUID, Forwarding] = field(default_factory=dict[UUID, Forwarding])
    groups: Mapping[UUID, Group] = field(default_factory=dict[UUID, Group])
    on_call: frozenset[UUID] = frozenset()
    idle_since: Mapping[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    boxes: frozenset[UUID] = frozenset()
    """Users and groups who take messages."""
    rooms: frozenset[UUID] = frozenset()
    """Conference rooms."""

    def wishes(self, user_id: UUID) -> Forwarding:
        return self.forwarding.get(user_id, Forwarding())


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring these people at once, so long."""

    users: tuple[UUID, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Outside:
    """Dial an outside number, as far as who sent the call there may; `by` is None where a group's rule did."""

    number: str
    by: UUID | None


@dataclass(frozen=True, slots=True)
class Box:
    """Take a message for a user or group: nothing follows it."""

    owner_id: UUID


@dataclass(frozen=True, slots=True)
class Room:
    """Into a conference room: nothing follows it."""

    room_id: UUID


Step = Ring | Outside | Box | Room


def order_of(group: Group, book: Book) -> list[UUID]:
    """The members who can be rung, in the order of the hunt: nobody who is on a call or does not want to be disturbed."""
    free = [
        one
        for one in dict.fromkeys(group.members)
        if one not in book.on_call and not book.wishes(one).do_not_disturb
    ]
    match group.hunt:
        case Hunt.LONGEST_IDLE:
            never = [one for one in free if one not in book.idle_since]
            return never + sorted(
                (one for one in free if one in book.idle_since), key=lambda one: book.idle_since[one]
            )
        case Hunt.ROUND_ROBIN if group.members:
            start = group.turn % len(group.members)
            turned = group.members[start:] + group.members[:start]
            return sorted(free, key=turned.index)
        case _:
            return free


class Pursuit:
    """One call's way from extension to extension. Nobody is visited twice, so that it ends whatever people have set up.

    `to_box`: where nobody takes the call, the last one visited who takes messages does, asked for or not."""

    def __init__(self, book: Book, *, ring_s: float = RING_S, to_box: bool = False) -> None:
        self._book = book
        self._ring_s = ring_s
        self._to_box = to_box
        self._visited: list[UUID] = []
        self._user: UUID | None = None
        """Whose forwarding tells what follows the present step."""
        self._left: list[UUID] = []
        """Members of a hunt who have not been rung."""
        self._group: Group | None = None
        self.outcome = Outcome.UNREACHABLE
        """Why nobody was reached, as far as it is known."""
        self.groups: list[UUID] = []
        """Those that the call has come to."""

    def copy(self) -> "Pursuit":
        """Goes on from the same place, by itself."""
        made = copy(self)
        made._visited, made._left, made.groups = list(self._visited), list(self._left), list(self.groups)
        return made

    def begin(self, target: UUID) -> Step | None:
        """The first step towards a user, group or room; None when nobody is to be rung."""
        return self._visit(target) or self._box()

    def after(self, outcome: Outcome) -> Step | None:
        """What follows when nobody took the last step's call."""
        self.outcome = outcome
        if self._user is not None:
            user, self._user = self._user, None
            return self._send(self._book.wishes(user).after(outcome), user) or self._box()
        return self._next_member() or self._box()

    def _box(self) -> Step | None:
        boxes = self._book.boxes if self._to_box else ()
        return next((Box(one) for one in reversed(self._visited) if one in boxes), None)

    def _visit(self, target: UUID) -> Step | None:
        if target in self._visited:
            return None
        self._visited.append(target)
        if target in self._book.rooms:
            return Room(target)
        group = self._book.groups.get(target)
        return self._person(target) if group is None else self._hunt(group)

    def _person(self, user: UUID) -> Step | None:
        wishes = self._book.wishes(user)
        if wishes.always:
            return self._send(wishes.always, user)
        if wishes.do_not_disturb or (wishes.busy and user in self._book.on_call):
            self.outcome = Outcome.BUSY
            return self._send(wishes.busy, user)
        self._user = user
        return Ring((user,), wishes.no_answer_s if wishes.no_answer else self._ring_s)

    def _hunt(self, group: Group) -> Step | None:
        self.groups.append(group.id)
        self._group, self._left = group, order_of(group, self._book)
        self.outcome = Outcome.NO_ANSWER if self._left else Outcome.BUSY
        if self._left and group.hunt == Hunt.ALL:
            everybody, self._left = tuple(self._left), []
            return Ring(everybody, group.ring_s)
        return self._next_member()

    def _next_member(self) -> Step | None:
        group = self._group
        if group is None:
            return None
        if self._left:
            return Ring((self._left.pop(0),), group.ring_s)
        self._group = None
        return self._send(group.otherwise, None, group.id)

    def _send(self, number: str, by: UUID | None, group: UUID | None = None) -> Step | None:
        """Where a number leads that somebody set up: a user, or a group's rule."""
        if not number:
            return None
        if number == VOICEMAIL:
            owner = by or group
            return Box(owner) if owner is not None and owner in self._book.boxes else None
        target = self._book.extensions.get(number)
        return Outside(number, by) if target is None else self._visit(target)


def comes_back(book: Book, user: UUID, number: str) -> bool:
    """Whether calls that this user sends to a number are sent on to the same user again, whoever answers on the way or not."""
    seen: set[UUID] = set()
    target = book.extensions.get(number) if number else None
    while target is not None and target not in seen:
        if target == user:
            return True
        seen.add(target)
        group = book.groups.get(target)
        onward = book.wishes(target).always if group is None else ""
        target = book.extensions.get(onward) if onward else None
    return False
