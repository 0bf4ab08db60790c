"""Emergency switches: turned on by a supervisor where queues are closed, asked for by flows, independent of queues and hours."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.flows.public import CheckSwitch, Performing, Reference, Reply
from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited
from tongdai.platform.errors import Conflict, invalid_field
from tongdai.routing.administration import check_prompt
from tongdai.routing.events import ClosureSwitchChanged
from tongdai.routing.schemas import ClosureSwitch, SwitchClosingIn, SwitchIn
from tongdai.tenancy import public as tenancy
from tongdai.tenancy.public import Closing

SWITCHES = Edited("closure_switches", ClosureSwitch, json=frozenset({"closing"}))
WITHIN_PROJECTS = "AND (%(all)s OR t.project_id = ANY(%(projects)s))"


def within_projects(reach: Reach) -> dict[str, Any]:
    wide = WIDTH[reach.extent] >= WIDTH[Extent.PROJECT]
    return {"all": reach.everything, "projects": list(reach.project_ids) if wide else []}


async def create(tx: Transaction, reach: Reach, new: SwitchIn) -> ClosureSwitch:
    if not reach.everything and new.project_id not in reach.project_ids:
        raise invalid_field("project_id", "Choose one of your projects.", "own_project")
    values = new.model_dump(mode="json")
    switch_id = await SWITCHES.add(tx, values)
    await tenancy.recorded(tx, ClosureSwitchChanged, "closure_switch.created", switch_id, 1, values)
    return await SWITCHES.get(tx, switch_id)


async def archive(tx: Transaction, reach: Reach, switch_id: UUID, *, archived: bool) -> ClosureSwitch:
    """One that is turned on stays: who takes it away would open what somebody closed."""
    row = await SWITCHES.lock(tx, switch_id, None, WITHIN_PROJECTS, **within_projects(reach))
    if archived and row.closing is not None:
        raise Conflict("This switch is turned on. Turn it off first, then remove it.")
    version = await SWITCHES.archive(tx, switch_id, archived=archived)
    action = "closure_switch.archived" if archived else "closure_switch.restored"
    await tenancy.recorded(tx, ClosureSwitchChanged, action, switch_id, version, {})
    return await SWITCHES.get(tx, switch_id)


async def turn(
    tx: Transaction, reach: Reach, switch_id: UUID, asked: SwitchClosingIn | None, at: datetime
) -> None:
    """Turn it on, or change what is said; None turns it off."""
    await SWITCHES.lock(tx, switch_id, None, WITHIN_PROJECTS, **within_projects(reach))
    closing = None
    if asked is not None:
        await check_prompt(tx, "prompt", asked.prompt)
        closing = Closing(since=at, by=tx.scope.user_id, exit="closed", prompt=asked.prompt)
    version = await SWITCHES.change(tx, switch_id, {"closing": closing and closing.model_dump(mode="json")})
    action = "closure_switch.turned_on" if closing else "closure_switch.turned_off"
    values = asked.model_dump() if asked else {}
    await tenancy.recorded(tx, ClosureSwitchChanged, action, switch_id, version, values)


async def check(performing: Performing, command: CheckSwitch) -> Reply:
    """As a flow asks."""
    found = await _named(performing.tx, command.switch)
    if found is None:
        return Reply(command.id, "failed", {"reason": f"there is no switch '{command.switch}'"})
    if found.closing is None:
        return Reply(command.id, "open")
    return Reply(command.id, "closed", {"prompt": found.closing.prompt})


async def known(tx: Transaction, reference: Reference) -> bool:
    return await _named(tx, reference.name) is not None


async def _named(tx: Transaction, name: str) -> ClosureSwitch | None:
    rows = await SWITCHES.page(tx, limit=1, where="AND t.name = %(name)s", name=name)
    return rows[0] if rows else None
