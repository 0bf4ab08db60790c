"""The ACD: queues, and which agent is offered which contact."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    from tongdai.routing.module import register as register_module

    register_module(app)
