"""What those on the line are told: who waits in a queue, who is called back, recorded, listened to."""

from math import ceil

from tongdai.flows.public import Prompts, Speech, spoken_language
from tongdai.routing.public import Prospect

_POSITION = {
    "en": ("You are next.", "You are number {n} in line."),
    "vi": ("Bạn là người tiếp theo.", "Bạn đang ở vị trí thứ {n} trong hàng chờ."),
    "uk": ("Ви наступні в черзі.", "Ви в черзі під номером {n}."),
}
_WAIT = {
    "en": (
        "The wait is less than a minute.",
        "The wait is about {time}.",
        "The wait is more than half an hour.",
    ),
    "vi": (
        "Thời gian chờ dưới một phút.",
        "Thời gian chờ khoảng {time}.",
        "Thời gian chờ hơn nửa giờ.",
    ),
    "uk": (
        "Чекати менше хвилини.",
        "Орієнтовний час очікування: {time}.",
        "Чекати понад пів години.",
    ),
}
_CONNECTING = {
    "en": "This is the call back that you asked for. Please hold, we connect you.",
    "vi": "Đây là cuộc gọi lại theo yêu cầu của bạn. Xin vui lòng giữ máy, chúng tôi đang nối máy cho bạn.",
    "uk": "Ви просили вам передзвонити. Залишайтеся, будь ласка, на лінії, ми вас з'єднуємо.",
}
_LISTENED_TO = {
    "en": "A supervisor listens to this call from now on.",
    "vi": "Từ bây giờ, giám sát viên đang nghe cuộc gọi này.",
    "uk": "Відтепер цю розмову слухає керівник.",
}
_RECORDED = {
    "en": "This call is recorded.",
    "vi": "Cuộc gọi này được ghi âm.",
    "uk": "Ця розмова записується.",
}
LONGEST = 30
"""Minutes. Beyond them no number is told: it would be wrong, and it helps nobody to decide."""


def waiting_prompts(prospect: Prospect, language: str) -> Prompts:
    """The caller's place in the queue and, where it is known, the wait. English has recorded sounds for most; other languages are
    synthesised."""
    place = position_prompts(prospect.position, language)
    return place if prospect.expected_s is None else (*place, wait_prompt(prospect.expected_s, language))


def position_prompts(position: int, language: str) -> Prompts:
    next_one, place = _POSITION.get(language, _POSITION["en"])
    if position <= 1:
        return (
            Speech(
                text=next_one, language=language, sounds=("queue-youarenext",) if language == "en" else ()
            ),
        )
    sounds: tuple[str, ...] = ()
    if language == "en" and position <= 20:
        sounds = ("queue-thereare", f"digits/{position}", "queue-callswaiting")
    return (Speech(text=place.format(n=position), language=language, sounds=sounds),)


def connecting_prompts(language: str | None) -> Prompts:
    """What who is called back hears before the agent is there."""
    tag = (language or "en").split("-")[0]
    known = tag if tag in _CONNECTING else "en"
    sounds = ("one-moment-please",) if known == "en" else ()
    return (Speech(text=_CONNECTING[known], language=known, sounds=sounds),)


def listening_prompts(language: str) -> Prompts:
    """What the people on the line hear when a supervisor begins to listen, whisper or barge in."""
    known = language if language in _LISTENED_TO else "en"
    return (Speech(text=_LISTENED_TO[known], language=known),)


def recording_prompts(language: str) -> Prompts:
    """What the customer hears before the talk is recorded, where the queue has no prompt of its own for it."""
    tag = language.split("-")[0]
    known = tag if tag in _RECORDED else "en"
    return (Speech(text=_RECORDED[known], language=known),)


def told_minutes(seconds: float) -> int | None:
    """The minutes that are told: rounded up, since nobody minds having waited less, from ten on to fives. 0: less than one.
    None: more than LONGEST."""
    if seconds < 60:
        return 0
    minutes = ceil(seconds / 60)
    if minutes > 10:
        minutes = 5 * ceil(minutes / 5)
    return minutes if minutes <= LONGEST else None


def wait_prompt(seconds: float, language: str) -> Speech:
    """The wait in words, never with seconds."""
    short, about, long = _WAIT.get(language, _WAIT["en"])
    minutes = told_minutes(seconds)
    spoken = spoken_language(language) or spoken_language("en")
    assert spoken is not None
    if minutes is None:
        return Speech(text=long, language=language)
    if minutes == 0:
        sounds = ("queue-holdtime", "queue-less-than", "digits/1", "minute")
        return Speech(text=short, language=language, sounds=sounds if language == "en" else ())
    digits = ("digits/20", "digits/5") if minutes == 25 else (f"digits/{minutes}",)
    sounds = ("queue-holdtime", *digits, "minute" if minutes == 1 else "minutes")
    return Speech(
        text=about.format(time=spoken.duration(minutes * 60)),
        language=language,
        sounds=sounds if language == "en" else (),
    )
