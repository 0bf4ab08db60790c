"""Tables of the assistant."""

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import BIGINT, JSONB, UUID

from tongdai.platform.database.tables import tenant_table

assistants = tenant_table(
    "assistants",
    Column("enabled", Boolean, nullable=False, server_default="false"),
    Column("url", Text, nullable=False, server_default="", comment="the endpoint's base, such as https://…/v1"),
    Column("key", LargeBinary, comment="sealed by the installation's key; NULL: none"),
    Column("model", Text, nullable=False, server_default=""),
    Column("timeout_s", Integer, nullable=False, server_default="8"),
    Column("monthly_tokens", Integer, server_default="500000", comment="NULL: without limit"),
    Column("answers", Boolean, nullable=False, server_default="true", comment="it writes answers from public articles"),
    Column("intents", Text, nullable=False, server_default="off", comment="off, unsure, always"),
    Column("keep_days", Integer, nullable=False, server_default="30", comment="so long what it was told is kept"),
    Column("version", Integer, nullable=False, server_default="1"),
    key=(),
    comment="the language model outside, one for each tenant",
)  # fmt: skip

assistant_exchanges = tenant_table(
    "assistant_exchanges",
    Column("purpose", Text, nullable=False, comment="answer, intent"),
    Column("command_id", Text, nullable=False, comment="what the flow asked"),
    Column("subject_id", UUID(as_uuid=True), comment="the interaction that the flow serves"),
    Column("model", Text, nullable=False),
    Column("told", JSONB, nullable=False, comment="[{role, content}], as it was sent"),
    Column("said", Text, nullable=False, server_default="", comment="as it came"),
    Column("outcome", Text, nullable=False, comment="answered, no_answer, and what hindered it"),
    Column("problem", Text, nullable=False, server_default=""),
    Column("tokens", Integer, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("assistant_exchanges_at_idx", "tenant_id", "at", "id"),
    Index(
        "assistant_exchanges_subject_idx", "tenant_id", "subject_id", postgresql_where=text("subject_id IS NOT NULL")
    ),
    comment="all that the language model outside was told and answered",
)  # fmt: skip

assistant_usage = tenant_table(
    "assistant_usage",
    Column("month", Date, nullable=False, comment="its first day, in UTC"),
    Column("questions", Integer, nullable=False, server_default="0"),
    Column("tokens", BIGINT, nullable=False, server_default="0"),
    key=("month",),
    comment="what a limit is measured by; it outlives the exchanges",
)
