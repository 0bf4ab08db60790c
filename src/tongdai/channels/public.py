"""What other modules may use of channels."""

from uuid import UUID

from tongdai.channels.webchat.schemas import WidgetIn
from tongdai.channels.webchat.widgets import WIDGETS
from tongdai.channels.webchat.widgets import add as _add
from tongdai.platform.database import Transaction

__all__ = ["add_widget"]


async def add_widget(tx: Transaction, name: str, flow_id: UUID) -> str:
    """A chat window that this flow leads; gives its public key."""
    row_id = await _add(tx, WidgetIn(name=name, flow_id=flow_id))
    return (await WIDGETS.get(tx, row_id)).key
