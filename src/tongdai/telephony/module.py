"""What telephony adds to the system."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from tongdai.conversations.public import ChannelAdapters, InteractionSources
from tongdai.crm.public import CustomerSources
from tongdai.flows.public import FlowUses, Performers
from tongdai.people.events import SessionEnded
from tongdai.people.public import Extensions
from tongdai.platform.auth import Extent, Permission
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.realtime import Changed, Push
from tongdai.platform.registry import Registry, Runtime
from tongdai.platform.search import SearchSources
from tongdai.routing import public as routing
from tongdai.telephony import api, views
from tongdai.telephony.adapter import VoiceAdapter
from tongdai.telephony.events import (
    CallChanged,
    DeviceChanged,
    ForwardingChanged,
    RecordingChanged,
    TrunkStateChanged,
    VoicemailChanged,
    VoicemailLeft,
    WatchChanged,
)
from tongdai.telephony.exchange import Exchange
from tongdai.telephony.extensions import forwarding_api, groups_api, speed_dials_api
from tongdai.telephony.extensions.taken import free_for_user
from tongdai.telephony.flow_commands import teach
from tongdai.telephony.outbound import caller_ids_api
from tongdai.telephony.outbound import rules_api as dial_rules_api
from tongdai.telephony.outbound.rules import DialRuleRows
from tongdai.telephony.phones import api as phones_api
from tongdai.telephony.recording import api as recordings_api
from tongdai.telephony.recording import rules_api as recording_rules_api
from tongdai.telephony.recording.collector import Collector
from tongdai.telephony.repository import Calls, Lines
from tongdai.telephony.rooms import api as rooms_api
from tongdai.telephony.sources import Heard, SearchNumbers, Spoken
from tongdai.telephony.together import api as parties_api
from tongdai.telephony.together import watches_api
from tongdai.telephony.together.watches import WatchRows
from tongdai.telephony.trunks import api as trunks_api
from tongdai.telephony.trunks import lines_api
from tongdai.telephony.trunks.watch import TrunkWatch
from tongdai.telephony.voicemail import api as voicemail_api
from tongdai.telephony.voicemail import boxes_api
from tongdai.telephony.voicemail.mailing import Mailer
from tongdai.telephony.voicemail.views import VoicemailNews
from tongdai.tenancy.public import Subject, Subjects

_RECORDED = (
    "(SELECT coalesce(i.peer, i.peer_raw) FROM interactions i"
    " WHERE (i.tenant_id, i.id) = (t.tenant_id, t.interaction_id))"
)
"""A recording goes by the number of its call."""


_OWNER = (
    "coalesce((SELECT u.name FROM users u WHERE (u.tenant_id, u.id) = (t.tenant_id, t.owner_id)),"
    " (SELECT g.name FROM extension_groups g WHERE (g.tenant_id, g.id) = (t.tenant_id, t.owner_id)))"
)


class ListedByResult(routing.DoNotCallPort):
    """A result can put the number on the do-not-call list."""

    async def add(self, tx: Transaction, number: str, until: datetime | None, by: UUID) -> None:
        await DialRuleRows(tx).block(number, until, by)


def register(app: Registry) -> None:
    """The exchange, the collector of recordings, routes and permissions."""
    app.ensure(Subjects).add(
        Subject("trunk", "trunks"),
        Subject("number", "numbers", name="coalesce(nullif(t.label, ''), t.number)"),
        Subject("ring_group", "extension_groups"),
        Subject("conference_room", "conference_rooms"),
        Subject("do_not_call", "do_not_call", name="t.number", permission="calls.do_not_call"),
        Subject("recording_rule", "recording_rules", name="t.recording"),
        Subject("caller_id_rule", "caller_id_rules", name="t.prefixes::text"),
        Subject("calling_hours", "calling_hours", name="t.prefix"),
        Subject("voicemail", "voicemails", _RECORDED, "t.interaction_id", "interactions.see"),
        Subject("voicemail_box", "voicemail_boxes", name=_OWNER),
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
        Permission(
            "calls.monitor",
            "Listen to calls, and whisper to agents",
            (Extent.TEAM, Extent.QUEUE, Extent.PROJECT, Extent.TENANT),
        ),
        Permission(
            "calls.join",
            "Join calls, and take them over",
            (Extent.TEAM, Extent.QUEUE, Extent.PROJECT, Extent.TENANT),
        ),
        Permission("voicemail.download", "Download messages that one may hear"),
        Permission("recordings.hold", "Put recordings under legal hold, and lift it"),
        Permission("calls.do_not_call", "Keep the do-not-call list"),
        Permission("telephony.edit", "Edit trunks and numbers"),
    )
    app.ensure(ChannelAdapters).add("voice", VoiceAdapter())
    teach(app.ensure(Performers))
    app.ensure(FlowUses).add(numbers_leading_to)
    app.ensure(Extensions).add(free_for_user)
    app.add_routes(api.router)
    app.add_routes(parties_api.router)
    app.add_routes(watches_api.router)
    app.add_routes(recordings_api.router)
    app.add_routes(voicemail_api.router)
    app.add_routes(boxes_api.router)
    app.add_routes(trunks_api.router)  # before /trunks/{id}
    app.add_routes(lines_api.router)
    app.add_routes(phones_api.router)
    app.add_routes(forwarding_api.router)
    app.add_routes(speed_dials_api.router)
    app.add_routes(groups_api.router)
    app.add_routes(rooms_api.router)
    app.add_routes(dial_rules_api.router)
    app.add_routes(caller_ids_api.router)
    app.add_routes(recording_rules_api.router)
    app.ensure(InteractionSources).add(Spoken())
    app.ensure(CustomerSources).add(Heard())
    app.ensure(SearchSources).add(SearchNumbers())
    app.hub.publish([CallChanged, RecordingChanged], publish_calls)
    app.hub.publish([CallChanged], publish_parked)
    app.hub.publish([WatchChanged], publish_watches)
    app.hub.publish([TrunkStateChanged], trunks_api.publish_states)
    app.hub.publish([ForwardingChanged], forwarding_api.publish_forwarding)
    app.hub.publish([VoicemailLeft, VoicemailChanged], boxes_api.publish_news)
    app.hub.describe(
        call_changed=views.CallView,
        parked_changed=Changed,
        trunk_changed=Changed,
        watch_changed=watches_api.WatchView,
        forwarding_changed=forwarding_api.ForwardingView,
        voicemails_changed=VoicemailNews,
    )
    app.subscriptions.handle(SessionEnded, "telephony.session_ended", remove_softphone)
    exchange = Exchange()
    exchange.listen(app)
    app.put(exchange)
    app.put(ListedByResult(), routing.DoNotCallPort)
    app.run_service(exchange.service)
    app.run_service(TrunkWatch(exchange).service)
    app.run_service(Collector().service)
    app.run_service(Mailer().service)

    def takes_calls() -> bool:
        return not app.get(Runtime).settings.ari_url or (exchange.owns and exchange.directory.told_all)

    app.ready_when("calls", takes_calls)


async def numbers_leading_to(tx: Transaction, flow_id: UUID) -> list[str]:
    """Numbers whose callers enter this flow."""
    return await Lines(tx).leading_to(flow_id)


async def publish_calls(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """The tabs of all who are on a call see it as it is now; for those who left with this, it has ended."""
    interactions: set[UUID] = set()
    left: dict[UUID, set[UUID]] = {}
    for event in events:
        if isinstance(event.fact, CallChanged | RecordingChanged):
            interactions.add(event.fact.interaction_id)
        if isinstance(event.fact, CallChanged) and event.fact.left is not None:
            left.setdefault(event.fact.aggregate_id, set()).add(event.fact.left)
    rows = [
        row
        for row in await Calls(tx).of_interactions(list(interactions))
        if (row.user_id is not None or row.id in left or row.state in views.WITH_PARTIES) and not row.asks
    ]
    pushes: list[Push] = []
    for row, view in zip(rows, await views.call_views(tx, rows), strict=True):
        there = {party.user_id for party in view.parties if party.user_id and party.state != "ringing"}
        if row.user_id is not None:
            there.add(row.user_id)
        if there:
            pushes.append(Push("me", "call.changed", view, frozenset(there)))
        if gone := left.get(row.id, set()) - there:
            ended = view.model_copy(update={"state": "ended", "together": "none", "parties": []})
            pushes.append(Push("me", "call.changed", ended, frozenset(gone)))
    return pushes


async def publish_parked(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """Who shows who is parked fetches that anew."""
    return [
        Push("me", "parked.changed", Changed(id=event.fact.aggregate_id))
        for event in events
        if isinstance(event.fact, CallChanged) and event.fact.parked
    ]


async def publish_watches(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """Who listens sees to whom, and how."""
    pushes: list[Push] = []
    for watch_id in dict.fromkeys(event.fact.aggregate_id for event in events):
        watch = await WatchRows(tx).get(watch_id)
        if watch is not None:
            view = await watches_api.watch_view(tx, watch)
            pushes.append(Push("me", "watch.changed", view, frozenset({watch.user_id})))
    return pushes


async def remove_softphone(tx: Transaction, event: Recorded) -> None:
    """Browser credentials live as long as the session."""
    for device in await Lines(tx).remove_devices_of_session(event.fact.aggregate_id):
        tx.emit(
            DeviceChanged(aggregate_id=device.id, aggregate_version=2, user_id=device.user_id, removed=True)
        )
