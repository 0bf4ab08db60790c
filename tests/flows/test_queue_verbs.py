"""What a flow does when a queue or hours are closed in an emergency, and how it asks a queue first."""

import pytest
from tests.flows.test_engine import REGISTRY, begin, flow, send

from tongdai.flows import engine
from tongdai.flows.commands import AskQueue, Say
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
