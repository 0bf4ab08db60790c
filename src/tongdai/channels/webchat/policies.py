"""Decisions about visitors. Pure: time is an argument."""

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LANGUAGES = ("en", "vi", "uk")
_ORIGIN = re.compile(r"^https?://[a-z0-9.-]+(:\d{1,5})?$")


def origin_of(text: str) -> str | None:
    """A site as browsers name it (`https://shop.example`), read from what a person wrote; None when it is none."""
    wanted = text.strip().lower()
    if "://" not in wanted:
        wanted = f"https://{wanted}"
    parts = urlsplit(wanted)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if parts.netloc and _ORIGIN.match(origin) else None


def content_policy(origins: list[str]) -> str:
    """Content-Security-Policy of the chat's page: nothing but what is ours, shown by these sites and ourselves."""
    ancestors = " ".join(["'self'", *origins])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
        f" connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )


def token_hash(token: str) -> bytes:
    """What is kept of a visitor's token: whoever reads the database cannot be a visitor."""
    return hashlib.sha256(token.encode()).digest()


@dataclass
class Bucket:
    """`burst` at once, and `rate` a second afterwards, for each key."""

    burst: float
    rate: float
    _levels: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    def takes(self, key: str, now: float) -> bool:
        """Whether `key` may do one more now. Who has been quiet long enough is forgotten."""
        level, at = self._levels.get(key, (self.burst, now))
        level = min(self.burst, level + (now - at) * self.rate)
        if len(self._levels) > 10_000:
            full = self.burst / self.rate
            self._levels = {one: kept for one, kept in self._levels.items() if now - kept[1] < full}
        self._levels[key] = (level - 1 if level >= 1 else level, now)
        return level >= 1


def preferred_language(wished: str | None, accepted: str | None) -> str:
    """Of those that there are words in: what the site asks for, else the first that the browser names (Accept-Language)."""
    for one in [wished or "", *(accepted or "").split(",")]:
        short = one.strip()[:2].lower()
        if short in LANGUAGES:
            return short
    return "en"
