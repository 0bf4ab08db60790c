"""What is recorded, and how long it may be paused."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.kit.ids import new_id
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.policies import (
    RecordingDecision,
    RecordingRule,
    Talk,
    pause_length,
    recording_of,
    sampled,
)

QUEUE, PROJECT, NUMBER = new_id(), new_id(), new_id()


def rule(recording: str = "always", **given_: Any) -> RecordingRule:
    empty: dict[str, Any] = {"directions": [], "queue_ids": [], "project_ids": [], "number_ids": []}
    filled: dict[str, Any] = empty | {"percent": 100, "pause_s": 0, "keep_days": None} | given_
    return RecordingRule(recording=recording, **filled)


def talk(by_queue: str = "on_demand", wish: str = "", **given_: Any) -> Talk:
    facts: dict[str, Any] = {
        "direction": "inbound",
        "queue_id": QUEUE,
        "project_id": PROJECT,
        "number_id": NUMBER,
    }
    return Talk(call_id=given_.pop("call_id", new_id()), by_queue=by_queue, wish=wish, **(facts | given_))


def test_the_first_rule_that_fits_comes_before_the_queue():
    rules = [
        rule("never", directions=["outbound"]),
        rule("always", queue_ids=[QUEUE], keep_days=30, pause_s=60),
    ]
    assert recording_of(rules, talk()) == RecordingDecision("always", 60, 30)
    assert recording_of(rules, talk(direction="outbound")).policy == "never"
    assert recording_of(rules, talk(queue_id=None)) == RecordingDecision("on_demand")


@pytest.mark.parametrize(
    "condition",
    [
        {"queue_ids": [new_id()]},
        {"project_ids": [new_id()]},
        {"number_ids": [new_id()]},
        {"directions": ["internal"]},
    ],
)
def test_every_condition_must_hold(condition: dict[str, Any]):
    own: dict[str, Any] = {"queue_ids": [QUEUE], "project_ids": [PROJECT], "number_ids": [NUMBER]}
    assert recording_of([rule("never", **own)], talk()).policy == "never"
    assert recording_of([rule("never", **(own | condition))], talk()).policy == "on_demand"


@given(
    st.sampled_from(["always", "on_demand", "never"]),
    st.sampled_from(["always", "on_demand", "never", "sample"]),
)
def test_what_the_caller_said_in_the_flow_comes_first(by_queue: str, by_rule: str):
    for wish in ("always", "on_demand", "never"):
        assert recording_of([rule(by_rule)], talk(by_queue, wish)).policy == wish


def test_a_pause_from_the_beginning_needs_a_recording():
    assert recording_of([], talk("always", "pause")) == RecordingDecision("always", paused=True)
    assert not recording_of([], talk("never", "pause")).paused
    assert not recording_of([], talk("on_demand", "pause")).paused


@given(st.uuids(), st.integers(0, 100), st.integers(0, 100))
def test_a_call_in_a_small_sample_is_in_every_larger_one(call_id: UUID, one: int, other: int):
    assert not sampled(call_id, 0)
    assert sampled(call_id, 100)
    assert sampled(call_id, one) == sampled(call_id, one)
    if sampled(call_id, min(one, other)):
        assert sampled(call_id, max(one, other))


@pytest.mark.parametrize("percent", [1, 10, 50, 90])
def test_a_sample_is_as_large_as_it_says(percent: int):
    """Ids of calls are ordered by time and so alike in their first half: that must not show."""
    calls = [new_id() for _ in range(20_000)]
    share = sum(sampled(one, percent) for one in calls) / len(calls)
    assert share == pytest.approx(percent / 100, abs=0.015)


@given(st.integers(1, 3600), st.none() | st.integers(1, 3600))
def test_a_pause_is_no_longer_than_the_rule_says(longest: int, asked: int | None):
    length = pause_length("always", longest, asked)
    assert length is not None
    assert length <= longest
    assert length in (longest, asked)


def test_without_a_limit_only_what_the_agent_began_can_be_paused():
    assert pause_length("on_demand", 0, None) is None
    assert pause_length("on_demand", 0, 30) == 30
    with pytest.raises(CallNotInState):
        pause_length("always", 0, 30)
