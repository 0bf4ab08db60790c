"""The words by which a contact is found, and what is typed to find one. Pure: both sides fold alike, so that they meet.

A contact is found by the beginning of any of its words. A word is a piece of a name or of the company's name, an address or
its end from a separator on, the end of a number (three digits and more) or the number as it is dialled at home. So any part of
a number is the beginning of one of its words. The whole name is a word as well, marked: what is typed in order from the
beginning of the name is the beginning of that.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tongdai.kit.phone import national_format
from tongdai.kit.text import fold

WHOLE = "^"
"""Begins the word that is a whole name; no other word has it."""
END_OF_NAME = "\x01"
"""Sorts before everything that can follow it in a line."""
MOST_TOKENS = 8
WORD_BYTES, LINE_BYTES = 96, 160
_APOSTROPHES = re.compile("['’ʼ`´‘]")
_OURS = re.compile(f"[{re.escape(WHOLE + END_OF_NAME)}\x00]")
_RIM = re.compile(r"^[\W_]+|[\W_]+$")
_BETWEEN = re.compile(r"[^\w.@+]+")
_INNER = re.compile(r"[.\-_+@]+")
_NUMBER = re.compile(r"[\d\s+().\-/]*\d[\d\s+().\-/]*")
_TRUNK = re.compile(r"\(\s*0\s*\)")


@dataclass(frozen=True, slots=True)
class Range:
    """Words from `low` on and before `high`: those that begin with `low`, in the order of bytes."""

    low: str
    high: str

    @classmethod
    def beginning(cls, text: str) -> "Range":
        low = clipped(text, WORD_BYTES)
        return cls(low, low + "\U0010ffff")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is stored of a contact: its words, and with each the line that holds all that are no parts of numbers, by which
    they are sorted. Words of numbers have an empty one. One that does not hold all ends in END_OF_NAME.
    """

    words: tuple[str, ...]
    lines: tuple[str, ...]


def clipped(text: str, size: int) -> str:
    """The beginning of a text, at most `size` bytes of it."""
    return text.encode()[:size].decode(errors="ignore")


def tokens(text: str) -> list[str]:
    """The words of a text, folded. Addresses stay whole, apostrophes do not count, other signs part words."""
    found: list[str] = []
    for chunk in _OURS.sub(" ", _APOSTROPHES.sub("", fold(text))).split():
        if _NUMBER.fullmatch(chunk):
            found.append(re.sub(r"\D", "", chunk))
        else:
            pieces = [chunk] if "@" in chunk else _BETWEEN.split(chunk)
            found += [word for piece in pieces if (word := _RIM.sub("", piece))]
    return found


def asked_tokens(q: str) -> list[str]:
    """What is looked for: each must begin a word of the contact. A number counts as one, however it is written."""
    if _NUMBER.fullmatch(q.strip()):
        digits = re.sub(r"\D", "", _TRUNK.sub("", q))
        return [digits[2:] if digits.startswith("00") and len(digits) > 5 else digits]
    return list(dict.fromkeys(tokens(q)))[:MOST_TOKENS]


def ends(token: str) -> list[str]:
    """A token, and what is left of it after each separator, except for the last part of an address (com, vn)."""
    starts = [0, *(match.end() for match in _INNER.finditer(token))]
    if "@" in token:
        starts = [start for start in starts if start == 0 or "." in token[start:]]
    return [token[start:] for start in starts if start < len(token)]


def number_words(e164: str) -> list[str]:
    """A number, as its own country dials it too, and every end of what follows the country's code."""
    digits = re.sub(r"\D", "", e164)
    home = re.sub(r"\D", "", national_format(e164)) or digits
    own = next((start for start in range(len(digits)) if home.endswith(digits[start:])), 0)
    ends = (digits[start:] for start in range(own, max(own + 1, len(digits) - 2)))
    return list(dict.fromkeys((digits, home, *ends)))


def entry(names: Sequence[str], companies: Iterable[str], identities: Iterable[tuple[str, str]]) -> Entry:
    """The words of a contact and of those merged into it; the first name is the one that is shown."""
    whole: dict[str, None] = {}
    named: dict[str, None] = {}
    for name in names:
        parts = tokens(name)
        if parts:
            whole[WHOLE + " ".join(parts)] = None
            # The first word stands in the marked one, unless another follows it within.
            named |= dict.fromkeys(end for part in parts[1:] for end in ends(part))
            named |= dict.fromkeys(ends(parts[0])[1:])
    for company in companies:
        named |= dict.fromkeys(end for part in tokens(company) for end in ends(part))
    digits: dict[str, None] = {}
    for kind, value in identities:
        if kind == "phone":
            digits |= dict.fromkeys(number_words(value))
        else:
            named |= dict.fromkeys(end for part in tokens(value) for end in ends(part))
    line = _line(names, named)
    words = {clipped(word, WORD_BYTES): line for word in (*whole, *named)}
    words |= {word: "" for word in digits if word not in words}
    return Entry(tuple(words), tuple(words.values()))


def _line(names: Sequence[str], named: Iterable[str]) -> str:
    """The shown name, then what else there is that begins with no digit: numbers are looked up among the words."""
    shown, *merged = [tokens(name) for name in names] or [[]]
    first = " ".join(shown)
    rest = dict.fromkeys((*(part for name in merged for part in name), *named))
    more = " ".join(word for word in rest if word not in shown and not word[0].isdecimal())
    line = f" {first}{END_OF_NAME} {more}"
    if len(line.encode()) <= LINE_BYTES:
        return line
    return clipped(f" {first}", LINE_BYTES - 1) + END_OF_NAME
