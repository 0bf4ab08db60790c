"""What an agent's keys order, decided without a phone."""

from datetime import UTC, datetime, timedelta

import pytest

from tongdai.telephony.phones.keys import Aim, CodeKeys, NumberKeys

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def aims(keys: str, apart: float = 0.3) -> list[Aim | None]:
    codes = CodeKeys()
    return [codes.aim(key, AT + timedelta(seconds=apart * n)) for n, key in enumerate(keys)]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [("##", Aim.TRANSFER), ("*2", Aim.CONSULT), ("5##", Aim.TRANSFER), ("**2", Aim.CONSULT)],
)
def test_two_keys_in_a_row_are_a_code(keys: str, wanted: Aim):
    assert aims(keys)[-1] == wanted


@pytest.mark.parametrize("keys", ["#", "*", "12#", "#*#", "2*", "*9"])
def test_other_keys_are_for_the_other_side(keys: str):
    assert set(aims(keys)) == {None}


def test_slow_keys_are_no_code():
    assert set(aims("##", apart=1.6)) == {None}


def test_a_code_is_used_up():
    assert aims("###") == [None, Aim.TRANSFER, None]


@pytest.mark.parametrize(
    ("keys", "order"), [("*1", "cancel"), ("*2", "complete"), ("*3", "merge"), ("*4", "swap")]
)
def test_while_asking_a_star_and_a_key_say_how_it_ends(keys: str, order: str):
    codes = CodeKeys()
    assert codes.asking(keys[0], AT) is None
    assert codes.asking(keys[1], AT) == order


def test_a_number_ends_with_a_hash_or_by_itself_and_alone_the_hash_takes_the_code_back():
    keys = NumberKeys(Aim.TRANSFER)
    for digit in "*70":
        keys.key(digit)
    assert keys.number is None
    keys.key("#")
    assert keys.number == "*70"
    silent = NumberKeys(Aim.CONSULT, "1")
    silent.whole()
    assert silent.number == "1"
    nothing = NumberKeys(Aim.CONSULT)
    nothing.key("#")
    assert nothing.number == ""


def test_a_number_is_not_longer_than_numbers_are():
    keys = NumberKeys(Aim.TRANSFER)
    for _ in range(40):
        keys.key("1")
    assert keys.number == "1" * 32
