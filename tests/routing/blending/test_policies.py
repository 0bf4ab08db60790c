"""What an agent takes between outbound work, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tongdai.routing.blending.policies import Blend, BlendMode, under_level
from tongdai.routing.matching.pool import Pool
from tongdai.routing.policies import Agent, Entry, QueueRules, Strategy, Verdict, verdict

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
TENANT, ME, QUEUE = UUID(int=9), UUID(int=1), UUID(int=2)
RULES = QueueRules(
    QUEUE, TENANT, "Q", "voice", Strategy.LONGEST_IDLE, (), {ME: 0}, 0, 0.0, 20, 2, 0.0, False, 0, 5, None, None
)  # fmt: skip
CALLER, CALLBACK = UUID(int=20), UUID(int=21)


def entry(of: UUID) -> Entry:
    return Entry(of, of, TENANT, QUEUE, (), 0, START, callback=of == CALLBACK)


def agent(mode: BlendMode, *, due: bool = False, after_s: float | None = None, level: bool = False) -> Agent:
    return Agent(ME, TENANT, "A", {}, True, True, False, START, blend=Blend(mode, after_s, level), due=due)


@pytest.mark.parametrize(
    ("mode", "due", "caller", "callback"),
    [
        (BlendMode.AS_THEY_COME, True, None, None),
        (BlendMode.INBOUND_FIRST, True, None, None),
        (BlendMode.INBOUND_ONLY, True, None, Verdict.INBOUND_ONLY),
        (BlendMode.OUTBOUND_ONLY, False, Verdict.OUTBOUND_ONLY, None),
        (BlendMode.OUTBOUND_FIRST, False, None, None),
        (BlendMode.OUTBOUND_FIRST, True, Verdict.OUTBOUND_DUE, None),
    ],
)
def test_what_each_mode_takes(mode: BlendMode, due: bool, caller: Verdict | None, callback: Verdict | None):
    me = agent(mode, due=due)
    assert verdict(me, entry(CALLER), RULES, None, START) == caller
    assert verdict(me, entry(CALLBACK), RULES, None, START) == callback


@pytest.mark.parametrize(
    ("after_s", "by_level", "under", "taken_after"),
    [
        (None, False, False, 0.0),
        (60.0, False, False, 60.0),
        (60.0, True, False, 60.0),
        (60.0, True, True, 0.0),
        (None, True, False, None),
        (None, True, True, 0.0),
        (60.0, False, True, 60.0),
    ],
)
def test_outbound_first_takes_callers_late_or_in_need(
    after_s: float | None, by_level: bool, under: bool, taken_after: float | None
):
    blend = Blend(BlendMode.OUTBOUND_FIRST, after_s, by_level)
    assert blend.takes_after(outbound=False, due=False, queue_under_level=under) == taken_after
    assert blend.takes_after(outbound=False, due=True, queue_under_level=under) is None


def test_a_caller_who_has_waited_enough_is_taken_and_not_a_moment_before():
    me = agent(BlendMode.OUTBOUND_FIRST, after_s=30)
    assert verdict(me, entry(CALLER), RULES, None, START + timedelta(seconds=29)) is Verdict.OUTBOUND_FIRST
    assert verdict(me, entry(CALLER), RULES, None, START + timedelta(seconds=30)) is None


@pytest.mark.parametrize(
    ("mode", "first"),
    [
        (BlendMode.INBOUND_FIRST, CALLER),
        (BlendMode.OUTBOUND_FIRST, CALLBACK),
        (BlendMode.AS_THEY_COME, CALLBACK),
    ],
)
def test_which_kind_goes_before_the_other_whatever_the_places(mode: BlendMode, first: UUID):
    """The callback has the better place."""
    pool = Pool()
    pool.put_queue(RULES)
    pool.put_agent(agent(mode))
    pool.put_entry(replace(entry(CALLBACK), enqueued_at=START - timedelta(seconds=60)))
    pool.put_entry(entry(CALLER))
    decision = pool.match_agent(ME, START)
    assert decision is not None
    assert decision.entry.interaction_id == first


def test_the_matcher_wakes_when_the_callers_patience_is_due():
    pool = Pool()
    pool.put_queue(RULES)
    pool.put_agent(agent(BlendMode.OUTBOUND_FIRST, after_s=30))
    pool.put_entry(entry(CALLER))
    assert pool.match_entry(CALLER, START) is None
    assert pool.next_widening(entry(CALLER), START) == START + timedelta(seconds=30)
    assert pool.match_entry(CALLER, START + timedelta(seconds=30)) is not None
    pool.put_agent(agent(BlendMode.INBOUND_FIRST))
    assert pool.next_widening(entry(CALLER), START) is None


def test_nobody_waits_for_a_last_agent_whose_blend_does_not_take_them():
    me, other = agent(BlendMode.OUTBOUND_ONLY), replace(agent(BlendMode.AS_THEY_COME), id=UUID(int=3))
    rules = replace(RULES, last_agent_s=60.0, members={ME: 0, other.id: 1})
    wanted = replace(entry(CALLER), preferred_user_id=ME)
    assert verdict(other, wanted, rules, me, START) is None
    busy = replace(agent(BlendMode.AS_THEY_COME), occupied=True)
    assert verdict(other, wanted, rules, busy, START) is Verdict.WAITS_FOR_PREFERRED


def test_the_decision_says_why_somebody_was_passed_over():
    pool, other = Pool(), replace(agent(BlendMode.AS_THEY_COME), id=UUID(int=3), idle_since=START)
    pool.put_queue(replace(RULES, members={ME: 0, other.id: 1}))
    pool.put_agent(replace(agent(BlendMode.OUTBOUND_FIRST, due=True), idle_since=START - timedelta(hours=1)))
    pool.put_agent(other)
    pool.put_entry(entry(CALLER))
    decision = pool.match_entry(CALLER, START)
    assert decision is not None
    assert [(one.user_id, one.verdict) for one in decision.considered] == [
        (ME, Verdict.OUTBOUND_DUE),
        (other.id, Verdict.CHOSEN),
    ]


@pytest.mark.parametrize(
    ("counted", "in_time", "overdue", "under"),
    [(0, 0, 0, False), (10, 8, 0, False), (10, 7.9, 0, True), (10, 8, 1, True), (0, 0, 1, True)],
)
def test_under_the_service_level_by_those_answered_and_those_who_wait(
    counted: float, in_time: float, overdue: int, under: bool
):
    assert under_level(counted, in_time, overdue, 0.8) is under


def test_callers_beyond_the_target_are_counted_and_callbacks_are_not():
    pool = Pool()
    pool.put_queue(RULES)
    pool.put_agent(agent(BlendMode.OUTBOUND_FIRST, level=True))
    pool.put_entry(entry(CALLER))
    pool.put_entry(entry(CALLBACK))
    assert pool.asked_for_level() == {QUEUE}
    assert pool.overdue(QUEUE, START + timedelta(seconds=20)) == 0
    assert pool.overdue(QUEUE, START + timedelta(seconds=21)) == 1
    assert pool.match_entry(CALLER, START) is None
    assert set(pool.level(QUEUE, True)) == {CALLER, CALLBACK}
    assert pool.match_entry(CALLER, START) is not None
    assert pool.level(QUEUE, False) == []
