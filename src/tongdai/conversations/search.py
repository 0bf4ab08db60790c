"""Recent interactions by number."""

from tongdai.conversations import log
from tongdai.kit.phone import national_format, number_fragment
from tongdai.people.public import team_mates
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.search import Hit, SearchSource


class SearchInteractions(SearchSource):
    """The newest ones with these digits in the customer's number."""

    permission = "interactions.see"

    async def hits(self, tx: Transaction, me: Principal, q: str, limit: int) -> list[Hit]:
        fragment = number_fragment(q)
        if fragment is None:
            return []
        reach = me.reach(self.permission)
        wanted = log.Wanted(number=fragment, limit=limit)
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
