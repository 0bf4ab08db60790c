"""Numbers, digits, money, dates, times and durations as words: pure functions, one file per language.

`language("vi").cardinal(21)` is "hai mươi mốt". Regions fall back to their language (en-GB → en). The words go to
a synthesiser or are mapped to recorded sounds; either way the grammar is decided here.
"""

from __future__ import annotations

from tongdai.flows.spoken import en, uk, vi
from tongdai.flows.spoken.language import LIMIT, SpokenLanguage, say_digits

__all__ = ["LANGUAGES", "LIMIT", "SpokenLanguage", "language", "say_digits"]

LANGUAGES: dict[str, SpokenLanguage] = {one.code: one for one in (en.ENGLISH, vi.VIETNAMESE, uk.UKRAINIAN)}


def language(tag: str) -> SpokenLanguage | None:
    """The language of a BCP 47 tag, or None where there are no words for it."""
    return LANGUAGES.get(tag.replace("_", "-").split("-")[0].lower())
