"""Tables of module routing."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import reference, tenant_table

music = tenant_table(
    "music",
    Column("name", Text, nullable=False),
    Column("audio", LargeBinary, nullable=False, comment="16 kHz mono 16-bit WAV"),
    Column("checksum", Text, nullable=False, comment="SHA-256 of audio"),
    Column("seconds", Float, nullable=False),
    Column("standard", Boolean, nullable=False, server_default="false", comment="wherever no queue has chosen"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
    comment="what those hear who wait or are on hold",
)  # fmt: skip

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
    Column("wrap_up_max_s", Float, nullable=False, server_default="0", comment="with all extensions; 0: no limit"),
    Column("wrap_up_forced", Boolean, nullable=False, server_default="false", comment="ends by the agent alone"),
    Column("wrap_up_then", Text, nullable=False, server_default="ready", comment="ready, not_ready: when time is up"),
    Column("auto_answer", Boolean, nullable=False, server_default="false"),
    Column("target_s", Float, nullable=False, server_default="20"),
    Column("target_share", Float, nullable=False, server_default="0.8"),
    Column("service_level_formula", Text, nullable=False, server_default="answered_of_all"),
    Column("short_abandon_s", Float, nullable=False, server_default="5"),
    Column("max_wait_s", Float, comment="after that the flow's timeout exit is taken"),
    Column("max_waiting", Integer, comment="more than that overflow at once"),
    Column("nobody_after_s", Float, comment="who waited so long leaves while nobody is signed in; NULL: nobody does"),
    Column("overflow", JSONB, nullable=False, server_default=text("'[]'"),
           comment='[{"queue_id", "after_s", "expected_s"}]; whose agents help out, nearest first'),
    Column("announce_position_s", Float, nullable=False, server_default="0", comment="0: never"),
    Column("announce_wait", Boolean, nullable=False, server_default="false", comment="with the position"),
    Column("music_id", UUID(as_uuid=True), comment="NULL: the tenant's own, else what Asterisk brings"),
    Column("recording", Text, nullable=False, server_default="always", comment="always, on_demand, never"),
    Column("announce_recording", Boolean, nullable=False, server_default="false"),
    Column("recording_prompt", Text, comment="what is played then; NULL: our own words"),
    Column("callbacks", JSONB, nullable=False, server_default=text("'{}'"),
           comment="how it calls back; see callbacks/policies.py for what is left out"),
    Column("closing", JSONB, comment="{since, by, exit, prompt}: closed in an emergency"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
    reference("project_id", "projects"),
    reference("music_id", "music"),
)  # fmt: skip

closure_switches = tenant_table(
    "closure_switches",
    Column("project_id", UUID(as_uuid=True)),
    Column("name", Text, nullable=False),
    Column("closing", JSONB, comment="{since, by, exit, prompt} while it is turned on"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
    reference("project_id", "projects"),
    comment="turned on in an emergency; flows ask for them by name",
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
    Column("preferred_why", Text, comment="flow, contact, last: who says that this agent is preferred"),
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
    Column(
        "callback",
        Boolean,
        nullable=False,
        server_default="false",
        comment="nobody is on the line: is called back",
    ),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    reference("queue_id", "queues"),
    Index("queue_entries_queue_idx", "tenant_id", "queue_id"),
    key=("interaction_id",),
)

queue_paces = tenant_table(
    "queue_paces",
    Column("queue_id", UUID(as_uuid=True), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, comment="the sums below are as of then"),
    Column("finished", Float, nullable=False, comment="contacts that agents finished; older ones count less"),
    Column("worked_s", Float, nullable=False, comment="their time"),
    Column("abandoned", Float, nullable=False, comment="callers who gave up"),
    Column("waited_s", Float, nullable=False, comment="the waiting of all"),
    Column("last_wait_s", Float, comment="of who was served last"),
    Column("staff", Integer, nullable=False, comment="agents at work, by heads"),
    Column("free", Integer, nullable=False, comment="of those"),
    Column("agents", Float, nullable=False, comment="the parts of them that are for this queue"),
    Column("counted", Float, nullable=False, server_default="0", comment="for the service level"),
    Column("in_time", Float, nullable=False, server_default="0", comment="of those"),
    reference("queue_id", "queues", on_delete="CASCADE"),
    key=("queue_id",),
    comment="how fast each queue goes, as its matcher knows it: for the expected wait",
)  # fmt: skip

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

blending_rules = tenant_table(
    "blending_rules",
    Column("user_id", UUID(as_uuid=True)),
    Column("team_id", UUID(as_uuid=True)),
    Column("rule", JSONB, comment="{mode, after_s, under_level}; NULL: as the next wider rule says"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("user_id", "users", on_delete="CASCADE"),
    reference("team_id", "teams", on_delete="CASCADE"),
    CheckConstraint("user_id IS NULL OR team_id IS NULL", name="one_holder"),
    Index(
        "blending_rules_holder_key", "tenant_id", "user_id", "team_id", unique=True, postgresql_nulls_not_distinct=True
    ),
    comment="what agents take between outbound work; without user and team it is everybody's",
)  # fmt: skip

callbacks = tenant_table(
    "callbacks",
    Column("state", Text, nullable=False,
           comment="scheduled, waiting, due, calling; served, failed, cancelled, called_again"),
    Column("queue_id", UUID(as_uuid=True), comment="NULL: personal, of user_id"),
    Column("user_id", UUID(as_uuid=True), comment="who promised to call"),
    Column("number", Text, nullable=False, comment="E.164"),
    Column("contact_id", UUID(as_uuid=True)),
    Column("project_id", UUID(as_uuid=True)),
    Column("own_address", Text, nullable=False, server_default="", comment="the number to show"),
    Column("language", Text),
    Column("time_zone", Text, nullable=False, comment="the customer's"),
    Column("note", Text, nullable=False, server_default=""),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("asked_by", UUID(as_uuid=True), comment="the agent; NULL: the customer"),
    Column("asked_in", UUID(as_uuid=True), comment="the interaction in which it was asked for"),
    Column("place_since", DateTime(timezone=True), nullable=False, comment="the place in the queue goes by this"),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("requirements", JSONB, nullable=False, server_default=text("'[]'")),
    Column("flow_answers", JSONB, nullable=False, server_default=text("'[]'")),
    Column("due_at", DateTime(timezone=True), comment="when it is to be looked at next; NULL while it waits"),
    Column("conversation_id", UUID(as_uuid=True), nullable=False, comment="joins all calls of this matter"),
    Column("interaction_id", UUID(as_uuid=True), comment="the present or last attempt"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("reason", Text, comment="what came of the last attempt, or why it is closed"),
    Column("served_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("queue_id", "queues"),
    reference("user_id", "users"),
    reference("contact_id", "contacts"),
    reference("project_id", "projects"),
    # One open callback per customer number and queue: a second request finds the first.
    Index(
        "callbacks_one_open_key", "tenant_id", "queue_id", "number", unique=True,
        postgresql_where=text("queue_id IS NOT NULL AND state IN ('scheduled', 'waiting', 'calling')"),
    ),
    Index("callbacks_due_idx", "due_at", postgresql_where=text("state = 'scheduled'")),
    Index("callbacks_interaction_idx", "tenant_id", "interaction_id"),
    Index("callbacks_conversation_idx", "tenant_id", "conversation_id"),
    Index("callbacks_asked_idx", "tenant_id", "asked_at", "id"),
    Index("callbacks_user_idx", "tenant_id", "user_id", postgresql_where=text("closed_at IS NULL")),
    Index("callbacks_contact_idx", "tenant_id", "contact_id"),
    comment="customers who are to be called back",
)  # fmt: skip
