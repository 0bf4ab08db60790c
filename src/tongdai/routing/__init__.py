"""The ACD: queues, and which agent is offered which contact."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    from tongdai.flows.public import Performers
    from tongdai.routing.flow_commands import teach
    from tongdai.routing.matcher import Matcher

    teach(app.ensure(Performers))
    matcher = Matcher()
    matcher.listen(app)
    app.run_service(matcher.service)
