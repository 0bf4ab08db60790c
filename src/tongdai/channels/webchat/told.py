"""What a site's page tells of a visit by `Tongdai.setAttributes`: the plan, what lies in the cart. Whoever sits before the
browser can make it up: nothing is proven by it, it identifies nobody, and it is shown as what it is. It belongs to one chat.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from tongdai.channels.events import VisitTold
from tongdai.channels.webchat.proof import plain
from tongdai.channels.webchat.repository import ChatRow, Chats
from tongdai.conversations import public as conversations
from tongdai.platform.bodies import Body
from tongdai.platform.database import Transaction
from tongdai.platform.errors import WrongValue
from tongdai.platform.facts import Recorded
from tongdai.platform.realtime import Hub, Push

MOST = 30
MOST_TEXT = 500
LARGEST = 2**53
"""Up to here a browser counts exactly."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")

Said = str | int | float | bool


def _value(value: Any) -> Said | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) > LARGEST:
            raise WrongValue("Tell a number that a browser can count to.", "told_value")
        return value
    if not isinstance(value, str):
        raise WrongValue("Tell a text, a number, true or false; null takes it back.", "told_value")
    if len(value) > MOST_TEXT:
        raise WrongValue(f"At most {MOST_TEXT} characters fit.", "told_value")
    return plain(value, MOST_TEXT)


def _named(told: dict[str, Any]) -> dict[str, Any]:
    for name in told:
        if not _NAME.fullmatch(name):
            raise WrongValue("Name it by letters, digits and _, at most 40, a letter first.", "told_name")
    return told


Attributes = Annotated[
    dict[str, Annotated[Any, AfterValidator(_value)]], Field(max_length=MOST), AfterValidator(_named)
]


class Tell(Body):
    """What has changed; null takes back what was told."""

    attributes: Attributes


class Told(BaseModel):
    """What the page of a chat's visitor has told, proven by nothing; in the order in which it was told."""

    name: str
    value: Said


class Visit(BaseModel):
    """For the agent who has the chat."""

    interaction_id: UUID
    told: list[Told]
    version: int


def merged(before: Mapping[str, Said], said: Mapping[str, Said | None]) -> dict[str, Said]:
    """What was told longest ago goes first where it is too much."""
    kept = {name: value for name, value in before.items() if name not in said}
    after = kept | {name: value for name, value in said.items() if value is not None}
    return dict(list(after.items())[-MOST:])


async def tell(tx: Transaction, chat: ChatRow, said: Mapping[str, Said | None]) -> None:
    """In a chat that goes on (its visitor is locked): flows have what was told when it began, agents what is told now."""
    before = dict(chat.told)
    after = merged(before, said)
    if after == before:
        return
    version = await Chats(tx).tell(chat.id, list(after.items()))
    fact = VisitTold(aggregate_id=chat.id, aggregate_version=version, interaction_id=chat.interaction_id)
    tx.emit(fact)


async def visit_of(tx: Transaction, interaction_id: UUID) -> Visit | None:
    found = await Chats(tx).of_interactions([interaction_id])
    if not found:
        return None
    told = [Told(name=name, value=value) for name, value in found[0].told]
    return Visit(interaction_id=interaction_id, told=told, version=found[0].told_version)


def publish_visits(hub: Hub) -> None:
    hub.publish([VisitTold], _publish)
    hub.describe(visit_told=Visit)


async def _publish(tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    pushes: list[Push] = []
    for interaction_id in {event.fact.interaction_id for event in batch if isinstance(event.fact, VisitTold)}:
        visit = await visit_of(tx, interaction_id)
        parts = await conversations.Assignments(tx).open_of_interaction(interaction_id)
        users = frozenset(part.user_id for part in parts)
        if visit is not None and users:
            pushes.append(Push("me", "visit.told", visit, users))
    return pushes
