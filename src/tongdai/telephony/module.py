"""What telephony adds to the system."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from tongdai.conversations.public import ChannelAdapters, InteractionSources
from tongdai.crm.public import CustomerSources
from tongdai.people.events import SessionEnded
from tongdai.platform.auth import Extent, Permission
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.realtime import Push
from tongdai.platform.registry import Registry, Runtime
from tongdai.platform.search import SearchSources
from tongdai.telephony import api, lines_api, phones_api, recordings_api, views
from tongdai.telephony.adapter import VoiceAdapter
from tongdai.telephony.collector import Collector
from tongdai.telephony.events import CallChanged, DeviceChanged, RecordingChanged
from tongdai.telephony.exchange import Exchange
from tongdai.telephony.repository import Calls, Lines
from tongdai.telephony.sources import Heard, SearchNumbers, Spoken
from tongdai.tenancy.public import Subject, Subjects

_RECORDED = (
    "(SELECT coalesce(i.peer, i.peer_raw) FROM interactions i"
    " WHERE (i.tenant_id, i.id) = (t.tenant_id, t.interaction_id))"
)
"""A recording goes by the number of its call."""


def register(app: Registry) -> None:
    """The exchange, the collector of recordings, routes and permissions."""
    app.ensure(Subjects).add(
        Subject("trunk", "trunks"),
        Subject("number", "numbers", name="coalesce(nullif(t.label, ''), t.number)"),
        Subject("recording", "recordings", _RECORDED, "t.interaction_id", "interactions.see"),
    )
    app.declare(
        Permission("calls.take", "Take and make calls"),
        Permission("calls.dial_national", "Call national numbers"),
        Permission("calls.dial_international", "Call international numbers"),
        Permission("calls.dial_premium", "Call premium and unknown numbers"),
        Permission(
            "calls.listen",
            "Listen to recordings",
            (Extent.OWN, Extent.TEAM, Extent.QUEUE, Extent.PROJECT, Extent.TENANT),
        ),
        Permission("telephony.edit", "Edit trunks and numbers"),
    )
    app.ensure(ChannelAdapters).add("voice", VoiceAdapter())
    app.add_routes(api.router)
    app.add_routes(recordings_api.router)
    app.add_routes(lines_api.router)
    app.add_routes(phones_api.router)
    app.ensure(InteractionSources).add(Spoken())
    app.ensure(CustomerSources).add(Heard())
    app.ensure(SearchSources).add(SearchNumbers())
    app.hub.publish([CallChanged, RecordingChanged], publish_calls)
    app.hub.describe(call_changed=views.CallView)
    app.subscriptions.handle(SessionEnded, "telephony.session_ended", remove_softphone)
    exchange = Exchange()
    exchange.listen(app)
    app.put(exchange)
    app.run_service(exchange.service)
    app.run_service(Collector().service)

    def takes_calls() -> bool:
        return not app.get(Runtime).settings.ari_url or (exchange.owns and exchange.directory.told_all)

    app.ready_when("calls", takes_calls)


async def publish_calls(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """The agent's tabs see their call as it is now."""
    interactions: set[UUID] = {
        event.fact.interaction_id
        for event in events
        if isinstance(event.fact, CallChanged | RecordingChanged)
    }
    rows = [row for row in await Calls(tx).of_interactions(list(interactions)) if row.user_id is not None]
    shown = await views.call_views(tx, rows)
    return [
        Push("me", "call.changed", view, frozenset({row.user_id}))
        for row, view in zip(rows, shown, strict=True)
        if row.user_id is not None
    ]


async def remove_softphone(tx: Transaction, event: Recorded) -> None:
    """Browser credentials live as long as the session."""
    for device in await Lines(tx).remove_devices_of_session(event.fact.aggregate_id):
        tx.emit(
            DeviceChanged(aggregate_id=device.id, aggregate_version=2, user_id=device.user_id, removed=True)
        )
