"""Tables of module telephony."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import reference, tenant_table
from tongdai.telephony.rooms.models import conference_rooms as conference_rooms
from tongdai.telephony.together.models import call_parties as call_parties
from tongdai.telephony.together.models import call_watches as call_watches
from tongdai.telephony.voicemail.models import voicemails as voicemails

trunks = tenant_table(
    "trunks",
    Column("name", Text, nullable=False),
    Column("sip_name", Text, nullable=False, unique=True, comment="the endpoint's name in the installation"),
    Column("username", Text, nullable=False, comment="the account by which the other side signs in to us"),
    Column("password", Text, nullable=False),
    Column(
        "host", Text, comment="host[:port] that we send calls to; NULL: only the address it registered from"
    ),
    Column("transport", Text, nullable=False, server_default="udp"),
    Column("registers_out", Boolean, nullable=False, server_default="false"),
    Column(
        "match", JSONB, nullable=False, server_default=text("'[]'"), comment="addresses that need no password"
    ),
    Column("codecs", JSONB, nullable=False, server_default=text("""'["alaw", "ulaw"]'""")),
    Column("order", SmallInteger, nullable=False, server_default="0", comment="outbound: lowest first"),
    Column("caller_id", Text, comment="shown on outbound calls unless a rule says otherwise"),
    Column("max_calls", Integer, nullable=False, server_default="100"),
    Column("max_spend", Numeric(12, 4), comment="per day"),
    Column("price_per_minute", Numeric(12, 6), nullable=False, server_default="0"),
    Column(
        "prefixes",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="carries only these; empty: all",
    ),
    Column(
        "rates",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment='[{"prefix", "price_per_minute"}]',
    ),
    Column("number_format", Text, nullable=False, server_default="e164", comment="e164, digits, national"),
    Column(
        "srtp", Boolean, nullable=False, server_default="false", comment="sound is encrypted; with tls only"
    ),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
)
trunk_states = tenant_table(
    "trunk_states",
    Column("registration", Text, nullable=False, comment="registered, rejected, unreachable, trying, ..."),
    Column("since", DateTime(timezone=True)),
    Column("answer", SmallInteger, comment="the SIP status of the last refusal; 0: nobody answered"),
    Column("answered_at", DateTime(timezone=True)),
    Column("reachable", Boolean),
    Column("round_trip_ms", Float),
    Column("seen_at", DateTime(timezone=True), nullable=False, comment="older: nobody looks any more"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("id", "trunks", on_delete="CASCADE"),
    comment="the id is the trunk's",
)

numbers = tenant_table(
    "numbers",
    Column("project_id", UUID(as_uuid=True)),
    Column("number", Text, nullable=False, comment="as the trunk presents it"),
    Column("label", Text, nullable=False, server_default=""),
    Column("flow_id", UUID(as_uuid=True)),
    Column("trunk_id", UUID(as_uuid=True), comment="NULL: whichever of the tenant's trunks it comes by"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("trunk_id", "trunks"),
    reference("project_id", "projects"),
    UniqueConstraint("tenant_id", "number"),
)

devices = tenant_table(
    "devices",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("kind", Text, nullable=False, comment="webrtc or sip"),
    Column(
        "sip_name",
        Text,
        nullable=False,
        unique=True,
        comment="unique in the installation; extensions are not",
    ),
    Column("password", Text, nullable=False),
    Column("session_id", UUID(as_uuid=True), comment="browser credentials live as long as this session"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    reference("user_id", "users", on_delete="CASCADE"),
    Index("devices_user_idx", "tenant_id", "user_id"),
)
phone_settings = tenant_table(
    "phone_settings",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("id", UUID(as_uuid=True), nullable=False, comment="the facts' aggregate"),
    Column("ring_on", Text, nullable=False, server_default="browser", comment="browser, phone, both"),
    Column(
        "forward_always", Text, nullable=False, server_default="", comment="an extension or outside number"
    ),
    Column("forward_busy", Text, nullable=False, server_default=""),
    Column("forward_no_answer", Text, nullable=False, server_default=""),
    Column("forward_unreachable", Text, nullable=False, server_default=""),
    Column(
        "forward_after_s", SmallInteger, nullable=False, server_default="20", comment="rung before no answer"
    ),
    Column("do_not_disturb", Boolean, nullable=False, server_default="false"),
    Column(
        "listed",
        Boolean,
        nullable=False,
        server_default="true",
        comment="callers find the user by their name",
    ),
    Column("max_calls", Integer, comment="outside calls that the user may place a day"),
    Column("max_spend", Numeric(12, 4), comment="what the user's outside calls may cost a day"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("user_id", "users", on_delete="CASCADE"),
    key=("user_id",),
)

speed_dials = tenant_table(
    "speed_dials",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("digit", SmallInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("number", Text, nullable=False, comment="as it is dialled"),
    reference("user_id", "users", on_delete="CASCADE"),
    key=("user_id", "digit"),
)

extension_groups = tenant_table(
    "extension_groups",
    Column("name", Text, nullable=False),
    Column("extension", Text, nullable=False),
    Column(
        "hunt", Text, nullable=False, server_default="all", comment="all, in_turn, longest_idle, round_robin"
    ),
    Column("member_ids", JSONB, nullable=False, server_default=text("'[]'"), comment="users, in their order"),
    Column("ring_s", SmallInteger, nullable=False, server_default="20", comment="each; with all: together"),
    Column("otherwise", Text, nullable=False, server_default="", comment="dialled when nobody answers"),
    Column("turn", Integer, nullable=False, server_default="0", comment="calls that it has had"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
    UniqueConstraint("tenant_id", "extension"),
)

calls = tenant_table(
    "calls",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("direction", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("server", Text, nullable=False, comment="which Asterisk carries it"),
    Column("customer_channel", Text, nullable=False),
    Column("agent_channel", Text),
    Column("bridge_id", Text),
    Column("trunk_id", UUID(as_uuid=True)),
    Column("number_id", UUID(as_uuid=True)),
    Column("flow_run_id", UUID(as_uuid=True)),
    Column("user_id", UUID(as_uuid=True), comment="the agent on the call"),
    Column("assignment_id", UUID(as_uuid=True)),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("held_since", DateTime(timezone=True)),
    Column("muted", Boolean, nullable=False, server_default="false"),
    Column("recording_policy", Text, nullable=False, server_default="never"),
    Column("recording_pause_s", Integer, nullable=False, server_default="0", comment="0: not under always"),
    Column("recording_wish", Text, nullable=False, server_default="", comment="what the flow said about it"),
    Column("invites", Text, nullable=False, server_default="", comment="whom the customer wants called in"),
    Column("recording_told", Boolean, nullable=False, server_default="false"),
    Column("cause", Integer),
    Column("hung_up_by", Text),
    Column("quality", JSONB, nullable=False, server_default=text("'{}'")),
    Column("park_slot", SmallInteger, comment="the place where the customer is parked"),
    Column("parked_at", DateTime(timezone=True)),
    Column("parked_by", UUID(as_uuid=True), comment="has them back after a while"),
    Column("room_id", UUID(as_uuid=True), comment="the conference room that the caller is in, or asked for"),
    Column("room_joined_at", DateTime(timezone=True), comment="let in"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("room_id", "conference_rooms"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    Index(
        "calls_parked_idx",
        "tenant_id",
        "park_slot",
        unique=True,
        postgresql_where=text("park_slot IS NOT NULL"),
    ),
    Index("calls_interaction_idx", "tenant_id", "interaction_id"),
    Index("calls_open_idx", "server", postgresql_where=text("ended_at IS NULL")),
    Index(
        "calls_started_idx", "started_at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}
    ),
)

outside_legs = tenant_table(
    "outside_legs",
    Column("call_id", UUID(as_uuid=True), nullable=False),
    Column("channel", Text, nullable=False),
    Column("trunk_id", UUID(as_uuid=True), nullable=False),
    Column("user_id", UUID(as_uuid=True), comment="who answers for its cost"),
    Column("price_per_minute", Numeric(12, 6), nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    reference("call_id", "calls", on_delete="CASCADE"),
    Index("outside_legs_call_idx", "tenant_id", "call_id"),
    Index("outside_legs_started_idx", "tenant_id", "started_at"),
    Index("outside_legs_open_idx", "tenant_id", "trunk_id", postgresql_where=text("ended_at IS NULL")),
)

call_commands = tenant_table(
    "call_commands",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("call_id", UUID(as_uuid=True), comment="NULL: a new call, or a phone's business"),
    Column("command", Text, nullable=False),
    Column("argument", Text, nullable=False, server_default="", comment="emptied once it is done"),
    Column("caller_id", Text),
    Column("project_id", UUID(as_uuid=True), comment="for which a new call is made"),
    Column("key", Text, nullable=False, comment="the same key of the same user is the same wish"),
    Column("deadline", DateTime(timezone=True), nullable=False, comment="by the database's clock"),
    Column("state", Text, nullable=False, server_default="asked", comment="asked, claimed, done"),
    Column("problem", Text, nullable=False, server_default="", comment="an error's code"),
    Column("status", Integer, nullable=False, server_default="200"),
    Column("detail", Text, nullable=False, server_default=""),
    reference("user_id", "users", on_delete="CASCADE"),
    UniqueConstraint("tenant_id", "user_id", "key"),
    Index("call_commands_asked_idx", "deadline", postgresql_where=text("state = 'asked'")),
)

recordings = tenant_table(
    "recordings",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("call_id", UUID(as_uuid=True), nullable=False),
    Column("kind", Text, nullable=False, server_default="call", comment="call or voicemail"),
    Column("state", Text, nullable=False, comment="recording, collecting, stored, failed, erased"),
    Column("policy", Text, nullable=False, server_default="always"),
    Column("announced", Boolean, nullable=False, server_default="false"),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("paused_since", DateTime(timezone=True), comment="silence is written meanwhile"),
    Column("paused_until", DateTime(timezone=True), comment="it goes on by itself then"),
    Column("keep_days", Integer, comment="by the rule; NULL: as the centre keeps them"),
    Column("duration_s", Float),
    Column("codec", Text),
    Column("path", Text, comment="within the file store"),
    Column("size", Integer),
    Column("checksum", Text, comment="SHA-256 of the stored file"),
    Column("peaks", JSONB),
    Column("retention_until", DateTime(timezone=True)),
    Column("legal_hold", Boolean, nullable=False, server_default="false"),
    Column("hold_reason", Text, nullable=False, server_default=""),
    Column("held_by", UUID(as_uuid=True)),
    Column("held_at", DateTime(timezone=True)),
    Column("error", Text),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("NOT legal_hold OR state NOT IN ('erasing', 'erased')", name="held"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    Index("recordings_interaction_idx", "tenant_id", "interaction_id"),
    Index("recordings_call_idx", "tenant_id", "call_id"),
    Index("recordings_due_idx", "ended_at", postgresql_where=text("state IN ('collecting', 'erasing')")),
    Index("recordings_retention_idx", "retention_until", postgresql_where=text("state = 'stored'")),
)
recording_parts = tenant_table(
    "recording_parts",
    Column("recording_id", UUID(as_uuid=True), nullable=False),
    Column("participant", Text, nullable=False, comment="customer or agent: the channel of the stored file"),
    Column("source", Text, nullable=False, comment="the name of Asterisk's file"),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("gap_reason", Text),
    reference("recording_id", "recordings", on_delete="CASCADE"),
    Index("recording_parts_recording_idx", "tenant_id", "recording_id"),
)

do_not_call = tenant_table(
    "do_not_call",
    Column("number", Text, nullable=False, comment="E.164, or digits that are no number of the world"),
    Column("prefix", Boolean, nullable=False, comment="all numbers that begin so"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("until", DateTime(timezone=True), comment="NULL: for good"),
    Column("added_by", UUID(as_uuid=True)),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "number", "prefix"),
)
calling_hours = tenant_table(
    "calling_hours",
    Column("prefix", Text, nullable=False, comment="+84: numbers that begin so; +: all numbers"),
    Column("weekly", JSONB, nullable=False, comment="as in calendars, by the clock of the called number"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "prefix"),
)
caller_id_rules = tenant_table(
    "caller_id_rules",
    Column("order", SmallInteger, nullable=False, server_default="0", comment="the first that fits decides"),
    Column("prefixes", JSONB, nullable=False, server_default=text("'[]'"), comment="of the called number"),
    Column(
        "queue_ids", JSONB, nullable=False, server_default=text("'[]'"), comment="who calls works for one"
    ),
    Column("team_ids", JSONB, nullable=False, server_default=text("'[]'")),
    Column("user_ids", JSONB, nullable=False, server_default=text("'[]'")),
    Column(
        "project_ids",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="for which the call is made",
    ),
    Column("number_ids", JSONB, nullable=False, comment="may be shown; the first unless another is chosen"),
    Column("may_choose", Boolean, nullable=False, server_default="false"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
)
recording_rules = tenant_table(
    "recording_rules",
    Column("order", SmallInteger, nullable=False, server_default="0", comment="the first that fits decides"),
    Column(
        "directions",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="inbound, outbound, internal",
    ),
    Column("queue_ids", JSONB, nullable=False, server_default=text("'[]'")),
    Column("project_ids", JSONB, nullable=False, server_default=text("'[]'"), comment="of the number called"),
    Column("number_ids", JSONB, nullable=False, server_default=text("'[]'")),
    Column("recording", Text, nullable=False, comment="always, on_demand, never, sample"),
    Column("percent", SmallInteger, nullable=False, server_default="100", comment="of a sample"),
    Column(
        "pause_s", Integer, nullable=False, server_default="0", comment="longest pause; 0: none under always"
    ),
    Column("keep_days", Integer, comment="NULL: as the centre keeps them"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
)
