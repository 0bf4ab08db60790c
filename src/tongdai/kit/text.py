"""Text that people wrote: folding for search and keys for sorting."""

import unicodedata

_FOLD_EXTRA = str.maketrans({"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss"})
_UKRAINIAN = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
_UKRAINIAN_ORDER = {letter: index for index, letter in enumerate(_UKRAINIAN)}
_VIETNAMESE = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_VIETNAMESE_ORDER = {letter: index for index, letter in enumerate(_VIETNAMESE)}
# Marks that make a letter of their own in Vietnamese; all others are tones and only break ties.
_LETTER_MARKS = {"\u0306", "\u0302", "\u031b"}


def fold(text: str) -> str:
    """Lower case without accents: "Nguyễn Đức" → "nguyen duc". For search, never for display."""
    decomposed = unicodedata.normalize("NFD", text.translate(_FOLD_EXTRA).casefold())
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(kept.split())


def sort_key(text: str) -> str:
    """A collation key under which plain byte order sorts Vietnamese, Ukrainian and English names.

    Vietnamese: base letters in alphabet order first (ă after a, đ after d), tones as a tie-break.
    Ukrainian: the order of the Ukrainian alphabet (ґ after г, і and ї after и).
    """
    primary: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFC", text.casefold()):
        parts = unicodedata.normalize("NFD", char)
        letter = unicodedata.normalize("NFC", parts[0] + "".join(m for m in parts[1:] if m in _LETTER_MARKS))
        if char in _UKRAINIAN_ORDER:
            primary.append(f"у{_UKRAINIAN_ORDER[char]:02d}")
        elif letter in _VIETNAMESE_ORDER:
            primary.append(f"l{_VIETNAMESE_ORDER[letter]:02d}")
            tones.append("".join(m for m in parts[1:] if m not in _LETTER_MARKS) or "0")
        else:
            primary.append(" " if char.isspace() else parts)
    return "".join(primary) + "\x01" + "".join(tones)


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, without control characters (which break logs and screens)."""
    return "".join(c for c in text if c.isprintable() or c == "\n")[:limit]
