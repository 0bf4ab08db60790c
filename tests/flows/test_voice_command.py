"""`voice_command`: words or keys, every way out, and which phrase was said."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.api import Site
from tests.flows.test_engine import begin, send

from tongdai.flows import engine, yaml_format
from tongdai.flows.answers import answers_of
from tongdai.flows.commands import Gather, Listen
from tongdai.flows.flow_tests import Drafts, load_tests, run_file
from tongdai.flows.prompts import transcript
from tongdai.flows.spoken_choice import choose, likeness
from tongdai.flows.trial import attempt
from tongdai.flows.validation import check
from tongdai.flows.verbs import core_registry
from tongdai.intelligence.public import Recognisers

YAML = """
flow: f
language: en
start: ask
nodes:
  ask:
    label: What for
    voice_command:
      say: How can we help?
      phrases: {sales: "sales, buy something", support: [support, technical help]}
      keys: {1: sales, 2: support, 0: person}
      save: heard
      retries: 1
    go: {sales: sales, support: support, person: person, no_input: silent, no_match: lost}
  sales:
    hang_up: sales
  support:
    hang_up: support
  person:
    hang_up: person
  silent:
    hang_up: silent
  lost:
    hang_up: lost
"""
TESTS = """
flow: f
tests:
  - name: Words lead there
    steps: [{hears: How can we help}, {says: I would like to buy something please}, {passes: [ask, sales]}, {ends: hung_up},
      {variables: {heard: I would like to buy something please}}]
  - name: A key does, at any time
    steps: [{press: "2"}, {passes: [ask, support]}, {variables: {heard: "2"}}]
  - name: An exit of keys alone
    steps: [{says: a person}, {press: "0"}, {passes: [ask, person]}]
  - name: Not understood, the keys are told
    steps: [{says: my cat is ill}, {hears: [did not understand, "For sales, press 1", "For support, press 2"]},
      {says: technical help}, {passes: [ask, support]}]
  - name: Not understood twice
    steps: [{says: my cat is ill}, {says: my dog is ill}, {passes: [ask, lost]}]
  - name: Silence twice
    steps: [silence, {hears: did not hear}, silence, {passes: [ask, silent]}]
  - name: A key that is none, then words
    steps: [{press: "7"}, {says: sales}, {passes: [ask, sales]}]
  - name: A server that does not understand speech asks by keys alone
    steps: [{reply: deaf}, {asks: {kind: gather, max_digits: 1}}, {hears: "For sales, press 1"}, {press: "1"},
      {passes: [ask, sales]}]
  - name: One that died of the second sentence
    steps: [{says: my cat is ill}, {reply: deaf}, {asks: gather}, silence, {passes: [ask, silent]}]
  - name: The caller goes while speaking
    steps: [hang_up, {ends: left}]
"""


def test_flows_are_tested_by_what_the_caller_says():
    drafts = Drafts([yaml_format.load(YAML)], core_registry())
    assert [one.failure for one in run_file(load_tests(TESTS), drafts) if one.failure] == []
    wrong = "flow: f\ntests: [{name: x, steps: [{press: '1'}, {says: sales}]}]"
    (told,) = run_file(load_tests(wrong), drafts)
    assert "nobody listens" in str(told.failure)


def started(**variables: Any) -> tuple[Drafts, engine.Step]:
    return begin(yaml_format.load(YAML), **variables)


def test_what_is_expected_is_told_to_whoever_listens():
    _, step = started(language="uk")
    assert isinstance(step.command, Listen)
    assert step.command.phrases == ("sales", "buy something", "support", "technical help")
    assert (step.command.language, step.command.max_digits) == ("uk", 1)
    assert step.command.by_keys().id == step.command.id


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("vi", "sales, bấm phím 1."),
        ("uk", "sales — натисніть 1."),
        ("de", "For sales, press 1."),
    ],
)
def test_the_keys_are_told_in_the_callers_language(language: str, told: str):
    drafts, step = started(language=language)
    deaf = send(drafts, step, "deaf")
    assert isinstance(deaf.command, Gather)
    assert told in transcript(deaf.command.prompts)
    again = send(drafts, deaf, "digits", {"digits": "7"})
    assert isinstance(again.command, Gather), "it stays with the keys"


def test_it_may_not_be_listened_to_at_all():
    drafts, step = started()
    assert send(drafts, step, "failed").run.ended == "fault"


def test_agents_see_the_choice_and_not_what_was_said():
    graph = Drafts([yaml_format.load(YAML)], core_registry()).graph("f", "draft")
    assert answers_of([(graph, "ask", "sales")], {"heard": "secret"}) == [
        {"label": "What for", "value": "sales"}
    ]
    assert answers_of([(graph, "ask", "no_match")], {}) == []


def test_the_designer_lets_one_speak():
    drafts = Drafts([yaml_format.load(YAML)], core_registry())
    asked = attempt("f", drafts, [])
    assert (asked.kind, asked.keys, asked.answers) == ("listen", True, ())
    assert attempt("f", drafts, [("says", "support please")]).ended == "hung_up"
    assert attempt("f", drafts, [("press", "1"), ("says", "support")]).refused


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("keys: {1: sales, 2: support, 0: person}", "keys: {1: sales}"), "'support' needs a key"),
        (("[support, technical help]", "[support, Buy  something!]"), "leads to 'sales' and to 'support'"),
        (("[support, technical help]", "['?!']"), "nothing that can be said"),
        (("0: person", "0: no_match"), "is an exit of every voice_command"),
    ],
)
def test_mistakes_are_named(change: tuple[str, str], says: str):
    checked = check(yaml_format.load(YAML.replace(*change)), core_registry())
    assert any(says in problem.message for problem in checked.errors), checked.problems


async def test_a_server_that_does_not_understand_speech_says_so_and_publishes(site: Site):
    admin = await site.sign_in("admin")
    assert await admin.ok("POST", "/flows/check", {"yaml": YAML}) == []
    site.runtime.get(Recognisers).providers = ()
    (told,) = await admin.ok("POST", "/flows/check", {"yaml": YAML})
    assert (told["code"], told["node"], told["warning"]) == ("missing_recogniser", "ask", True)
    assert "tongdai[ai]" in told["mend"]
    made = await admin.ok("POST", "/flows", {"yaml": YAML, "publish": True})
    assert made["published_number"] == 1


CHOICES = {
    "sales": ["sales", "buy something", "mua hàng", "відділ продажу"],
    "support": ["support", "technical help", "hỗ trợ kỹ thuật", "технічна підтримка"],
    "after": ["after sales", "complaint"],
    "no": ["no"],
}


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [
        ("Sales.", "sales"),
        ("Sails, please!", "sales"),
        ("I'd like to speak with sales", "sales"),
        ("Mua hang", "sales"),
        ("Ho tro ki thuat", "support"),
        ("Технична пидтримка.", "support"),
        ("after sales please", "after"),
        ("after sails please", "after"),
        ("aftre sales", None),
        ("sales or support", None),
        ("Thank you for watching!", None),
        ("I know that you know", None),
        ("No.", "no"),
        ("", None),
        ("…", None),
    ],
)
def test_what_recognisers_make_of_it_is_understood(heard: str, wanted: str | None):
    assert choose(heard, CHOICES) == wanted


WORD = st.text("abcdefghijklmnopqrstuvwxyzăâđêôơưабвгґєіїя", min_size=3, max_size=9)
PHRASE = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


@given(heard=st.text(max_size=300), phrases=st.lists(st.text(max_size=50), min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_whatever_is_heard_there_is_an_answer(heard: str, phrases: list[str]):
    choices = {str(number): [phrase] for number, phrase in enumerate(phrases)}
    assert choose(heard, choices) in {None, *choices}


@given(
    phrases=st.lists(PHRASE, min_size=2, max_size=6, unique=True),
    at=st.integers(0, 5),
    before=st.sampled_from(["", "uh 1 ", "1 2 "]),
)
@settings(max_examples=150, deadline=None)
def test_a_phrase_that_was_said_word_for_word_is_its_own_choice(phrases: list[str], at: int, before: str):
    """Unless something as good leads elsewhere; never does it lead elsewhere itself."""
    wanted = at % len(phrases)
    choices = {str(number): [phrase] for number, phrase in enumerate(phrases)}
    said = f"{before}{phrases[wanted].upper()}, !"
    found = choose(said, choices)
    alike = [
        one
        for number, one in enumerate(phrases)
        if number != wanted and likeness(one.casefold(), phrases[wanted]) > 0.5
    ]
    inside = any(set(one.split()) & set(phrases[wanted].split()) for one in phrases if one != phrases[wanted])
    if not alike and not inside:
        assert found == str(wanted)
    else:
        assert found in (None, str(wanted))


@given(phrases=st.lists(PHRASE, min_size=1, max_size=6, unique=True), heard=PHRASE)
@settings(max_examples=80, deadline=None)
def test_the_order_of_the_phrases_does_not_count(phrases: list[str], heard: str):
    choices = {str(number): [phrase] for number, phrase in enumerate(phrases)}
    turned = dict(reversed(choices.items()))
    assert choose(heard, choices) == choose(heard, turned)


@given(one=PHRASE, other=PHRASE)
@settings(max_examples=80, deadline=None)
def test_likeness_is_a_share_and_whole_for_the_same(one: str, other: str):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == 1
