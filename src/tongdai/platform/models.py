"""The platform's own tables: the event log with its marks, and the leases.

Apart from the code that uses them, like every module's `models.py`: only migrations need SQLAlchemy, whose import would
cost each start of the app a third of a second of processor time.
"""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import global_table
from tongdai.platform.database.types import XID8

event_log = global_table(
    "event_log",
    Column("id", BigInteger, Identity(), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("tx", XID8, nullable=False, server_default=text("pg_current_xact_id()")),
    Column("tenant_id", UUID(as_uuid=True), nullable=False),
    Column("type", Text, nullable=False),
    Column("aggregate_id", UUID(as_uuid=True), nullable=False),
    Column("aggregate_version", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    Index("event_log_order_idx", "tx", "id"),
    Index("event_log_aggregate_idx", "aggregate_id", "aggregate_version"),
    postgresql_partition_by="RANGE (at)",
)  # fmt: skip
event_marks = global_table(
    "event_marks",
    Column("handler", Text, primary_key=True),
    Column("event_id", BigInteger, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)
event_positions = global_table(
    "event_positions",
    Column("reader", Text, primary_key=True),
    Column("tx", BigInteger, nullable=False),
    Column("id", BigInteger, nullable=False),
)
event_failures = global_table(
    "event_failures",
    Column("handler", Text, primary_key=True),
    Column("event_id", BigInteger, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)
leases = global_table(
    "leases",
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)
