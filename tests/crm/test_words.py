"""Folding of what is stored and of what is typed: they must meet."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.crm.words import END_OF_NAME, LINE_BYTES, WHOLE, WORD_BYTES, Range, asked_tokens, entry, tokens

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạĐÊƯабвгґдеєжзиіїйклмн'’-. "
names = st.text(LETTERS, max_size=40)
anything = st.text(max_size=120)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nguyễn Đức-Anh", ["nguyen", "duc", "anh"]),
        ("O'Brien, Zoë (VIP)", ["obrien", "zoe", "vip"]),
        ("Мар’яна ЇЖАК", ["маряна", "іжак"]),
        ("St.John & Sons", ["st.john", "sons"]),
        ("Anh-Tu@Example.COM", ["anh-tu@example.com"]),
        ("Shop 24/7", ["shop", "247"]),
        ("^ \x01 100%", ["100"]),
        ("…", []),
    ],
)
def test_texts_fall_into_words(text: str, words: list[str]):
    assert tokens(text) == words


@pytest.mark.parametrize(
    ("q", "asked"),
    [
        ("0912 345-678", ["0912345678"]),
        ("+84 912.345", ["84912345"]),
        ("0084912345", ["84912345"]),
        ("+84 (0) 912", ["84912"]),
        ("001", ["001"]),
        ("an 0912.345", ["an", "0912345"]),
        ("an an", ["an"]),
        ("%_", []),
        ("+", []),
    ],
)
def test_what_is_typed_falls_into_words(q: str, asked: list[str]):
    assert asked_tokens(q) == asked


def finds(q: str, words: tuple[str, ...]) -> bool:
    """As the database looks: each token begins a word, or one that stands at the beginning of a name."""
    ranges = [(Range.beginning(token), Range.beginning(WHOLE + token)) for token in asked_tokens(q)]
    return bool(ranges) and all(
        any(one.low <= word < one.high for one in both for word in words) for both in ranges
    )


@given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True), st.data())
def test_any_part_of_a_number_finds_it_however_it_is_written(national: str, data: st.DataObject):
    number = f"+84{national}"
    start = data.draw(st.sampled_from([0, *range(2, 9)]))  # nobody begins within the country's code
    end = data.draw(st.integers(start + 3, 12))
    words = entry([], [], [("phone", number)]).words
    part = number.removeprefix("+")[start:end]
    for written in (part, " ".join(part), ".".join(part)):
        assert finds(written, words) or part.startswith("00"), written
    assert finds(number, words)
    assert finds(number[:-2], words)


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        (
            "+84912345678",
            ("0912345678", "0912 345 678", "091", "09", "+84912", "0084912345678", "678", "345 67"),
        ),
        ("+380671234567", ("067 123 45 67", "0671", "+380 67", "4567")),
        ("+12015550123", ("(201) 555-0123", "555", "0123", "+1 201")),
    ],
)
def test_numbers_are_found_as_their_country_writes_them(number: str, typed: tuple[str, ...]):
    words = entry([], [], [("phone", number)]).words
    assert [q for q in typed if not finds(q, words)] == []
    assert not finds("999", words)
    assert len(words) <= 10


@given(names, names, st.data())
def test_words_in_any_order_and_cut_short_find_a_contact(name: str, company: str, data: st.DataObject):
    found = entry([name], [company], [("email", "mai.tran@fpt.example.vn")])
    pool = tokens(f"{name} {company} mai.tran@fpt.example.vn tran@fpt fpt.example")
    chosen = data.draw(st.permutations(pool).map(lambda order: order[:4]))
    typed = " ".join(token[: data.draw(st.integers(1, len(token)))] for token in chosen)
    assert finds(typed, found.words) or not asked_tokens(typed)
    assert finds(typed.upper(), found.words) or not asked_tokens(typed)


@given(st.lists(anything, max_size=3), st.lists(anything, max_size=2), st.lists(anything, max_size=2))
def test_whatever_a_name_holds_can_be_stored_and_no_word_passes_for_a_whole_name(
    called: list[str], companies: list[str], addresses: list[str]
):
    found = entry(called, companies, [("email", one) for one in addresses])
    assert len(set(found.words)) == len(found.words) == len(found.lines)
    for word, line in zip(found.words, found.lines, strict=True):
        assert 0 < len(word.encode()) <= WORD_BYTES
        assert len(line.encode()) <= LINE_BYTES
        assert "\x00" not in word + line
    whole = [word for word in found.words if word.startswith(WHOLE)]
    assert len(whole) <= len([name for name in called if tokens(name)])


@given(names, names, st.text("abcdđnтіo", min_size=1, max_size=3))
def test_a_whole_line_tells_all_words_but_numbers(name: str, company: str, token: str):
    """What the database reads off a line instead of looking among the words."""
    found = entry([name], [company], [("email", "an@b.vn"), ("phone", "+84912345678")])
    for line in set(found.lines) - {""}:
        if not line.endswith(END_OF_NAME):
            (asked,) = asked_tokens(token)
            assert (f" {asked}" in line) == finds(asked, found.words)


def test_a_long_name_is_sorted_by_its_beginning_and_looked_up_among_the_words():
    found = entry(["Công ty " + "rất " * 60 + "dài"], [], [])
    assert all(line.endswith(END_OF_NAME) for line in found.lines)
    assert finds("dai", found.words)


@given(anything)
def test_nothing_that_is_typed_breaks_a_range(q: str):
    for token in asked_tokens(q):
        one = Range.beginning(token)
        assert one.low.encode() < one.high.encode()
        assert not re.search(r"\s", token)
