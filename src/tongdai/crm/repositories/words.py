"""SQL of the words by which contacts are found: written with what they are made of, and walked in the order of the answer.

Under row-level security only comparisons that are leakproof may use an index: those of texts and ids are, LIKE and trigrams
are not. So whoever begins with what is typed is a range of a btree, and a page is the beginning of that range.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.crm.words import END_OF_NAME, WHOLE, Entry, Range, asked_tokens, entry
from tongdai.platform.database import Transaction

AT_ONCE = 200
"""So many contacts' words leave in one statement."""
COUNTED = (1000, 12_000)
"""The rarest word is looked up, the others are looked for in what it gives. Counting ends as soon as one is rare enough."""
DEARER = 8
"""So many times dearer it is to look up a part of a number, whose words do not tell the contact's others."""

STORE = (
    "INSERT INTO contact_words (tenant_id, contact_id, project_id, archived, word, line)"
    " SELECT %(tenant)s, * FROM unnest(%(contacts)s::uuid[], %(projects)s::uuid[], %(archived)s::boolean[],"
    " %(words)s::text[], %(lines)s::text[])"
)
_HAS = "EXISTS (SELECT FROM contact_words o WHERE o.tenant_id = %(tenant)s AND o.contact_id = w.contact_id AND ({}) OFFSET 0)"
"""OFFSET 0 keeps it a look per row of the page: joined, all contacts with the word would be read first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact stands among those that were found: tier, the token that is looked up, and the word that led there."""

    tier: int
    driver: int
    word: str
    line: str
    contact_id: UUID


@dataclass(frozen=True, slots=True)
class Within:
    """Which contacts count; projects None: all."""

    projects: Collection[UUID] | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class _Source:
    root_id: UUID
    id: UUID
    name: str
    company: str | None
    project_id: UUID | None
    archived: bool
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Hit:
    word: str
    line: str
    contact_id: UUID


class Words:
    """The words of contacts."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def keep_companies(self) -> None:
        """No company is renamed until the transaction ends: before a contact is locked, or the two could lock crosswise."""
        await self._tx.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended(%(tenant)s::uuid::text, 4713))"
        )

    async def hold_contacts(self) -> None:
        """No contact gets words until the transaction ends."""
        await self._tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(tenant)s::uuid::text, 4713))")

    async def write_new(self, contact_id: UUID, project_id: UUID | None, kind: str, value: str) -> None:
        """The words of a contact of whom an identity is known; nobody waits for it."""
        found = entry((), (), [(kind, value)])
        await self._tx.write(STORE, _stored([(contact_id, project_id, False, found)]))

    async def renew(self, contact_ids: Sequence[UUID]) -> None:
        """Write the words of these contacts anew, with those of all that were merged into them. Who was merged has none."""
        for start in range(0, len(contact_ids), AT_ONCE):
            await self._renew(list(contact_ids[start : start + AT_ONCE]))

    async def _renew(self, contact_ids: list[UUID]) -> None:
        ids = {"ids": contact_ids}
        await self._tx.execute(
            "DELETE FROM contact_words WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)", ids
        )
        rows = await self._tx.fetch_all(
            _Source,
            "SELECT coalesce(c.root_id, c.id) AS root_id, c.id, c.name, f.name AS company, c.project_id, c.archived,"
            " c.erased_at FROM contacts c LEFT JOIN companies f ON (f.tenant_id, f.id) = (c.tenant_id, c.company_id)"
            " WHERE c.tenant_id = %(tenant)s AND (c.id = ANY(%(ids)s) OR c.root_id = ANY(%(ids)s))"
            " ORDER BY c.root_id NULLS FIRST, c.id",
            ids,
        )
        identities: dict[UUID, list[tuple[str, str]]] = {}
        for contact_id, kind, value in await self._tx.fetch_tuples(
            "SELECT contact_id, kind, value FROM identities WHERE tenant_id = %(tenant)s AND contact_id = ANY(%(ids)s)",
            {"ids": [row.id for row in rows]},
        ):
            identities.setdefault(contact_id, []).append((kind, value))
        stored: list[tuple[UUID, UUID | None, bool, Entry]] = []
        for root in (row for row in rows if row.id == row.root_id and row.erased_at is None):
            group = [root, *(row for row in rows if row.root_id == root.id != row.id)]
            found = entry(
                [row.name for row in group],
                [row.company for row in group if row.company],
                [one for row in group for one in identities.get(row.id, ())],
            )
            stored.append((root.id, root.project_id, root.archived, found))
        await self._tx.execute(STORE, _stored(stored))

    async def renew_of_company(self, company_id: UUID) -> None:
        """After a company was renamed: all its people, also who has it by a merge. Needs `hold_contacts`."""
        rows = await self._tx.fetch_tuples(
            "SELECT DISTINCT coalesce(root_id, id) FROM contacts WHERE tenant_id = %(tenant)s AND company_id = %(company)s",
            {"company": company_id},
        )
        await self.renew([row[0] for row in rows])

    async def find(self, q: str, within: Within, after: Place | None, limit: int) -> list[Place]:
        """Up to `limit` contacts each of whose `q`'s words begins one of theirs. First whose name begins with `q`, then those
        whose first word begins with the word looked up, then the rest; each by word and name."""
        tokens = asked_tokens(q)
        driver = after.driver if after else await self._rarest(tokens, within.archived)
        if driver is None or driver >= len(tokens):
            return []
        others = [token for number, token in enumerate(tokens) if number != driver]
        others.sort(key=lambda token: token[0].isdecimal())  # what a line does not tell is asked last
        whole = Range.beginning(WHOLE + " ".join(tokens))
        first = Range.beginning(WHOLE + tokens[driver])
        tiers: list[tuple[int, Range, list[Range], list[str]]] = [(0, whole, [], [])]
        if others:
            tiers.append((1, first, [whole], others))
        tiers.append((2, Range.beginning(tokens[driver]), [whole, first] if others else [whole], others))
        found: list[Place] = []
        for tier, looked_up, earlier, wanted in tiers:
            if len(found) < limit and (after is None or tier >= after.tier):
                start = after if after is not None and after.tier == tier else None
                hits = await self._walk(looked_up, earlier, wanted, within, start, limit - len(found))
                found += [Place(tier, driver, hit.word, hit.line, hit.contact_id) for hit in hits]
        return found

    async def _rarest(self, tokens: list[str], archived: bool) -> int | None:
        """The word that the fewest contacts have, as far as is worth counting; None: nobody has one of them."""
        if len(tokens) < 2:
            return 0 if tokens else None
        counts: list[int] = []
        most = 0
        for most in COUNTED:
            counts = await self._counts(tokens, archived, most)
            if min(counts) < most:
                break
        if 0 in counts:
            return None
        return min(range(len(tokens)), key=lambda n: _dearness(tokens[n], counts[n], most))

    async def _counts(self, tokens: list[str], archived: bool, most: int) -> list[int]:
        """How many words begin with each of the tokens; counted up to `most`."""
        ranges = [Range.beginning(mark + token) for token in tokens for mark in ("", WHOLE)]
        rows = await self._tx.fetch_tuples(
            "SELECT (SELECT count(*) FROM (SELECT FROM contact_words w WHERE w.tenant_id = %(tenant)s"
            " AND w.archived = %(archived)s AND w.word >= o.low AND w.word < o.high LIMIT %(most)s) x)"
            " FROM unnest(%(lows)s::text[], %(highs)s::text[]) WITH ORDINALITY o(low, high, number) ORDER BY number",
            {
                "lows": [one.low for one in ranges],
                "highs": [one.high for one in ranges],
                "most": most,
                "archived": archived,
            },
        )
        return [min(rows[2 * n][0] + rows[2 * n + 1][0], most) for n in range(len(tokens))]

    async def _walk(
        self,
        looked_up: Range,
        earlier: list[Range],
        others: list[str],
        within: Within,
        start: Place | None,
        limit: int,
    ) -> list[_Hit]:
        values: dict[str, Any] = {"low": looked_up.low, "high": looked_up.high, "limit": limit}
        values["archived"] = within.archived
        where = ["w.archived = %(archived)s AND w.word >= %(low)s AND w.word < %(high)s"]
        if start is not None:
            where.append("(w.word, w.line, w.contact_id) > (%(word)s, %(line)s, %(after)s)")
            values |= {"word": start.word, "line": start.line, "after": start.contact_id}
        if within.projects is not None:
            where.append("w.project_id = ANY(%(projects)s)")
            values["projects"] = list(within.projects)
        lacks = [
            f"WHEN NOT ({_other(number, token, values)}) THEN false" for number, token in enumerate(others)
        ]
        before = ["o.word >= %(low)s AND o.word < w.word"]
        for number, one in enumerate(earlier):
            before.append(f"o.word >= %(low_e{number})s AND o.word < %(high_e{number})s")
            values |= {f"low_e{number}": one.low, f"high_e{number}": one.high}
        new = f"NOT {_HAS.format(' OR '.join(before))}"
        # One after the other: the planner would look for earlier rows of those first who lack another word.
        where.append(f"CASE {' '.join(lacks)} ELSE {new} END" if lacks else new)
        return await self._tx.fetch_all(
            _Hit,
            f"SELECT w.word, w.line, w.contact_id FROM contact_words w WHERE w.tenant_id = %(tenant)s"
            f" AND {' AND '.join(where)}"
            " ORDER BY w.word, w.line, w.contact_id LIMIT %(limit)s",
            values,
        )


def _dearness(token: str, count: int, most: int) -> tuple[int, int]:
    """What it costs to look up a word of so many; one that was counted to the end of the counting has more."""
    if count == most:
        count *= DEARER if most < COUNTED[-1] else 2
    return (count * DEARER if token[0].isdecimal() else count, -len(token))


def _other(number: int, token: str, values: dict[str, Any]) -> str:
    """The condition that the contact has another word that begins with `token`. Mostly the line of the word at hand says it."""
    plain, first = Range.beginning(token), Range.beginning(WHOLE + token)
    names = [f"{bound}_{kind}{number}" for kind in "pf" for bound in ("low", "high")]
    values |= dict(zip(names, (plain.low, plain.high, first.low, first.high), strict=True))
    has = _HAS.format(
        f"o.word >= %({names[0]})s AND o.word < %({names[1]})s OR o.word >= %({names[2]})s AND o.word < %({names[3]})s"
    )
    if token[0].isdecimal():
        return has
    values |= {f"within{number}": f" {token}", "cut": END_OF_NAME}
    return (
        f"CASE WHEN strpos(w.line, %(within{number})s) > 0 THEN true"
        f" WHEN w.line <> '' AND right(w.line, 1) <> %(cut)s THEN false ELSE {has} END"
    )


def _stored(rows: Iterable[tuple[UUID, UUID | None, bool, Entry]]) -> dict[str, list[Any]]:
    flat = [
        (contact_id, project_id, archived, word, line)
        for contact_id, project_id, archived, found in rows
        for word, line in zip(found.words, found.lines, strict=True)
    ]
    columns = ("contacts", "projects", "archived", "words", "lines")
    return {name: [row[n] for row in flat] for n, name in enumerate(columns)}
