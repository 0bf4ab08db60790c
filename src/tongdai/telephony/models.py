"""Tables of module telephony."""

from sqlalchemy import (
    Boolean,
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

trunks = tenant_table(
    "trunks",
    Column("name", Text, nullable=False),
    Column(
        "sip_name",
        Text,
        nullable=False,
        unique=True,
        comment="the endpoint's name, unique in the installation",
    ),
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
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
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
    Column("max_calls", Integer, comment="outside calls that the user may place a day"),
    Column("max_spend", Numeric(12, 4), comment="what the user's outside calls may cost a day"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("user_id", "users", on_delete="CASCADE"),
    key=("user_id",),
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
    Column("cause", Integer),
    Column("hung_up_by", Text),
    Column("quality", JSONB, nullable=False, server_default=text("'{}'")),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    Index("calls_interaction_idx", "tenant_id", "interaction_id"),
    Index("calls_open_idx", "server", postgresql_where=text("ended_at IS NULL")),
    Index("calls_outbound_idx", "tenant_id", "started_at", postgresql_where=text("direction = 'outbound'")),
    Index(
        "calls_started_idx", "started_at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}
    ),
)

call_commands = tenant_table(
    "call_commands",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("call_id", UUID(as_uuid=True), comment="NULL: a new call, or a phone's business"),
    Column("command", Text, nullable=False),
    Column("argument", Text, nullable=False, server_default="", comment="emptied once it is done"),
    Column("caller_id", Text),
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
    Column("duration_s", Float),
    Column("codec", Text),
    Column("path", Text, comment="within the file store"),
    Column("size", Integer),
    Column("checksum", Text, comment="SHA-256 of the stored file"),
    Column("peaks", JSONB),
    Column("retention_until", DateTime(timezone=True)),
    Column("legal_hold", Boolean, nullable=False, server_default="false"),
    Column("error", Text),
    Column("version", Integer, nullable=False, server_default="1"),
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

voicemails = tenant_table(
    "voicemails",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("recording_id", UUID(as_uuid=True)),
    Column("mailbox", Text, nullable=False, server_default=""),
    Column("queue_id", UUID(as_uuid=True)),
    Column("user_id", UUID(as_uuid=True)),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("heard_at", DateTime(timezone=True)),
    Column("heard_by", UUID(as_uuid=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    Index("voicemails_interaction_idx", "tenant_id", "interaction_id"),
    Index("voicemails_recording_idx", "tenant_id", "recording_id"),
    Index("voicemails_at_idx", "tenant_id", "at"),
)
