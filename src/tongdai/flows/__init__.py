"""Flows: one engine for IVR and chatbots. See README.md."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    """Declare what the module adds."""
    from tongdai.flows.module import register as register_module

    register_module(app)
