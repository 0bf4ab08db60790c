"""What telephony asks of callbacks."""

from uuid import UUID

from tongdai.people.public import team_mates
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.routing.callbacks.policies import State
from tongdai.routing.errors import CallbackClosed
from tongdai.routing.repositories.callbacks import Callbacks, within

SEE, EDIT = "callbacks.see", "callbacks.edit"


async def offered_callbacks(tx: Transaction) -> list[tuple[UUID, UUID]]:
    """(tenant, interaction) of the callbacks that agents are offered now. System scope."""
    return await Callbacks(tx).offered()


async def number_of_callback(tx: Transaction, me: Principal, callback_id: UUID) -> tuple[str, UUID | None]:
    """The number and the project of a callback that I may dial by myself. Raises NotFound, and CallbackClosed for one that
    waits in its queue or is over."""
    reach = me.reach(EDIT)
    row = await Callbacks(tx).get(callback_id)
    if row is None or not await Callbacks(tx).covered(
        callback_id, within(reach, await team_mates(tx, reach.team_ids))
    ):
        raise NotFound("There is no such callback.")
    if row.state not in (State.SCHEDULED, State.DUE):
        raise CallbackClosed()
    return row.number, row.project_id
