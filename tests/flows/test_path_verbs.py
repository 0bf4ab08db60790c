"""Steps that choose the way without asking a performer: shares, rounds, languages, urgency."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.flows.test_engine import begin, flow, send

from tongdai.flows.commands import Enqueue, Gather, Invite, Say
from tongdai.flows.verbs.invite import Invite as Verb
from tongdai.flows.verbs.language import Language
from tongdai.flows.verbs.loop import Loop
from tongdai.flows.verbs.set_routing import applied
from tongdai.flows.verbs.split import Split, way

HANG_UP = ("hang_up", None, None)
shares = st.dictionaries(st.text("abcdef", min_size=1), st.floats(0, 1000), min_size=1, max_size=8).filter(
    lambda given: sum(given.values()) > 0
)


@given(shares, st.text())
def test_a_share_of_nothing_gets_nobody_and_everybody_goes_some_way(given: dict[str, float], token: str):
    assert given[way(given, token)] > 0


def test_shares_are_kept_over_many():
    went = Counter(way({"a": 70, "b": 20, "c": 10}, str(number)) for number in range(20_000))
    assert [round(went[name] / 20_000, 2) for name in "abc"] == pytest.approx([0.7, 0.2, 0.1], abs=0.015)


def test_a_growing_last_share_takes_nobody_to_another_way_but_its_own():
    before = {str(n): way({"old": 90, "new": 10}, str(n)) for n in range(2000)}
    after = {str(n): way({"old": 80, "new": 20}, str(n)) for n in range(2000)}
    assert all(after[token] == "new" for token, name in before.items() if name == "new")


def test_the_same_customer_goes_the_same_way_and_a_visit_is_drawn_once():
    document = flow(
        a=("split", {"shares": {"x": 1, "y": 1}, "by": "call.from"}, {"x": "say", "y": "end"}),
        say=("say", "x", "end"),
        end=HANG_UP,
    )
    for number in range(20):
        caller = {"call": {"from": f"+8490{number}"}}
        steps = {begin(document, **caller)[1].trace[0].exit for _ in range(3)}
        assert len(steps) == 1


@pytest.mark.parametrize("given", [{}, {"shares": {}}, {"shares": {"a": 0}}, {"shares": {"a": -1, "b": 2}}])
def test_shares_that_send_nobody_anywhere_are_refused(given: Any):
    with pytest.raises(ValidationError):
        Split.model_validate(given)


def test_a_loop_goes_round_so_many_times_and_begins_anew():
    go = {"again": "ask", "done": "end"}
    drafts, step = begin(flow(a=("loop", 2, go), ask=("say", "{{ round }}", "a"), end=("say", "over", "a")))
    said: list[str] = []
    for _ in range(6):
        said.append(str(step.run.node))
        step = send(drafts, step, "done")
    assert said == ["ask", "ask", "end", "ask", "ask", "end"]
    assert Loop.model_validate(3).times == 3


def test_each_language_is_offered_in_itself_and_the_chosen_one_is_kept():
    drafts, step = begin(
        flow(
            a=("language", {"keys": {1: "vi", 2: "uk"}}, "wait"),
            wait=("queue", "sales", {"timeout": "end"}),
            end=HANG_UP,
        )
    )
    assert isinstance(step.command, Gather)
    assert [getattr(prompt, "language", None) for prompt in step.command.prompts] == ["vi", "uk"]
    step = send(drafts, step, "digits", {"digits": "2", "ended_by": "full"})
    assert isinstance(step.command, Enqueue)
    assert (step.command.language, step.run.variables["language"]) == ("uk", "uk")


def test_who_chooses_no_language_keeps_the_flows():
    drafts, step = begin(
        flow(
            a=("language", {"keys": {"1": "vi"}}, {"done": "end", "no_input": "none"}),
            end=HANG_UP,
            none=HANG_UP,
        )
    )
    step = send(drafts, step, "digits", {"digits": "9"})
    assert isinstance(step.command, Gather)
    step = send(drafts, step, "no_input")
    assert (step.run.node, step.run.variables["language"]) == ("none", "en")


def test_a_language_without_words_needs_an_offer():
    with pytest.raises(ValidationError, match="under say"):
        Language.model_validate({"keys": {"1": "de"}})
    assert Language.model_validate({"keys": {"1": "de"}, "say": "Für Deutsch die 1"}).keys == {"1": "de"}


def test_queues_go_by_what_was_set_before_them():
    queue = ("queue", {"queue": "sales", "priority": 5, "skills": {"billing": 2}}, {"timeout": "end"})
    set_routing = {"priority": "level * 10", "skills": {"billing": 4, "english": 1}}
    _, step = begin(flow(a=("set_routing", set_routing, "b"), b=queue, end=HANG_UP), level=3)
    assert isinstance(step.command, Enqueue)
    assert (step.command.priority, step.command.skills) == (35, {"billing": 4, "english": 1})


def test_an_urgency_that_is_no_number_is_a_fault():
    _, step = begin(flow(a=("set_routing", {"priority": "name"}, "end"), end=HANG_UP), name="VIP")
    assert step.run.ended == "fault"


@pytest.mark.parametrize(
    ("whom", "to", "target"),
    [
        ({"number": "+84 (912) {{ rest }}"}, "+84912345678", "number"),
        ({"extension": "601"}, "601", "extension"),
        ({"queue": "Interpreters"}, "Interpreters", "queue"),
    ],
)
def test_somebody_is_invited_and_who_cannot_be_is_the_flows_to_tell(whom: Any, to: str, target: str):
    document = flow(a=("invite", whom, {"done": "end", "refused": "b"}), b=("say", "no", "end"), end=HANG_UP)
    drafts, step = begin(document, rest="345678")
    assert isinstance(step.command, Invite)
    assert (step.command.to, step.command.target) == (to, target)
    assert isinstance(send(drafts, step, "refused").command, Say)


@pytest.mark.parametrize("given", [{}, {"number": "1", "queue": "a"}, {"extension": "1", "number": "2"}])
def test_one_is_invited_at_a_time(given: Any):
    with pytest.raises(ValidationError):
        Verb.model_validate(given)


@given(st.integers(-100, 100), st.floats(-1e6, 1e6).map(round))
def test_priorities_stay_within_their_bounds(own: int, before: int):
    priority, skills = applied({"routing": {"priority": before, "skills": {}}}, own, {"a": 1})
    assert -100 <= priority <= 100
    assert skills == {"a": 1}
    assert applied({"routing": "what a flow calls its own"}, own, {}) == (own, {})
