"""Data tables as CSV: what comes from spreadsheets is read forgivingly, what is wrong is named by line and column.

Pure. Written are UTF-8 with its mark, and texts that a spreadsheet would run as formulas are made texts by a leading ';
reading takes that sign away again, so that a file goes round unchanged.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tongdai.flows.tables.policies import Kind, canonical, key_of, search_text
from tongdai.flows.tables.schemas import DataColumn, ImportProblem
from tongdai.platform.errors import WrongValue

MAX_BYTES = 32 << 20
MAX_ROWS = 200_000
MAX_SECRETS = 1_000
"""Hashing one takes 20 ms by design."""
MAX_TOLD = 50
FORMULA = re.compile(r"^[=+\-@\t\r]")
_GUARDED = re.compile(r"^'[=+\-@\t\r]")
SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class CsvRow:
    line: int
    key: str
    values: dict[str, str]
    secrets: dict[str, str]
    search: str


@dataclass(slots=True)
class Parsed:
    rows: list[CsvRow] = field(default_factory=list[CsvRow])
    columns: list[str] = field(default_factory=list[str])
    """Ids of the columns that the file has."""
    problems: list[ImportProblem] = field(default_factory=list[ImportProblem])

    def wrong(self, line: int, column: str | None, rule: str, message: str) -> None:
        self.problems.append(ImportProblem(line=line, column=column, rule=rule, message=message))


def parse(data: bytes, columns: Sequence[DataColumn], country: str) -> Parsed:
    """Read a whole file. Nothing is to be stored of one that has problems."""
    parsed = Parsed()
    text = _decoded(data, parsed)
    if text is None:
        return parsed
    lines = _records(text, parsed)
    first = next(lines, None)
    if first is None:
        if not parsed.problems:
            parsed.wrong(1, None, "empty", "The file is empty: its first line names the columns.")
        return parsed
    header = _header(first[1], columns, parsed)
    if header is None:
        return parsed
    parsed.columns = [column.id for column in header]
    _rows(lines, header, columns, country, parsed)
    if len([1 for row in parsed.rows for _ in row.secrets]) > MAX_SECRETS:
        parsed.wrong(
            1, None, "too_many_secrets", f"At most {MAX_SECRETS} PINs fit into one file: cut it into several."
        )
    return parsed


def _decoded(data: bytes, parsed: Parsed) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        parsed.wrong(1, None, "encoding", "The file is UTF-16: save it as CSV UTF-8.")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        parsed.wrong(line, None, "encoding", "The file is not UTF-8: save it as CSV UTF-8.")
        return None


def _separator(text: str) -> str:
    """The one that the first line has most of, outside quotes."""
    head = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    return max(SEPARATORS, key=head.count)


def _records(text: str, parsed: Parsed) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of the records; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    begins = 1
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            parsed.wrong(
                begins,
                None,
                "csv",
                f"This line is not written as CSV ({error}): look for a quotation mark too many.",
            )
            return
        if record is None:
            return
        if any(cell.strip() for cell in record):
            yield begins, record
        begins = reader.line_num + 1


def _header(cells: list[str], columns: Sequence[DataColumn], parsed: Parsed) -> list[DataColumn] | None:
    known = {column.name.casefold(): column for column in columns}
    names = ", ".join(column.name for column in columns)
    header: list[DataColumn] = []
    for cell in cells:
        name = _bare(cell).strip()
        column = known.get(name.casefold())
        if column is None:
            parsed.wrong(
                1, name[:80], "column_unknown", f"The table has no such column. It has {names[:500]}."
            )
        elif column in header:
            parsed.wrong(1, column.name, "column_twice", "The file has this column twice.")
        else:
            header.append(column)
    for column in columns:
        if column.key and column not in header and not parsed.problems:
            parsed.wrong(
                1, column.name, "column_missing", "The file needs this column: rows are found by it."
            )
    return None if parsed.problems else header


def _rows(
    lines: Iterable[tuple[int, list[str]]],
    header: list[DataColumn],
    columns: Sequence[DataColumn],
    country: str,
    parsed: Parsed,
) -> None:
    seen: dict[str, int] = {}
    key_name = ", ".join(column.name for column in columns if column.key)
    for line, cells in lines:
        if len(seen) >= MAX_ROWS:
            parsed.wrong(line, None, "too_many_rows", f"At most {MAX_ROWS} rows fit into a table.")
            return
        if len(cells) > len(header) and any(cells[len(header) :]):
            parsed.wrong(line, None, "too_many_cells", "This line has more cells than the first one.")
            continue
        values, secrets, fine = _cells(line, cells, header, country, parsed)
        if not fine:
            continue
        try:
            key = key_of(columns, values)
        except WrongValue as error:
            parsed.wrong(line, key_name, error.rule, str(error))
            continue
        if key in seen:
            parsed.wrong(line, key_name, "twice", f"Line {seen[key]} has the same.")
            continue
        seen[key] = line
        parsed.rows.append(CsvRow(line, key, values, secrets, search_text(columns, values)))


def _cells(
    line: int, cells: list[str], header: list[DataColumn], country: str, parsed: Parsed
) -> tuple[dict[str, str], dict[str, str], bool]:
    values: dict[str, str] = {}
    secrets: dict[str, str] = {}
    fine = True
    for column, cell in zip(header, cells, strict=False):
        try:
            kept = canonical(column.kind, _bare(cell), country)
        except WrongValue as error:
            parsed.wrong(line, column.name, error.rule, str(error))
            fine = False
            continue
        if column.kind == Kind.SECRET:
            secrets |= {column.id: kept} if kept else {}
        else:
            values[column.id] = kept
    return values, secrets, fine


def _bare(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def written(cells: Iterable[str], separator: str, *, plain: Sequence[bool] = ()) -> str:
    """One line of an export. `plain` cells are numbers of ours, which need no guard."""
    out = io.StringIO(newline="")
    guarded = [
        f"'{cell}" if FORMULA.match(cell) and not (index < len(plain) and plain[index]) else cell
        for index, cell in enumerate(cells)
    ]
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerow(guarded)
    return out.getvalue()


def exported(
    columns: Sequence[DataColumn], rows: Iterable[Mapping[str, str]], separator: str, *, head: bool
) -> str:
    """Rows as text, with the mark and the names of the columns before the first. Secrets are left out."""
    shown = [column for column in columns if column.kind != Kind.SECRET]
    plain = [column.kind == Kind.NUMBER for column in shown]
    text = "\ufeff" + written([column.name for column in shown], separator) if head else ""
    return text + "".join(
        written([row.get(column.id, "") for column in shown], separator, plain=plain) for row in rows
    )
