"""Which contacts an agent takes between outbound work: pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class BlendMode(StrEnum):
    """Inbound are those who called us; outbound are callbacks, waiting in queues or promised by the agent."""

    AS_THEY_COME = "as_they_come"
    INBOUND_FIRST = "inbound_first"
    OUTBOUND_FIRST = "outbound_first"
    INBOUND_ONLY = "inbound_only"
    OUTBOUND_ONLY = "outbound_only"


@dataclass(frozen=True, slots=True)
class Blend:
    """One agent's rule. `after_s` and `under_level` are for OUTBOUND_FIRST: inbound contacts only after a wait of `after_s`, or
    (`under_level`) while their queue is under its service level; with neither, whenever no outbound work is due. So many chats
    and e-mails at once; None: as the centre says."""

    mode: BlendMode = BlendMode.AS_THEY_COME
    after_s: float | None = None
    under_level: bool = False
    chats_at_once: int | None = None
    emails_at_once: int | None = None

    @classmethod
    def read(cls, stored: dict[str, Any] | None) -> "Blend":
        """From its JSON; None: as usual."""
        if not stored:
            return AS_USUAL
        return cls(
            BlendMode(stored["mode"]),
            stored.get("after_s"),
            bool(stored.get("under_level")),
            stored.get("chats_at_once"),
            stored.get("emails_at_once"),
        )

    def takes_after(self, *, outbound: bool, due: bool, queue_under_level: bool) -> float | None:
        """Seconds of waiting after which the agent takes a contact; None: not as things are. `due`: callbacks that the agent
        promised are to be made now."""
        match self.mode:
            case BlendMode.INBOUND_ONLY:
                return None if outbound else 0.0
            case BlendMode.OUTBOUND_ONLY:
                return 0.0 if outbound else None
            case BlendMode.OUTBOUND_FIRST if not outbound:
                return None if due else self._inbound_after(queue_under_level)
            case _:
                return 0.0

    def _inbound_after(self, queue_under_level: bool) -> float | None:
        if self.under_level and queue_under_level:
            return 0.0
        if self.after_s is None:
            return None if self.under_level else 0.0
        return self.after_s

    def comes_later(self, *, outbound: bool) -> bool:
        """Whether contacts of the other kind go before, whatever their places."""
        return self.mode is (BlendMode.INBOUND_FIRST if outbound else BlendMode.OUTBOUND_FIRST)


AS_USUAL = Blend()


def under_level(counted: float, in_time: float, overdue: int, share: float) -> bool:
    """Whether a queue is under its service level: of those who were `counted` of late and those who wait beyond the target
    already, fewer than `share` were answered in time. With nobody to go by it is not."""
    everybody = counted + overdue
    return everybody > 0 and in_time < share * everybody
