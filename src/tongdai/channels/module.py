"""What channels add to the system."""

import contextlib
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.channels import api_handing, desk, handing
from tongdai.channels.desk import Desks
from tongdai.channels.dialogue.service import Manners, TextDialogues
from tongdai.channels.email import api as email_api
from tongdai.channels.email import api_letters, api_signatures, api_sorting, flow_commands, leading
from tongdai.channels.email import keeper as email_keeper
from tongdai.channels.email.adapter import EmailAdapter
from tongdai.channels.email.beginning import CHANNEL as EMAIL
from tongdai.channels.email.desk import MailDesk
from tongdai.channels.email.mailboxes import mailboxes_leading_to
from tongdai.channels.email.outbox import Outbox
from tongdai.channels.email.reader import Readers
from tongdai.channels.email.repository import Mails
from tongdai.channels.sharing import api as sharing_api
from tongdai.channels.sharing import api_visitor as sharing_visitor
from tongdai.channels.sharing import keeper as sharing_keeper
from tongdai.channels.sharing.live import publish_shares
from tongdai.channels.sharing.rooms import Rooms
from tongdai.channels.waking import waking
from tongdai.channels.webchat import (
    api,
    api_files,
    api_identity,
    api_offline,
    api_page,
    api_visitor,
    service,
)
from tongdai.channels.webchat.adapter import WebChatAdapter
from tongdai.channels.webchat.desk import ChatDesk
from tongdai.channels.webchat.keeper import keeping
from tongdai.channels.webchat.known import KnownWidgets
from tongdai.channels.webchat.lines import Lines
from tongdai.channels.webchat.repository import Chats
from tongdai.channels.webchat.told import publish_visits
from tongdai.conversations.public import ChannelAdapters, InteractionRow
from tongdai.crm.public import CustomerSource, CustomerSources
from tongdai.flows.public import FlowUses, Performers, SendEmail
from tongdai.platform.auth import Permission
from tongdai.platform.database import Transaction
from tongdai.platform.passing import Passing
from tongdai.platform.registry import Registry, Runtime
from tongdai.routing.events import ContactTimedOut
from tongdai.tenancy.public import Subject, Subjects


class Visited(CustomerSource):
    """Visitors who said who they are."""

    name = "visitors"

    async def export(self, tx: Transaction, contact_ids: list[UUID]) -> list[dict[str, Any]]:
        told = await Chats(tx).told_of(contact_ids)
        return [{"interaction_id": str(one), "told_by_page": dict(said)} for one, said in told]

    async def erase(self, tx: Transaction, contact_ids: list[UUID], at: datetime) -> None:
        await Chats(tx).forget(contact_ids)


class Mailed(CustomerSource):
    """What was written to them and by them, beside its messages."""

    name = "mails"

    async def export(self, tx: Transaction, contact_ids: list[UUID]) -> list[dict[str, Any]]:
        return []

    async def erase(self, tx: Transaction, contact_ids: list[UUID], at: datetime) -> None:
        await Mails(tx).forget(contact_ids)


def register(app: Registry) -> None:
    """Flows over text; web chat with its widgets, its visitors' lines and its adapter; e-mail."""
    app.declare(Permission("widgets.edit", "Edit the chat windows of websites"))
    app.declare(Permission("mailboxes.edit", "Edit mailboxes"))
    app.declare(Permission("mails.spam", "See what was taken for spam, and let it through"))
    app.ensure(Subjects).add(Subject("widget", "widgets"))
    app.ensure(Subjects).add(Subject("mailbox", "mailboxes"))
    app.ensure(Subjects).add(Subject("signature", "signatures"))
    app.ensure(CustomerSources).add(Visited())
    app.ensure(CustomerSources).add(Mailed())
    dialogues, lines, widgets, adapter = TextDialogues(), Lines(), KnownWidgets(), WebChatAdapter()
    for one in (dialogues, lines, widgets):
        app.put(one)
    lines.listen(app.subscriptions)
    widgets.listen(app.subscriptions)
    publish_visits(app.hub)
    app.subscriptions.handle(ContactTimedOut, "channels.contact_timed_out", dialogues.timed_out)
    app.ensure(ChannelAdapters).add(service.CHANNEL, adapter)
    app.ensure(Desks).add(service.CHANNEL, ChatDesk(dialogues, lines))
    _register_email(app, dialogues)
    _register_sharing(app)

    async def flow_over(tx: Transaction, interaction: InteractionRow, at: datetime, _: str) -> None:
        for chat in await Chats(tx).of_interactions([interaction.id]):
            await service.close(tx, interaction, chat, at, "system")

    dialogues.serve(service.CHANNEL, Manners(flow_over))
    dialogues.serve(EMAIL, Manners(leading.over, leading.tell, leading.PATIENCE, by_letter=True))
    app.ensure(FlowUses).add(mailboxes_leading_to)
    app.ensure(Performers).inside(SendEmail, flow_commands.send)
    app.ensure(Performers).knows("sender", flow_commands.knows_sender)

    @contextlib.asynccontextmanager
    async def presenting(runtime: Runtime) -> AsyncGenerator[None]:
        adapter.runtime = runtime
        yield

    app.run_service(dialogues.service)
    app.run_service(presenting)
    app.run_service(keeping)
    app.run_service(handing.watching)
    app.run_service(waking)
    app.add_routes(api_page.router)
    app.add_routes(api_visitor.router)
    app.add_routes(api_files.router)
    app.add_routes(api_identity.router)
    app.add_routes(api_identity.admin)
    app.add_routes(api_offline.router)
    app.add_routes(api_offline.agents)
    app.add_routes(api.router)
    app.add_routes(desk.router)
    app.add_routes(api_handing.router)


def _register_sharing(app: Registry) -> None:
    """What customers show to their agents: its routes, where both sides meet, and what ends it."""
    passing = Passing()
    rooms = Rooms(passing)
    app.put(rooms)
    passing.listen_to(app.subscriptions)
    rooms.listen(app.subscriptions)
    publish_shares(app.hub)
    app.run_service(lambda runtime: passing.running(runtime.events))
    app.run_service(sharing_keeper.keeping)
    app.add_routes(sharing_api.router)
    app.add_routes(sharing_visitor.router)


def _register_email(app: Registry, dialogues: TextDialogues) -> None:
    """Mailboxes, their readers, the outbox and the adapter."""
    adapter, readers, outbox = EmailAdapter(), Readers(), Outbox()
    app.ensure(ChannelAdapters).add(EMAIL, adapter)
    app.ensure(Desks).add(EMAIL, MailDesk(dialogues))

    @contextlib.asynccontextmanager
    async def presenting(runtime: Runtime) -> AsyncGenerator[None]:
        adapter.runtime = runtime
        yield

    app.run_service(presenting)
    app.run_service(outbox.service)
    app.run_service(readers.service)
    app.run_service(email_keeper.keeping)
    app.add_routes(email_api.router)
    app.add_routes(api_letters.router)
    app.add_routes(api_signatures.router)
    app.add_routes(api_sorting.router)
