"""Tables of module analytics. Live figures are held in memory and rebuilt from the others' tables."""

from sqlalchemy import ARRAY, Boolean, Column, DateTime, Float, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import UUID

from tongdai.platform.database.tables import reference, tenant_table

alert_rules = tenant_table(
    "alert_rules",
    Column("measure", Text, nullable=False),
    Column("threshold", Float, nullable=False, comment="contacts, seconds, or a share (0-1)"),
    Column("for_s", Float, nullable=False, server_default="0", comment="only when it has lasted so long"),
    Column(
        "at_least", Integer, nullable=False, server_default="10", comment="a share counts from so many contacts on"
    ),
    Column("severity", Text, nullable=False, server_default="warning", comment="warning, critical"),
    Column("queue_id", UUID(as_uuid=True), comment="NULL: every queue by itself"),
    Column("team_id", UUID(as_uuid=True), comment="NULL: the agents of all teams"),
    Column("reason_id", UUID(as_uuid=True), comment="not ready for this reason; NULL: for any"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("queue_id", "queues"),
    reference("team_id", "teams"),
    reference("reason_id", "reasons"),
)  # fmt: skip

alerts = tenant_table(
    "alerts",
    Column("rule_id", UUID(as_uuid=True), nullable=False),
    Column("measure", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("value", Float, nullable=False, comment="as it was when raised"),
    Column("worst", Float, comment="while it lasted; known once cleared"),
    Column("subject_id", UUID(as_uuid=True), nullable=False, comment="the queue or the agent"),
    Column("queue_id", UUID(as_uuid=True)),
    Column("user_id", UUID(as_uuid=True)),
    Column("reason_id", UUID(as_uuid=True)),
    # Frozen as of then: who may see the alert is who might have seen it live.
    Column("team_ids", ARRAY(UUID(as_uuid=True)), nullable=False, server_default=text("'{}'")),
    Column("project_id", UUID(as_uuid=True)),
    Column("raised_at", DateTime(timezone=True), nullable=False),
    Column("cleared_at", DateTime(timezone=True)),
    Column("acknowledged_at", DateTime(timezone=True)),
    Column("acknowledged_by", UUID(as_uuid=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("rule_id", "alert_rules"),
    reference("queue_id", "queues"),
    reference("user_id", "users"),
    # One open alert of a rule on a queue or agent: whoever raises it a second time fails here.
    Index(
        "alerts_one_open_key", "tenant_id", "rule_id", "subject_id", unique=True,
        postgresql_where=text("cleared_at IS NULL"),
    ),
)  # fmt: skip
