"""Names on the keys of a telephone."""

import pytest

from tongdai.kit.keypad import keyed


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Emma Clarke", {"3662", "252753"}),
        ("Nguyễn Đức An", {"648936", "382", "26"}),
        ("Đặng Thị Ơn", {"3264", "844", "66"}),
        ("Юлія Щербак", {"985442", "742437225", "9449", "836224"}),
        ("Їжак", {"949425", "4324"}),
        ("Лук’ян", {"585426", "46495"}),
        ("O'Brien", {"627436"}),
        ("张伟", set[str]()),
        ("", set[str]()),
    ],
)
def test_each_word_of_a_name_has_keys(name: str, keys: set[str]):
    assert keyed(name) == keys
