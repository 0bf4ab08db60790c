"""What routing adds to the system."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from tongdai.conversations.events import (
    AssignmentAccepted,
    AssignmentDone,
    AssignmentEdited,
    AssignmentFact,
    AssignmentOffered,
    WrapUpStarted,
)
from tongdai.conversations.public import Assignments, ChannelAdapters, InteractionSources
from tongdai.crm.public import CustomerSources
from tongdai.flows.public import Performers, PromptUses
from tongdai.people.public import PrincipalSources
from tongdai.platform.auth import Extent, Permission
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.realtime import Push
from tongdai.platform.registry import Registry
from tongdai.platform.search import SearchSources
from tongdai.routing import api, closing, views, workspace_api
from tongdai.routing.blending import api as blending_api
from tongdai.routing.callbacks import api as callbacks_api
from tongdai.routing.callbacks.keeper import Keeper
from tongdai.routing.callbacks.views import CallbackView
from tongdai.routing.callbacks.views import publish as publish_callbacks
from tongdai.routing.events import CallbackChanged
from tongdai.routing.flow_commands import teach
from tongdai.routing.matcher import Matcher
from tongdai.routing.music import api as music_api
from tongdai.routing.sources import Promised, QueuesOfUser, Routed, SearchQueues
from tongdai.tenancy.public import Subject, Subjects

_EXTENTS = (Extent.OWN, Extent.TEAM, Extent.QUEUE, Extent.PROJECT, Extent.TENANT)
PERMISSIONS = (
    Permission("queues.see", "See queues", (Extent.QUEUE, Extent.PROJECT, Extent.TENANT)),
    Permission("queues.edit", "Edit queues and their members", (Extent.PROJECT, Extent.TENANT)),
    Permission(
        "closing.switch", "Close queues and hours at once", (Extent.QUEUE, Extent.PROJECT, Extent.TENANT)
    ),
    Permission(
        "queues.staff",
        "Put agents into queues and take them out",
        (Extent.TEAM, Extent.PROJECT, Extent.TENANT),
    ),
    Permission(
        "blending.edit",
        "Decide what agents take between outbound work",
        (Extent.TEAM, Extent.PROJECT, Extent.TENANT),
    ),
    Permission(
        "conversations.assign",
        "Give waiting conversations to agents",
        (Extent.QUEUE, Extent.PROJECT, Extent.TENANT),
    ),
    Permission("callbacks.see", "See callbacks", _EXTENTS),
    Permission("callbacks.edit", "Promise, move and cancel callbacks", _EXTENTS),
    Permission("live.see", "See the live board", (Extent.TEAM, Extent.QUEUE, Extent.PROJECT, Extent.TENANT)),
)


def register(app: Registry) -> None:
    """The matcher, queues, the workspace and its pushes; what routing adds to the log, to principals and to search."""
    app.declare(*PERMISSIONS)
    app.put(QueuesOfUser(), PrincipalSources)
    app.ensure(InteractionSources).add(Routed())
    app.ensure(SearchSources).add(SearchQueues())
    app.ensure(Subjects).add(
        Subject("queue", "queues"),
        Subject("closure_switch", "closure_switches"),
        Subject("music", "music"),
        Subject("callback", "callbacks", "t.number", permission="callbacks.see"),
    )
    app.add_routes(api.router)
    teach(app.ensure(Performers), app.ensure(ChannelAdapters))
    app.ensure(PromptUses).add(closing.playing)
    matcher = Matcher()
    matcher.listen(app)
    app.run_service(matcher.service)
    app.add_routes(workspace_api.router)
    app.add_routes(callbacks_api.router)
    app.add_routes(blending_api.router)
    app.add_routes(music_api.router)
    app.run_service(Keeper().service)
    app.hub.publish([CallbackChanged], publish_callbacks)
    app.hub.describe(callback_changed=CallbackView)
    app.ensure(CustomerSources).add(Promised())
    adapters = app.ensure(ChannelAdapters)

    async def publish(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
        return await publish_assignments(tx, adapters, events)

    facts = [AssignmentOffered, AssignmentAccepted, AssignmentEdited, WrapUpStarted, AssignmentDone]
    app.hub.publish(facts, publish)
    app.hub.describe(assignment_changed=views.AssignmentView, assignment_removed=views.AssignmentRemoved)


async def publish_assignments(
    tx: Transaction, adapters: ChannelAdapters, events: Sequence[Recorded]
) -> Iterable[Push]:
    """The agent's tabs see each card as it is now; a finished one goes away, with the reason."""
    ids: dict[UUID, None] = {event.fact.aggregate_id: None for event in events}
    rows = await Assignments(tx).get(list(ids))
    open_rows = [row for row in rows if row.state != "done"]
    pushes = [
        Push("me", "assignment.changed", view, frozenset({view.user_id}))
        for view in await views.assignment_views(tx, adapters, open_rows)
    ]
    for row in rows:
        if row.state == "done":
            data = views.AssignmentRemoved(
                id=row.id, interaction_id=row.interaction_id, why=WHY.get(row.outcome or "", "done")
            )
            pushes.append(Push("me", "assignment.removed", data, frozenset({row.user_id})))
    assert all(isinstance(event.fact, AssignmentFact) for event in events)
    return pushes


WHY = {
    "elsewhere": "answered_elsewhere",
    "missed": "expired",
    "withdrawn": "caller_hung_up",
    "declined": "declined",
    "failed": "phone_unreachable",
    "completed": "done",
}
