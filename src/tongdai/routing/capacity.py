"""How much an agent can have at once, decided purely: one call, or several chats, or several e-mails."""

from collections.abc import Mapping

from tongdai.tenancy.public import CHATS_AT_ONCE, EMAILS_AT_ONCE

VOICE = "voice"


def room(in_use: Mapping[str, int], limits: Mapping[str, int]) -> frozenset[str]:
    """On which of the channels in `limits` an agent with so many contacts can be offered one more. Contacts of one channel go
    together up to its limit; a call is had alone, and nothing rings while others are written to."""
    return frozenset(
        channel
        for channel, limit in limits.items()
        if in_use.get(channel, 0) < limit
        and not any(count for other, count in in_use.items() if other != channel)
    )


def limits(chats_at_once: int | None, emails_at_once: int | None) -> dict[str, int]:
    """How many contacts of each channel besides the phone an agent can have; None: as a new centre begins."""
    return {"webchat": chats_at_once or CHATS_AT_ONCE, "email": emails_at_once or EMAILS_AT_ONCE}
