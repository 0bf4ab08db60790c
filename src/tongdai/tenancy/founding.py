"""How a tenant begins: each module adds what a new centre needs from it (roles, reasons, dispositions …)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tongdai.platform.database import Transaction
from tongdai.tenancy.repository import Tenants
from tongdai.tenancy.service import audit

Founder = Callable[[Transaction], Awaitable[None]]


class Founding:
    """The founders, in the order of the modules."""

    def __init__(self) -> None:
        self._founders: list[Founder] = []

    def add(self, founder: Founder) -> None:
        self._founders.append(founder)

    async def found(self, tx: Transaction) -> None:
        for founder in self._founders:
            await founder(tx)


@dataclass(frozen=True, slots=True)
class NewTenant:
    """A centre to be made. `country` (ISO 3166 alpha-2) reads national numbers; `slug` names it in commands."""

    slug: str
    name: str
    country: str
    time_zone: str
    locale: str = "en"


async def create_tenant(tx: Transaction, new: NewTenant, founding: Founding) -> None:
    """Make the tenant whose id is `tx`'s scope, with all that the modules give a new one."""
    await Tenants(tx).add(new.slug, new.name, new.country, new.time_zone, new.locale)
    await founding.found(tx)
    await audit(tx, "tenant.created", "tenant", tx.tenant_id)
