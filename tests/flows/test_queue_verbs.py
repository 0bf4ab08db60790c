"""What a flow does when a queue or hours are closed in an emergency, and how it asks a queue first."""

import pytest
from tests.flows.test_engine import REGISTRY, begin, flow, send

from tongdai.flows import engine
from tongdai.flows.commands import AskQueue, CheckSwitch, Enqueue, Say
from tongdai.flows.flow_tests import load_tests, run_file
from tongdai.flows.prompts import transcript
from tongdai.flows.verbs.hours import Hours
from tongdai.flows.verbs.queue import Queue

HANG_UP = ("hang_up", None, None)


def ended_at(step: engine.Step) -> str | None:
    return step.run.node if step.run.ended else None


@pytest.mark.parametrize(
    ("leave_by", "node"), [("closed", "sorry"), ("overflow", "full"), ("timeout", "late")]
)
def test_a_closed_queue_is_left_by_the_chosen_exit(leave_by: str, node: str):
    exits = {"closed": "sorry", "overflow": "full", "timeout": "late"}
    drafts, step = begin(flow(a=("queue", "sales", exits), sorry=HANG_UP, full=HANG_UP, late=HANG_UP))
    assert ended_at(send(drafts, step, "closed", {"exit": leave_by, "prompt": None})) == node


def test_what_is_to_be_said_is_said_before_the_flow_goes_on():
    go = {"timeout": "late", "closed": "sorry"}
    drafts, step = begin(flow(a=("queue", "sales", go), late=HANG_UP, sorry=HANG_UP))
    step = send(drafts, step, "closed", {"exit": "closed", "prompt": "storm"})
    assert isinstance(step.command, Say)
    assert "storm" in str(step.command.prompts)
    assert ended_at(send(drafts, step, "done")) == "sorry"
    assert ended_at(send(drafts, step, "failed")) == "sorry"


def test_a_flow_that_knows_nothing_of_closing_takes_its_way_of_nobody_there():
    drafts, step = begin(flow(a=("queue", "sales", {"timeout": "late"}), late=HANG_UP))
    assert ended_at(send(drafts, step, "closed", {"exit": "closed", "prompt": None})) == "late"


def test_closed_hours_are_left_by_the_chosen_exit_and_name_no_holiday():
    go = {"open": "inside", "closed": "out", "holiday": "feast"}
    drafts, step = begin(flow(a=("hours", "main", go), inside=HANG_UP, out=HANG_UP, feast=HANG_UP))
    spoken = send(drafts, step, "closed", {"exit": "closed", "prompt": "storm"})
    assert isinstance(spoken.command, Say)
    done = send(drafts, spoken, "done")
    assert (ended_at(done), done.run.variables["holiday"]) == ("out", None)
    assert ended_at(send(drafts, step, "holiday", {"exit": "holiday", "prompt": None})) == "feast"
    plain = send(drafts, step, "holiday", {"name": "Tết"})
    assert (ended_at(plain), plain.run.variables["holiday"]) == ("feast", "Tết")


def test_a_flow_branches_by_the_status_of_a_queue():
    way = (
        "branch",
        {"long": "queue.expected_wait != null and queue.expected_wait > 600"},
        {"long": "mailbox", "else": "wait"},
    )
    drafts, step = begin(
        flow(
            a=("queue_status", "sales", {"staffed": "choose", "unstaffed": "night"}),
            choose=way,
            mailbox=HANG_UP,
            wait=HANG_UP,
            night=HANG_UP,
        )
    )  # fmt: skip
    assert isinstance(step.command, AskQueue)
    told = {"waiting": 9, "expected_wait": 700, "agents_ready": 0, "agents_at_work": 3}
    long = send(drafts, step, "staffed", told)
    assert (ended_at(long), long.run.variables["queue"]) == ("mailbox", told)
    assert ended_at(send(drafts, step, "staffed", told | {"expected_wait": 20})) == "wait"
    assert ended_at(send(drafts, step, "staffed", told | {"expected_wait": None})) == "wait"
    assert ended_at(send(drafts, step, "unstaffed", told)) == "night"
    assert ended_at(send(drafts, step, "closed", told)) == "night"


def test_every_exit_that_closing_may_choose_is_one_of_the_verb():
    assert {"closed", "no_agents", "overflow", "timeout"} <= {one.name for one in Queue(queue="x").exits()}
    assert {"closed", "holiday"} <= {one.name for one in Hours(calendar="x").exits()}
    assert REGISTRY.results("check_calendar") >= {"closed", "holiday"}


TOLD = {"waiting": 2, "position": 3, "expected_wait": 240, "agents_ready": 0, "agents_at_work": 1}


def test_the_place_and_the_wait_are_said_in_the_callers_language():
    go = {"done": "on", "unstaffed": "night"}
    drafts, step = begin(
        flow(
            start="vip",
            vip=("set_routing", {"priority": "20"}, {"done": "a"}),
            a=("play_position", "sales", go),
            on=HANG_UP,
            night=HANG_UP,
        ),
        language="vi",
    )
    assert isinstance(step.command, AskQueue)
    assert step.command.priority == 20
    said = send(drafts, step, "staffed", TOLD)
    assert isinstance(said.command, Say)
    assert transcript(said.command.prompts).startswith("Bạn đang ở vị trí thứ 3 trong hàng chờ.")
    assert len(said.command.prompts) == 2
    done = send(drafts, said, "done")
    assert (ended_at(done), done.run.variables["queue"]) == ("on", TOLD)
    assert ended_at(send(drafts, step, "unstaffed", TOLD)) == "night"
    assert ended_at(send(drafts, step, "closed", TOLD)) == "night"


def test_what_cannot_be_known_is_not_said():
    drafts, step = begin(
        flow(a=("play_position", {"queue": "sales", "position": False}, {"done": "on"}), on=HANG_UP)
    )
    assert ended_at(send(drafts, step, "staffed", TOLD | {"expected_wait": None})) == "on"
    only = send(drafts, step, "staffed", TOLD)
    assert isinstance(only.command, Say)
    assert transcript(only.command.prompts) == "The wait is about four minutes."


def test_a_switch_that_is_turned_on_is_left_by_closed_after_what_is_to_be_said():
    drafts, step = begin(
        flow(a=("emergency_switch", "storm", {"open": "on", "closed": "out"}), on=HANG_UP, out=HANG_UP)
    )
    assert isinstance(step.command, CheckSwitch)
    assert ended_at(send(drafts, step, "open")) == "on"
    assert ended_at(send(drafts, step, "closed", {"prompt": None})) == "out"
    spoken = send(drafts, step, "closed", {"prompt": "storm warning"})
    assert isinstance(spoken.command, Say)
    assert ended_at(send(drafts, spoken, "done")) == "out"


def test_a_step_names_the_agent_to_wait_for_or_an_earlier_one_does():
    routed = ("set_routing", {"preferred": "{{ adviser }}"}, {"done": "a"})
    for named, own, wanted in (
        ("101", None, "101"),
        ("101", "ann@example.com", "ann@example.com"),
        ("", None, None),
        ("", "102", "102"),
    ):
        queue = {"queue": "sales"} | ({"preferred": own} if own else {})
        _, step = begin(
            flow(start="b", b=routed, a=("queue", queue, {"timeout": "z"}), z=HANG_UP), adviser=named
        )
        assert isinstance(step.command, Enqueue)
        assert step.command.preferred == wanted


def test_in_tests_of_flows_switches_are_off_unless_the_test_turns_them_on():
    written = """
flow: f
tests:
  - name: nobody has turned it on
    steps: [{passes: [a, on]}, {ends: hung_up}]
  - name: it is on
    switches: {storm: closed}
    steps: [{passes: [a, out]}, {ends: hung_up}]
"""
    drafts, _ = begin(
        flow(a=("emergency_switch", "storm", {"open": "on", "closed": "out"}), on=HANG_UP, out=HANG_UP)
    )
    outcomes = run_file(load_tests(written), drafts)
    assert [one.failure for one in outcomes] == [None, None]
