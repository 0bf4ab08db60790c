"""Calls over Asterisk."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    from tongdai.telephony.module import register as register_module

    register_module(app)
