"""Moving agents between queues: many agents, many queues, one transaction."""

from tongdai.people.public import skill_levels, users_within
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import Conflict, NotFound
from tongdai.routing.administration import QUEUES, WITHIN, within
from tongdai.routing.events import QueueChanged
from tongdai.routing.policies import meets_skills
from tongdai.routing.repositories.members import Members
from tongdai.routing.repository import Queues
from tongdai.routing.schemas import QueueStaff, Staffed, Staffing
from tongdai.tenancy.public import audit

PERMISSION = "queues.staff"


async def staff_of_queues(tx: Transaction, me: Principal) -> list[QueueStaff]:
    """The queues that `me` may see with those of their agents whom `me` may see, by name."""
    queues, people = me.reach("queues.see"), await users_within(tx, me.reach("users.see"))
    skills = await skill_levels(tx)
    rules = await Queues(tx).rules()
    seen = {row.id for row in await QUEUES.page(tx, limit=len(rules), where=WITHIN, **within(queues))}
    return [
        QueueStaff(
            id=queue.id,
            name=queue.name,
            named=[user_id for user_id in queue.members if user_id in people],
            by_skills=[user_id for user_id in people if meets_skills(skills.get(user_id, {}), queue)],
        )
        for queue in sorted(rules, key=lambda one: one.name)
        if queue.id in seen
    ]


async def staff(tx: Transaction, me: Principal, wanted: Staffing) -> Staffed:
    """All of it or nothing. Contacts that wait are looked at again at once; those in progress go on. Raises NotFound for whom
    or what is out of reach, Conflict for an archived queue."""
    asked = [*wanted.add, *wanted.remove]
    users = {place.user_id for place in asked}
    if len(await users_within(tx, me.reach(PERMISSION), list(users))) < len(users):
        raise NotFound()
    queues = me.reach("queues.see")
    # In the order of their ids, so that two who move agents at once wait for each other.
    for queue_id in sorted({place.queue_id for place in asked}):
        queue = await QUEUES.lock(tx, queue_id, None, WITHIN, **within(queues))
        if queue.archived:
            raise Conflict("This queue is archived. Restore it first.")
    removed = await Members(tx).remove(wanted.remove) if wanted.remove else []
    added = await Members(tx).add(wanted.add) if wanted.add else []
    for queue_id in sorted({place.queue_id for place in (*added, *removed)}):
        version = await QUEUES.change(tx, queue_id, {})
        tx.emit(QueueChanged(aggregate_id=queue_id, aggregate_version=version))
        details = {
            "fields": ["member_ids"],
            "added": [str(one.user_id) for one in added if one.queue_id == queue_id],
            "removed": [str(one.user_id) for one in removed if one.queue_id == queue_id],
        }
        await audit(tx, "queue.staffed", "queue", queue_id, details)
    return Staffed(added=added, removed=removed)
