"""What of a mail's text is new, and what is quoted of the mails before it. Pure, and linear in the text's length.

Libraries for this search with expressions that a hostile mail can keep busy for ever; the signs are few.
"""

import re

_DAY = "пн|вт|ср|чт|пт|сб|нд|понеділок|вівторок|середа|четвер|пʼятниця|субота|неділя"
_WROTE = re.compile(
    r"^\s*(?:On\b.{5,300}\bwrote:|(?:Vào|Ngày)\b.{5,300}đã viết:"
    rf"|(?:{_DAY}|\d{{1,2}}[. ]).{{3,300}}(?:пише|написав|написала|написав\(ла\)):)\s*$",
    re.IGNORECASE,
)
"""Gmail, Apple Mail and Thunderbird. Also when the line was broken in two: then both are looked at together."""
_BEGINS = re.compile(rf"^\s*(?:(?:On|Vào|Ngày|{_DAY})\b|\d)", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"^\s*-{3,}\s*(?:Original Message|Forwarded message|Thư gốc|Tin nhắn gốc|Вихідне повідомлення"
    r"|Переслане повідомлення)\s*-{3,}\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\s*\*?(?:From|Từ|Від|Від кого)\*?\s*:", re.IGNORECASE)
_HEADERS = re.compile(
    r"^\s*\*?(?:Sent|Date|To|Cc|Subject|Đã gửi|Ngày|Đến|Tới|Chủ đề|Надіслано|Дата|Кому|Копія|Тема)\*?\s*:",
    re.IGNORECASE,
)
"""Outlook puts the headers of the mail before under what is written."""
_LONGEST_LINE = 1000


def split(text: str) -> tuple[str, str]:
    """(what is new, what is quoted under it). Quotations between new lines belong to what is new: they are answered there."""
    lines = text.replace("\r\n", "\n").split("\n")
    begins = next((n for n in range(len(lines)) if _quotes_from(lines, n)), len(lines))
    begins = min(begins, _last_block(lines[:begins]))
    new, quoted = "\n".join(lines[:begins]).strip(), "\n".join(lines[begins:]).strip("\n")
    return (new, quoted) if new else (text.strip(), "")


def _quotes_from(lines: list[str], n: int) -> bool:
    line = lines[n][:_LONGEST_LINE]
    if not line.strip() or line.lstrip().startswith(">"):
        return False
    if _ORIGINAL.match(line):
        return True
    if _FROM.match(line):
        return sum(bool(_HEADERS.match(one[:_LONGEST_LINE])) for one in lines[n + 1 : n + 6]) >= 2
    if not _BEGINS.match(line):
        return False
    if _answered_below(lines, n):
        return False
    following = lines[n + 1][:_LONGEST_LINE] if n + 1 < len(lines) else ""
    return bool(_WROTE.match(line) or _WROTE.match(f"{line.rstrip()} {following.strip()}"))


def _answered_below(lines: list[str], n: int) -> bool:
    """Whether what follows is a quotation with answers between or under it."""
    quoted = False
    for line in lines[n + 1 : n + 400]:
        if line.lstrip().startswith(">"):
            quoted = True
        elif quoted and line.strip():
            return True
    return False


def _last_block(lines: list[str]) -> int:
    """Where the lines with `>` begin that are the end of these."""
    n = len(lines)
    while n and (not lines[n - 1].strip() or lines[n - 1].lstrip().startswith(">")):
        n -= 1
    return n if any(line.strip() for line in lines[n:]) else len(lines)
