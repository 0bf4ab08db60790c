"""Chats as letters: what was said, in the words of the customer's language. A transcript is written when it goes out, so that
what was erased meanwhile is in none. Pure but for `text_of`.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tongdai.conversations import public as conversations
from tongdai.conversations.public import Attachments, MessageRow
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.tenancy import public as tenancy

EVENT = "transcript"
MOST = 500
_WORDS = {
    "en": (
        "Your chat with {name}",
        "This is the chat as you asked for it. Answer this mail to go on.",
        "You",
        "Assistant",
        "{name} has joined",
        "{name} has left",
        "The chat has ended",
    ),
    "vi": (
        "Cuộc trò chuyện của bạn với {name}",
        "Đây là nội dung trò chuyện theo yêu cầu của bạn. Bạn có thể trả lời thư này để tiếp tục.",
        "Bạn",
        "Trợ lý",
        "{name} đã tham gia",
        "{name} đã rời đi",
        "Cuộc trò chuyện đã kết thúc",
    ),
    "uk": (
        "Ваш чат із {name}",
        "Це чат, який ви просили надіслати. Щоб продовжити, дайте відповідь на цей лист.",
        "Ви",
        "Помічник",
        "Приєднується: {name}",
        "Виходить: {name}",
        "Чат завершено",
    ),
}


def words_of(language: str | None) -> tuple[str, ...]:
    return _WORDS.get(language or "", _WORDS["en"])


def transcript(rows: Sequence[tuple[MessageRow, str, Sequence[str]]], language: str | None, zone: str) -> str:
    """Of messages with the names of their agents and of their files."""
    _, intro, you, bot, joined, left, ended = words_of(language)
    lines, day = [intro], ""
    for row, name, files in rows:
        at = row.at.astimezone(ZoneInfo(zone))
        if f"{at:%d.%m.%Y}" != day:
            day = f"{at:%d.%m.%Y}"
            lines.append(f"\n{day} ({zone})")
        greeting = str(row.data.get("text", "")) if row.data.get("event") == "greeted" else ""
        if row.kind == "event" and not greeting:
            said = {"joined": joined, "left": left, "ended": ended}.get(str(row.data.get("event")))
            if said is not None:
                lines.append(f"{at:%H:%M}  — {said.format(name=name)} —")
            continue
        who = {"customer": you, "bot": bot, "system": bot}.get(row.author, name)
        body = "\n       ".join((greeting or row.body).splitlines())
        told = " ".join([body, *(f"[{file}]" for file in files)]).strip()
        lines.append(f"{at:%H:%M}  {who}: {told}")
    return "\n".join(lines) + "\n"


async def text_of(tx: Transaction, asked: MessageRow) -> str | None:
    """What this event of a thread asked to be sent: all that its customer may see before it. None: there is nothing left."""
    rows = await conversations.messages_after(tx, asked.conversation_id, 0, MOST)
    rows = [row for row in rows if row.seq < asked.seq]
    if not any(row.body for row in rows):
        return None
    users = list({row.user_id for row in rows if row.user_id})
    names = {one.id: one.name for one in await people.list_people(tx, users)} if users else {}
    files = await Attachments(tx).of_messages([row.id for row in rows])
    told = [
        (
            row,
            names.get(row.user_id, "") if row.user_id else "",
            [file.name for file in files.get(row.id, [])],
        )
        for row in rows
    ]
    zone = (await tenancy.settings(tx)).time_zone
    return transcript(told, str(asked.data.get("language") or ""), zone)


def subject_of(language: str | None, name: str, at: datetime) -> str:
    return f"{words_of(language)[0].format(name=name)}, {at:%d.%m.%Y}"
