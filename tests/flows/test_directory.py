"""`directory`: names by keys, a choice, and every way out."""

from typing import Any

from tests.flows.test_engine import begin, flow, send

from tongdai.flows import engine
from tongdai.flows.commands import FindColleague, Gather
from tongdai.flows.flow_tests import Drafts
from tongdai.flows.prompts import transcript

AN = {"name": "Nguyễn Văn An", "extension": "201"}
ANH = {"name": "Trần Anh", "extension": "202"}


def started(**parameters: Any) -> tuple[Drafts, engine.Step]:
    return begin(
        flow(
            a=(
                "directory",
                parameters or None,
                {"found": "there", "not_found": "gone", "no_input": "silent"},
            ),
            there=("transfer", {"extension": "{{ colleague.extension }}"}, "gone"),
            gone=("hang_up", "gone", None),
            silent=("hang_up", "silent", None),
        ),
        language="en",
    )


def heard(step: engine.Step) -> str:
    assert isinstance(step.command, Gather)
    return transcript(step.command.prompts)


def keyed(drafts: Drafts, step: engine.Step, keys: str) -> engine.Step:
    return send(drafts, step, "digits", {"digits": keys, "ended_by": "full"})


def test_the_chosen_one_is_kept_and_can_be_called() -> None:
    drafts, step = started()
    assert "first 3 letters" in heard(step)
    step = keyed(drafts, step, "264")
    assert isinstance(step.command, FindColleague)
    assert (step.command.keys, step.command.most) == ("264", 8)
    step = send(drafts, step, "found", {"people": [AN, ANH]})
    assert "For Nguyễn Văn An, press 1. For Trần Anh, press 2." in heard(step)
    step = keyed(drafts, step, "2")
    assert step.run.variables["colleague"] == ANH
    assert step.command is not None
    assert (step.command.kind, getattr(step.command, "to", "")) == ("transfer", "202")


def test_of_too_many_one_keys_more_letters() -> None:
    drafts, step = started(letters=2)
    step = send(drafts, keyed(drafts, step, "26"), "many")
    assert isinstance(step.command, Gather)
    assert (step.command.max_digits, step.command.terminator) == (20, "#")
    assert "many" in heard(step)
    step = keyed(drafts, step, "264")
    assert isinstance(step.command, FindColleague)


def test_who_looks_for_somebody_else_begins_again() -> None:
    drafts, step = started(retries=1)
    step = keyed(drafts, send(drafts, keyed(drafts, step, "264"), "found", {"people": [AN]}), "9")
    assert "first 3 letters" in heard(step)
    step = keyed(drafts, send(drafts, keyed(drafts, step, "264"), "found", {"people": [AN]}), "1")
    assert step.run.variables["colleague"] == AN


def test_a_key_that_is_no_choice_reads_the_names_again_and_then_gives_up() -> None:
    drafts, step = started(retries=1)
    step = send(drafts, keyed(drafts, step, "264"), "found", {"people": [AN]})
    step = keyed(drafts, step, "7")
    assert "For Nguyễn Văn An, press 1." in heard(step)
    assert keyed(drafts, step, "*").run.detail == "gone"


def test_nobody_of_that_name() -> None:
    drafts, step = started(retries=1)
    step = send(drafts, keyed(drafts, step, "999"), "nobody")
    assert "nobody of that name" in heard(step)
    step = send(drafts, keyed(drafts, step, "998"), "nobody")
    assert step.run.detail == "gone"
    assert "colleague" not in step.run.variables


def test_silence() -> None:
    drafts, step = started(retries=1)
    step = send(drafts, send(drafts, step, "no_input"), "no_input")
    assert step.run.detail == "silent"
    drafts, step = started(retries=1)
    step = send(drafts, keyed(drafts, step, "264"), "found", {"people": [AN]})
    step = send(drafts, send(drafts, step, "no_input"), "no_input")
    assert step.run.detail == "silent"
