"""Contacts by name, company, number or address."""

from tongdai.crm import views
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.search import Hit, SearchSource


class SearchContacts(SearchSource):
    """Shows the number where there is no name yet."""

    permission = "contacts.see"

    async def hits(self, tx: Transaction, me: Principal, q: str, limit: int) -> list[Hit]:
        rows = await views.found(tx, me.reach(self.permission), q, None, limit)
        hits: list[Hit] = []
        for _, row in rows[:limit]:
            shown = [one.national or one.value for one in row.identities]
            subtitle = row.company.name if row.company else shown[0] if shown and row.name else None
            hits.append(
                Hit(kind="contact", id=row.id, title=row.name or next(iter(shown), ""), subtitle=subtitle)
            )
        return hits
