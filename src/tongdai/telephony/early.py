"""What became of channels before their call was adopted: while it arrives, or while calls are built anew."""

from collections.abc import Container

from tongdai.telephony.calls.messages import LegGone, LegUp


class Early:
    """Kept for the call that will have the channel."""

    def __init__(self) -> None:
        self._came: dict[str, list[LegUp | LegGone]] = {}

    def keep(self, message: LegUp | LegGone) -> None:
        self._came.setdefault(message.channel, []).append(message)

    def take(self, channel: str) -> list[LegUp | LegGone]:
        return self._came.pop(channel, [])

    def settle(self, arriving: Container[str]) -> list[str]:
        """All calls are built: forget all but channels that still arrive. Gives the legs that were answered for nobody."""
        left = {name: came for name, came in self._came.items() if name not in arriving}
        for name in left:
            del self._came[name]
        return [name for name, came in left.items() if isinstance(came[-1], LegUp)]
