"""Tables of data tables."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import reference, tenant_table

data_tables = tenant_table(
    "data_tables",
    Column("project_id", UUID(as_uuid=True)),
    Column("name", Text, nullable=False, comment="flows name it by this"),
    Column("columns", JSONB, nullable=False, comment="[{id, name, kind, key}] in their order"),
    Column("next_column", Integer, nullable=False, server_default="1", comment="ids are never used again"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("project_id", "projects"),
    UniqueConstraint("tenant_id", "name"),
)

pin_callers = tenant_table(
    "pin_callers",
    Column("caller", Text, nullable=False, comment="SHA-256 of the tenant and the number"),
    Column("failures", SmallInteger, nullable=False),
    Column("locked_until", DateTime(timezone=True)),
    Column("at", DateTime(timezone=True), nullable=False, comment="of the first wrong PIN that counts"),
    Index("pin_callers_at_idx", "tenant_id", "at"),
    key=("caller",),
)

data_rows = tenant_table(
    "data_rows",
    Column("table_id", UUID(as_uuid=True), nullable=False),
    Column("key", Text, nullable=False, comment="of the key columns, as they are compared"),
    Column("cells", JSONB, nullable=False, comment="{column id: text}"),
    Column("secrets", JSONB, nullable=False, server_default=text("'{}'"), comment="{column id: argon2id}"),
    Column("search", Text, nullable=False, comment="the values, folded"),
    Column("failures", SmallInteger, nullable=False, server_default="0", comment="wrong PINs in a row"),
    Column("locked_until", DateTime(timezone=True)),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    reference("table_id", "data_tables", on_delete="CASCADE"),
    Index(
        "data_rows_key_idx",
        "tenant_id",
        "table_id",
        "key",
        unique=True,
        postgresql_where=text("NOT archived"),
    ),
)
