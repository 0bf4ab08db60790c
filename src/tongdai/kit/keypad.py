"""Names as one keys them on a telephone."""

from tongdai.kit.text import fold

_LATIN = {
    letter: digit
    for digit, letters in zip(
        "23456789", ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), strict=True
    )
    for letter in letters
}
_CYRILLIC = {
    letter: digit
    for digit, letters in zip(
        "23456789", ("абвгґ", "деєжз", "иіїйкл", "мноп", "рсту", "фхцч", "шщь", "юя"), strict=True
    )
    for letter in letters
}
_ROMANISED = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
        "a b v h g d e ie zh z y i i i k l m n o p r s t u f kh ts ch sh shch _ iu ia".replace("_", "").split(
            " "
        ),
        strict=True,
    )
)
_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
"""How these are written at the beginning of a word (the Ukrainian table of 2010)."""


def keyed(name: str) -> frozenset[str]:
    """The digits that each word of a name begins with when it is keyed, by Latin letters or by the Cyrillic ones of the keypad:
    "Nguyễn Đức" → 649836 and 382. Words without letters are left out."""
    found: set[str] = set()
    for word in name.casefold().replace("’", "").replace("'", "").split():
        bare = "".join(
            _FIRST.get(c, _ROMANISED.get(c, c)) if n == 0 else _ROMANISED.get(c, c)
            for n, c in enumerate(word)
        )
        found.add("".join(_LATIN.get(c, "") for c in fold(bare)))
        found.add("".join(_CYRILLIC.get(c, "") for c in word))
    return frozenset(found - {""})
