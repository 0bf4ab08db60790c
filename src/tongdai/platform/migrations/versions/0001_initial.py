"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import tongdai.platform.database.types
from tongdai.platform.migrations.support import create_partitions, install_jobs, isolate_tenants

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "event_failures",
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("handler", "event_id", name=op.f("event_failures_pkey")),
        info={"global": True},
    )
    op.create_table(
        "event_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "tx",
            tongdai.platform.database.types.XID8(),
            server_default=sa.text("pg_current_xact_id()"),
            nullable=False,
        ),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.UUID(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        info={"global": True},
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(
        "event_log_aggregate_idx", "event_log", ["aggregate_id", "aggregate_version"], unique=False
    )
    op.create_index("event_log_order_idx", "event_log", ["tx", "id"], unique=False)
    op.create_table(
        "event_marks",
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("handler", "event_id", name=op.f("event_marks_pkey")),
        info={"global": True},
    )
    op.create_table(
        "event_positions",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("tx", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("event_positions_pkey")),
        info={"global": True},
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("leases_pkey")),
        info={"global": True},
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "country", sa.Text(), nullable=False, comment="ISO 3166 alpha-2; reads national phone numbers"
        ),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("tenants_pkey")),
        sa.UniqueConstraint("slug", name=op.f("tenants_slug_key")),
        info={"global": True},
    )
    op.create_table(
        "assistant_exchanges",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False, comment="answer, intent"),
        sa.Column("command_id", sa.Text(), nullable=False, comment="what the flow asked"),
        sa.Column("subject_id", sa.UUID(), nullable=True, comment="the interaction that the flow serves"),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column(
            "told",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{role, content}], as it was sent",
        ),
        sa.Column("said", sa.Text(), server_default="", nullable=False, comment="as it came"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="answered, no_answer, and what hindered it"),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("assistant_exchanges_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("assistant_exchanges_pkey")),
        comment="all that the language model outside was told and answered",
    )
    op.create_index(
        "assistant_exchanges_at_idx", "assistant_exchanges", ["tenant_id", "at", "id"], unique=False
    )
    op.create_index(
        "assistant_exchanges_subject_idx",
        "assistant_exchanges",
        ["tenant_id", "subject_id"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_table(
        "assistant_usage",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="its first day, in UTC"),
        sa.Column("questions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tokens", sa.BIGINT(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("assistant_usage_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "month", name=op.f("assistant_usage_pkey")),
        comment="what a limit is measured by; it outlives the exchanges",
    )
    op.create_table(
        "assistants",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "url",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="the endpoint's base, such as https://…/v1",
        ),
        sa.Column(
            "key", sa.LargeBinary(), nullable=True, comment="sealed by the installation's key; NULL: none"
        ),
        sa.Column("model", sa.Text(), server_default="", nullable=False),
        sa.Column("timeout_s", sa.Integer(), server_default="8", nullable=False),
        sa.Column(
            "monthly_tokens",
            sa.Integer(),
            server_default="500000",
            nullable=True,
            comment="NULL: without limit",
        ),
        sa.Column(
            "answers",
            sa.Boolean(),
            server_default="true",
            nullable=False,
            comment="it writes answers from public articles",
        ),
        sa.Column("intents", sa.Text(), server_default="off", nullable=False, comment="off, unsure, always"),
        sa.Column(
            "keep_days",
            sa.Integer(),
            server_default="30",
            nullable=False,
            comment="so long what it was told is kept",
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("assistants_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("assistants_pkey")),
        comment="the language model outside, one for each tenant",
    )
    op.create_table(
        "audit_log",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=True),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("audit_log_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("audit_log_pkey")),
    )
    op.create_index("audit_log_kind_idx", "audit_log", ["tenant_id", "subject_kind", "id"], unique=False)
    op.create_index("audit_log_subject_idx", "audit_log", ["tenant_id", "subject_id", "id"], unique=False)
    op.create_index("audit_log_user_idx", "audit_log", ["tenant_id", "user_id", "id"], unique=False)
    op.create_table(
        "caller_id_rules",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "order",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="the first that fits decides",
        ),
        sa.Column(
            "prefixes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="of the called number",
        ),
        sa.Column(
            "queue_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="who calls works for one",
        ),
        sa.Column(
            "team_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "user_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "project_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="for which the call is made",
        ),
        sa.Column(
            "number_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="may be shown; the first unless another is chosen",
        ),
        sa.Column("may_choose", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("caller_id_rules_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("caller_id_rules_pkey")),
    )
    op.create_table(
        "calling_hours",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False, comment="+84: numbers that begin so; +: all numbers"),
        sa.Column(
            "weekly",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="as in calendars, by the clock of the called number",
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("calling_hours_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("calling_hours_pkey")),
        sa.UniqueConstraint("tenant_id", "prefix", name=op.f("calling_hours_tenant_id_prefix_key")),
    )
    op.create_table(
        "companies",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_fold", sa.Text(), nullable=False),
        sa.Column("name_sort", sa.Text(), server_default="", nullable=False),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("companies_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("companies_pkey")),
    )
    op.create_table(
        "conference_rooms",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column(
            "pin",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="argon2id; empty: whoever dials is let in",
        ),
        sa.Column(
            "pin_failures",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="in a row, whoever calls",
        ),
        sa.Column("pin_locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("max_members", sa.SmallInteger(), server_default="20", nullable=False),
        sa.Column(
            "tone", sa.Boolean(), server_default="true", nullable=False, comment="those inside hear who comes"
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("conference_rooms_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("conference_rooms_pkey")),
        sa.UniqueConstraint("tenant_id", "extension", name=op.f("conference_rooms_tenant_id_extension_key")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("conference_rooms_tenant_id_name_key")),
    )
    op.create_table(
        "contact_fields",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), server_default="text", nullable=False),
        sa.Column(
            "options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "pauses_recording",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="while an agent fills it in",
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("contact_fields_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("contact_fields_pkey")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("contact_fields_tenant_id_key_key")),
    )
    op.create_table(
        "dispositions",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.Column(
            "label",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment='{"en": …, "vi": …, "uk": …}',
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("requires_note", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "queue_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="empty: all queues",
        ),
        sa.Column(
            "work",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="inbound, outbound, callback; empty: all",
        ),
        sa.Column(
            "suggested_for",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="how calls of ours end",
        ),
        sa.Column(
            "consequence", sa.Text(), nullable=True, comment="do_not_call, callback: what choosing it does"
        ),
        sa.Column(
            "consequence_days",
            sa.Integer(),
            nullable=True,
            comment="how long the number is not called; NULL: for good",
        ),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["dispositions.tenant_id", "dispositions.id"],
            name=op.f("dispositions_tenant_id_parent_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("dispositions_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("dispositions_pkey")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("dispositions_tenant_id_code_key")),
    )
    op.create_table(
        "do_not_call",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "number", sa.Text(), nullable=False, comment="E.164, or digits that are no number of the world"
        ),
        sa.Column("prefix", sa.Boolean(), nullable=False, comment="all numbers that begin so"),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True, comment="NULL: for good"),
        sa.Column("added_by", sa.UUID(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("do_not_call_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("do_not_call_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "number", "prefix", name=op.f("do_not_call_tenant_id_number_prefix_key")
        ),
    )
    op.create_table(
        "extension_groups",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column(
            "hunt",
            sa.Text(),
            server_default="all",
            nullable=False,
            comment="all, in_turn, longest_idle, round_robin",
        ),
        sa.Column(
            "member_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="users, in their order",
        ),
        sa.Column(
            "ring_s",
            sa.SmallInteger(),
            server_default="20",
            nullable=False,
            comment="each; with all: together",
        ),
        sa.Column(
            "otherwise", sa.Text(), server_default="", nullable=False, comment="dialled when nobody answers"
        ),
        sa.Column("turn", sa.Integer(), server_default="0", nullable=False, comment="calls that it has had"),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("extension_groups_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("extension_groups_pkey")),
        sa.UniqueConstraint("tenant_id", "extension", name=op.f("extension_groups_tenant_id_extension_key")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("extension_groups_tenant_id_name_key")),
    )
    op.create_table(
        "music",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("audio", sa.LargeBinary(), nullable=False, comment="16 kHz mono 16-bit WAV"),
        sa.Column("checksum", sa.Text(), nullable=False, comment="SHA-256 of audio"),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column(
            "standard",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="wherever no queue has chosen",
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("music_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("music_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("music_tenant_id_name_key")),
        comment="what those hear who wait or are on hold",
    )
    op.create_table(
        "pin_callers",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False, comment="SHA-256 of the tenant and the number"),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), nullable=False, comment="of the first wrong PIN that counts"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("pin_callers_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "caller", name=op.f("pin_callers_pkey")),
    )
    op.create_index("pin_callers_at_idx", "pin_callers", ["tenant_id", "at"], unique=False)
    op.create_table(
        "projects",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("projects_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("projects_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("projects_tenant_id_name_key")),
    )
    op.create_table(
        "prompts",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "text",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="what is said; rendered when there is no audio",
        ),
        sa.Column("audio", sa.LargeBinary(), nullable=True, comment="16 kHz mono 16-bit WAV"),
        sa.Column("checksum", sa.Text(), nullable=True, comment="SHA-256 of audio"),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column(
            "formerly",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="names that lead here still",
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("prompts_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("prompts_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "name", "language", name=op.f("prompts_tenant_id_name_language_key")
        ),
    )
    op.create_table(
        "reasons",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "name",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment='{"en": …, "vi": …, "uk": …}',
        ),
        sa.Column("icon", sa.Text(), server_default="clock", nullable=False),
        sa.Column("is_break", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("max_minutes", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "system",
            sa.Text(),
            nullable=True,
            comment="set for reasons that the system itself gives, such as missed_offers",
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("reasons_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("reasons_pkey")),
    )
    op.create_table(
        "recording_rules",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "order",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="the first that fits decides",
        ),
        sa.Column(
            "directions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="inbound, outbound, internal",
        ),
        sa.Column(
            "queue_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "project_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="of the number called",
        ),
        sa.Column(
            "number_ids",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("recording", sa.Text(), nullable=False, comment="always, on_demand, never, sample"),
        sa.Column("percent", sa.SmallInteger(), server_default="100", nullable=False, comment="of a sample"),
        sa.Column(
            "pause_s",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="longest pause; 0: none under always",
        ),
        sa.Column("keep_days", sa.Integer(), nullable=True, comment="NULL: as the centre keeps them"),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("recording_rules_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("recording_rules_pkey")),
    )
    op.create_table(
        "roles",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "builtin", sa.Text(), nullable=True, comment="key of a built-in role; NULL for the tenant's own"
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("roles_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("roles_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("roles_tenant_id_name_key")),
    )
    op.create_table(
        "skills",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("skills_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("skills_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("skills_tenant_id_name_key")),
    )
    op.create_table(
        "teams",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("teams_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("teams_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("teams_tenant_id_name_key")),
    )
    op.create_table(
        "trunks",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sip_name", sa.Text(), nullable=False, comment="the endpoint's name in the installation"),
        sa.Column(
            "username",
            sa.Text(),
            nullable=False,
            comment="the account by which the other side signs in to us",
        ),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column(
            "host",
            sa.Text(),
            nullable=True,
            comment="host[:port] that we send calls to; NULL: only the address it registered from",
        ),
        sa.Column("transport", sa.Text(), server_default="udp", nullable=False),
        sa.Column("registers_out", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "match",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="addresses that need no password",
        ),
        sa.Column(
            "codecs",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text('\'["alaw", "ulaw"]\''),
            nullable=False,
        ),
        sa.Column(
            "order", sa.SmallInteger(), server_default="0", nullable=False, comment="outbound: lowest first"
        ),
        sa.Column(
            "caller_id",
            sa.Text(),
            nullable=True,
            comment="shown on outbound calls unless a rule says otherwise",
        ),
        sa.Column("max_calls", sa.Integer(), server_default="100", nullable=False),
        sa.Column("max_spend", sa.Numeric(precision=12, scale=4), nullable=True, comment="per day"),
        sa.Column("price_per_minute", sa.Numeric(precision=12, scale=6), server_default="0", nullable=False),
        sa.Column(
            "prefixes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="carries only these; empty: all",
        ),
        sa.Column(
            "rates",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment='[{"prefix", "price_per_minute"}]',
        ),
        sa.Column(
            "number_format",
            sa.Text(),
            server_default="e164",
            nullable=False,
            comment="e164, digits, national",
        ),
        sa.Column(
            "srtp",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="sound is encrypted; with tls only",
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("trunks_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("trunks_pkey")),
        sa.UniqueConstraint("sip_name", name=op.f("trunks_sip_name_key")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("trunks_tenant_id_name_key")),
    )
    op.create_table(
        "users",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_sort", sa.Text(), nullable=False),
        sa.Column("name_fold", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("theme", sa.Text(), server_default="auto", nullable=False),
        sa.Column("alert_sound", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("extension", sa.Text(), nullable=True),
        sa.Column("languages", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("failed_sign_ins", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("users_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("users_pkey")),
        sa.UniqueConstraint("tenant_id", "extension", name=op.f("users_tenant_id_extension_key")),
    )
    op.create_index("users_email_key", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "voicemail_boxes",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False, comment="a user or ring group"),
        sa.Column("enabled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "max_s", sa.SmallInteger(), server_default="180", nullable=False, comment="longest message"
        ),
        sa.Column(
            "silence_s", sa.SmallInteger(), server_default="5", nullable=False, comment="ends a message"
        ),
        sa.Column("greeting", sa.LargeBinary(), nullable=True, comment="16 kHz WAV"),
        sa.Column("greeting_checksum", sa.Text(), nullable=True),
        sa.Column("greeting_s", sa.Float(), nullable=True),
        sa.Column("mail", sa.Text(), server_default="none", nullable=False, comment="none, notice, sound"),
        sa.Column(
            "mail_to", sa.Text(), server_default="", nullable=False, comment="else the user's own address"
        ),
        sa.Column("pin", sa.Text(), server_default="", nullable=False, comment="argon2id"),
        sa.Column("pin_failures", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("pin_locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("voicemail_boxes_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("voicemail_boxes_pkey")),
        sa.UniqueConstraint("tenant_id", "owner_id", name=op.f("voicemail_boxes_tenant_id_owner_id_key")),
    )
    op.create_table(
        "agent_loads",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("in_use", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("capacity", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column(
            "handled",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="since going ready; for fewest contacts",
        ),
        sa.Column(
            "busy_s",
            sa.Float(),
            server_default="0",
            nullable=False,
            comment="time on contacts; for least occupied",
        ),
        sa.Column("last_offer_at", sa.DateTime(timezone=True), nullable=True, comment="for round robin"),
        sa.CheckConstraint("in_use BETWEEN 0 AND capacity", name=op.f("agent_loads_capacity_check")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("agent_loads_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "channel", name=op.f("agent_loads_pkey")),
    )
    op.create_table(
        "agent_segments",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason_id", sa.UUID(), nullable=True),
        sa.Column("team_ids", sa.ARRAY(sa.UUID()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("agent_segments_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("agent_segments_pkey")),
    )
    op.create_index(
        "agent_segments_user_idx", "agent_segments", ["tenant_id", "user_id", "started_at"], unique=False
    )
    op.create_table(
        "api_tokens",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "expires_at", sa.DateTime(timezone=True), nullable=True, comment="NULL: until it is revoked"
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "role_id",
            sa.UUID(),
            nullable=True,
            comment="of the owner's rights, those of this role; NULL: all",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "role_id"],
            ["roles.tenant_id", "roles.id"],
            name=op.f("api_tokens_tenant_id_role_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("api_tokens_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("api_tokens_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("api_tokens_token_hash_key")),
    )
    op.create_table(
        "articles",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False, comment="where customers read more"),
        sa.Column(
            "public", sa.Boolean(), server_default="false", nullable=False, comment="customers may be told it"
        ),
        sa.Column("indexed", sa.Integer(), nullable=True, comment="the version that its passages are of"),
        sa.Column("model", sa.Text(), nullable=True, comment="the language model of its passages' vectors"),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("articles_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("articles_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("articles_pkey")),
    )
    op.create_table(
        "blending_rules",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("team_id", sa.UUID(), nullable=True),
        sa.Column(
            "rule",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="{mode, after_s, under_level}; NULL: as the next wider rule says",
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "user_id IS NULL OR team_id IS NULL", name=op.f("blending_rules_one_holder_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "team_id"],
            ["teams.tenant_id", "teams.id"],
            name=op.f("blending_rules_tenant_id_team_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("blending_rules_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("blending_rules_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("blending_rules_pkey")),
        comment="what agents take between outbound work; without user and team it is everybody's",
    )
    op.create_index(
        "blending_rules_holder_key",
        "blending_rules",
        ["tenant_id", "user_id", "team_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "calendars",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column(
            "weekly",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment='{"mon": [["08:00", "12:00"], ["13:00", "18:00"]], …}, local time',
        ),
        sa.Column(
            "exceptions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "closing",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="{since, by, exit, prompt}: closed in an emergency",
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("calendars_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("calendars_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("calendars_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("calendars_tenant_id_name_key")),
    )
    op.create_table(
        "call_commands",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("call_id", sa.UUID(), nullable=True, comment="NULL: a new call, or a phone's business"),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column(
            "argument", sa.Text(), server_default="", nullable=False, comment="emptied once it is done"
        ),
        sa.Column("caller_id", sa.Text(), nullable=True),
        sa.Column("project_id", sa.UUID(), nullable=True, comment="for which a new call is made"),
        sa.Column("key", sa.Text(), nullable=False, comment="the same key of the same user is the same wish"),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False, comment="by the database's clock"),
        sa.Column("state", sa.Text(), server_default="asked", nullable=False, comment="asked, claimed, done"),
        sa.Column("problem", sa.Text(), server_default="", nullable=False, comment="an error's code"),
        sa.Column("status", sa.Integer(), server_default="200", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("call_commands_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("call_commands_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "user_id", "key", name=op.f("call_commands_tenant_id_user_id_key_key")
        ),
    )
    op.create_index(
        "call_commands_asked_idx",
        "call_commands",
        ["deadline"],
        unique=False,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "canned_replies",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "body",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment='{"en": …, "vi": …, "uk": …}',
        ),
        sa.Column("queue_id", sa.UUID(), nullable=True, comment="NULL: for all queues"),
        sa.Column("user_id", sa.UUID(), nullable=True, comment="whose own it is; NULL: everybody's"),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("canned_replies_tenant_id_user_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("canned_replies_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("canned_replies_pkey")),
    )
    op.create_index(
        "canned_replies_code_key",
        "canned_replies",
        ["tenant_id", "code", sa.literal_column("coalesce(queue_id, user_id, tenant_id)")],
        unique=True,
    )
    op.create_table(
        "closure_switches",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "closing",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="{since, by, exit, prompt} while it is turned on",
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("closure_switches_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("closure_switches_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("closure_switches_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("closure_switches_tenant_id_name_key")),
        comment="turned on in an emergency; flows ask for them by name",
    )
    op.create_table(
        "contacts",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column(
            "name",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="empty for a caller nobody has named yet",
        ),
        sa.Column("name_fold", sa.Text(), server_default="", nullable=False),
        sa.Column("name_sort", sa.Text(), server_default="", nullable=False),
        sa.Column("company_id", sa.UUID(), nullable=True),
        sa.Column(
            "kind", sa.Text(), server_default="unknown", nullable=False, comment="unknown, lead, customer"
        ),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column(
            "agent_id",
            sa.UUID(),
            nullable=True,
            comment="their own agent, before whom others are asked later",
        ),
        sa.Column(
            "fields", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("tags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "merged_into",
            sa.UUID(),
            nullable=True,
            comment="a merge is a pointer; undoing it clears the pointer",
        ),
        sa.Column(
            "root_id",
            sa.UUID(),
            nullable=True,
            comment="where the chain of merges ends, kept so that recognising takes one join; NULL: not merged",
        ),
        sa.Column(
            "erased_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="personal data were erased on request",
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "agent_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("contacts_tenant_id_agent_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["companies.tenant_id", "companies.id"],
            name=op.f("contacts_tenant_id_company_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merged_into"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("contacts_tenant_id_merged_into_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("contacts_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "root_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("contacts_tenant_id_root_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("contacts_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("contacts_pkey")),
    )
    op.create_index("contacts_company_idx", "contacts", ["tenant_id", "company_id"], unique=False)
    op.create_index(
        "contacts_root_idx",
        "contacts",
        ["tenant_id", "root_id"],
        unique=False,
        postgresql_where=sa.text("root_id IS NOT NULL"),
    )
    op.create_index("contacts_sort_idx", "contacts", ["tenant_id", "name_sort", "id"], unique=False)
    op.create_table(
        "data_tables",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False, comment="flows name it by this"),
        sa.Column(
            "columns",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{id, name, kind, key}] in their order",
        ),
        sa.Column(
            "next_column",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="ids are never used again",
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("data_tables_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("data_tables_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("data_tables_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("data_tables_tenant_id_name_key")),
    )
    op.create_table(
        "devices",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="webrtc or sip"),
        sa.Column(
            "sip_name", sa.Text(), nullable=False, comment="unique in the installation; extensions are not"
        ),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column(
            "session_id", sa.UUID(), nullable=True, comment="browser credentials live as long as this session"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("devices_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("devices_pkey")),
        sa.UniqueConstraint("sip_name", name=op.f("devices_sip_name_key")),
    )
    op.create_index("devices_user_idx", "devices", ["tenant_id", "user_id"], unique=False)
    op.create_table(
        "flows",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False, comment="as in its YAML; sub-flows are called by it"),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "draft",
            sa.JSON(),
            nullable=False,
            comment="json, not jsonb: the order of members is the author's",
        ),
        sa.Column(
            "tests", sa.Text(), server_default="", nullable=False, comment="tests of the flow, as YAML"
        ),
        sa.Column("published_id", sa.UUID(), nullable=True, comment="the version that new runs take"),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("flows_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("flows_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("flows_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("flows_tenant_id_name_key")),
    )
    op.create_table(
        "inbox_views",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "narrowing",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what the list is asked for: view, q, channel …",
        ),
        sa.Column("user_id", sa.UUID(), nullable=True, comment="whose own it is; NULL: everybody's"),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("inbox_views_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("inbox_views_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("inbox_views_pkey")),
    )
    op.create_index(
        "inbox_views_name_key",
        "inbox_views",
        ["tenant_id", sa.literal_column("lower(name)"), sa.literal_column("coalesce(user_id, tenant_id)")],
        unique=True,
    )
    op.create_table(
        "intent_sets",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False, comment="flows name it by this"),
        sa.Column(
            "intents",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{name, title, examples: {language: [text]}}]",
        ),
        sa.Column(
            "none",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="{language: [text]}: examples of what is none of the intents",
        ),
        sa.Column("published_id", sa.UUID(), nullable=True, comment="the version that flows ask"),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("intent_sets_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("intent_sets_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("intent_sets_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("intent_sets_tenant_id_name_key")),
    )
    op.create_table(
        "numbers",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False, comment="as the trunk presents it"),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("flow_id", sa.UUID(), nullable=True),
        sa.Column(
            "trunk_id", sa.UUID(), nullable=True, comment="NULL: whichever of the tenant's trunks it comes by"
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("numbers_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "trunk_id"],
            ["trunks.tenant_id", "trunks.id"],
            name=op.f("numbers_tenant_id_trunk_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("numbers_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("numbers_pkey")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("numbers_tenant_id_number_key")),
    )
    op.create_table(
        "phone_settings",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False, comment="the facts' aggregate"),
        sa.Column(
            "ring_on", sa.Text(), server_default="browser", nullable=False, comment="browser, phone, both"
        ),
        sa.Column(
            "forward_always",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="an extension or outside number",
        ),
        sa.Column("forward_busy", sa.Text(), server_default="", nullable=False),
        sa.Column("forward_no_answer", sa.Text(), server_default="", nullable=False),
        sa.Column("forward_unreachable", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "forward_after_s",
            sa.SmallInteger(),
            server_default="20",
            nullable=False,
            comment="rung before no answer",
        ),
        sa.Column("do_not_disturb", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "listed",
            sa.Boolean(),
            server_default="true",
            nullable=False,
            comment="callers find the user by their name",
        ),
        sa.Column(
            "max_calls", sa.Integer(), nullable=True, comment="outside calls that the user may place a day"
        ),
        sa.Column(
            "max_spend",
            sa.Numeric(precision=12, scale=4),
            nullable=True,
            comment="what the user's outside calls may cost a day",
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("phone_settings_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", name=op.f("phone_settings_pkey")),
    )
    op.create_table(
        "presence",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("chosen", sa.Text(), server_default="offline", nullable=False),
        sa.Column("reason_id", sa.UUID(), nullable=True),
        sa.Column("occupancy", sa.Text(), server_default="idle", nullable=False),
        sa.Column("shown", sa.Text(), server_default="offline", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("idle_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "disconnected_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the browser is away since; offline after the grace time",
        ),
        sa.Column("node", sa.Text(), nullable=True, comment="the app node that the browser is connected to"),
        sa.Column("missed_offers", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reason_id"],
            ["reasons.tenant_id", "reasons.id"],
            name=op.f("presence_tenant_id_reason_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("presence_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", name=op.f("presence_pkey")),
    )
    op.create_table(
        "queues",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="voice", nullable=False),
        sa.Column("strategy", sa.Text(), server_default="longest_idle", nullable=False),
        sa.Column(
            "requirements",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment='[{"skill_id", "level", "relax": [{"after_s", "level"}]}]; agents who meet them are members',
        ),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "ageing",
            sa.Float(),
            server_default="0",
            nullable=False,
            comment="priority gained per minute of waiting",
        ),
        sa.Column("offer_timeout_s", sa.Float(), server_default="20", nullable=False),
        sa.Column(
            "missed_limit",
            sa.SmallInteger(),
            server_default="2",
            nullable=False,
            comment="0: never not ready by itself",
        ),
        sa.Column(
            "last_agent_s",
            sa.Float(),
            server_default="0",
            nullable=False,
            comment="prefer the last agent this long",
        ),
        sa.Column("wrap_up_s", sa.Float(), server_default="30", nullable=False, comment="0: no wrap-up"),
        sa.Column(
            "wrap_up_max_s",
            sa.Float(),
            server_default="0",
            nullable=False,
            comment="with all extensions; 0: no limit",
        ),
        sa.Column(
            "wrap_up_forced",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="ends by the agent alone",
        ),
        sa.Column(
            "wrap_up_then",
            sa.Text(),
            server_default="ready",
            nullable=False,
            comment="ready, not_ready: when time is up",
        ),
        sa.Column("auto_answer", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("target_s", sa.Float(), server_default="20", nullable=False),
        sa.Column("target_share", sa.Float(), server_default="0.8", nullable=False),
        sa.Column("service_level_formula", sa.Text(), server_default="answered_of_all", nullable=False),
        sa.Column("short_abandon_s", sa.Float(), server_default="5", nullable=False),
        sa.Column(
            "max_wait_s", sa.Float(), nullable=True, comment="after that the flow's timeout exit is taken"
        ),
        sa.Column("max_waiting", sa.Integer(), nullable=True, comment="more than that overflow at once"),
        sa.Column(
            "nobody_after_s",
            sa.Float(),
            nullable=True,
            comment="who waited so long leaves while nobody is signed in; NULL: nobody does",
        ),
        sa.Column(
            "overflow",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment='[{"queue_id", "after_s", "expected_s"}]; whose agents help out, nearest first',
        ),
        sa.Column("announce_position_s", sa.Float(), server_default="0", nullable=False, comment="0: never"),
        sa.Column(
            "announce_wait", sa.Boolean(), server_default="false", nullable=False, comment="with the position"
        ),
        sa.Column(
            "music_id", sa.UUID(), nullable=True, comment="NULL: the tenant's own, else what Asterisk brings"
        ),
        sa.Column(
            "recording",
            sa.Text(),
            server_default="always",
            nullable=False,
            comment="always, on_demand, never",
        ),
        sa.Column("announce_recording", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "recording_prompt", sa.Text(), nullable=True, comment="what is played then; NULL: our own words"
        ),
        sa.Column(
            "callbacks",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="how it calls back; see callbacks/policies.py for what is left out",
        ),
        sa.Column(
            "closing",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="{since, by, exit, prompt}: closed in an emergency",
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "music_id"],
            ["music.tenant_id", "music.id"],
            name=op.f("queues_tenant_id_music_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("queues_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("queues_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("queues_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("queues_tenant_id_name_key")),
    )
    op.create_table(
        "role_grants",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("role_id", sa.UUID(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("extent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "role_id"],
            ["roles.tenant_id", "roles.id"],
            name=op.f("role_grants_tenant_id_role_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "role_id", "permission", name=op.f("role_grants_pkey")),
    )
    op.create_table(
        "sessions",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column(
            "token_hash",
            sa.Text(),
            nullable=False,
            comment="SHA-256 of the cookie; the cookie is never stored",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("sessions_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("sessions_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("sessions_token_hash_key")),
    )
    op.create_index("sessions_expires_idx", "sessions", ["expires_at"], unique=False)
    op.create_index("sessions_user_idx", "sessions", ["tenant_id", "user_id"], unique=False)
    op.create_table(
        "speed_dials",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("digit", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="as it is dialled"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("speed_dials_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "digit", name=op.f("speed_dials_pkey")),
    )
    op.create_table(
        "team_members",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("team_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("leads", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "team_id"],
            ["teams.tenant_id", "teams.id"],
            name=op.f("team_members_tenant_id_team_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("team_members_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "team_id", "user_id", name=op.f("team_members_pkey")),
    )
    op.create_index("team_members_user_idx", "team_members", ["tenant_id", "user_id"], unique=False)
    op.create_table(
        "trunk_states",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "registration",
            sa.Text(),
            nullable=False,
            comment="registered, rejected, unreachable, trying, ...",
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answer",
            sa.SmallInteger(),
            nullable=True,
            comment="the SIP status of the last refusal; 0: nobody answered",
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reachable", sa.Boolean(), nullable=True),
        sa.Column("round_trip_ms", sa.Float(), nullable=True),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), nullable=False, comment="older: nobody looks any more"
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["trunks.tenant_id", "trunks.id"],
            name=op.f("trunk_states_tenant_id_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("trunk_states_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("trunk_states_pkey")),
        comment="the id is the trunk's",
    )
    op.create_table(
        "user_projects",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("user_projects_tenant_id_project_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("user_projects_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "project_id", name=op.f("user_projects_pkey")),
    )
    op.create_table(
        "user_roles",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("role_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "role_id"],
            ["roles.tenant_id", "roles.id"],
            name=op.f("user_roles_tenant_id_role_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("user_roles_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "role_id", name=op.f("user_roles_pkey")),
    )
    op.create_table(
        "user_skills",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("skill_id", sa.UUID(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False, comment="1 (beginner) to 10 (expert)"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "skill_id"],
            ["skills.tenant_id", "skills.id"],
            name=op.f("user_skills_tenant_id_skill_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("user_skills_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "skill_id", name=op.f("user_skills_pkey")),
    )
    op.create_table(
        "alert_rules",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False, comment="contacts, seconds, or a share (0-1)"),
        sa.Column(
            "for_s", sa.Float(), server_default="0", nullable=False, comment="only when it has lasted so long"
        ),
        sa.Column(
            "at_least",
            sa.Integer(),
            server_default="10",
            nullable=False,
            comment="a share counts from so many contacts on",
        ),
        sa.Column(
            "severity", sa.Text(), server_default="warning", nullable=False, comment="warning, critical"
        ),
        sa.Column("queue_id", sa.UUID(), nullable=True, comment="NULL: every queue by itself"),
        sa.Column("team_id", sa.UUID(), nullable=True, comment="NULL: the agents of all teams"),
        sa.Column("reason_id", sa.UUID(), nullable=True, comment="not ready for this reason; NULL: for any"),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "queue_id"],
            ["queues.tenant_id", "queues.id"],
            name=op.f("alert_rules_tenant_id_queue_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reason_id"],
            ["reasons.tenant_id", "reasons.id"],
            name=op.f("alert_rules_tenant_id_reason_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "team_id"],
            ["teams.tenant_id", "teams.id"],
            name=op.f("alert_rules_tenant_id_team_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("alert_rules_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("alert_rules_pkey")),
    )
    op.create_table(
        "article_passages",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("article_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False, comment="32 bits a number"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "article_id"],
            ["articles.tenant_id", "articles.id"],
            name=op.f("article_passages_tenant_id_article_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "article_id", "number", name=op.f("article_passages_pkey")),
    )
    op.create_table(
        "callbacks",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="scheduled, waiting, due, calling; served, failed, cancelled, called_again",
        ),
        sa.Column("queue_id", sa.UUID(), nullable=True, comment="NULL: personal, of user_id"),
        sa.Column("user_id", sa.UUID(), nullable=True, comment="who promised to call"),
        sa.Column("number", sa.Text(), nullable=False, comment="E.164"),
        sa.Column("contact_id", sa.UUID(), nullable=True),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("own_address", sa.Text(), server_default="", nullable=False, comment="the number to show"),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False, comment="the customer's"),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.UUID(), nullable=True, comment="the agent; NULL: the customer"),
        sa.Column("asked_in", sa.UUID(), nullable=True, comment="the interaction in which it was asked for"),
        sa.Column(
            "place_since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="the place in the queue goes by this",
        ),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "requirements",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "flow_answers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it is to be looked at next; NULL while it waits",
        ),
        sa.Column("conversation_id", sa.UUID(), nullable=False, comment="joins all calls of this matter"),
        sa.Column("interaction_id", sa.UUID(), nullable=True, comment="the present or last attempt"),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "reason", sa.Text(), nullable=True, comment="what came of the last attempt, or why it is closed"
        ),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("callbacks_tenant_id_contact_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("callbacks_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "queue_id"],
            ["queues.tenant_id", "queues.id"],
            name=op.f("callbacks_tenant_id_queue_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("callbacks_tenant_id_user_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("callbacks_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("callbacks_pkey")),
        comment="customers who are to be called back",
    )
    op.create_index("callbacks_asked_idx", "callbacks", ["tenant_id", "asked_at", "id"], unique=False)
    op.create_index("callbacks_contact_idx", "callbacks", ["tenant_id", "contact_id"], unique=False)
    op.create_index("callbacks_conversation_idx", "callbacks", ["tenant_id", "conversation_id"], unique=False)
    op.create_index(
        "callbacks_due_idx",
        "callbacks",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_index("callbacks_interaction_idx", "callbacks", ["tenant_id", "interaction_id"], unique=False)
    op.create_index(
        "callbacks_one_open_key",
        "callbacks",
        ["tenant_id", "queue_id", "number"],
        unique=True,
        postgresql_where=sa.text("queue_id IS NOT NULL AND state IN ('scheduled', 'waiting', 'calling')"),
    )
    op.create_index(
        "callbacks_user_idx",
        "callbacks",
        ["tenant_id", "user_id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "consents",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("contact_id", sa.UUID(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="granted, refused; the latest counts"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("consents_tenant_id_contact_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("consents_pkey")),
    )
    op.create_index(
        "consents_contact_idx",
        "consents",
        ["tenant_id", "contact_id", "purpose", "channel", "at"],
        unique=False,
    )
    op.create_table(
        "contact_merges",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kept_id", sa.UUID(), nullable=False),
        sa.Column("merged_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "kept_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("contact_merges_tenant_id_kept_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merged_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("contact_merges_tenant_id_merged_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("contact_merges_pkey")),
    )
    op.create_index("contact_merges_kept_idx", "contact_merges", ["tenant_id", "kept_id"], unique=False)
    op.create_table(
        "contact_notes",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("contact_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("interaction_id", sa.UUID(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("contact_notes_tenant_id_contact_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("contact_notes_tenant_id_user_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("contact_notes_pkey")),
    )
    op.create_index(
        "contact_notes_contact_idx", "contact_notes", ["tenant_id", "contact_id", "created_at"], unique=False
    )
    op.create_table(
        "contact_words",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("contact_id", sa.UUID(), nullable=False, comment="who is shown; never one that was merged"),
        sa.Column("project_id", sa.UUID(), nullable=True, comment="as the contact's"),
        sa.Column("archived", sa.Boolean(), nullable=False, comment="as the contact's"),
        sa.Column("word", sa.Text(collation="C"), nullable=False, comment="see words.py"),
        sa.Column(
            "line",
            sa.Text(collation="C"),
            nullable=False,
            comment="all words of names, to sort by and to look in",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("contact_words_tenant_id_contact_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "archived", "word", "line", "contact_id", name=op.f("contact_words_pkey")
        ),
    )
    op.create_index("contact_words_contact_idx", "contact_words", ["tenant_id", "contact_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("contact_id", sa.UUID(), nullable=True),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seq", sa.Integer(), server_default="0", nullable=False, comment="of its messages"),
        sa.Column(
            "seen_seq",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="so far the customer has seen them",
        ),
        sa.Column(
            "read_seq", sa.Integer(), server_default="0", nullable=False, comment="so far an agent has"
        ),
        sa.Column(
            "last_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="of its last message; NULL: nothing was written, no list shows it",
        ),
        sa.Column(
            "unread",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="of the customer's messages by agents",
        ),
        sa.Column(
            "snoozed_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="out of the lists till then, or till the customer writes",
        ),
        sa.Column("interaction_id", sa.UUID(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Text(),
            server_default="closed",
            nullable=False,
            comment="in_flow, queued, connected, closed",
        ),
        sa.Column("queue_id", sa.UUID(), nullable=True),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column(
            "merged_into",
            sa.UUID(),
            nullable=True,
            comment="the conversation that shows it; lists do not, then",
        ),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_by", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("conversations_tenant_id_contact_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merged_by"],
            ["users.tenant_id", "users.id"],
            name=op.f("conversations_tenant_id_merged_by_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merged_into"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("conversations_tenant_id_merged_into_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("conversations_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("conversations_tenant_id_user_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("conversations_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("conversations_pkey")),
    )
    op.create_index("conversations_contact_idx", "conversations", ["tenant_id", "contact_id"], unique=False)
    op.create_index(
        "conversations_last_idx",
        "conversations",
        ["tenant_id", sa.literal_column("last_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "conversations_merged_idx",
        "conversations",
        ["tenant_id", "merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "conversations_open_idx",
        "conversations",
        ["tenant_id", sa.literal_column("last_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "conversations_queue_idx",
        "conversations",
        ["tenant_id", "queue_id", sa.literal_column("last_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "conversations_snoozed_idx",
        "conversations",
        ["tenant_id", "snoozed_until"],
        unique=False,
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.create_index(
        "conversations_unread_idx",
        "conversations",
        ["tenant_id", sa.literal_column("last_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("unread > 0"),
    )
    op.create_index(
        "conversations_user_idx",
        "conversations",
        ["tenant_id", "user_id", sa.literal_column("last_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "data_rows",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("table_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="of the key columns, as they are compared"),
        sa.Column(
            "cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="{column id: text}"
        ),
        sa.Column(
            "secrets",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="{column id: argon2id}",
        ),
        sa.Column("search", sa.Text(), nullable=False, comment="the values, folded"),
        sa.Column(
            "failures", sa.SmallInteger(), server_default="0", nullable=False, comment="wrong PINs in a row"
        ),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "table_id"],
            ["data_tables.tenant_id", "data_tables.id"],
            name=op.f("data_rows_tenant_id_table_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("data_rows_pkey")),
    )
    op.create_index(
        "data_rows_key_idx",
        "data_rows",
        ["tenant_id", "table_id", "key"],
        unique=True,
        postgresql_where=sa.text("NOT archived"),
    )
    op.create_table(
        "flow_versions",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("flow_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False, comment="never changed"),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "flow_id"],
            ["flows.tenant_id", "flows.id"],
            name=op.f("flow_versions_tenant_id_flow_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("flow_versions_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "flow_id", "number", name=op.f("flow_versions_tenant_id_flow_id_number_key")
        ),
    )
    op.create_table(
        "identities",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("contact_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="phone, email, …"),
        sa.Column("value", sa.Text(), nullable=False, comment="normalised: E.164, lower-case address"),
        sa.Column("raw", sa.Text(), nullable=False, comment="as it was entered or received"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("identities_tenant_id_contact_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("identities_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "kind",
            "value",
            "contact_id",
            name=op.f("identities_tenant_id_kind_value_contact_id_key"),
        ),
    )
    op.create_index("identities_contact_idx", "identities", ["tenant_id", "contact_id"], unique=False)
    op.create_table(
        "intent_versions",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("set_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "intents",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="never changed, as `none`",
        ),
        sa.Column("none", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="training, ready or failed"),
        sa.Column("problem", sa.Text(), nullable=True, comment="why training failed"),
        sa.Column(
            "claimed_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="some node trains it until then",
        ),
        sa.Column("model", sa.Text(), nullable=True, comment="the language model whose vectors it takes"),
        sa.Column("weights", sa.LargeBinary(), nullable=True, comment="the classifier"),
        sa.Column(
            "known",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="[[intent, score]]: what each example was taken for, unseen",
        ),
        sa.Column(
            "strangers",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="the same of sentences that are none of the intents",
        ),
        sa.Column("threshold", sa.Float(), nullable=True, comment="scores below are not believed"),
        sa.Column(
            "right_share",
            sa.Float(),
            nullable=True,
            comment="examples that are understood rightly at the threshold",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "set_id"],
            ["intent_sets.tenant_id", "intent_sets.id"],
            name=op.f("intent_versions_tenant_id_set_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("intent_versions_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "set_id", "number", name=op.f("intent_versions_tenant_id_set_id_number_key")
        ),
    )
    op.create_index(
        "intent_versions_training_idx",
        "intent_versions",
        ["made_at"],
        unique=False,
        postgresql_where=sa.text("state = 'training'"),
    )
    op.create_table(
        "interactions",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=True),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("contact_id", sa.UUID(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False, comment="inbound, outbound, internal"),
        sa.Column("state", sa.Text(), nullable=False, comment="in_flow, queued, connected, closed"),
        sa.Column(
            "phase",
            sa.Text(),
            nullable=False,
            comment="what the open segment is: flow, wait, talk, hold, voicemail, ended",
        ),
        sa.Column(
            "peer_raw", sa.Text(), nullable=False, comment="the customer's number or address as received"
        ),
        sa.Column(
            "peer",
            sa.Text(),
            nullable=True,
            comment="the same normalised (E.164); NULL when withheld or unreadable",
        ),
        sa.Column("peer_name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "own_address",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="the number that was dialled, or shown",
        ),
        sa.Column(
            "queue_id", sa.UUID(), nullable=True, comment="the last queue; its own times are in the segments"
        ),
        sa.Column("user_id", sa.UUID(), nullable=True, comment="the last agent who was connected"),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "phase_since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="start of the segment that is open now",
        ),
        sa.Column("wait_s", sa.Float(), server_default="0", nullable=False),
        sa.Column("talk_s", sa.Float(), server_default="0", nullable=False),
        sa.Column("hold_s", sa.Float(), server_default="0", nullable=False),
        sa.Column("wrap_up_s", sa.Float(), server_default="0", nullable=False),
        sa.Column(
            "result",
            sa.Text(),
            nullable=True,
            comment="once closed; before that only that a callback was promised",
        ),
        sa.Column("hung_up_by", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("disposition_id", sa.UUID(), nullable=True),
        sa.Column(
            "flow_answers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "peer_verified",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="the channel has proof of who it is",
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("interactions_tenant_id_contact_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disposition_id"],
            ["dispositions.tenant_id", "dispositions.id"],
            name=op.f("interactions_tenant_id_disposition_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("interactions_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("interactions_tenant_id_user_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("interactions_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("interactions_pkey")),
    )
    op.create_index(
        "interactions_contact_idx",
        "interactions",
        ["tenant_id", "contact_id", sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "interactions_conversation_idx",
        "interactions",
        ["tenant_id", "conversation_id"],
        unique=False,
        postgresql_where=sa.text("conversation_id IS NOT NULL"),
    )
    op.create_index(
        "interactions_log_idx",
        "interactions",
        ["tenant_id", sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "interactions_open_idx",
        "interactions",
        ["tenant_id"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "interactions_peer_idx",
        "interactions",
        ["tenant_id", "peer", sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("state = 'closed'"),
    )
    op.create_index(
        "interactions_queue_idx",
        "interactions",
        ["tenant_id", "queue_id", sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "interactions_result_idx",
        "interactions",
        ["tenant_id", "result", sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("state = 'closed'"),
    )
    op.create_index(
        "interactions_talked_idx",
        "interactions",
        ["tenant_id", "user_id", "conversation_id"],
        unique=False,
        postgresql_where=sa.text("conversation_id IS NOT NULL"),
    )
    op.create_index(
        "interactions_user_idx",
        "interactions",
        ["tenant_id", "user_id", sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "mailboxes",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False, comment="the sender's, as customers read it"),
        sa.Column("address", sa.Text(), nullable=False, comment="in lower case"),
        sa.Column("queue_id", sa.UUID(), nullable=False, comment="where its mails wait for agents"),
        sa.Column(
            "flow_id",
            sa.UUID(),
            nullable=True,
            comment="what leads letters that begin a conversation; NULL: its queue",
        ),
        sa.Column(
            "imap", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="{host, port, security}"
        ),
        sa.Column("smtp", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="the same"),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column(
            "sign_in",
            sa.Text(),
            server_default="password",
            nullable=False,
            comment="password; oauth: at the provider",
        ),
        sa.Column(
            "password",
            sa.LargeBinary(),
            nullable=True,
            comment="sealed by the installation's key; NULL: none yet",
        ),
        sa.Column(
            "oauth",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="{authorize_url, token_url, client_id, scope}",
        ),
        sa.Column(
            "client_secret",
            sa.LargeBinary(),
            nullable=True,
            comment="the application's at the provider, sealed",
        ),
        sa.Column(
            "secret", sa.LargeBinary(), nullable=False, comment="by which its conversations' marks are made"
        ),
        sa.Column(
            "acknowledgement",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment='{"en": …}; none: nothing is sent',
        ),
        sa.Column(
            "rules",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="in their order: see email/rules.py",
        ),
        sa.Column(
            "tagged",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="its server delivers name+mark@, too",
        ),
        sa.Column(
            "since", sa.DateTime(timezone=True), nullable=False, comment="older mails are left where they are"
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "flow_id"],
            ["flows.tenant_id", "flows.id"],
            name=op.f("mailboxes_tenant_id_flow_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("mailboxes_tenant_id_project_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "queue_id"],
            ["queues.tenant_id", "queues.id"],
            name=op.f("mailboxes_tenant_id_queue_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("mailboxes_pkey")),
        sa.UniqueConstraint("tenant_id", "address", name=op.f("mailboxes_tenant_id_address_key")),
    )
    op.create_table(
        "queue_members",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("queue_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column(
            "position",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="order for the sequential strategy",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "queue_id"],
            ["queues.tenant_id", "queues.id"],
            name=op.f("queue_members_tenant_id_queue_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("queue_members_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "queue_id", "user_id", name=op.f("queue_members_pkey")),
    )
    op.create_index("queue_members_user_idx", "queue_members", ["tenant_id", "user_id"], unique=False)
    op.create_table(
        "queue_paces",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("queue_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="the sums below are as of then"),
        sa.Column(
            "finished",
            sa.Float(),
            nullable=False,
            comment="contacts that agents finished; older ones count less",
        ),
        sa.Column("worked_s", sa.Float(), nullable=False, comment="their time"),
        sa.Column("abandoned", sa.Float(), nullable=False, comment="callers who gave up"),
        sa.Column("waited_s", sa.Float(), nullable=False, comment="the waiting of all"),
        sa.Column("last_wait_s", sa.Float(), nullable=True, comment="of who was served last"),
        sa.Column("staff", sa.Integer(), nullable=False, comment="agents at work, by heads"),
        sa.Column("free", sa.Integer(), nullable=False, comment="of those"),
        sa.Column("agents", sa.Float(), nullable=False, comment="the parts of them that are for this queue"),
        sa.Column("counted", sa.Float(), server_default="0", nullable=False, comment="for the service level"),
        sa.Column("in_time", sa.Float(), server_default="0", nullable=False, comment="of those"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "queue_id"],
            ["queues.tenant_id", "queues.id"],
            name=op.f("queue_paces_tenant_id_queue_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "queue_id", name=op.f("queue_paces_pkey")),
        comment="how fast each queue goes, as its matcher knows it: for the expected wait",
    )
    op.create_table(
        "alerts",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("rule_id", sa.UUID(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False, comment="as it was when raised"),
        sa.Column("worst", sa.Float(), nullable=True, comment="while it lasted; known once cleared"),
        sa.Column("subject_id", sa.UUID(), nullable=False, comment="the queue or the agent"),
        sa.Column("queue_id", sa.UUID(), nullable=True),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("reason_id", sa.UUID(), nullable=True),
        sa.Column("team_ids", sa.ARRAY(sa.UUID()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "queue_id"],
            ["queues.tenant_id", "queues.id"],
            name=op.f("alerts_tenant_id_queue_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rule_id"],
            ["alert_rules.tenant_id", "alert_rules.id"],
            name=op.f("alerts_tenant_id_rule_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("alerts_tenant_id_user_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("alerts_pkey")),
    )
    op.create_index(
        "alerts_one_open_key",
        "alerts",
        ["tenant_id", "rule_id", "subject_id"],
        unique=True,
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "assignments",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("queue_id", sa.UUID(), nullable=True),
        sa.Column("round_id", sa.UUID(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="offered, accepted, wrap_up, done"),
        sa.Column(
            "outcome",
            sa.Text(),
            nullable=True,
            comment="declined, missed, withdrawn, failed, elsewhere, completed",
        ),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrap_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrap_up_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "party",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="called in by a colleague, whose contact it is",
        ),
        sa.Column(
            "offered_by",
            sa.UUID(),
            nullable=True,
            comment="the colleague who handed it over or asked for help",
        ),
        sa.Column(
            "shared",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="another agent has or had it too, and may be the last",
        ),
        sa.Column("auto_answer", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("disposition_id", sa.UUID(), nullable=True),
        sa.Column(
            "no_consequence",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="of its result, this time",
        ),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disposition_id"],
            ["dispositions.tenant_id", "dispositions.id"],
            name=op.f("assignments_tenant_id_disposition_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("assignments_tenant_id_interaction_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("assignments_tenant_id_user_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("assignments_pkey")),
    )
    op.create_index(
        "assignments_interaction_idx", "assignments", ["tenant_id", "interaction_id"], unique=False
    )
    op.create_index(
        "assignments_offered_idx",
        "assignments",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        "assignments_one_acceptance_key",
        "assignments",
        ["tenant_id", "interaction_id"],
        unique=True,
        postgresql_where=sa.text("state = 'accepted' AND NOT party"),
    )
    op.create_index(
        "assignments_open_idx",
        "assignments",
        ["tenant_id", "user_id"],
        unique=False,
        postgresql_where=sa.text("state <> 'done'"),
    )
    op.create_index(
        "assignments_shared_idx",
        "assignments",
        ["tenant_id", "user_id"],
        unique=False,
        postgresql_where=sa.text("shared"),
    )
    op.create_index(
        "assignments_user_idx", "assignments", ["tenant_id", "user_id", "offered_at"], unique=False
    )
    op.create_index(
        "assignments_wrap_up_idx",
        "assignments",
        ["wrap_up_ends_at"],
        unique=False,
        postgresql_where=sa.text("state = 'wrap_up'"),
    )
    op.create_table(
        "calls",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("server", sa.Text(), nullable=False, comment="which Asterisk carries it"),
        sa.Column("customer_channel", sa.Text(), nullable=False),
        sa.Column("agent_channel", sa.Text(), nullable=True),
        sa.Column("bridge_id", sa.Text(), nullable=True),
        sa.Column("trunk_id", sa.UUID(), nullable=True),
        sa.Column("number_id", sa.UUID(), nullable=True),
        sa.Column("flow_run_id", sa.UUID(), nullable=True),
        sa.Column("user_id", sa.UUID(), nullable=True, comment="the agent on the call"),
        sa.Column("assignment_id", sa.UUID(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("muted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("recording_policy", sa.Text(), server_default="never", nullable=False),
        sa.Column(
            "recording_pause_s",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="0: not under always",
        ),
        sa.Column(
            "recording_wish",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="what the flow said about it",
        ),
        sa.Column(
            "invites",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="whom the customer wants called in",
        ),
        sa.Column("recording_told", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("cause", sa.Integer(), nullable=True),
        sa.Column("hung_up_by", sa.Text(), nullable=True),
        sa.Column(
            "quality", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "park_slot", sa.SmallInteger(), nullable=True, comment="the place where the customer is parked"
        ),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_by", sa.UUID(), nullable=True, comment="has them back after a while"),
        sa.Column(
            "room_id",
            sa.UUID(),
            nullable=True,
            comment="the conference room that the caller is in, or asked for",
        ),
        sa.Column("room_joined_at", sa.DateTime(timezone=True), nullable=True, comment="let in"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("calls_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "room_id"],
            ["conference_rooms.tenant_id", "conference_rooms.id"],
            name=op.f("calls_tenant_id_room_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("calls_pkey")),
    )
    op.create_index("calls_interaction_idx", "calls", ["tenant_id", "interaction_id"], unique=False)
    op.create_index(
        "calls_open_idx", "calls", ["server"], unique=False, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index(
        "calls_parked_idx",
        "calls",
        ["tenant_id", "park_slot"],
        unique=True,
        postgresql_where=sa.text("park_slot IS NOT NULL"),
    )
    op.create_index(
        "calls_started_idx",
        "calls",
        ["started_at"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.create_table(
        "conversation_followers",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "news",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="messages of others that they have not seen",
        ),
        sa.Column("via", sa.UUID(), nullable=True, comment="what they follow is merged into this"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("conversation_followers_tenant_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("conversation_followers_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "conversation_id", "user_id", name=op.f("conversation_followers_pkey")
        ),
    )
    op.create_index(
        "conversation_followers_user_idx",
        "conversation_followers",
        ["tenant_id", "user_id", "conversation_id"],
        unique=False,
    )
    op.create_table(
        "conversation_links",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column(
            "conversation_id",
            sa.UUID(),
            nullable=False,
            comment="the lesser id of the two: each pair stands once",
        ),
        sa.Column("other_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False, comment="who linked them"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("conversation_links_tenant_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "other_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("conversation_links_tenant_id_other_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("conversation_links_tenant_id_user_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "conversation_id", "other_id", name=op.f("conversation_links_pkey")
        ),
    )
    op.create_index(
        "conversation_links_other_idx", "conversation_links", ["tenant_id", "other_id"], unique=False
    )
    op.create_table(
        "conversation_tags",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("tag", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("conversation_tags_tenant_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", "tag", name=op.f("conversation_tags_pkey")),
    )
    op.create_index(
        "conversation_tags_tag_idx",
        "conversation_tags",
        ["tenant_id", "tag", "conversation_id"],
        unique=False,
    )
    op.create_table(
        "conversation_words",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column(
            "word", sa.Text(collation="C"), nullable=False, comment="of a message, folded; see inbox/words.py"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("conversation_words_tenant_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "conversation_id", "word", name=op.f("conversation_words_pkey")),
    )
    op.create_index(
        "conversation_words_word_idx",
        "conversation_words",
        ["tenant_id", "word", "conversation_id"],
        unique=False,
    )
    op.create_table(
        "flow_runs",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False, comment="the interaction that it serves"),
        sa.Column("state", sa.JSON(), nullable=False, comment="the Run"),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.Text(), nullable=True, comment="finished, hung_up, left or fault"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "version_id"],
            ["flow_versions.tenant_id", "flow_versions.id"],
            name=op.f("flow_runs_tenant_id_version_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("flow_runs_pkey")),
    )
    op.create_index(
        "flow_runs_open_idx",
        "flow_runs",
        ["deadline"],
        unique=False,
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_index("flow_runs_subject_idx", "flow_runs", ["tenant_id", "subject_id"], unique=False)
    op.create_table(
        "interaction_segments",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="flow, wait, ring, talk, hold, wrap_up, voicemail, help",
        ),
        sa.Column("participant", sa.Text(), nullable=False, comment="customer or agent"),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("queue_id", sa.UUID(), nullable=True),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("interaction_segments_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("interaction_segments_pkey")),
    )
    op.create_index(
        "interaction_segments_interaction_idx",
        "interaction_segments",
        ["tenant_id", "interaction_id", "started_at"],
        unique=False,
    )
    op.create_index(
        "interaction_segments_time_idx", "interaction_segments", ["tenant_id", "started_at"], unique=False
    )
    op.create_index(
        "interaction_segments_user_idx",
        "interaction_segments",
        ["tenant_id", "user_id", "started_at"],
        unique=False,
    )
    op.create_table(
        "mailbox_readers",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("mailbox_id", sa.UUID(), nullable=False),
        sa.Column(
            "uid_validity",
            sa.BigInteger(),
            nullable=True,
            comment="of the folder; another one: its UIDs mean nothing any more",
        ),
        sa.Column(
            "last_uid",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="so far its mails are here",
        ),
        sa.Column(
            "state",
            sa.Text(),
            server_default="new",
            nullable=False,
            comment="new, reading, and what hinders it",
        ),
        sa.Column("problem", sa.Text(), server_default="", nullable=False, comment="in the server's words"),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mailbox_id"],
            ["mailboxes.tenant_id", "mailboxes.id"],
            name=op.f("mailbox_readers_tenant_id_mailbox_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "mailbox_id", name=op.f("mailbox_readers_pkey")),
        comment="how far each mailbox is read, and how that goes",
    )
    op.create_table(
        "mailbox_tokens",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("mailbox_id", sa.UUID(), nullable=False),
        sa.Column("refresh", sa.LargeBinary(), nullable=False, comment="sealed"),
        sa.Column("access", sa.LargeBinary(), nullable=False, comment="sealed"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="of the access token"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mailbox_id"],
            ["mailboxes.tenant_id", "mailboxes.id"],
            name=op.f("mailbox_tokens_tenant_id_mailbox_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "mailbox_id", name=op.f("mailbox_tokens_pkey")),
        comment="what a provider allows us by, where it signs people in itself",
    )
    op.create_table(
        "messages",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=True, comment="during which it was written"),
        sa.Column("seq", sa.Integer(), nullable=False, comment="1, 2, 3 … without a gap"),
        sa.Column("author", sa.Text(), nullable=False, comment="customer, agent, bot, system"),
        sa.Column("user_id", sa.UUID(), nullable=True, comment="the agent"),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="text, note (for colleagues only), event (data says which)",
        ),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "client_id", sa.Text(), nullable=True, comment="by which its author's device sends it again"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("messages_tenant_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("messages_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("messages_tenant_id_user_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("messages_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "conversation_id", "seq", name=op.f("messages_tenant_id_conversation_id_seq_key")
        ),
    )
    op.create_index(
        "messages_client_key",
        "messages",
        ["tenant_id", "conversation_id", "author", "client_id"],
        unique=True,
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )
    op.create_table(
        "offer_rounds",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column("queue_id", sa.UUID(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome", sa.Text(), nullable=True, comment="accepted, missed, declined, withdrawn, failed"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("offer_rounds_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("offer_rounds_pkey")),
    )
    op.create_index(
        "offer_rounds_one_open_key",
        "offer_rounds",
        ["tenant_id", "interaction_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "offer_rounds_open_idx",
        "offer_rounds",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "queue_entries",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column(
            "entry_id", sa.UUID(), nullable=False, comment="this stay in the queue; the facts' aggregate"
        ),
        sa.Column("queue_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, offered"),
        sa.Column(
            "requirements",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("preferred_user_id", sa.UUID(), nullable=True),
        sa.Column(
            "preferred_why",
            sa.Text(),
            nullable=True,
            comment="flow, contact, last: who says that this agent is preferred",
        ),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rounds", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "tried",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="[user, until]: passed over for them until then",
        ),
        sa.Column(
            "callback",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="nobody is on the line: is called back",
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("queue_entries_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "queue_id"],
            ["queues.tenant_id", "queues.id"],
            name=op.f("queue_entries_tenant_id_queue_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "interaction_id", name=op.f("queue_entries_pkey")),
    )
    op.create_index("queue_entries_queue_idx", "queue_entries", ["tenant_id", "queue_id"], unique=False)
    op.create_table(
        "recordings",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column("call_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="call", nullable=False, comment="call or voicemail"),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="recording, collecting, stored, failed, erased"
        ),
        sa.Column("policy", sa.Text(), server_default="always", nullable=False),
        sa.Column("announced", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "paused_since", sa.DateTime(timezone=True), nullable=True, comment="silence is written meanwhile"
        ),
        sa.Column(
            "paused_until", sa.DateTime(timezone=True), nullable=True, comment="it goes on by itself then"
        ),
        sa.Column(
            "keep_days", sa.Integer(), nullable=True, comment="by the rule; NULL: as the centre keeps them"
        ),
        sa.Column("duration_s", sa.Float(), nullable=True),
        sa.Column("codec", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=True, comment="within the file store"),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("checksum", sa.Text(), nullable=True, comment="SHA-256 of the stored file"),
        sa.Column("peaks", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("retention_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("hold_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("held_by", sa.UUID(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "NOT legal_hold OR state NOT IN ('erasing', 'erased')", name=op.f("recordings_held_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("recordings_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("recordings_pkey")),
    )
    op.create_index("recordings_call_idx", "recordings", ["tenant_id", "call_id"], unique=False)
    op.create_index(
        "recordings_due_idx",
        "recordings",
        ["ended_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('collecting', 'erasing')"),
    )
    op.create_index("recordings_interaction_idx", "recordings", ["tenant_id", "interaction_id"], unique=False)
    op.create_index(
        "recordings_retention_idx",
        "recordings",
        ["retention_until"],
        unique=False,
        postgresql_where=sa.text("state = 'stored'"),
    )
    op.create_table(
        "routing_decisions",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column("queue_id", sa.UUID(), nullable=False),
        sa.Column("round_id", sa.UUID(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False, comment="offered, no_agent, timed_out, overflowed"),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("routing_decisions_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("routing_decisions_pkey")),
    )
    op.create_index(
        "routing_decisions_interaction_idx",
        "routing_decisions",
        ["tenant_id", "interaction_id", "at"],
        unique=False,
    )
    op.create_table(
        "scheduled_replies",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column(
            "interaction_id", sa.UUID(), nullable=False, comment="during which it was written, and goes out"
        ),
        sa.Column("user_id", sa.UUID(), nullable=False, comment="who wrote it"),
        sa.Column(
            "client_id", sa.Text(), nullable=False, comment="of its message too, so that it is sent once"
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "heading",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="what its channel asks for besides, as the adapter checked it",
        ),
        sa.Column(
            "attachments",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="ids of uploads, in order",
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "grace", sa.Boolean(), nullable=False, comment="it waits only so that it can be taken back"
        ),
        sa.Column("only_if_unanswered", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False, comment="the last message that its writer saw"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="waiting, stopped (not sent: see why), sent, withdrawn",
        ),
        sa.Column(
            "why", sa.Text(), server_default="", nullable=False, comment="answered, or the code of an error"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("scheduled_replies_tenant_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("scheduled_replies_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("scheduled_replies_tenant_id_user_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("scheduled_replies_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "conversation_id",
            "client_id",
            name=op.f("scheduled_replies_tenant_id_conversation_id_client_id_key"),
        ),
    )
    op.create_index(
        "scheduled_replies_due_idx",
        "scheduled_replies",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "scheduled_replies_open_idx",
        "scheduled_replies",
        ["tenant_id", "conversation_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'stopped')"),
    )
    op.create_index(
        "scheduled_replies_settled_idx",
        "scheduled_replies",
        ["changed_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('sent', 'withdrawn')"),
    )
    op.create_table(
        "signatures",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "body",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment='{"en": …, "vi": …, "uk": …}',
        ),
        sa.Column("mailbox_id", sa.UUID(), nullable=True, comment="NULL: for all; so with those below"),
        sa.Column("queue_id", sa.UUID(), nullable=True),
        sa.Column("team_id", sa.UUID(), nullable=True, comment="the writer's"),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mailbox_id"],
            ["mailboxes.tenant_id", "mailboxes.id"],
            name=op.f("signatures_tenant_id_mailbox_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "queue_id"],
            ["queues.tenant_id", "queues.id"],
            name=op.f("signatures_tenant_id_queue_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "team_id"],
            ["teams.tenant_id", "teams.id"],
            name=op.f("signatures_tenant_id_team_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("signatures_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("signatures_pkey")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("signatures_tenant_id_name_key")),
        comment="what stands under letters",
    )
    op.create_table(
        "text_runs",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("flow_run_id", sa.UUID(), nullable=False),
        sa.Column(
            "outside",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="a command is being carried out beside us",
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True, comment="the flow's time is up then"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("text_runs_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "interaction_id", name=op.f("text_runs_pkey")),
        comment="flows that lead customers in writing",
    )
    op.create_index(
        "text_runs_due_idx",
        "text_runs",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "text_runs_outside_idx", "text_runs", ["tenant_id"], unique=False, postgresql_where=sa.text("outside")
    )
    op.create_table(
        "voicemails",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column("recording_id", sa.UUID(), nullable=True),
        sa.Column("mailbox", sa.Text(), server_default="", nullable=False, comment="as the flow names it"),
        sa.Column(
            "owner_id",
            sa.UUID(),
            nullable=True,
            comment="a user or ring group; NULL: whoever answers such calls",
        ),
        sa.Column("caller_id", sa.UUID(), nullable=True, comment="a colleague who left it"),
        sa.Column("queue_id", sa.UUID(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_by", sa.UUID(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True, comment="erased a day later"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("voicemails_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("voicemails_pkey")),
    )
    op.create_index("voicemails_at_idx", "voicemails", ["tenant_id", "at"], unique=False)
    op.create_index(
        "voicemails_deleted_idx",
        "voicemails",
        ["deleted_at"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index("voicemails_interaction_idx", "voicemails", ["tenant_id", "interaction_id"], unique=False)
    op.create_index("voicemails_owner_idx", "voicemails", ["tenant_id", "owner_id"], unique=False)
    op.create_index("voicemails_recording_idx", "voicemails", ["tenant_id", "recording_id"], unique=False)
    op.create_table(
        "widgets",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="public: stands in the page's source"),
        sa.Column("flow_id", sa.UUID(), nullable=False),
        sa.Column(
            "origins",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="sites that may show it",
        ),
        sa.Column(
            "look",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="title, greeting (per language), colour, side",
        ),
        sa.Column(
            "pre_chat",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="what is asked first: name, email, phone",
        ),
        sa.Column(
            "identity",
            sa.Text(),
            server_default="off",
            nullable=False,
            comment="signed by the site: off, optional, enforced",
        ),
        sa.Column(
            "mailbox_id",
            sa.UUID(),
            nullable=True,
            comment="by which its visitors are written to; NULL: they are not",
        ),
        sa.Column(
            "offline",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="{queue_id, calendar, unstaffed}: when a form stands in its place; NULL: never",
        ),
        sa.Column(
            "triggers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="greetings that come up: webchat/triggers.py",
        ),
        sa.Column(
            "takes_hashes",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="an HMAC of the id alone proves it, too",
        ),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "flow_id"],
            ["flows.tenant_id", "flows.id"],
            name=op.f("widgets_tenant_id_flow_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mailbox_id"],
            ["mailboxes.tenant_id", "mailboxes.id"],
            name=op.f("widgets_tenant_id_mailbox_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("widgets_tenant_id_project_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("widgets_pkey")),
        sa.UniqueConstraint("key", name=op.f("widgets_key_key")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("widgets_tenant_id_name_key")),
    )
    op.create_table(
        "attachments",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "conversation_id", sa.UUID(), nullable=True, comment="none: of a visitor who has no chat yet"
        ),
        sa.Column(
            "message_id", sa.UUID(), nullable=True, comment="that carries it; none: it has not been sent"
        ),
        sa.Column(
            "uploader_id",
            sa.UUID(),
            nullable=True,
            comment="the user, or the channel's visitor; none: it came by mail",
        ),
        sa.Column(
            "client_id", sa.Text(), nullable=True, comment="by which its uploader's device sends it again"
        ),
        sa.Column(
            "position",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="among those of its message",
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False, comment="by its content"),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=True, comment="by which a mail's text shows it"),
        sa.Column("path", sa.Text(), nullable=False, comment="below the file store"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "gone",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="shown to nobody: its file is about to be removed",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("attachments_tenant_id_conversation_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_id"],
            ["messages.tenant_id", "messages.id"],
            name=op.f("attachments_tenant_id_message_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("attachments_tenant_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("attachments_pkey")),
        sa.UniqueConstraint("tenant_id", "path", name=op.f("attachments_tenant_id_path_key")),
    )
    op.create_index(
        "attachments_client_key",
        "attachments",
        ["tenant_id", "uploader_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )
    op.create_index(
        "attachments_conversation_idx", "attachments", ["tenant_id", "conversation_id"], unique=False
    )
    op.create_index(
        "attachments_gone_idx", "attachments", ["created_at"], unique=False, postgresql_where=sa.text("gone")
    )
    op.create_index(
        "attachments_message_idx",
        "attachments",
        ["tenant_id", "message_id"],
        unique=False,
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    op.create_index(
        "attachments_unsent_idx",
        "attachments",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("message_id IS NULL"),
    )
    op.create_index(
        "attachments_uploader_idx", "attachments", ["tenant_id", "uploader_id", "created_at"], unique=False
    )
    op.create_table(
        "call_parties",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("call_id", sa.UUID(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False, comment="transfer, consult, conference"),
        sa.Column("state", sa.Text(), nullable=False, comment="ringing, talking, held, gone"),
        sa.Column("user_id", sa.UUID(), nullable=True, comment="a colleague; NULL: an outside number"),
        sa.Column("assignment_id", sa.UUID(), nullable=True, comment="the colleague's part"),
        sa.Column("number", sa.Text(), server_default="", nullable=False, comment="the outside number"),
        sa.Column(
            "queue_id", sa.UUID(), nullable=True, comment="whose agents are asked, one after the other"
        ),
        sa.Column("channel", sa.Text(), nullable=True, comment="once it is up"),
        sa.Column("muted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "listens",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="hears, and is never heard",
        ),
        sa.Column("invited_by", sa.UUID(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Text(),
            nullable=True,
            comment="left, took_over, busy, no_answer, declined, refused, failed, cancelled",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "call_id"],
            ["calls.tenant_id", "calls.id"],
            name=op.f("call_parties_tenant_id_call_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("call_parties_pkey")),
    )
    op.create_index("call_parties_call_idx", "call_parties", ["tenant_id", "call_id"], unique=False)
    op.create_index(
        "call_parties_user_idx",
        "call_parties",
        ["tenant_id", "user_id"],
        unique=False,
        postgresql_where=sa.text("state <> 'gone'"),
    )
    op.create_table(
        "call_watches",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("call_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False, comment="who listens"),
        sa.Column("agent_id", sa.UUID(), nullable=False, comment="whose call it was when it began"),
        sa.Column("mode", sa.Text(), nullable=False, comment="listen, whisper, join"),
        sa.Column("state", sa.Text(), nullable=False, comment="ringing, on, gone"),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "call_id"],
            ["calls.tenant_id", "calls.id"],
            name=op.f("call_watches_tenant_id_call_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("call_watches_pkey")),
    )
    op.create_index("call_watches_call_idx", "call_watches", ["tenant_id", "call_id"], unique=False)
    op.create_index(
        "call_watches_on_idx",
        "call_watches",
        ["tenant_id", "user_id"],
        unique=False,
        postgresql_where=sa.text("state <> 'gone'"),
    )
    op.create_table(
        "conversation_mentions",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("message_id", sa.UUID(), nullable=False, comment="the note"),
        sa.Column("user_id", sa.UUID(), nullable=False, comment="who was mentioned and has not looked since"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("conversation_mentions_tenant_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_id"],
            ["messages.tenant_id", "messages.id"],
            name=op.f("conversation_mentions_tenant_id_message_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("conversation_mentions_tenant_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "message_id", "user_id", name=op.f("conversation_mentions_pkey")
        ),
    )
    op.create_index(
        "conversation_mentions_user_idx",
        "conversation_mentions",
        ["tenant_id", "user_id", "conversation_id"],
        unique=False,
    )
    op.create_table(
        "flow_visits",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="counts the visits of the run"),
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("exit", sa.Text(), nullable=False, comment="empty: the run ended here or left by a fault"),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["flow_runs.tenant_id", "flow_runs.id"],
            name=op.f("flow_visits_tenant_id_run_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", "number", name=op.f("flow_visits_pkey")),
    )
    op.create_index(
        "flow_visits_version_idx", "flow_visits", ["tenant_id", "version_id", "node", "exit"], unique=False
    )
    op.create_table(
        "mails",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("mailbox_id", sa.UUID(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False, comment="in, out"),
        sa.Column("message_id", sa.Text(), nullable=False, comment="of the mail, or made from it"),
        sa.Column("uid", sa.BigInteger(), nullable=True, comment="where an incoming one lies"),
        sa.Column(
            "marked",
            sa.Boolean(),
            server_default="true",
            nullable=False,
            comment="it is marked as read there",
        ),
        sa.Column("conversation_id", sa.UUID(), nullable=True),
        sa.Column("written_id", sa.UUID(), nullable=True, comment="its message in the thread"),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("sender", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "receivers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="addresses of to, cc and bcc",
        ),
        sa.Column(
            "cc",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="those of them that get a copy",
        ),
        sa.Column(
            "bcc",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="and those of whom the others do not know",
        ),
        sa.Column(
            "answer_to",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="where an answer to an incoming one goes",
        ),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column(
            "parents",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="its References",
        ),
        sa.Column(
            "forwards_id",
            sa.UUID(),
            nullable=True,
            comment="the message that an outgoing one sends on to somebody outside",
        ),
        sa.Column(
            "aside",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="of somebody whom we only forwarded to, or to them",
        ),
        sa.Column(
            "automatic",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="a machine wrote it: another's, or we",
        ),
        sa.Column("token", sa.Text(), nullable=True, comment="of an outgoing one's subject"),
        sa.Column("html", sa.Text(), server_default="", nullable=False, comment="clean"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="received, ignored, spam; queued, sending, sent, uncertain, failed, bounced",
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False, comment="in the server's words"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("mails_tenant_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "forwards_id"],
            ["messages.tenant_id", "messages.id"],
            name=op.f("mails_tenant_id_forwards_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mailbox_id"],
            ["mailboxes.tenant_id", "mailboxes.id"],
            name=op.f("mails_tenant_id_mailbox_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "written_id"],
            ["messages.tenant_id", "messages.id"],
            name=op.f("mails_tenant_id_written_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("mails_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "mailbox_id",
            "direction",
            "message_id",
            name=op.f("mails_tenant_id_mailbox_id_direction_message_id_key"),
        ),
        comment="every mail that came or goes; the row is the outbox",
    )
    op.create_index(
        "mails_acknowledged_idx",
        "mails",
        ["tenant_id", "at"],
        unique=False,
        postgresql_where=sa.text("automatic AND direction = 'out'"),
    )
    op.create_index("mails_conversation_idx", "mails", ["tenant_id", "conversation_id", "at"], unique=False)
    op.create_index(
        "mails_due_idx", "mails", ["due_at"], unique=False, postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index(
        "mails_forwards_idx",
        "mails",
        ["tenant_id", "forwards_id"],
        unique=False,
        postgresql_where=sa.text("forwards_id IS NOT NULL"),
    )
    op.create_index(
        "mails_token_idx",
        "mails",
        ["tenant_id", "mailbox_id", "token"],
        unique=False,
        postgresql_where=sa.text("token IS NOT NULL"),
    )
    op.create_index(
        "mails_unmarked_idx",
        "mails",
        ["tenant_id", "mailbox_id"],
        unique=False,
        postgresql_where=sa.text("NOT marked"),
    )
    op.create_index("mails_written_idx", "mails", ["tenant_id", "written_id"], unique=False)
    op.create_table(
        "outside_legs",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("call_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("trunk_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True, comment="who answers for its cost"),
        sa.Column("price_per_minute", sa.Numeric(precision=12, scale=6), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "call_id"],
            ["calls.tenant_id", "calls.id"],
            name=op.f("outside_legs_tenant_id_call_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("outside_legs_pkey")),
    )
    op.create_index("outside_legs_call_idx", "outside_legs", ["tenant_id", "call_id"], unique=False)
    op.create_index(
        "outside_legs_open_idx",
        "outside_legs",
        ["tenant_id", "trunk_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("outside_legs_started_idx", "outside_legs", ["tenant_id", "started_at"], unique=False)
    op.create_table(
        "recording_parts",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("recording_id", sa.UUID(), nullable=False),
        sa.Column(
            "participant",
            sa.Text(),
            nullable=False,
            comment="customer or agent: the channel of the stored file",
        ),
        sa.Column("source", sa.Text(), nullable=False, comment="the name of Asterisk's file"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gap_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recording_id"],
            ["recordings.tenant_id", "recordings.id"],
            name=op.f("recording_parts_tenant_id_recording_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("recording_parts_pkey")),
    )
    op.create_index(
        "recording_parts_recording_idx", "recording_parts", ["tenant_id", "recording_id"], unique=False
    )
    op.create_table(
        "site_customers",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("widget_id", sa.UUID(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="the site's own id of them"),
        sa.Column("contact_id", sa.UUID(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("site_customers_tenant_id_contact_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "widget_id"],
            ["widgets.tenant_id", "widgets.id"],
            name=op.f("site_customers_tenant_id_widget_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "widget_id", "subject", name=op.f("site_customers_pkey")),
        comment="which contact a customer of a site is",
    )
    op.create_index("site_customers_contact_idx", "site_customers", ["tenant_id", "contact_id"], unique=False)
    op.create_table(
        "used_proofs",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("widget_id", sa.UUID(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False, comment="SHA-256 of the proof's jti"),
        sa.Column("visitor_id", sa.UUID(), nullable=False),
        sa.Column(
            "until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="afterwards it is good for nobody anyway",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "widget_id"],
            ["widgets.tenant_id", "widgets.id"],
            name=op.f("used_proofs_tenant_id_widget_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "widget_id", "nonce", name=op.f("used_proofs_pkey")),
        comment="who has used which proof: it is good for one browser",
    )
    op.create_index("used_proofs_until_idx", "used_proofs", ["until"], unique=False)
    op.create_table(
        "visitors",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("widget_id", sa.UUID(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False, comment="SHA-256 of what the browser keeps"),
        sa.Column("contact_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "about",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="said before a chat, proven by nothing",
        ),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column(
            "subject",
            sa.Text(),
            nullable=True,
            comment="the site's id of them, once its server has signed it",
        ),
        sa.Column(
            "verified_until", sa.DateTime(timezone=True), nullable=True, comment="so long that proof is good"
        ),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("visitors_tenant_id_contact_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "widget_id"],
            ["widgets.tenant_id", "widgets.id"],
            name=op.f("visitors_tenant_id_widget_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("visitors_pkey")),
        sa.UniqueConstraint("tenant_id", "token", name=op.f("visitors_tenant_id_token_key")),
    )
    op.create_table(
        "voicemail_mails",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("voicemail_id", sa.UUID(), nullable=False),
        sa.Column(
            "state",
            sa.Text(),
            server_default="due",
            nullable=False,
            comment="due, sending, sent, failed, uncertain",
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "voicemail_id"],
            ["voicemails.tenant_id", "voicemails.id"],
            name=op.f("voicemail_mails_tenant_id_voicemail_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "voicemail_id", name=op.f("voicemail_mails_pkey")),
    )
    op.create_index(
        "voicemail_mails_due_idx",
        "voicemail_mails",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('due', 'sending')"),
    )
    op.create_table(
        "widget_secrets",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("widget_id", sa.UUID(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False, comment="its last letters, to tell two of them apart"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "widget_id"],
            ["widgets.tenant_id", "widgets.id"],
            name=op.f("widget_secrets_tenant_id_widget_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("widget_secrets_pkey")),
        comment="by which sites' servers sign who their visitors are; two of a widget while they change",
    )
    op.create_index("widget_secrets_widget_idx", "widget_secrets", ["tenant_id", "widget_id"], unique=False)
    op.create_table(
        "chats",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("widget_id", sa.UUID(), nullable=False),
        sa.Column("visitor_id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("page", sa.Text(), server_default="", nullable=False, comment="where it began"),
        sa.Column(
            "told",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="[[name, value]] by its page, proven by nothing",
        ),
        sa.Column("told_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("chats_tenant_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("chats_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visitor_id"],
            ["visitors.tenant_id", "visitors.id"],
            name=op.f("chats_tenant_id_visitor_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "widget_id"],
            ["widgets.tenant_id", "widgets.id"],
            name=op.f("chats_tenant_id_widget_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("chats_pkey")),
        sa.UniqueConstraint("tenant_id", "interaction_id", name=op.f("chats_tenant_id_interaction_id_key")),
    )
    op.create_index(
        "chats_open_key",
        "chats",
        ["tenant_id", "visitor_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("chats_visitor_idx", "chats", ["tenant_id", "visitor_id", "started_at"], unique=False)
    op.create_table(
        "shares",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("visitor_id", sa.UUID(), nullable=False),
        sa.Column("interaction_id", sa.UUID(), nullable=False),
        sa.Column("conversation_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False, comment="the agent"),
        sa.Column("kind", sa.Text(), nullable=False, comment="cobrowse, video"),
        sa.Column("state", sa.Text(), nullable=False, comment="asked, on, over"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True, comment="customer, agent, system"),
        sa.Column(
            "why",
            sa.Text(),
            nullable=True,
            comment="declined, unable, withdrawn, unanswered, stopped, lost, left",
        ),
        sa.Column(
            "customer_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the customer was last connected",
        ),
        sa.Column("agent_at", sa.DateTime(timezone=True), nullable=True, comment="when the agent was"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            name=op.f("shares_tenant_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "interaction_id"],
            ["interactions.tenant_id", "interactions.id"],
            name=op.f("shares_tenant_id_interaction_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("shares_tenant_id_user_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visitor_id"],
            ["visitors.tenant_id", "visitors.id"],
            name=op.f("shares_tenant_id_visitor_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("shares_pkey")),
        comment="shared sessions: that they were, not what was seen in them",
    )
    op.create_index(
        "shares_interaction_idx", "shares", ["tenant_id", "interaction_id", "asked_at"], unique=False
    )
    op.create_index(
        "shares_open_key",
        "shares",
        ["tenant_id", "interaction_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state <> 'over'"),
    )
    op.create_index(
        "shares_overdue_idx",
        "shares",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'over'"),
    )
    op.create_table(
        "spam_mails",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("mail_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False, comment="the sender's"),
        sa.Column("text", sa.Text(), nullable=False, comment="its beginning"),
        sa.Column("rule", sa.Text(), nullable=False, comment="which took it"),
        sa.Column(
            "sealed", sa.LargeBinary(), nullable=False, comment="the mail as it came, or its beginning"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mail_id"],
            ["mails.tenant_id", "mails.id"],
            name=op.f("spam_mails_tenant_id_mail_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "mail_id", name=op.f("spam_mails_pkey")),
        comment="letters that were put aside, outside of every conversation",
    )
    # ### end Alembic commands ###
    isolate_tenants(op)
    create_partitions(op)
    install_jobs(op)
