"""The ACD: queues, and which agent is offered which contact."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    """The matcher, queues and what routing adds to the log, to principals and to search."""
    from tongdai.conversations.public import InteractionSources
    from tongdai.flows.public import Performers
    from tongdai.people.public import PrincipalSources
    from tongdai.platform.auth import Extent, Permission
    from tongdai.platform.search import SearchSources
    from tongdai.routing import api
    from tongdai.routing.flow_commands import teach
    from tongdai.routing.matcher import Matcher
    from tongdai.routing.sources import QueuesOfUser, Routed, SearchQueues

    teach(app.ensure(Performers))
    app.declare(
        Permission("queues.see", "See queues", (Extent.QUEUE, Extent.PROJECT, Extent.TENANT)),
        Permission("queues.edit", "Edit queues and their members", (Extent.PROJECT, Extent.TENANT)),
        Permission(
            "live.see", "See the live board", (Extent.TEAM, Extent.QUEUE, Extent.PROJECT, Extent.TENANT)
        ),
    )
    app.put(QueuesOfUser(), PrincipalSources)
    app.ensure(InteractionSources).add(Routed())
    app.ensure(SearchSources).add(SearchQueues())
    app.add_routes(api.router)
    matcher = Matcher()
    matcher.listen(app)
    app.run_service(matcher.service)
