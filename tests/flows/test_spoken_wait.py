"""What a waiting caller is told: never seconds, never a false precision, in three languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.flows.spoken_wait import LONGEST, told_minutes, wait_prompt, waiting_prompts


@pytest.mark.parametrize(
    ("seconds", "en", "vi", "uk"),
    [
        (0, "The wait is less than a minute.", "Thời gian chờ dưới một phút.", "Чекати менше хвилини."),
        (60, "The wait is about one minute.", "Thời gian chờ khoảng một phút.", "Орієнтовний час очікування: одна хвилина."),
        (61, "The wait is about two minutes.", "Thời gian chờ khoảng hai phút.", "Орієнтовний час очікування: дві хвилини."),
        (290, "The wait is about five minutes.", "Thời gian chờ khoảng năm phút.", "Орієнтовний час очікування: п'ять хвилин."),
        (
            1210,
            "The wait is about twenty five minutes.",
            "Thời gian chờ khoảng hai mươi lăm phút.",
            "Орієнтовний час очікування: двадцять п'ять хвилин.",
        ),
        (1801, "The wait is more than half an hour.", "Thời gian chờ hơn nửa giờ.", "Чекати понад пів години."),
    ],
)  # fmt: skip
def test_the_wait_in_words(seconds: float, en: str, vi: str, uk: str):
    assert [wait_prompt(seconds, language).text for language in ("en", "vi", "uk")] == [en, vi, uk]


@given(st.floats(0, 1e6))
def test_minutes_are_rounded_up_and_end_at_half_an_hour(seconds: float):
    minutes = told_minutes(seconds)
    if minutes is None:
        assert seconds > (LONGEST - 5) * 60
    elif minutes:
        assert seconds <= minutes * 60 < seconds + 300
        assert minutes <= 10 or minutes % 5 == 0
    else:
        assert seconds < 60


def test_english_is_played_from_recorded_sounds():
    assert wait_prompt(1500, "en").sounds == ("queue-holdtime", "digits/20", "digits/5", "minutes")
    assert wait_prompt(60, "en").sounds == ("queue-holdtime", "digits/1", "minute")
    assert not wait_prompt(60, "vi").sounds


def test_the_place_comes_first_and_an_unknown_wait_is_not_told():
    place, wait = waiting_prompts(3, 240, "vi")
    assert "thứ 3" in str(place)
    assert "bốn phút" in str(wait)
    assert len(waiting_prompts(3, None, "vi")) == 1
