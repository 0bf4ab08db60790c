"""How much an agent can have at once, decided purely: one call, or several chats, or several e-mails, and what goes together."""

from collections.abc import Mapping
from dataclasses import dataclass

from tongdai.routing.blending.policies import Blend
from tongdai.tenancy.public import AtOnce

VOICE = "voice"


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many contacts of each channel an agent can have, and (`beside`) what is offered to who has one of a channel in hand."""

    limits: Mapping[str, int]
    beside: Mapping[str, frozenset[str]]

    def room(self, in_use: Mapping[str, int]) -> frozenset[str]:
        """On which channels an agent with so many contacts can be offered one more: those of one channel go together up to its
        limit, those of another only where everything in hand suffers it."""
        had = [channel for channel, count in in_use.items() if count]
        return frozenset(
            channel
            for channel, limit in self.limits.items()
            if in_use.get(channel, 0) < limit
            and all(channel == other or channel in self.beside.get(other, ()) for other in had)
        )


def capacity(centre: AtOnce, own: Blend) -> Capacity:
    """As the centre says, or the agent's rule."""
    return Capacity(
        {
            VOICE: 1,
            "webchat": own.chats_at_once or centre.chats_at_once,
            "email": own.emails_at_once or centre.emails_at_once,
        },
        {
            VOICE: frozenset(centre.beside_call),
            "webchat": frozenset(centre.beside_chat),
            "email": frozenset(centre.beside_email),
        },
    )
