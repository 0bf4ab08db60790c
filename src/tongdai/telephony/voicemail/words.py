"""What is said to who hears messages by phone: in three languages, in English by Asterisk's own recordings where they fit."""

from tongdai.flows.public import Prompts, Speech

_SAID: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "mailbox": (
        "Enter your extension, then the pound key.",
        "Nhập số máy nhánh của bạn, rồi bấm phím thăng.",
        "Введіть свій внутрішній номер і натисніть решітку.",
        ("vm-extension", "vm-then-pound"),
    ),
    "pin": (
        "Enter your PIN, then the pound key.",
        "Nhập mã PIN, rồi bấm phím thăng.",
        "Введіть ПІН-код і натисніть решітку.",
        ("vm-password", "vm-then-pound"),
    ),
    "wrong": ("That is not right.", "Không đúng.", "Неправильно.", ("vm-incorrect",)),
    "goodbye": ("Goodbye.", "Tạm biệt.", "До побачення.", ("vm-goodbye",)),
    "none": (
        "You have no messages.",
        "Bạn không có lời nhắn nào.",
        "У вас немає повідомлень.",
        ("vm-youhave", "vm-no", "vm-messages"),
    ),
    "no_more": (
        "There are no more messages.",
        "Không còn lời nhắn nào.",
        "Більше немає повідомлень.",
        ("vm-nomore",),
    ),
    "from": ("Message from", "Lời nhắn từ", "Повідомлення від", ("vm-from",)),
    "options": (
        "To hear it again, press 1. Next message: 2. Delete: 3. Your greeting: 0. To end: star.",
        "Nghe lại: bấm 1. Lời nhắn tiếp theo: 2. Xóa: 3. Lời chào của bạn: 0. Kết thúc: phím sao.",
        "Почути ще раз — 1. Наступне повідомлення — 2. Видалити — 3. Ваше привітання — 0. Завершити — зірочка.",
        (),
    ),
    "menu": (
        "To record your greeting, press 0. To end, press star.",
        "Để ghi lời chào, bấm 0. Để kết thúc, bấm phím sao.",
        "Щоб записати привітання, натисніть 0. Щоб завершити — зірочку.",
        (),
    ),
    "deleted": ("Deleted.", "Đã xóa.", "Видалено.", ("vm-deleted",)),
    "record": (
        "Record your greeting after the tone, then press any key.",
        "Hãy ghi lời chào sau tiếng bíp, rồi bấm phím bất kỳ.",
        "Запишіть привітання після сигналу і натисніть будь-яку клавішу.",
        ("vm-rec-unv",),
    ),
    "recorded": (
        "Your greeting has been saved.",
        "Đã lưu lời chào.",
        "Ваше привітання збережено.",
        ("vm-msgsaved",),
    ),
    "too_short": ("That was too short.", "Lời chào quá ngắn.", "Запис закороткий.", ("vm-tooshort",)),
    "away": (
        "This message cannot be played.",
        "Không phát được lời nhắn này.",
        "Це повідомлення не вдається відтворити.",
        (),
    ),
}
_NEW = {
    "en": "You have {n} new messages.",
    "vi": "Bạn có {n} lời nhắn mới.",
    "uk": "Нових повідомлень: {n}.",
}


def said(what: str, language: str) -> Prompts:
    english, vietnamese, ukrainian, sounds = _SAID[what]
    text = {"vi": vietnamese, "uk": ukrainian}.get(language, english)
    return (Speech(text=text, language=language, sounds=sounds if language == "en" else ()),)


def number_of_new(count: int, language: str) -> Prompts:
    sounds: tuple[str, ...] = ()
    if language == "en" and count <= 20:
        sounds = ("vm-youhave", f"digits/{count}", "vm-INBOX", "vm-message" if count == 1 else "vm-messages")
    return (Speech(text=_NEW[language].format(n=count), language=language, sounds=sounds),)


def from_number(number: str, language: str) -> Prompts:
    """Who left a message, digit by digit; nothing for a hidden number."""
    digits = [char for char in number if char.isascii() and char.isdigit()]
    if not digits:
        return ()
    sounds = tuple(f"digits/{digit}" for digit in digits) if language == "en" else ()
    return (*said("from", language), Speech(text=" ".join(digits), language=language, sounds=sounds))
