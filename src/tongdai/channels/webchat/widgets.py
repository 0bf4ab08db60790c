"""Widgets as rows that administrators edit."""

import secrets
from uuid import UUID

from tongdai.channels.webchat.schemas import Widget, WidgetIn
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited

WIDGETS = Edited("widgets", Widget, json=frozenset({"origins", "look", "pre_chat", "offline", "triggers"}))

REFERENCES = ("flow_id", "project_id", "mailbox_id")


async def add(tx: Transaction, new: WidgetIn) -> UUID:
    values = new.model_dump(mode="json") | {name: getattr(new, name) for name in REFERENCES}
    return await WIDGETS.add(tx, {**values, "key": secrets.token_urlsafe(12)})
