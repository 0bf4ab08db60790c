"""Recent interactions by number."""

from tongdai.conversations import log
from tongdai.kit.phone import national_format, number_fragment, whole_number
from tongdai.people.public import team_mates
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.search import Hit, SearchSource
from tongdai.tenancy.public import country_of


class SearchInteractions(SearchSource):
    """The newest ones with these digits in the customer's number."""

    permission = "interactions.see"

    async def hits(self, tx: Transaction, me: Principal, q: str, limit: int) -> list[Hit]:
        fragment = number_fragment(q)
        if fragment is None:
            return []
        reach = me.reach(self.permission)
        whole = whole_number(q, await country_of(tx))
        wanted = log.Wanted(number=None if whole else fragment, peer=whole, limit=limit)
        rows = await log.rows(tx, reach, wanted, await team_mates(tx, reach.team_ids))
        return [
            Hit(
                kind="interaction",
                id=row.id,
                title=national_format(row.peer) if row.peer else row.peer_raw,
                subtitle=row.started_at.isoformat(),
            )
            for row in rows[:limit]
        ]
