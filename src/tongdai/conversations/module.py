"""What conversations adds to the system."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from tongdai.conversations import api, api_messages, events, live
from tongdai.conversations.attachments import api as api_attachments
from tongdai.conversations.attachments.keeper import keeping
from tongdai.conversations.customer import Interacted
from tongdai.conversations.dispositions import add_default_dispositions
from tongdai.conversations.following import api as following_api
from tongdai.conversations.following.live import publish_following
from tongdai.conversations.inbox import api as inbox_api
from tongdai.conversations.inbox import api_saved as saved_api
from tongdai.conversations.inbox import live as inbox_live
from tongdai.conversations.later import api as later_api
from tongdai.conversations.linking import api as linking_api
from tongdai.conversations.merging import api as merging_api
from tongdai.conversations.replies import api as replies_api
from tongdai.conversations.repository import Interactions
from tongdai.conversations.search import SearchInteractions
from tongdai.conversations.sources import InteractionSources
from tongdai.crm.public import CustomerSources
from tongdai.people.public import teams_of
from tongdai.platform.auth import Extent, Permission
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.realtime import Changed, Push
from tongdai.platform.registry import Registry
from tongdai.platform.search import SearchSources
from tongdai.tenancy.public import Founding, Subject, Subjects

_ALL = (Extent.OWN, Extent.TEAM, Extent.QUEUE, Extent.PROJECT, Extent.TENANT)
_MOVES = (
    events.InteractionStarted,
    events.InteractionQueued,
    events.InteractionConnected,
    events.InteractionHeld,
    events.InteractionResumed,
    events.InteractionMoved,
    events.InteractionClosed,
    events.AssignmentDone,
)


def register(app: Registry) -> None:
    """The log, one's own day, result codes; the contact's history; pushes to open logs."""
    sources = app.ensure(InteractionSources)
    app.ensure(CustomerSources).add(Interacted(sources))
    app.ensure(Founding).add(add_default_dispositions)
    app.declare(
        Permission("interactions.see", "See the interaction log", _ALL),
        Permission("interactions.edit", "Correct notes and results afterwards", _ALL),
        Permission("dispositions.edit", "Edit result codes"),
        Permission("replies.edit", "Edit canned replies"),
        Permission("inbox_views.edit", "Edit views of the inbox for everybody"),
    )
    app.ensure(Subjects).add(
        Subject("disposition", "dispositions", name="t.label"),
        Subject(
            "conversation",
            "conversations",
            name="nullif(t.subject, '')",
            interaction="t.interaction_id",
            permission="interactions.see",
        ),
        Subject("attachment", "attachments", permission="interactions.see"),
        Subject("canned_reply", "canned_replies", name="t.code"),
        Subject("inbox_view", "inbox_views"),
        Subject(
            "interaction",
            "interactions",
            name="coalesce(t.peer, t.peer_raw)",
            interaction="t.id",
            permission="interactions.see",
        ),
    )
    app.add_routes(api.router)
    app.add_routes(api_messages.router)
    app.add_routes(api_attachments.router)
    app.run_service(keeping)
    app.add_routes(inbox_api.router)
    app.add_routes(saved_api.router)
    app.add_routes(replies_api.router)
    app.add_routes(later_api.router)
    app.add_routes(following_api.router)
    app.add_routes(linking_api.router)
    app.add_routes(merging_api.router)
    app.ensure(SearchSources).add(SearchInteractions())
    app.hub.publish(list(_MOVES), publish, topics=lambda _: {"interactions"})
    app.hub.describe(interaction_changed=Changed)
    live.publish_threads(app.hub)
    inbox_live.publish_inbox(app.hub)
    publish_following(app.hub)


async def publish(tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    """Open logs learn that an interaction is another now; one push per interaction and batch."""
    changed: set[UUID] = set()
    for event in batch:
        fact = event.fact
        changed.add(fact.interaction_id if isinstance(fact, events.AssignmentFact) else fact.aggregate_id)
    rows = await Interactions(tx).get(list(changed))
    teams = await teams_of(tx, [row.user_id for row in rows if row.user_id])
    return [
        Push(
            "interactions",
            "interaction.changed",
            Changed(id=row.id),
            permission="interactions.see",
            owner_id=row.user_id,
            queue_id=row.queue_id,
            team_ids=teams.get(row.user_id, frozenset()) if row.user_id else frozenset(),
            project_id=row.project_id,
        )
        for row in rows
    ]
