"""How a customer waits in a queue to which no node of the flow sent them just now."""

from typing import TYPE_CHECKING

from tongdai.flows.public import Enqueue

if TYPE_CHECKING:
    from tongdai.telephony.calls.actor import Call


def stay_in(call: "Call", queue: str) -> Enqueue:
    """The stay that the flow asked for, if it is this queue's; else one that leaves out what it chose for its own queue (skills,
    announcements). The flow goes on when it ends; without a flow only an agent or the customer ends it."""
    command = call.run.command if call.run is not None else None
    if not isinstance(command, Enqueue):
        return Enqueue(id=f"stay-{call.row.id}", queue=queue, priority=0, language="en")
    if command.queue == queue:
        return command
    elsewhere: dict[str, object] = {
        "queue": queue,
        "skills": dict[str, int](),
        "announcements": (),
        "announce_every": None,
    }
    return command.model_copy(update=elsewhere)


def of_flow(call: "Call", stay: Enqueue) -> bool:
    """Whether a flow waits for the end of this stay."""
    command = call.run.command if call.run is not None else None
    return command is not None and command.id == stay.id
