"""Tables of module routing."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import reference, tenant_table

queues = tenant_table(
    "queues",
    Column("project_id", UUID(as_uuid=True)),
    Column("name", Text, nullable=False),
    Column("channel", Text, nullable=False, server_default="voice"),
    Column("strategy", Text, nullable=False, server_default="longest_idle"),
    Column("requirements", JSONB, nullable=False, server_default=text("'[]'"),
           comment='[{"skill_id", "level", "relax": [{"after_s", "level"}]}]; agents who meet them are members'),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("ageing", Float, nullable=False, server_default="0", comment="priority gained per minute of waiting"),
    Column("offer_timeout_s", Float, nullable=False, server_default="20"),
    Column("missed_limit", SmallInteger, nullable=False, server_default="2", comment="0: never not ready by itself"),
    Column("last_agent_s", Float, nullable=False, server_default="0", comment="prefer the last agent this long"),
    Column("wrap_up_s", Float, nullable=False, server_default="30", comment="0: no wrap-up"),
    Column("auto_answer", Boolean, nullable=False, server_default="false"),
    Column("target_s", Float, nullable=False, server_default="20"),
    Column("target_share", Float, nullable=False, server_default="0.8"),
    Column("service_level_formula", Text, nullable=False, server_default="answered_of_all"),
    Column("short_abandon_s", Float, nullable=False, server_default="5"),
    Column("max_wait_s", Float, comment="after that the flow's timeout exit is taken"),
    Column("max_waiting", Integer, comment="more than that overflow at once"),
    Column("announce_position_s", Float, nullable=False, server_default="0", comment="0: never"),
    Column("music", Text, nullable=False, server_default="default"),
    Column("recording", Text, nullable=False, server_default="always", comment="always, on_demand, never"),
    Column("announce_recording", Boolean, nullable=False, server_default="false"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
    reference("project_id", "projects"),
)  # fmt: skip

queue_members = tenant_table(
    "queue_members",
    Column("queue_id", UUID(as_uuid=True), nullable=False),
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column(
        "position", Integer, nullable=False, server_default="0", comment="order for the sequential strategy"
    ),
    reference("queue_id", "queues", on_delete="CASCADE"),
    reference("user_id", "users", on_delete="CASCADE"),
    Index("queue_members_user_idx", "tenant_id", "user_id"),
    key=("queue_id", "user_id"),
)

queue_entries = tenant_table(
    "queue_entries",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column(
        "entry_id", UUID(as_uuid=True), nullable=False, comment="this stay in the queue; the facts' aggregate"
    ),
    Column("queue_id", UUID(as_uuid=True), nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False, comment="waiting, offered"),
    Column("requirements", JSONB, nullable=False, server_default=text("'[]'")),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("preferred_user_id", UUID(as_uuid=True)),
    Column("enqueued_at", DateTime(timezone=True), nullable=False),
    Column("times_out_at", DateTime(timezone=True)),
    Column("rounds", SmallInteger, nullable=False, server_default="0"),
    Column(
        "tried",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="[user, until]: passed over for them until then",
    ),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    reference("queue_id", "queues"),
    Index("queue_entries_queue_idx", "tenant_id", "queue_id"),
    key=("interaction_id",),
)

offer_rounds = tenant_table(
    "offer_rounds",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("queue_id", UUID(as_uuid=True), nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("outcome", Text, comment="accepted, missed, declined, withdrawn, failed"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    # One open offer round per interaction: a claim that would make a second one fails here.
    Index(
        "offer_rounds_one_open_key", "tenant_id", "interaction_id", unique=True,
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("offer_rounds_open_idx", "expires_at", postgresql_where=text("closed_at IS NULL")),
)  # fmt: skip

agent_loads = tenant_table(
    "agent_loads",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("channel", Text, nullable=False),
    Column("in_use", SmallInteger, nullable=False, server_default="0"),
    Column("capacity", SmallInteger, nullable=False, server_default="1"),
    Column(
        "handled",
        Integer,
        nullable=False,
        server_default="0",
        comment="since going ready; for fewest contacts",
    ),
    Column(
        "busy_s", Float, nullable=False, server_default="0", comment="time on contacts; for least occupied"
    ),
    Column("last_offer_at", DateTime(timezone=True), comment="for round robin"),
    reference("user_id", "users", on_delete="CASCADE"),
    CheckConstraint("in_use BETWEEN 0 AND capacity", name="capacity"),
    key=("user_id", "channel"),
)

routing_decisions = tenant_table(
    "routing_decisions",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("queue_id", UUID(as_uuid=True), nullable=False),
    Column("round_id", UUID(as_uuid=True)),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("decision", Text, nullable=False, comment="offered, no_agent, timed_out, overflowed"),
    Column("explanation", JSONB, nullable=False),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    Index("routing_decisions_interaction_idx", "tenant_id", "interaction_id", "at"),
)
