"""What is believed of guesses, and what a classifier does without the model. Pure."""

from array import array

from hypothesis import given, settings
from hypothesis import strategies as st

from tongdai.intelligence.public import NONE, Classifier, Guess, measuring


def test_a_classifier_survives_being_stored():
    made = Classifier(
        (array("f", [1.0, 0.0, 0.5]), array("f", [0.0, 1.0, 0.0]), array("f", [0.0, 0.0, 0.25]))
    )
    again = Classifier.from_bytes(made.to_bytes(), 3)
    assert again.probabilities((0.2, 0.9)) == made.probabilities((0.2, 0.9))
    assert made.guess((3.0, 0.0)).intent == 0
    assert made.guess((-9.0, -9.0)).intent == NONE


GUESSES = st.lists(
    st.tuples(st.integers(0, 3), st.builds(Guess, st.integers(-1, 3), st.floats(0, 1))),
    min_size=1,
    max_size=40,
)


@given(pairs=GUESSES, strangers=st.lists(st.builds(Guess, st.integers(-1, 3), st.floats(0, 1)), max_size=20))
@settings(max_examples=60, deadline=None)
def test_the_threshold_is_worth_most_and_the_figures_agree(
    pairs: list[tuple[int, Guess]], strangers: list[Guess]
):
    truth, known = [one for one, _ in pairs], [one for _, one in pairs]
    best = measuring.best_threshold(truth, known, strangers)
    worth = measuring.share_at(best, truth, known, strangers).worth
    shares = measuring.curve(truth, known, strangers)
    assert all(worth >= one.worth - 1e-6 for one in shares)
    for one in shares:
        assert abs(one.right + one.wrong + one.missed - 1) < 1e-9
    refused = [one.refused for one in shares]
    assert refused == sorted(refused), "a higher threshold believes less"
    table = measuring.confusion(4, best, truth, known)
    assert sum(map(sum, table)) == len(known)
    assert sum(row[at] for at, row in enumerate(table)) == round(
        measuring.share_at(best, truth, known, strangers).right * len(known)
    )
    for at, figures in enumerate(measuring.figures(table)):
        assert 0 <= figures.recall <= 1
        assert figures.precision is None or 0 <= figures.precision <= 1
        assert (figures.precision is None) == (sum(row[at] for row in table) == 0)
