"""What other modules may use of channels."""

from collections.abc import Sequence
from uuid import UUID

from tongdai.channels.webchat.schemas import WidgetIn
from tongdai.channels.webchat.triggers import Trigger
from tongdai.channels.webchat.widgets import WIDGETS
from tongdai.channels.webchat.widgets import add as _add
from tongdai.platform.database import Transaction

__all__ = ["Trigger", "add_widget"]


async def add_widget(tx: Transaction, name: str, flow_id: UUID, triggers: Sequence[Trigger] = ()) -> str:
    """A chat window that this flow leads; gives its public key. `triggers`: greetings that come up on its pages."""
    row_id = await _add(tx, WidgetIn(name=name, flow_id=flow_id, triggers=list(triggers)))
    return (await WIDGETS.get(tx, row_id)).key
