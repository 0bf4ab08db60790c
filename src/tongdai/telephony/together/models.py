"""The tables of those who are called into a call, and of those who listen to one."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import UUID

from tongdai.platform.database.tables import reference, tenant_table

call_parties = tenant_table(
    "call_parties",
    Column("call_id", UUID(as_uuid=True), nullable=False),
    Column("purpose", Text, nullable=False, comment="transfer, consult, conference"),
    Column("state", Text, nullable=False, comment="ringing, talking, held, gone"),
    Column("user_id", UUID(as_uuid=True), comment="a colleague; NULL: an outside number"),
    Column("assignment_id", UUID(as_uuid=True), comment="the colleague's part"),
    Column("number", Text, nullable=False, server_default="", comment="the outside number"),
    Column("queue_id", UUID(as_uuid=True), comment="whose agents are asked, one after the other"),
    Column("channel", Text, comment="once it is up"),
    Column("muted", Boolean, nullable=False, server_default="false"),
    Column("listens", Boolean, nullable=False, server_default="false", comment="hears, and is never heard"),
    Column("invited_by", UUID(as_uuid=True)),
    Column("invited_at", DateTime(timezone=True), nullable=False),
    Column("joined_at", DateTime(timezone=True)),
    Column("left_at", DateTime(timezone=True)),
    Column("outcome", Text, comment="left, took_over, busy, no_answer, declined, refused, failed, cancelled"),
    reference("call_id", "calls", on_delete="CASCADE"),
    Index("call_parties_call_idx", "tenant_id", "call_id"),
    Index("call_parties_user_idx", "tenant_id", "user_id", postgresql_where=text("state <> 'gone'")),
)

call_watches = tenant_table(
    "call_watches",
    Column("call_id", UUID(as_uuid=True), nullable=False),
    Column("user_id", UUID(as_uuid=True), nullable=False, comment="who listens"),
    Column("agent_id", UUID(as_uuid=True), nullable=False, comment="whose call it was when it began"),
    Column("mode", Text, nullable=False, comment="listen, whisper, join"),
    Column("state", Text, nullable=False, comment="ringing, on, gone"),
    Column("channel", Text),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("call_id", "calls", on_delete="CASCADE"),
    Index("call_watches_call_idx", "tenant_id", "call_id"),
    Index("call_watches_on_idx", "tenant_id", "user_id", postgresql_where=text("state <> 'gone'")),
)
