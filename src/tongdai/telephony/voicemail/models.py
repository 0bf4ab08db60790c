"""Tables of voicemail: messages, boxes, and the mails about messages."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from tongdai.platform.database.tables import reference, tenant_table

voicemails = tenant_table(
    "voicemails",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("recording_id", UUID(as_uuid=True)),
    Column("mailbox", Text, nullable=False, server_default="", comment="as the flow names it"),
    Column("owner_id", UUID(as_uuid=True), comment="a user or ring group; NULL: whoever answers such calls"),
    Column("caller_id", UUID(as_uuid=True), comment="a colleague who left it"),
    Column("queue_id", UUID(as_uuid=True)),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("heard_at", DateTime(timezone=True)),
    Column("heard_by", UUID(as_uuid=True)),
    Column("deleted_at", DateTime(timezone=True), comment="erased a day later"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    Index("voicemails_owner_idx", "tenant_id", "owner_id"),
    Index("voicemails_deleted_idx", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    Index("voicemails_interaction_idx", "tenant_id", "interaction_id"),
    Index("voicemails_recording_idx", "tenant_id", "recording_id"),
    Index("voicemails_at_idx", "tenant_id", "at"),
)

voicemail_boxes = tenant_table(
    "voicemail_boxes",
    Column("owner_id", UUID(as_uuid=True), nullable=False, comment="a user or ring group"),
    Column("enabled", Boolean, nullable=False, server_default="false"),
    Column("max_s", SmallInteger, nullable=False, server_default="180", comment="longest message"),
    Column("silence_s", SmallInteger, nullable=False, server_default="5", comment="ends a message"),
    Column("greeting", LargeBinary, comment="16 kHz WAV"),
    Column("greeting_checksum", Text),
    Column("greeting_s", Float),
    Column("mail", Text, nullable=False, server_default="none", comment="none, notice, sound"),
    Column("mail_to", Text, nullable=False, server_default="", comment="else the user's own address"),
    Column("pin", Text, nullable=False, server_default="", comment="argon2id"),
    Column("pin_failures", SmallInteger, nullable=False, server_default="0"),
    Column("pin_locked_until", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "owner_id"),
)

voicemail_mails = tenant_table(
    "voicemail_mails",
    Column("voicemail_id", UUID(as_uuid=True), nullable=False),
    Column(
        "state", Text, nullable=False, server_default="due", comment="due, sending, sent, failed, uncertain"
    ),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("problem", Text, nullable=False, server_default=""),
    reference("voicemail_id", "voicemails", on_delete="CASCADE"),
    Index("voicemail_mails_due_idx", "due_at", postgresql_where=text("state IN ('due', 'sending')")),
    key=("voicemail_id",),
)
