"""Live figures; later, reports. Everything is computed from interactions and segments."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    from tongdai.analytics.module import register as register_module

    register_module(app)
