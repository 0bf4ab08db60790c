"""Tables of module flows."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from tongdai.flows.assistant.models import assistant_exchanges, assistant_usage, assistants
from tongdai.flows.intents.models import intent_sets, intent_versions
from tongdai.flows.tables.models import data_rows, data_tables, pin_callers
from tongdai.platform.database.tables import reference, tenant_table

__all__ = [
    "assistant_exchanges",
    "assistant_usage",
    "assistants",
    "data_rows",
    "data_tables",
    "flow_runs",
    "flow_versions",
    "flow_visits",
    "flows",
    "intent_sets",
    "intent_versions",
    "pin_callers",
    "prompts",
]

flows = tenant_table(
    "flows",
    Column("project_id", UUID(as_uuid=True)),
    Column("name", Text, nullable=False, comment="as in its YAML; sub-flows are called by it"),
    Column("title", Text, nullable=False, server_default=""),
    Column("draft", JSON, nullable=False, comment="json, not jsonb: the order of members is the author's"),
    Column("tests", Text, nullable=False, server_default="", comment="tests of the flow, as YAML"),
    Column("published_id", UUID(as_uuid=True), comment="the version that new runs take"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    reference("project_id", "projects"),
    UniqueConstraint("tenant_id", "name"),
)

flow_versions = tenant_table(
    "flow_versions",
    Column("flow_id", UUID(as_uuid=True), nullable=False),
    Column("number", Integer, nullable=False),
    Column("document", JSON, nullable=False, comment="never changed"),
    Column("note", Text, nullable=False, server_default=""),
    Column("published_at", DateTime(timezone=True), nullable=False),
    Column("published_by", UUID(as_uuid=True)),
    reference("flow_id", "flows"),
    UniqueConstraint("tenant_id", "flow_id", "number"),
)

flow_runs = tenant_table(
    "flow_runs",
    Column("version_id", UUID(as_uuid=True), nullable=False),
    Column("subject_id", UUID(as_uuid=True), nullable=False, comment="the interaction that it serves"),
    Column("state", JSON, nullable=False, comment="the Run"),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("deadline", DateTime(timezone=True)),
    Column("ended", Text, comment="finished, hung_up, left or fault"),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    reference("version_id", "flow_versions"),
    Index("flow_runs_subject_idx", "tenant_id", "subject_id"),
    Index("flow_runs_open_idx", "deadline", postgresql_where=text("ended IS NULL")),
)

flow_visits = tenant_table(
    "flow_visits",
    Column("run_id", UUID(as_uuid=True), nullable=False),
    Column("number", Integer, nullable=False, comment="counts the visits of the run"),
    Column("version_id", UUID(as_uuid=True), nullable=False),
    Column("node", Text, nullable=False),
    Column("exit", Text, nullable=False, comment="empty: the run ended here or left by a fault"),
    Column("fault", Text),
    Column("left_at", DateTime(timezone=True), nullable=False),
    reference("run_id", "flow_runs", on_delete="CASCADE"),
    Index("flow_visits_version_idx", "tenant_id", "version_id", "node", "exit"),
    key=("run_id", "number"),
)

prompts = tenant_table(
    "prompts",
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column(
        "text",
        Text,
        nullable=False,
        server_default="",
        comment="what is said; rendered when there is no audio",
    ),
    Column("audio", LargeBinary, comment="16 kHz mono 16-bit WAV"),
    Column("checksum", Text, comment="SHA-256 of audio"),
    Column("seconds", Float),
    Column(
        "formerly",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="names that lead here still",
    ),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint("tenant_id", "name", "language"),
)
