"""What an examination finds."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "hint", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined. `text` of anything but "ok" ends in the mend."""

    verdict: Verdict
    subject: str
    text: str
