"""Customers: contacts, identities, companies, notes, consent, the timeline."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    from tongdai.crm.flow_commands import teach
    from tongdai.flows.public import Performers

    teach(app.ensure(Performers))
