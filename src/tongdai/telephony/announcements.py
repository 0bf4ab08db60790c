"""What a waiting caller is told."""

from tongdai.flows.public import Prompts, Speech

_TEXTS = {
    "en": ("You are next.", "You are number {n} in line."),
    "vi": ("Bạn là người tiếp theo.", "Bạn đang ở vị trí thứ {n} trong hàng chờ."),
    "uk": ("Ви наступні в черзі.", "Ви в черзі під номером {n}."),
}


def position_prompts(position: int, language: str) -> Prompts:
    """The caller's place in the queue. English has recorded sounds; other languages are synthesised."""
    next_one, place = _TEXTS.get(language, _TEXTS["en"])
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
