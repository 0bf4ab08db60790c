"""Whom a dialled extension rings: forwarding, do not disturb, groups. Whatever people set up, a call comes to an end."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.telephony.extensions.forwarding import with_code
from tongdai.telephony.extensions.policies import (
    VOICEMAIL,
    Book,
    Box,
    Forwarding,
    Group,
    Hunt,
    Outcome,
    Outside,
    Pursuit,
    Ring,
    comes_back,
    order_of,
)
from tongdai.telephony.outbound.dialplan import Code, outcome_of, read_code

PEOPLE = [UUID(int=number) for number in range(1, 7)]
GROUPS = [UUID(int=number) for number in range(11, 14)]
EXTENSIONS = {str(100 + one.int): one for one in [*PEOPLE, *GROUPS]}
A, B, C = PEOPLE[:3]
NOW = datetime(2026, 1, 1, tzinfo=UTC)

somewhere = st.sampled_from(["", "+84912345678", VOICEMAIL, *EXTENSIONS])
forwarding = st.builds(
    Forwarding, somewhere, somewhere, somewhere, somewhere, st.integers(5, 120), st.booleans()
)
members = st.lists(st.sampled_from(PEOPLE), max_size=6).map(tuple)
group = st.builds(
    Group, st.none(), st.sampled_from(Hunt), members, st.just(20.0), somewhere, st.integers(0, 9)
)
books = st.builds(
    Book,
    st.just(EXTENSIONS),
    st.dictionaries(st.sampled_from(PEOPLE), forwarding),
    st.fixed_dictionaries(
        {
            one: group.map(lambda made, one=one: Group(one, made.hunt, made.members, 20, made.otherwise))
            for one in GROUPS
        }
    ),
    st.frozensets(st.sampled_from(PEOPLE)),
    st.dictionaries(st.sampled_from(PEOPLE), st.integers(0, 99).map(lambda n: NOW + timedelta(seconds=n))),
    st.frozensets(st.sampled_from([*PEOPLE, *GROUPS])),
)


@given(
    books, st.sampled_from([*PEOPLE, *GROUPS]), st.lists(st.sampled_from(Outcome), min_size=60), st.booleans()
)
def test_every_call_ends_and_rings_nobody_who_is_not_to_be_disturbed(
    book: Book, target: UUID, outcomes: list[Outcome], to_box: bool
):
    pursuit = Pursuit(book, to_box=to_box)
    step, steps = pursuit.begin(target), 0
    while step is not None:
        steps += 1
        # Each person once for themselves, and once in each group.
        assert steps <= len(PEOPLE) * (1 + len(GROUPS)) + 1
        if isinstance(step, Box):
            assert step.owner_id in book.boxes
            break
        if isinstance(step, Ring):
            assert step.users
            assert len(set(step.users)) == len(step.users)
            assert not any(
                book.wishes(one).do_not_disturb or book.wishes(one).always for one in step.users
            ) or (pursuit.groups and not any(book.wishes(one).do_not_disturb for one in step.users))
        step = pursuit.after(outcomes[steps % len(outcomes)])
    assert len(set(pursuit.groups)) == len(pursuit.groups)


@given(books, st.sampled_from(GROUPS))
def test_a_hunt_rings_each_free_member_once(book: Book, target: UUID):
    one = book.groups[target]
    order = order_of(one, book)
    free = {m for m in one.members if m not in book.on_call and not book.wishes(m).do_not_disturb}
    assert len(order) == len(free)
    assert set(order) == free


def hunt(kind: Hunt, turn: int = 0, **book: object) -> list[UUID]:
    return order_of(Group(GROUPS[0], kind, (A, B, C), turn=turn), Book(**book))  # type: ignore[arg-type]


def test_the_orders_of_a_hunt():
    assert hunt(Hunt.IN_TURN) == [A, B, C]
    assert [hunt(Hunt.ROUND_ROBIN, turn)[0] for turn in range(4)] == [A, B, C, A]
    assert hunt(Hunt.ROUND_ROBIN, 1, on_call=frozenset({B})) == [C, A]
    idle = {A: NOW, B: NOW - timedelta(minutes=5)}
    assert hunt(Hunt.LONGEST_IDLE, idle_since=idle) == [C, B, A]


def book(**wishes: Forwarding) -> Book:
    return Book(EXTENSIONS, {PEOPLE["abc".index(name)]: one for name, one in wishes.items()})


@pytest.mark.parametrize(
    ("outcome", "then"),
    [
        (Outcome.BUSY, Ring((B,), 60)),
        (Outcome.NO_ANSWER, Ring((C,), 60)),
        (Outcome.UNREACHABLE, Outside("+84912345678", A)),
    ],
)
def test_a_colleague_who_does_not_take_the_call_is_followed_by_whom_they_chose(
    outcome: Outcome, then: object
):
    pursuit = Pursuit(book(a=Forwarding("", "102", "103", "+84912345678", 12)))
    assert pursuit.begin(A) == Ring((A,), 12)
    assert pursuit.after(outcome) == then
    assert pursuit.after(Outcome.NO_ANSWER) is None


def test_all_calls_go_on_through_several_and_never_round():
    around = book(a=Forwarding("102"), b=Forwarding("103"), c=Forwarding("101"))
    pursuit = Pursuit(around)
    assert pursuit.begin(A) is None
    assert pursuit.outcome is Outcome.UNREACHABLE
    assert comes_back(around, A, "102")
    assert not comes_back(book(b=Forwarding("103")), A, "102")
    assert comes_back(book(), A, "101")


def test_do_not_disturb_and_a_call_that_is_on_count_as_busy():
    assert Pursuit(book(a=Forwarding(do_not_disturb=True))).begin(A) is None
    assert Pursuit(book(a=Forwarding(busy="102", do_not_disturb=True))).begin(A) == Ring((B,), 60)
    on_call = Book(EXTENSIONS, {A: Forwarding(busy="102")}, on_call=frozenset({A}))
    assert Pursuit(on_call).begin(A) == Ring((B,), 60)
    assert Pursuit(Book(EXTENSIONS, on_call=frozenset({A}))).begin(A) == Ring((A,), 60)


def test_a_group_without_an_answer_goes_on_and_its_members_wishes_do_not_count():
    called = Book(
        EXTENSIONS,
        {A: Forwarding(always="103")},
        {GROUPS[0]: Group(GROUPS[0], Hunt.ALL, (A, B), 15, "103")},
    )
    pursuit = Pursuit(called)
    assert pursuit.begin(GROUPS[0]) == Ring((A, B), 15)
    assert pursuit.after(Outcome.NO_ANSWER) == Ring((C,), 60)


@pytest.mark.parametrize(
    ("dialled", "read"),
    [
        ("*72102", (Code.ALWAYS, "102")),
        ("*72+84912345678", (Code.ALWAYS, "+84912345678")),
        ("*73", (Code.ALWAYS, "")),
        ("*78", (Code.DO_NOT_DISTURB, "")),
        ("*79", (Code.DISTURB, "")),
        ("*72", None),
        ("*785", None),
        ("*11", None),
        ("102", None),
    ],
)
def test_star_codes(dialled: str, read: object):
    assert read_code(dialled) == read


def test_how_it_went_by_what_the_phone_said():
    assert [outcome_of(cause) for cause in (17, 21, 19, 16, 20)] == [
        "busy", "busy", "no_answer", "no_answer", "unreachable",
    ]  # fmt: skip
    assert outcome_of(18) is Outcome.NO_ANSWER
    assert outcome_of(18, rang=False) is Outcome.UNREACHABLE


def test_a_box_takes_what_nobody_takes_if_it_is_switched_on():
    asked = Book(EXTENSIONS, {A: Forwarding(busy=VOICEMAIL)}, boxes=frozenset({A}))
    pursuit = Pursuit(asked)
    assert isinstance(pursuit.begin(A), Ring)
    assert pursuit.after(Outcome.BUSY) == Box(A)
    # Only where it was asked for, unless the call is a colleague's.
    pursuit = Pursuit(asked)
    pursuit.begin(A)
    assert pursuit.after(Outcome.NO_ANSWER) is None
    pursuit = Pursuit(asked, to_box=True)
    pursuit.begin(A)
    assert pursuit.after(Outcome.NO_ANSWER) == Box(A)
    closed = Pursuit(Book(EXTENSIONS, {A: Forwarding(always=VOICEMAIL)}))
    assert closed.begin(A) is None


def test_the_box_is_of_whom_the_call_came_to_last():
    book = Book(EXTENSIONS, {A: Forwarding(always="102")}, boxes=frozenset({A, B}))
    pursuit = Pursuit(book, to_box=True)
    pursuit.begin(A)
    assert pursuit.after(Outcome.NO_ANSWER) == Box(B)
    pursuit = Pursuit(Book(EXTENSIONS, book.forwarding, boxes=frozenset({A})), to_box=True)
    pursuit.begin(A)
    assert pursuit.after(Outcome.NO_ANSWER) == Box(A)


def test_a_group_sends_to_its_own_box():
    group_id = GROUPS[0]
    hunting = {group_id: Group(group_id, Hunt.ALL, (A,), otherwise=VOICEMAIL)}
    pursuit = Pursuit(Book(EXTENSIONS, groups=hunting, boxes=frozenset({group_id, A})))
    pursuit.begin(group_id)
    assert pursuit.after(Outcome.NO_ANSWER) == Box(group_id)


def test_the_code_of_messages_is_the_voicemail_as_a_number():
    read = read_code("*90*97")
    assert read is not None
    assert with_code(Forwarding(), *read).busy == VOICEMAIL
