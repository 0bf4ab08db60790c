"""What conversations adds to the customer's record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations import views
from tongdai.conversations.attachments.repository import Attachments
from tongdai.conversations.inbox.words import Words
from tongdai.conversations.later.repository import Scheduled
from tongdai.conversations.merging.repository import Merges
from tongdai.conversations.messages import Messages
from tongdai.conversations.repository import Interactions
from tongdai.conversations.sources import InteractionSources
from tongdai.crm.public import CustomerSource, Place, TimelineEntry
from tongdai.flows.public import Exchanges, forget_runs
from tongdai.people.public import reader_of
from tongdai.platform.database import Transaction

MOST = 100_000


class Interacted(CustomerSource):
    """The contact's interactions. Whoever may see a contact sees its history; listening needs its own permission."""

    name = "interactions"

    def __init__(self, sources: InteractionSources) -> None:
        self._sources = sources

    async def timeline(
        self, tx: Transaction, contact_ids: list[UUID], before: Place | None, limit: int
    ) -> list[TimelineEntry]:
        rows = await Interactions(tx).of_contacts(contact_ids, before, limit)
        locale = (await reader_of(tx, tx.scope.user_id)).locale if tx.scope.user_id else "en"
        shown = await views.listed(tx, rows, self._sources, locale)
        return [
            TimelineEntry(
                id=row.id,
                kind="interaction",
                at=row.started_at,
                interaction=row.model_dump(mode="json"),
                title=row.result or "",
                detail=row.disposition,
            )
            for row in shown
        ]

    async def last_at(self, tx: Transaction, contact_ids: list[UUID]) -> dict[UUID, datetime]:
        return await Interactions(tx).last_of_contacts(contact_ids)

    async def export(self, tx: Transaction, contact_ids: list[UUID]) -> list[dict[str, Any]]:
        rows = await Interactions(tx).of_contacts(contact_ids, None, MOST)
        written: dict[UUID | None, list[dict[str, Any]]] = {}
        messages = await Messages(tx).of_contacts(contact_ids)
        files = await Attachments(tx).of_messages([message.id for message in messages])
        for message in messages:
            told: dict[str, Any] = {
                "at": message.at.isoformat(),
                "author": message.author,
                "kind": message.kind,
                "body": message.body,
            }
            if message.id in files:
                told["files"] = [
                    {
                        "name": file.name,
                        "media_type": file.media_type,
                        "size": file.size,
                        "sha256": file.sha256,
                    }
                    for file in files[message.id]
                ]
            written.setdefault(message.interaction_id, []).append(told)
        assisted: dict[UUID | None, list[dict[str, Any]]] = {}
        for one in await Exchanges(tx).of_subjects([row.id for row in rows]):
            asked = {"at": one.at.isoformat(), "model": one.model, "told": one.told, "said": one.said}
            assisted.setdefault(one.subject_id, []).append(asked)
        return [
            view.model_dump(mode="json")
            | ({"messages": written[view.id]} if view.id in written else {})
            | ({"assistant": assisted[view.id]} if view.id in assisted else {})
            for view in await views.listed(tx, rows, self._sources, "en")
        ]

    async def erase(self, tx: Transaction, contact_ids: list[UUID], at: datetime) -> None:
        parts = await Interactions(tx).of_contacts(contact_ids, None, MOST)
        await Exchanges(tx).forget([part.id for part in parts])
        await forget_runs(tx, [part.id for part in parts])
        await Interactions(tx).forget(contact_ids)
        await Scheduled(tx).forget(contact_ids)
        await Attachments(tx).forget(contact_ids)
        await Messages(tx).forget(contact_ids)
        for conversation_id in await Merges(tx).with_parts_of(contact_ids):
            await Words(tx).renew(conversation_id)
