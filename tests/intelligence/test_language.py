"""What is understood of sentences, on the real model: intents, strangers, languages, anger; and a model that dies or is late."""

import json
import os
import signal
import sys
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio
from tests.intelligence.sentences import ANGRY, CALM, INTENTS, STRANGERS

from tongdai.intelligence.language.e5 import E5
from tongdai.intelligence.language.e5_worker import LEARNED, Model
from tongdai.intelligence.public import ANGRY as FROM_HERE
from tongdai.intelligence.public import (
    NONE,
    LanguageModels,
    NoLanguageModel,
    Trained,
    measuring,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
NAMES = list(INTENTS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def e5() -> AsyncIterator[E5]:
    found = E5.find()
    assert found is not None, "the extra `test` brings it"
    yield found
    await found.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def trained(e5: E5) -> Trained:
    """Trained with English alone."""
    texts = [(text, NAMES.index(name)) for name in NAMES for text in INTENTS[name]["en"]]
    return await e5.train([text for text, _ in texts], [place for _, place in texts], len(NAMES))


def threshold_of(made: Trained) -> float:
    truth = [NAMES.index(name) for name in NAMES for _ in INTENTS[name]["en"]]
    return measuring.best_threshold(truth, made.known, made.strangers)


async def test_what_was_measured_holds_for_english(trained: Trained):
    truth = [NAMES.index(name) for name in NAMES for _ in INTENTS[name]["en"]]
    share = measuring.share_at(threshold_of(trained), truth, trained.known, trained.strangers)
    assert share.right > 0.7
    assert share.wrong < 0.1
    assert share.refused > 0.7


@pytest.mark.parametrize("language", ["vi", "uk"])
async def test_examples_in_english_understand_other_languages(e5: E5, trained: Trained, language: str):
    right = wrong = count = 0
    for name in NAMES:
        for text in INTENTS[name][language]:
            guess = trained.classifier.guess((await e5.understand(text)).vector)
            taken = guess.at(threshold_of(trained))
            count += 1
            right += taken == NAMES.index(name)
            wrong += taken not in (NAMES.index(name), NONE)
    assert right / count > 0.5
    assert wrong / count < 0.2


async def test_what_is_none_of_them_is_left_alone(e5: E5, trained: Trained):
    refused = [
        trained.classifier.guess((await e5.understand(text)).vector).at(threshold_of(trained)) == NONE
        for text in STRANGERS
    ]
    assert sum(refused) / len(refused) > 0.75


async def test_who_is_angry_is_told_from_who_complains_politely(e5: E5):
    angry = [(await e5.understand(text)).anger >= FROM_HERE for text in ANGRY]
    calm = [(await e5.understand(text)).anger >= FROM_HERE for text in CALM]
    assert sum(angry) / len(angry) > 0.75
    assert sum(calm) / len(calm) < 0.15


async def test_what_is_learned_is_what_the_sentences_say():
    """scripts/learn_sentences.py writes it."""
    stored, fresh = json.loads(LEARNED.read_text()), Model().learn()
    assert stored["centres"].keys() == fresh["centres"].keys() == {"en", "vi", "uk", ""}
    for which in ("centres", "passage_centres"):
        for name, centre in fresh[which].items():
            assert stored[which][name] == pytest.approx(centre, abs=1e-3), name
    # Processors round otherwise, and a few sentences near the border move the plane a little.
    before, now = (np.array(one["anger"][1]) for one in (stored, fresh))
    assert before @ now / (np.linalg.norm(before) * np.linalg.norm(now)) > 0.995


async def test_languages_are_told_and_what_is_in_none_is_not(e5: E5):
    for language in ("en", "vi", "uk"):
        told = [(await e5.understand(text)).language for some in INTENTS.values() for text in some[language]]
        assert told.count(language) / len(told) > 0.9, told
    for text in ("4711", "+84 912 345 678", "👍", "?!"):
        assert (await e5.understand(text)).language is None, text


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "a\x00b", "\ud800", "\u202e\u0007", " ", "🙂" * 3_000, "\n\n\n"]
)
async def test_whatever_is_written_there_is_an_answer(e5: E5, text: str):
    found = await e5.understand(text)
    assert len(found.vector) == 384
    assert 0 <= found.anger <= 1


async def test_a_process_that_was_killed_is_replaced(e5: E5):
    first = await e5.understand("Where is my parcel?")
    before = e5.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    assert await e5.understand("Where is my parcel?") == first
    assert e5.pid not in (None, before)


async def test_training_keeps_nobody_waiting(e5: E5, trained: Trained):
    """It has a process of its own, which ends by itself."""
    pid = e5.pid
    await e5.train(["a one", "a two", "b three", "b four"], [0, 0, 1, 1], 2)
    assert e5.pid == pid


HANGS = """
import json, sys, time
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    if json.loads(line)["text"] == "hang":
        time.sleep(600)
    if json.loads(line)["text"] == "die":
        sys.exit(1)
    print(json.dumps({"error": "no"}), flush=True)
"""


async def test_one_that_hangs_dies_or_cannot_is_told():
    made = E5((sys.executable, "-I", "-c", HANGS), deadline=1.0)
    for text, says in (("hang", "too long"), ("die", "dies"), ("what", "cannot be understood: no")):
        with pytest.raises(NoLanguageModel, match=says):
            await made.understand(text)
    await made.stop()
    none = E5((sys.executable, "-I", "-c", "raise SystemExit(3)"), deadline=20)
    with pytest.raises(NoLanguageModel, match="cannot be loaded"):
        await none.understand("x")
    await none.stop()


async def test_a_server_without_a_model_says_the_mend():
    with pytest.raises(NoLanguageModel, match=r"tongdai\[ai\]"):
        LanguageModels([]).choose()
    found = E5.find()
    assert found is not None
    assert LanguageModels([found]).choose(found.name) is found
    with pytest.raises(NoLanguageModel, match="train it anew"):
        LanguageModels([found]).choose("another")
