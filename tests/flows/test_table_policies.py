"""Cells, keys and columns of data tables, and the files they come in: all pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongdai.flows.tables.csv_form import MAX_SECRETS, exported, parse
from tongdai.flows.tables.performing import key_for
from tongdai.flows.tables.policies import Kind, canonical, key_of, settled, variable
from tongdai.flows.tables.schemas import DataColumn
from tongdai.platform.errors import WrongValue

PHONE = DataColumn(id="c1", name="phone", kind="phone", key=True)
NAME = DataColumn(id="c2", name="Name", kind="text")
SUM = DataColumn(id="c3", name="sum", kind="number")
PIN = DataColumn(id="c4", name="pin", kind="secret")
COLUMNS = (PHONE, NAME, SUM, PIN)


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        (Kind.TEXT, "  Nguyễn Đức ", "Nguyễn Đức"),
        (Kind.NUMBER, "1 250,50", "1250.5"),
        (Kind.NUMBER, "-0", "0"),
        (Kind.NUMBER, "100", "100"),
        (Kind.PHONE, "0912 345 678", "+84912345678"),
        (Kind.DATE, "21.11.2026", "2026-11-21"),
        (Kind.DATE, "2026-11-21", "2026-11-21"),
        (Kind.YES_NO, "Так", "true"),
        (Kind.YES_NO, "không", "false"),
        (Kind.SECRET, "0042", "0042"),
        (Kind.PHONE, "", ""),
    ],
)
def test_a_cell_is_kept_in_one_form(kind: Kind, written: str, kept: str):
    assert canonical(kind, written, "VN") == kept


@pytest.mark.parametrize(
    ("kind", "written", "rule"),
    [
        (Kind.NUMBER, "1,250.50", "figure"),
        (Kind.NUMBER, "1e9", "figure"),
        (Kind.NUMBER, "٣", "figure"),
        (Kind.PHONE, "anonymous", "phone"),
        (Kind.DATE, "31.02.2026", "date"),
        (Kind.YES_NO, "maybe", "yes_no"),
        (Kind.SECRET, "12", "pin"),
        (Kind.SECRET, "١٢٣٤", "pin"),
        (Kind.TEXT, "a\x00b", "control_characters"),
        (Kind.TEXT, "a" * 2001, "cell_too_long"),
    ],
)
def test_a_cell_that_does_not_fit_says_why(kind: Kind, written: str, rule: str):
    with pytest.raises(WrongValue) as refused:
        canonical(kind, written, "VN")
    assert refused.value.rule == rule


def test_a_flow_sees_numbers_and_truth_as_such():
    assert [variable(Kind.NUMBER, one) for one in ("5", "5.5", "", None)] == [5, 5.5, None, None]
    assert [variable(Kind.YES_NO, one) for one in ("true", "false", "")] == [True, False, None]


def test_keys_are_compared_without_case_and_spaces_and_need_every_part():
    two = (DataColumn(id="c1", name="a", key=True), DataColumn(id="c2", name="b", key=True))
    assert key_of(two, {"c1": "Ab  C", "c2": "x"}) == key_of(two, {"c1": "ab c", "c2": "X"})
    assert key_of(two, {"c1": "a", "c2": "bc"}) != key_of(two, {"c1": "ab", "c2": "c"})
    with pytest.raises(WrongValue, match="Fill in b"):
        key_of(two, {"c1": "a"})


def test_what_nobody_can_have_is_found_nowhere():
    assert key_for(COLUMNS, {"PHONE": "0912345678"}, "VN") == "+84912345678"
    assert key_for(COLUMNS, {"phone": "anonymous"}, "VN") is None
    assert key_for(COLUMNS, {"phone": ""}, "VN") is None
    assert key_for(COLUMNS, {"tier": "gold"}, "VN") is None


def test_a_renamed_column_keeps_its_id_and_a_removed_ones_is_not_used_again():
    first, after = settled(
        (), [PHONE.model_copy(update={"id": ""}), NAME.model_copy(update={"id": ""})], 1, rows=False
    )
    assert ([one.id for one in first], after) == (["c1", "c2"], 3)
    new = DataColumn(name="tier")
    second, after = settled(first, [first[0].model_copy(update={"name": "number"}), new], after, rows=True)
    assert ([(one.id, one.name) for one in second], after) == ([("c1", "number"), ("c3", "tier")], 4)


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        ([NAME], "key_columns"),
        ([PIN.model_copy(update={"key": True})], "key_secret"),
        ([PHONE, NAME, DataColumn(name="NAME")], "column_twice"),
        ([PHONE, PHONE.model_copy(update={"name": "other"})], "column_twice"),
        ([PHONE, NAME.model_copy(update={"kind": "number"})], "column_has_values"),
        ([PHONE, PIN.model_copy(update={"kind": "text"})], "column_has_values"),
        ([PHONE, NAME.model_copy(update={"key": True})], "key_fixed"),
    ],
)
def test_columns_that_cannot_be_so_say_why(wanted: list[DataColumn], rule: str):
    with pytest.raises(WrongValue) as refused:
        settled(COLUMNS, wanted, 9, rows=True)
    assert refused.value.rule == rule


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_read_whatever_the_spreadsheet_made_of_it(separator: str, mark: bytes):
    lines = ["NAME,Phone,pin", '"Anna, ""A""",0912345678,1234', "", "Bình,0987654321,"]
    text = "\r\n".join(lines)
    if separator != ",":
        text = 'NAME,Phone,pin\r\n"Anna, ""A""",0912345678,1234\r\n\r\nBình,0987654321,'.replace(
            "NAME,Phone,pin", separator.join(["NAME", "Phone", "pin"])
        )
        text = text.replace(",0912345678,1234", f"{separator}0912345678{separator}1234")
        text = text.replace(",0987654321,", f"{separator}0987654321{separator}")
    parsed = parse(mark + text.encode(), COLUMNS, "VN")
    assert parsed.problems == []
    assert [(row.line, row.values["c2"], row.key) for row in parsed.rows] == [
        (2, 'Anna, "A"', "+84912345678"),
        (4, "Bình", "+84987654321"),
    ]
    assert [row.secrets for row in parsed.rows] == [{"c4": "1234"}, {}]
    assert "1234" not in parsed.rows[0].search.replace("+84912345678", "")


@pytest.mark.parametrize(
    ("text", "line", "column", "rule"),
    [
        (b"", 1, None, "empty"),
        (b"\xff\xfeN\x00", 1, None, "encoding"),
        ("phone,Name\n0912345678,Nguy\u1ec5n\n".encode("cp1258", "replace") + b"\n\xff", 4, None, "encoding"),
        (b"phone,colour\n", 1, "colour", "column_unknown"),
        (b"phone,PHONE\n", 1, "phone", "column_twice"),
        (b"Name\nAnna\n", 1, "phone", "column_missing"),
        (b'phone,Name\n0912345678,"Anna\n', 2, None, "csv"),
        (b'phone,Name\n0912345678,"An"na"\n', 2, None, "csv"),
        (b"phone,Name\n0912345678,A,B\n", 2, None, "too_many_cells"),
        (b'phone,Name\n0912345678,"two\nlines"\nx,B\n', 4, "phone", "phone"),
        (b"phone,sum\n0912345678,much\n", 2, "sum", "figure"),
        (b"phone,Name\n,Anna\n", 2, "phone", "required"),
        (b"phone,Name\n0912345678,A\n+84912345678,B\n", 3, "phone", "twice"),
        (b"phone,Name\n0912345678," + b"A" * 2001 + b"\n", 2, "Name", "cell_too_long"),
        (b"phone,Name\n0912345678," + b"A" * 200_000 + b"\n", 2, None, "csv"),
        (b"phone,pin\n0912345678,12ab\n", 2, "pin", "pin"),
        (b"phone,Name\n0912345678,a\x00b\n", 2, "Name", "control_characters"),
    ],
)
def test_a_bad_file_is_told_by_line_and_column(text: bytes, line: int, column: str | None, rule: str):
    first = parse(text, COLUMNS, "VN").problems[0]
    assert (first.line, first.column, first.rule) == (line, column, rule)


def test_pins_are_only_taken_as_many_as_can_be_hashed():
    lines = [b"phone,pin", *(b"09%08d,1234" % number for number in range(MAX_SECRETS + 1))]
    assert [one.rule for one in parse(b"\n".join(lines), COLUMNS, "VN").problems] == ["too_many_secrets"]


def test_formulas_leave_as_texts_and_pins_do_not_leave():
    text = exported(COLUMNS, [{"c1": "+84912345678", "c2": '=HYPERLINK("x")', "c3": "-5"}], ";", head=True)
    assert text == '\ufeffphone;Name;sum\r\n\'+84912345678;"\'=HYPERLINK(""x"")";-5\r\n'


@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20), max_size=8),
    st.sampled_from(",;"),
)
def test_a_file_goes_round_unchanged(names: list[str], separator: str):
    rows = [
        {"c1": f"+8491234{number:04d}", "c2": name.strip(), "c3": "7"} for number, name in enumerate(names)
    ]
    printable = [row for row in rows if row["c2"].isprintable() and not row["c2"].startswith("'")]
    parsed = parse(exported(COLUMNS, printable, separator, head=True).encode(), COLUMNS, "VN")
    assert parsed.problems == []
    assert [row.values for row in parsed.rows] == printable
