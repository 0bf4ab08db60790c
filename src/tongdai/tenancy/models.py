"""Tables of module tenancy."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import global_table, reference, tenant_table

tenants = global_table(
    "tenants",
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False, comment="ISO 3166 alpha-2; reads national phone numbers"),
    Column("time_zone", Text, nullable=False),
    Column("locale", Text, nullable=False, server_default="en"),
    Column("settings", JSONB, nullable=False, server_default=text("'{}'")),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)

projects = tenant_table(
    "projects",
    Column("name", Text, nullable=False),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
)

calendars = tenant_table(
    "calendars",
    Column("name", Text, nullable=False),
    Column("project_id", UUID(as_uuid=True)),
    Column("time_zone", Text, nullable=False),
    Column(
        "weekly",
        JSONB,
        nullable=False,
        comment='{"mon": [["08:00", "12:00"], ["13:00", "18:00"]], …}, local time',
    ),
    Column("exceptions", JSONB, nullable=False, server_default=text("'[]'")),
    Column("closing", JSONB, comment="{since, by, exit, prompt}: closed in an emergency"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
    reference("project_id", "projects"),
)

audit_log = tenant_table(
    "audit_log",
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("user_id", UUID(as_uuid=True)),
    Column("action", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", UUID(as_uuid=True)),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    # Read newest first, and ids are ordered by time: the primary key serves the whole log, these what is asked of it.
    Index("audit_log_user_idx", "tenant_id", "user_id", "id"),
    Index("audit_log_kind_idx", "tenant_id", "subject_kind", "id"),
    Index("audit_log_subject_idx", "tenant_id", "subject_id", "id"),
)
