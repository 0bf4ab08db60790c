"""Users by name, address or extension."""

from tongdai.people.records import USERS, WITHIN, within
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import like_literal
from tongdai.platform.search import Hit, SearchSource

_OR_EXTENSION = " AND t.extension LIKE %(extension)s"


class SearchUsers(SearchSource):
    """Digits are looked for among extensions, anything else among names."""

    permission = "users.see"

    async def hits(self, tx: Transaction, me: Principal, q: str, limit: int) -> list[Hit]:
        narrow = within(me.reach(self.permission))
        if q.isdecimal():
            extension = f"{like_literal(q)}%"
            rows = await USERS.page(
                tx, limit=limit, where=WITHIN + _OR_EXTENSION, extension=extension, **narrow
            )
        else:
            rows = await USERS.page(tx, q=q, limit=limit, where=WITHIN, **narrow)
        return [Hit(kind="user", id=row.id, title=row.name, subtitle=row.extension) for row in rows[:limit]]
