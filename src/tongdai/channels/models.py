"""Tables of module channels."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import reference, tenant_table

text_runs = tenant_table(
    "text_runs",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("conversation_id", UUID(as_uuid=True), nullable=False),
    Column("flow_run_id", UUID(as_uuid=True), nullable=False),
    Column("outside", Boolean, nullable=False, server_default="false", comment="a command is being carried out beside us"),
    Column("due_at", DateTime(timezone=True), comment="the flow's time is up then"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    Index("text_runs_outside_idx", "tenant_id", postgresql_where=text("outside")),
    Index("text_runs_due_idx", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    key=("interaction_id",),
    comment="flows that lead customers in writing",
)  # fmt: skip

widgets = tenant_table(
    "widgets",
    Column("project_id", UUID(as_uuid=True)),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, comment="public: stands in the page's source"),
    Column("flow_id", UUID(as_uuid=True), nullable=False),
    Column("origins", JSONB, nullable=False, server_default=text("'[]'"), comment="sites that may show it"),
    Column("look", JSONB, nullable=False, server_default=text("'{}'"), comment="title, greeting (per language), colour, side"),
    Column("pre_chat", JSONB, nullable=False, server_default=text("'[]'"), comment="what is asked first: name, email, phone"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
    UniqueConstraint("key"),
    reference("project_id", "projects"),
    reference("flow_id", "flows"),
)  # fmt: skip

visitors = tenant_table(
    "visitors",
    Column("widget_id", UUID(as_uuid=True), nullable=False),
    Column("token", LargeBinary, nullable=False, comment="SHA-256 of what the browser keeps"),
    Column("contact_id", UUID(as_uuid=True)),
    Column("name", Text, nullable=False, server_default=""),
    Column("about", JSONB, nullable=False, server_default=text("'{}'"), comment="said before a chat, proven by nothing"),
    Column("language", Text),
    Column("first_seen_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "token"),
    reference("widget_id", "widgets"),
    reference("contact_id", "contacts"),
)  # fmt: skip

chats = tenant_table(
    "chats",
    Column("widget_id", UUID(as_uuid=True), nullable=False),
    Column("visitor_id", UUID(as_uuid=True), nullable=False),
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("conversation_id", UUID(as_uuid=True), nullable=False),
    Column("page", Text, nullable=False, server_default="", comment="where it began"),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    reference("widget_id", "widgets"),
    reference("visitor_id", "visitors"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    reference("conversation_id", "conversations", on_delete="CASCADE"),
    UniqueConstraint("tenant_id", "interaction_id"),
    Index("chats_visitor_idx", "tenant_id", "visitor_id", "started_at"),
    # One at a time: two tabs that write at once begin one chat.
    Index("chats_open_key", "tenant_id", "visitor_id", unique=True, postgresql_where=text("ended_at IS NULL")),
)  # fmt: skip
