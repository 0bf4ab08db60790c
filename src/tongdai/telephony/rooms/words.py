"""What is said at the door of a conference room: in three languages, in English by Asterisk's own recordings."""

from tongdai.flows.public import Prompts, Speech

_SAID: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "pin": (
        "Enter the PIN of the conference room, then the pound key.",
        "Nhập mã PIN của phòng họp, rồi bấm phím thăng.",
        "Введіть ПІН-код кімнати для нарад і натисніть решітку.",
        ("conf-getpin",),
    ),
    "wrong": ("That is not right.", "Không đúng.", "Неправильно.", ("conf-invalidpin",)),
    "full": (
        "The conference room is full.",
        "Phòng họp đã đủ người.",
        "У кімнаті для нарад немає місця.",
        ("conf-full",),
    ),
}


def said(what: str, language: str) -> Prompts:
    english, vietnamese, ukrainian, sounds = _SAID[what]
    text = {"vi": vietnamese, "uk": ukrainian}.get(language, english)
    spoken = language if language in ("vi", "uk") else "en"
    return (Speech(text=text, language=spoken, sounds=sounds if spoken == "en" else ()),)
