"""What flows ask of crm: who is calling?"""

from tongdai.crm.repository import Contacts
from tongdai.flows.public import LookUpCaller, Performers, Performing, Reply


async def look_up(performing: Performing, command: LookUpCaller) -> Reply | None:
    """The contact behind a number or an address. Of whom nothing else is known, that one counts as unknown."""
    kind, value = ("email", command.email) if command.email else ("phone", command.number)
    if value is None:
        return Reply(command.id, "unknown")
    known = [one for one in await Contacts(performing.tx).by_identity(kind, value) if one.name]
    if not known:
        return Reply(command.id, "unknown")
    if len(known) > 1:
        return Reply(command.id, "several", {"contacts": len(known)})
    (contact,) = known
    details = {"id": str(contact.id), "name": contact.name, "language": contact.language or ""}
    return Reply(command.id, "found", {"contact": details})


def teach(performers: Performers) -> None:
    performers.inside(LookUpCaller, look_up)
