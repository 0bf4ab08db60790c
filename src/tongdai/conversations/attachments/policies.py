"""Decisions about files: what one is, by its content; what it may be called; what may be sent. Pure."""

import unicodedata
from codecs import getincrementaldecoder
from datetime import timedelta
from pathlib import PurePosixPath

MOST_BYTES = 20 * 1024 * 1024
MOST_PER_MESSAGE = 10
HEAD = 4096
"""So many of the first bytes say what a file is."""
LONGEST_NAME = 120
UNSENT = timedelta(days=1)
"""So long an upload waits for the message that carries it."""

UNKNOWN = "application/octet-stream"
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What may be shown within our pages; everything else is only downloaded."""

ENDINGS: dict[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "log", "md", "json", "ics", "vcf", "eml"),
    "text/csv": ("csv",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
    "audio/mpeg": ("mp3",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/wav": ("wav",),
    "audio/mp4": ("m4a",),
    "video/mp4": ("mp4",),
    "video/quicktime": ("mov",),
    "video/webm": ("webm",),
}
"""What people may send each other in a chat, and how such files' names end. No archives and no old office formats: these carry
programs."""

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"M4A ": "audio/mp4", b"qt  ": "video/quicktime",
}  # fmt: skip
_ZIPPED = {
    ending: kind for kind, (ending, *_) in ENDINGS.items() if "openxmlformats" in kind or "oasis" in kind
}
_TEXT_CONTROLS = frozenset("\t\n\r\f")


def media_type(head: bytes, name: str) -> str:
    """What a file is, by its first bytes. The name is believed only among kinds that look alike, none of which a browser
    runs; `UNKNOWN` is what is none of `ENDINGS`."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head.startswith(b"PK\x03\x04"):
        return _ZIPPED.get(_ending(name), UNKNOWN)
    if _is_text(head):
        return "text/csv" if _ending(name) == "csv" else "text/plain"
    return UNKNOWN


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; where there is more to come, the last character may be cut."""
    try:
        text = getincrementaldecoder("utf-8-sig")().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return False
    return all(c in _TEXT_CONTROLS or unicodedata.category(c) != "Cc" for c in text)


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix[1:].lower()


def file_name(wished: str, kind: str) -> str:
    """The name under which a file is kept and shown: the last part of a path, in one line, without characters that hide what it
    is (controls, marks that turn the direction of writing), not too long, and with the ending of what it is: `bill.exe` that
    is a picture is `bill.exe.png`. What is unknown keeps its ending."""
    shown = "".join(
        c for c in wished if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    last = " ".join(shown.replace("\\", "/").rpartition("/")[2].translate(_ODD).split()).strip(". ")
    endings = ENDINGS.get(kind, ())
    ending = _ending(last)
    if endings and ending not in endings:
        return f"{(last or 'file')[: LONGEST_NAME - len(endings[0]) - 1].rstrip()}.{endings[0]}"
    if len(last) <= LONGEST_NAME:
        return last or "file"
    return (
        f"{last[: LONGEST_NAME - len(ending) - 1].rstrip()}.{ending}"
        if 0 < len(ending) <= 8
        else last[:LONGEST_NAME]
    )


_ODD = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
"""What some systems' files cannot be called."""
