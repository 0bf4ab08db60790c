"""The runner of flow tests: the shipped examples pass, and failures say what happened."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import tongdai.flows
from tongdai.flows import yaml_format
from tongdai.flows.commands import Choice, Gather
from tongdai.flows.dialogue import DigitCollector
from tongdai.flows.flow_tests import Drafts, load_tests, run_file
from tongdai.flows.prompts import Speech
from tongdai.flows.validation import check
from tongdai.flows.verbs import core_registry
from tongdai.flows.yaml_format import YamlError

EXAMPLES = Path(tongdai.flows.__file__).parent / "examples"
FLOWS = sorted(path for path in EXAMPLES.glob("*.yaml") if ".test." not in path.name)
REGISTRY = core_registry()
NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def drafts() -> Drafts:
    return Drafts([yaml_format.load(path.read_text()) for path in FLOWS], REGISTRY)


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_examples_are_valid_and_canonical(path: Path) -> None:
    document = yaml_format.load(path.read_text())
    assert check(document, REGISTRY).problems == ()
    assert yaml_format.dump(document) == path.read_text()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.test.yaml")), ids=lambda path: path.name)
def test_example_tests_pass(path: Path, drafts: Drafts) -> None:
    outcomes = run_file(load_tests(path.read_text()), drafts)
    assert len(outcomes) >= 3
    assert [outcome.failure for outcome in outcomes if outcome.failure] == []


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("[{hears: Good night}]", 'expected to hear "Good night"'),
        ("[{at: sales}]", "expected to be at 'sales', but the run waits at 'menu'"),
        ("[{press: '1'}, {queued: support}]", 'queue: expected "support", got "sales"'),
        ("[{press: '1'}, {reply: nonsense}]", "cannot answer 'nonsense'; it can: answered"),
        ("[{press: '1'}, {press: '1'}]", "no key is waited for"),
        ("[{ends: hung_up}]", "expected the run to end (hung_up)"),
        ("[{reply: x}]", "nothing waits for a reply"),
        ("[{passes: [menu, answer]}]", "expected the path menu → answer"),
        ("[{variables: {account: '1'}}]", 'variable account: expected "1", got ""'),
        ("[hang_up, hang_up]", "does not wait for this"),
    ],
)
def test_failures_say_what_was_expected_and_what_came(drafts: Drafts, steps: str, words: str) -> None:
    text = f"flow: hotline_en\ntests:\n  - name: x\n    calendars: {{main: open}}\n    steps: {steps}\n"
    (outcome,) = run_file(load_tests(text), drafts)
    assert outcome.failure is not None
    assert words in outcome.failure
    assert outcome.failure.startswith("line 5")
    assert 'hears "Welcome' in outcome.failure


@pytest.mark.parametrize(
    "text",
    [
        "x: 1",
        "flow: a\ntests: 1",
        "flow: a\ntests: [{steps: [{dance: 1}]}]",
        "flow: a\ntests: [{at: x, steps: [silence]}]",
    ],
)
def test_bad_test_files_are_refused(text: str) -> None:
    with pytest.raises(YamlError):
        load_tests(text)


def gather(**fields: object) -> Gather:
    whole = {
        "prompts": (Speech(text="?", language="en"),),
        "max_digits": 4,
        "timeout": 5,
        "inter_digit": 2,
        "terminator": "#",
    }
    return Gather.model_validate({"id": "r:1.1", **whole, **fields})


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_collector_times_by_the_keys_own_clock() -> None:
    keys = DigitCollector(gather())
    assert keys.due is None
    keys.prompts_finished(after(3))
    assert keys.due == after(8)
    assert not keys.key("1", after(7))
    assert keys.due == after(9)
    keys.key("2", after(9.5))  # too late: the wake-up was, not the caller's fault, but the entry had ended
    assert keys.reply is not None
    assert keys.reply.data == {"digits": "1", "ended_by": "timeout"}
    silent = DigitCollector(gather())
    silent.prompts_finished(after(0))
    silent.time_passed(after(4.9))
    assert silent.reply is None
    silent.time_passed(after(5))
    assert silent.reply is not None
    assert silent.reply.result == "no_input"


def test_collector_barge_in() -> None:
    keys = DigitCollector(gather())
    assert keys.key("1", after(1)), "the prompts are to stop"
    assert not keys.key("2", after(1.5))
    deaf = DigitCollector(gather(barge_in=False))
    assert not deaf.key("1", after(1))
    assert deaf.digits == ""


def test_collector_choices_end_as_soon_as_they_are_clear() -> None:
    choices = (Choice(key="1", label="a"), Choice(key="12", label="b"), Choice(key="3", label="c"))
    keys = DigitCollector(gather(choices=choices, max_digits=2))
    keys.key("1", after(1))
    assert keys.reply is None
    keys.key("2", after(1.2))
    assert keys.reply is not None
    assert keys.reply.data["digits"] == "12"
    three = DigitCollector(gather(choices=choices, max_digits=2))
    three.key("3", after(1))
    assert three.reply is not None


def test_collector_drops_the_stray_terminator_of_a_full_entry() -> None:
    first = DigitCollector(gather(max_digits=2))
    first.key("1", after(0))
    first.key("2", after(1))
    second = DigitCollector(gather(), first)
    assert not second.key("#", after(2))
    assert second.reply is None
    late = DigitCollector(gather(), first)
    late.key("#", after(9))
    assert late.reply is not None
