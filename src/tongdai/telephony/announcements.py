"""What those on the line are told: who is called back, recorded, listened to."""

from tongdai.flows.public import Prompts, Speech

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
