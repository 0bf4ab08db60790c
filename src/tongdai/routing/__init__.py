"""The ACD: queues, and which agent is offered which contact."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    from tongdai.routing.matcher import Matcher

    matcher = Matcher()
    matcher.listen(app)
    app.run_service(matcher.service)
