"""Numbers, money, dates and times in words: grammar by example, laws by property."""

import datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.flows.errors import SpokenError
from tongdai.flows.spoken import LANGUAGES, LIMIT, en_sounds, language, say_digits
from tongdai.flows.spoken.uk import UKRAINIAN, plural
from tongdai.flows.spoken.vi import VIETNAMESE

EN, VI, UK = LANGUAGES["en"], LANGUAGES["vi"], LANGUAGES["uk"]
numbers = st.integers(-LIMIT + 1, LIMIT - 1)


@pytest.mark.parametrize(
    ("number", "en", "vi", "uk"),
    [
        (0, "zero", "không", "нуль"),
        (5, "five", "năm", "п'ять"),
        (10, "ten", "mười", "десять"),
        (15, "fifteen", "mười lăm", "п'ятнадцять"),
        (21, "twenty one", "hai mươi mốt", "двадцять один"),
        (24, "twenty four", "hai mươi tư", "двадцять чотири"),
        (55, "fifty five", "năm mươi lăm", "п'ятдесят п'ять"),
        (101, "one hundred one", "một trăm linh một", "сто один"),
        (111, "one hundred eleven", "một trăm mười một", "сто одинадцять"),
        (1001, "one thousand one", "một nghìn không trăm linh một", "одна тисяча один"),
        (2014, "two thousand fourteen", "hai nghìn không trăm mười bốn", "дві тисячі чотирнадцять"),
        (21_000, "twenty one thousand", "hai mươi mốt nghìn", "двадцять одна тисяча"),
        (12_000_000, "twelve million", "mười hai triệu", "дванадцять мільйонів"),
        (3_000_000_000, "three billion", "ba tỷ", "три мільярди"),
        (-7, "minus seven", "âm bảy", "мінус сім"),
    ],
)
def test_cardinals(number: int, en: str, vi: str, uk: str) -> None:
    assert (EN.cardinal(number), VI.cardinal(number), UK.cardinal(number)) == (en, vi, uk)


@pytest.mark.parametrize(
    ("n", "form"),
    [
        (1, "гривня"),
        (2, "гривні"),
        (5, "гривень"),
        (11, "гривень"),
        (14, "гривень"),
        (21, "гривня"),
        (104, "гривні"),
        (111, "гривень"),
        (112, "гривень"),
        (0, "гривень"),
    ],
)
def test_ukrainian_plurals(n: int, form: str) -> None:
    assert plural(n, ("гривня", "гривні", "гривень")) == form


@pytest.mark.parametrize(
    ("amount", "currency", "en", "vi", "uk"),
    [
        ("1.01", "UAH", "one hryvnia and one kopiyka", "một hryvnia một kopiyka", "одна гривня одна копійка"),
        (
            "22.02",
            "UAH",
            "twenty two hryvnias and two kopiykas",
            "hai mươi hai hryvnia hai kopiyka",
            "двадцять дві гривні дві копійки",
        ),
        ("2", "USD", "two dollars", "hai đô la", "два долари"),
        (
            "150000",
            "VND",
            "one hundred fifty thousand dong",
            "một trăm năm mươi nghìn đồng",
            "сто п'ятдесят тисяч донгів",
        ),
        ("1", "EUR", "one euro", "một ơ rô", "одне євро"),
        ("-0.05", "USD", "minus five cents", "âm năm xu", "мінус п'ять центів"),
        ("0", "GBP", "zero pounds", "không bảng Anh", "нуль фунтів"),
        ("0.999", "USD", "one dollar", "một đô la", "один долар"),
    ],
)
def test_money(amount: str, currency: str, en: str, vi: str, uk: str) -> None:
    said = tuple(one.money(Decimal(amount), currency) for one in (EN, VI, UK))
    assert said == (en, vi, uk)


def test_dates_and_times() -> None:
    day = datetime.date(2026, 4, 21)
    assert EN.date(day) == "April twenty first, twenty twenty six"
    assert VI.date(day) == "ngày hai mươi mốt tháng tư năm hai nghìn không trăm hai mươi sáu"
    assert UK.date(day) == "двадцять перше квітня дві тисячі двадцять шостого року"
    assert UK.date(datetime.date(2000, 8, 24)) == "двадцять четверте серпня двотисячного року"
    at = datetime.time(21, 5)
    assert EN.time(at) == "nine oh five p m"
    assert VI.time(at) == "hai mươi mốt giờ năm phút"
    assert UK.time(at) == "двадцять перша година п'ять хвилин"
    assert UK.duration(3722) == "одна година дві хвилини дві секунди"
    assert EN.duration(3722) == "one hour, two minutes and two seconds"
    assert VI.duration(61) == "một phút một giây"
    assert say_digits(EN, "+84 90-1") == "eight four, nine zero one"


@given(numbers)
def test_vietnamese_grammar_always_holds(n: int) -> None:
    words = VIETNAMESE.cardinal(n).split()
    for before, word in pairwise(words):
        if word == "mốt":
            assert before == "mươi"
        if word == "lăm":
            assert before in ("mươi", "mười")
        if before in ("mươi", "mười"):
            assert word != "năm"
        if before == "mươi":
            assert word not in ("một", "bốn")
        if word == "mươi":
            assert before not in ("một", "không")
        if before == "linh":
            assert word in VIETNAMESE.digit_words[1:]
        if word == "linh":
            assert before == "trăm"


@given(numbers)
def test_ukrainian_thousands_are_feminine_and_agree(n: int) -> None:
    words = UKRAINIAN.cardinal(n).split()
    for before, word in pairwise(words):
        if word == "тисяча":
            assert before == "одна"
        if word == "тисячі":
            assert before in ("дві", "три", "чотири")
        if word in ("мільйон", "мільярд"):
            assert before == "один"


@given(numbers, numbers)
def test_different_numbers_sound_different(a: int, b: int) -> None:
    for spoken in LANGUAGES.values():
        assert (spoken.cardinal(a) == spoken.cardinal(b)) == (a == b)


@given(st.decimals(allow_nan=True, allow_infinity=True), st.sampled_from(["UAH", "VND", "USD", "XXX"]))
def test_any_amount_is_said_or_refused(amount: Decimal, currency: str) -> None:
    for spoken in LANGUAGES.values():
        try:
            words = spoken.money(amount, currency)
        except SpokenError:
            continue
        assert words.strip() == words
        assert "  " not in words


@given(st.dates(), st.times(), st.integers(0, 10**9))
def test_any_date_time_and_duration_can_be_said(day: datetime.date, at: datetime.time, seconds: int) -> None:
    for spoken in LANGUAGES.values():
        for words in (spoken.date(day), spoken.time(at), spoken.duration(seconds)):
            assert words
            assert "-" not in words.split()


@given(st.integers(-(10**9) + 1, 10**9 - 1))
def test_recorded_english_says_the_same_as_the_words(n: int) -> None:
    def word(sound: str) -> str:
        name = sound.removeprefix("digits/")
        return EN.cardinal(int(name)) if name.isdigit() else name

    assert " ".join(map(word, en_sounds.cardinal(n))) == EN.cardinal(n)


def test_language_tags() -> None:
    assert language("en-GB") is EN
    assert language("uk_UA") is UK
    assert language("fr") is None
