"""The words by which a conversation is found: those of its messages, folded as what is looked for is.

Under row-level security only leakproof comparisons may use an index (docs/adr/0002), so words are rows: what begins with what is
typed is a range of a btree in bytes' order. Each word of a conversation stands once, however often it was written.
"""

import re
from uuid import UUID

from tongdai.kit.text import fold
from tongdai.platform.database import Transaction

MOST_ASKED = 8
WORD_BYTES = 48
RARE = 4000
"""A word in no more conversations than these is looked up; of others the newest conversations are gone through first."""
_APOSTROPHES = re.compile("['’ʼ`´‘\x00]")
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """Each word of a text once, accents folded, clipped to what is stored. An apostrophe is part of its word."""
    found = _WORD.findall(_APOSTROPHES.sub("", fold(text)))
    return list(dict.fromkeys(word.encode()[:WORD_BYTES].decode(errors="ignore") for word in found))


def asked(q: str) -> list[str]:
    """What is looked for: each must begin a word of the conversation."""
    return words_of(q)[:MOST_ASKED]


def above(word: str) -> str:
    """The end of the range of words that begin with this one."""
    return word + "\U0010ffff"


class Words:
    """Words of conversations."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, conversation_id: UUID, text: str) -> None:
        """What was written is found from now on; the conversation is locked."""
        if words := words_of(text):
            await self._insert(conversation_id, words)

    async def _insert(self, conversation_id: UUID, words: list[str]) -> None:
        await self._tx.write(
            "INSERT INTO conversation_words (tenant_id, conversation_id, word)"
            " SELECT %(tenant)s, %(conversation)s, unnest(%(words)s::text[]) ON CONFLICT DO NOTHING",
            {"conversation": conversation_id, "words": words},
        )

    async def renew(self, conversation_id: UUID) -> None:
        """Those of its own messages and of what is merged into it, no others; the conversation is locked."""
        bodies = await self._tx.fetch_tuples(
            "SELECT m.body FROM messages m JOIN conversations c ON (c.tenant_id, c.id) = (m.tenant_id, m.conversation_id)"
            " WHERE m.tenant_id = %(tenant)s AND (c.id = %(id)s OR c.merged_into = %(id)s)",
            {"id": conversation_id},
        )
        words = list({word for (body,) in bodies for word in words_of(body)})
        await self._tx.execute(
            "DELETE FROM conversation_words WHERE tenant_id = %(tenant)s AND conversation_id = %(id)s"
            " AND word <> ALL(%(words)s::text[])",
            {"id": conversation_id, "words": words},
        )
        await self._insert(conversation_id, words)

    async def rarest(self, words: list[str]) -> str | None:
        """The first of these that few conversations have; None when all are common."""
        for word in sorted(words, key=len, reverse=True):
            count = await self._tx.fetch_value(
                "SELECT count(*) FROM (SELECT FROM conversation_words WHERE tenant_id = %(tenant)s"
                " AND word >= %(low)s AND word < %(high)s LIMIT %(most)s + 1) found",
                {"low": word, "high": above(word), "most": RARE},
            )
            if count <= RARE:
                return word
        return None
