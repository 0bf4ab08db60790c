from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.kit.clock import VirtualClock
from tongdai.kit.ids import new_id
from tongdai.kit.phone import NumberKind, kind_of, national_format, parse_number, whole_number
from tongdai.kit.text import clip, fold, sort_key


def test_ids_sort_by_creation():
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {i.version for i in ids} == {7}
    assert {i.variant for i in ids} == {"specified in RFC 4122"}


def test_virtual_timers_fire_in_order_of_time_and_can_be_taken_back():
    clock = VirtualClock()
    fired: list[str] = []
    clock.call_at(clock.now() + timedelta(seconds=2), lambda: fired.append("later"))
    clock.call_at(clock.now() + timedelta(seconds=1), lambda: fired.append("sooner"))
    clock.call_at(clock.now() + timedelta(seconds=1.5), lambda: fired.append("never")).cancel()
    clock.advance(timedelta(seconds=1.9))
    assert fired == ["sooner"]
    clock.advance(timedelta(seconds=1))
    assert fired == ["sooner", "later"]


def test_numbers_are_read_in_the_tenants_country():
    assert parse_number("0912 345 678", "VN").e164 == "+84912345678"
    assert parse_number("+380 44 123 4567", "VN").e164 == "+380441234567"
    assert parse_number("anonymous", "VN").e164 is None
    assert parse_number("101", "VN").e164 is None
    assert national_format("+84912345678") == "0912 345 678"


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912.345.678", "+84912345678"),
        ("+380 67 123 4567", "+380671234567"),
        ("0912345", None),
        ("5678", None),
        ("2345678", None),
        ("12345678", None),
        ("mai 0912345678", None),
        ("", None),
    ],
)
def test_only_a_whole_number_is_looked_up_as_one(query: str, number: str | None):
    assert whole_number(query, "VN") == number


def test_kinds_of_numbers():
    assert kind_of("113", "VN") is NumberKind.EMERGENCY
    assert kind_of("112", "UA") is NumberKind.EMERGENCY
    assert kind_of("0912345678", "VN") is NumberKind.NATIONAL
    assert kind_of("+441632960000", "VN") is NumberKind.INTERNATIONAL
    assert kind_of("0900212345", "UA") is NumberKind.PREMIUM
    assert kind_of("hello", "VN") is NumberKind.UNKNOWN


@given(st.text(max_size=100))
def test_reading_a_number_never_raises(raw: str):
    parse_number(raw, "VN")
    kind_of(raw, "UA")


def test_vietnamese_and_ukrainian_sorting():
    vietnamese = ["Ánh", "An", "Ân", "Ăn", "Đức", "Dũng", "Em"]
    assert sorted(vietnamese, key=sort_key) == ["An", "Ánh", "Ăn", "Ân", "Dũng", "Đức", "Em"]
    ukrainian = ["Їжак", "Ґанок", "Гора", "Ігор", "Йосип", "Ирій"]
    assert sorted(ukrainian, key=sort_key) == ["Гора", "Ґанок", "Ирій", "Ігор", "Їжак", "Йосип"]


def test_folding_for_search():
    assert fold("Nguyễn  Đức") == "nguyen duc"
    assert fold("Їжак") == "іжак"
    assert clip("a\x00b\x1bc", 2) == "ab"
