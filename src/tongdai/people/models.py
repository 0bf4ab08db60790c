"""Tables of module people."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import reference, tenant_table

USER = "users"

users = tenant_table(
    USER,
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_sort", Text, nullable=False),
    Column("name_fold", Text, nullable=False),
    Column("password_hash", Text),
    Column("locale", Text, nullable=False, server_default="en"),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("theme", Text, nullable=False, server_default="auto"),
    Column("alert_sound", Boolean, nullable=False, server_default="false"),
    Column("extension", Text),
    Column("languages", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("failed_sign_ins", SmallInteger, nullable=False, server_default="0"),
    Column("locked_until", DateTime(timezone=True)),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint("tenant_id", "extension"),
    # Sign-in names no tenant, so an address belongs to one user of the whole installation.
    Index("users_email_key", text("lower(email)"), unique=True),
)

teams = tenant_table(
    "teams",
    Column("name", Text, nullable=False),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
)
team_members = tenant_table(
    "team_members",
    Column("team_id", UUID(as_uuid=True), nullable=False),
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("leads", Boolean, nullable=False, server_default="false"),
    reference("team_id", "teams", on_delete="CASCADE"),
    reference("user_id", USER, on_delete="CASCADE"),
    Index("team_members_user_idx", "tenant_id", "user_id"),
    key=("team_id", "user_id"),
)

skills = tenant_table(
    "skills",
    Column("name", Text, nullable=False),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
)
user_skills = tenant_table(
    "user_skills",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("skill_id", UUID(as_uuid=True), nullable=False),
    Column("level", SmallInteger, nullable=False, comment="1 (beginner) to 10 (expert)"),
    reference("user_id", USER, on_delete="CASCADE"),
    reference("skill_id", "skills", on_delete="CASCADE"),
    key=("user_id", "skill_id"),
)

roles = tenant_table(
    "roles",
    Column("name", Text, nullable=False),
    Column("builtin", Text, comment="key of a built-in role; NULL for the tenant's own"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
)
role_grants = tenant_table(
    "role_grants",
    Column("role_id", UUID(as_uuid=True), nullable=False),
    Column("permission", Text, nullable=False),
    Column("extent", Text, nullable=False),
    reference("role_id", "roles", on_delete="CASCADE"),
    key=("role_id", "permission"),
)
user_roles = tenant_table(
    "user_roles",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("role_id", UUID(as_uuid=True), nullable=False),
    reference("user_id", USER, on_delete="CASCADE"),
    reference("role_id", "roles", on_delete="CASCADE"),
    key=("user_id", "role_id"),
)
user_projects = tenant_table(
    "user_projects",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("project_id", UUID(as_uuid=True), nullable=False),
    reference("user_id", USER, on_delete="CASCADE"),
    reference("project_id", "projects", on_delete="CASCADE"),
    key=("user_id", "project_id"),
)

sessions = tenant_table(
    "sessions",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column(
        "token_hash",
        Text,
        nullable=False,
        unique=True,
        comment="SHA-256 of the cookie; the cookie is never stored",
    ),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("user_agent", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
    reference("user_id", USER, on_delete="CASCADE"),
    Index("sessions_user_idx", "tenant_id", "user_id"),
    Index("sessions_expires_idx", "expires_at"),
)
api_tokens = tenant_table(
    "api_tokens",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("name", Text, nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("last_used_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True), comment="NULL: until it is revoked"),
    Column("revoked_at", DateTime(timezone=True)),
    Column("role_id", UUID(as_uuid=True), comment="of the owner's rights, those of this role; NULL: all"),
    reference("user_id", USER, on_delete="CASCADE"),
    reference("role_id", "roles"),
)

reasons = tenant_table(
    "reasons",
    Column("name", JSONB, nullable=False, comment='{"en": …, "vi": …, "uk": …}'),
    Column("icon", Text, nullable=False, server_default="clock"),
    Column("is_break", Boolean, nullable=False, server_default="true"),
    Column("max_minutes", Integer),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("system", Text, comment="set for reasons that the system itself gives, such as missed_offers"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
)

presence = tenant_table(
    "presence",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("chosen", Text, nullable=False, server_default="offline"),
    Column("reason_id", UUID(as_uuid=True)),
    Column("occupancy", Text, nullable=False, server_default="idle"),
    Column("shown", Text, nullable=False, server_default="offline"),
    Column("since", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("idle_since", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column(
        "disconnected_at",
        DateTime(timezone=True),
        comment="the browser is away since; offline after the grace time",
    ),
    Column("node", Text, comment="the app node that the browser is connected to"),
    Column("missed_offers", SmallInteger, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("user_id", USER, on_delete="CASCADE"),
    reference("reason_id", "reasons"),
    key=("user_id",),
)
agent_segments = tenant_table(
    "agent_segments",
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("reason_id", UUID(as_uuid=True)),
    Column("team_ids", ARRAY(UUID(as_uuid=True)), nullable=False, server_default=text("'{}'")),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    reference("user_id", USER, on_delete="CASCADE"),
    Index("agent_segments_user_idx", "tenant_id", "user_id", "started_at"),
)
