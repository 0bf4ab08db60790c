"""Customers: contacts, identities, companies, notes, consent, the timeline."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    from tongdai.crm.module import register as register_module

    register_module(app)
