"""Sessions, live: the agent's desktop sees how each of theirs stands."""

from collections.abc import Iterable, Sequence

from tongdai.channels.events import ShareChanged
from tongdai.channels.sharing.repository import Shares
from tongdai.channels.sharing.schemas import Share
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.realtime import Hub, Push


def publish_shares(hub: Hub) -> None:
    hub.publish([ShareChanged], _publish)
    hub.describe(share_changed=Share)


async def _publish(tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    found = [await Shares(tx).get(share_id) for share_id in {event.fact.aggregate_id for event in batch}]
    return [
        Push("me", "share.changed", Share.of(row), frozenset([row.user_id]))
        for row in found
        if row is not None
    ]
