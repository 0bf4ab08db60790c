"""What a cell may hold, how keys are compared, and what columns may become. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from tongdai.flows.tables.schemas import DataColumn
from tongdai.kit.phone import parse_number
from tongdai.kit.text import fold
from tongdai.platform.errors import WrongValue

MAX_CELL = 2_000
MAX_KEY_CELL = 200
BETWEEN = "\x1f"
_YES = frozenset({"yes", "true", "1", "y", "có", "так", "+"})
_NO = frozenset({"no", "false", "0", "n", "không", "ні", "-"})
_PIN = re.compile(r"[0-9]{4,12}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}([.,][0-9]{1,9})?")
_DAYS = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y")


class Kind(StrEnum):
    """What a column holds. `secret`: a PIN, of which only a hash is kept."""

    TEXT = "text"
    NUMBER = "number"
    PHONE = "phone"
    DATE = "date"
    YES_NO = "yes_no"
    SECRET = "secret"  # noqa: S105 - a kind of column


def canonical(kind: str, written: str, country: str) -> str:
    """The cell as it is kept, "" for an empty one. Raises WrongValue with the mend."""
    text = written.strip()
    if not text:
        return ""
    if len(text) > MAX_CELL:
        raise WrongValue(f"At most {MAX_CELL} characters fit into a cell.", "cell_too_long")
    if any(not char.isprintable() and char not in "\n\t\r" for char in text):
        raise WrongValue("Leave out control characters.", "control_characters")
    match kind:
        case Kind.NUMBER:
            return _number(text)
        case Kind.PHONE:
            e164 = parse_number(text, country).e164
            if e164 is None:
                raise WrongValue("This is no phone number.", "phone")
            return e164
        case Kind.DATE:
            return _day(text)
        case Kind.YES_NO:
            word = text.casefold()
            if word not in _YES | _NO:
                raise WrongValue("Write yes or no.", "yes_no")
            return "true" if word in _YES else "false"
        case Kind.SECRET:
            if not _PIN.fullmatch(text):
                raise WrongValue("A PIN has 4 to 12 digits and nothing else.", "pin")
            return text
        case _:
            return text


def _number(text: str) -> str:
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    if not _NUMBER.fullmatch(plain):
        raise WrongValue("Write a number, such as 1250.5, without signs for thousands.", "figure")
    try:
        value = Decimal(plain.replace(",", "."))
    except InvalidOperation as error:  # pragma: no cover - the pattern lets through only numbers
        raise WrongValue("Write a number.", "figure") from error
    return format(value.normalize(), "f") if value else "0"


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day, not an instant
        except ValueError:
            continue
    raise WrongValue("Write a day as 2026-11-21 or 21.11.2026.", "date")


def variable(kind: str, kept: str | None) -> Any:
    """The cell as a flow sees it; an empty one is null."""
    if not kept:
        return None
    if kind == Kind.NUMBER:
        return float(kept) if "." in kept else int(kept)
    if kind == Kind.YES_NO:
        return kept == "true"
    return kept


def key_columns(columns: Sequence[DataColumn]) -> list[DataColumn]:
    return [column for column in columns if column.key]


def key_of(columns: Sequence[DataColumn], values: Mapping[str, str]) -> str:
    """How a row's key is compared: texts without case and outer spaces. Raises WrongValue where a part is empty or too long."""
    parts: list[str] = []
    for column in key_columns(columns):
        value = values.get(column.id, "")
        if not value:
            raise WrongValue(f"Fill in {column.name}: rows are found by it.", "required")
        if len(value) > MAX_KEY_CELL:
            raise WrongValue(
                f"At most {MAX_KEY_CELL} characters fit where rows are found by it.", "key_too_long"
            )
        parts.append(" ".join(value.casefold().split()) if column.kind == Kind.TEXT else value)
    return BETWEEN.join(parts)


def search_text(columns: Sequence[DataColumn], values: Mapping[str, str]) -> str:
    """What the rows' search looks through: never a secret."""
    shown = (values.get(column.id, "") for column in columns if column.kind != Kind.SECRET)
    return "\n".join(fold(value) for value in shown if value)


def settled(
    before: Sequence[DataColumn], wanted: Sequence[DataColumn], next_id: int, *, rows: bool
) -> tuple[list[DataColumn], int]:
    """The columns after an edit, new ones with ids of their own. With `rows` there, the key stays, and a kind may only become
    text: what is written fits a text alone. Raises WrongValue."""
    known = {column.id: column for column in before}
    names: set[str] = set()
    result: list[DataColumn] = []
    for column in wanted:
        folded = column.name.casefold()
        if folded in names:
            raise WrongValue(f"Two columns are called {column.name}.", "column_twice")
        names.add(folded)
        old = known.get(column.id)
        if old is None:
            column, next_id = column.model_copy(update={"id": f"c{next_id}"}), next_id + 1
        elif rows and column.kind != old.kind and (column.kind != Kind.TEXT or old.kind == Kind.SECRET):
            raise WrongValue(
                f"{old.name} has values already: its kind can only become text.", "column_has_values"
            )
        result.append(column)
    if len({column.id for column in result}) != len(result):
        raise WrongValue("A column is named twice.", "column_twice")
    keys = key_columns(result)
    if not 1 <= len(keys) <= 4:
        raise WrongValue("Choose one to four columns by which rows are found.", "key_columns")
    if any(column.kind == Kind.SECRET for column in keys):
        raise WrongValue("Rows cannot be found by a PIN.", "key_secret")
    old_keys = [(one.id, one.kind) for one in key_columns(before)]
    if rows and old_keys != [(one.id, one.kind) for one in keys]:
        raise WrongValue(
            "How rows are found cannot change while there are rows: export them, and import them into a new table.",
            "key_fixed",
        )
    return result, next_id
