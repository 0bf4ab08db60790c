"""The table of conference rooms. Who is in one is told by the calls."""

from sqlalchemy import Boolean, Column, DateTime, Integer, SmallInteger, Text, UniqueConstraint

from tongdai.platform.database.tables import tenant_table

conference_rooms = tenant_table(
    "conference_rooms",
    Column("name", Text, nullable=False),
    Column("extension", Text, nullable=False),
    Column(
        "pin", Text, nullable=False, server_default="", comment="argon2id; empty: whoever dials is let in"
    ),
    Column(
        "pin_failures", SmallInteger, nullable=False, server_default="0", comment="in a row, whoever calls"
    ),
    Column("pin_locked_until", DateTime(timezone=True)),
    Column("max_members", SmallInteger, nullable=False, server_default="20"),
    Column("tone", Boolean, nullable=False, server_default="true", comment="those inside hear who comes"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
    UniqueConstraint("tenant_id", "extension"),
)
