"""Tables of module crm."""

from sqlalchemy import ARRAY, Boolean, Column, DateTime, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import reference, tenant_table

companies = tenant_table(
    "companies",
    Column("name", Text, nullable=False),
    Column("name_fold", Text, nullable=False),
    Column("name_sort", Text, nullable=False, server_default=""),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
)

contacts = tenant_table(
    "contacts",
    Column("project_id", UUID(as_uuid=True)),
    Column(
        "name", Text, nullable=False, server_default="", comment="empty for a caller nobody has named yet"
    ),
    Column("name_fold", Text, nullable=False, server_default=""),
    Column("name_sort", Text, nullable=False, server_default=""),
    Column("company_id", UUID(as_uuid=True)),
    Column("kind", Text, nullable=False, server_default="unknown", comment="unknown, lead, customer"),
    Column("language", Text),
    Column("agent_id", UUID(as_uuid=True), comment="their own agent, before whom others are asked later"),
    Column("fields", JSONB, nullable=False, server_default=text("'{}'")),
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("merged_into", UUID(as_uuid=True), comment="a merge is a pointer; undoing it clears the pointer"),
    Column(
        "root_id",
        UUID(as_uuid=True),
        comment="where the chain of merges ends, kept so that recognising takes one join; NULL: not merged",
    ),
    Column("erased_at", DateTime(timezone=True), comment="personal data were erased on request"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("company_id", "companies"),
    reference("agent_id", "users"),
    reference("root_id", "contacts"),
    Index("contacts_company_idx", "tenant_id", "company_id"),
    Index("contacts_root_idx", "tenant_id", "root_id", postgresql_where=text("root_id IS NOT NULL")),
    reference("merged_into", "contacts"),
    reference("project_id", "projects"),
    Index("contacts_sort_idx", "tenant_id", "name_sort", "id"),
)

identities = tenant_table(
    "identities",
    Column("contact_id", UUID(as_uuid=True), nullable=False),
    Column("kind", Text, nullable=False, comment="phone, email, …"),
    Column("value", Text, nullable=False, comment="normalised: E.164, lower-case address"),
    Column("raw", Text, nullable=False, comment="as it was entered or received"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    reference("contact_id", "contacts", on_delete="CASCADE"),
    # The same number may belong to several people; to one person only once.
    UniqueConstraint("tenant_id", "kind", "value", "contact_id"),
    Index("identities_contact_idx", "tenant_id", "contact_id"),
)

contact_words = tenant_table(
    "contact_words",
    Column(
        "contact_id", UUID(as_uuid=True), nullable=False, comment="who is shown; never one that was merged"
    ),
    Column("project_id", UUID(as_uuid=True), comment="as the contact's"),
    Column("archived", Boolean, nullable=False, comment="as the contact's"),
    Column("word", Text(collation="C"), nullable=False, comment="see words.py"),
    Column(
        "line", Text(collation="C"), nullable=False, comment="all words of names, to sort by and to look in"
    ),
    reference("contact_id", "contacts", on_delete="CASCADE"),
    Index("contact_words_contact_idx", "tenant_id", "contact_id"),
    # In bytes' order: what begins with something is a range, whose comparisons are leakproof (docs/adr/0002). All that a
    # search of the whole tenant looks at is in the key, so that it reads the index alone.
    key=("archived", "word", "line", "contact_id"),
)

contact_notes = tenant_table(
    "contact_notes",
    Column("contact_id", UUID(as_uuid=True), nullable=False),
    Column("user_id", UUID(as_uuid=True)),
    Column("interaction_id", UUID(as_uuid=True)),
    Column("body", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("contact_id", "contacts", on_delete="CASCADE"),
    reference("user_id", "users"),
    Index("contact_notes_contact_idx", "tenant_id", "contact_id", "created_at"),
)

contact_merges = tenant_table(
    "contact_merges",
    Column("kept_id", UUID(as_uuid=True), nullable=False),
    Column("merged_id", UUID(as_uuid=True), nullable=False),
    Column("user_id", UUID(as_uuid=True)),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("undone_at", DateTime(timezone=True)),
    reference("kept_id", "contacts"),
    reference("merged_id", "contacts"),
    Index("contact_merges_kept_idx", "tenant_id", "kept_id"),
)

consents = tenant_table(
    "consents",
    Column("contact_id", UUID(as_uuid=True), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False, comment="granted, refused; the latest counts"),
    Column("source", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("user_id", UUID(as_uuid=True)),
    reference("contact_id", "contacts", on_delete="CASCADE"),
    Index("consents_contact_idx", "tenant_id", "contact_id", "purpose", "channel", "at"),
)

contact_fields = tenant_table(
    "contact_fields",
    Column("key", Text, nullable=False),
    Column("label", JSONB, nullable=False),
    Column("kind", Text, nullable=False, server_default="text"),
    Column("options", JSONB, nullable=False, server_default=text("'[]'")),
    Column("position", Integer, nullable=False, server_default="0"),
    Column(
        "pauses_recording",
        Boolean,
        nullable=False,
        server_default="false",
        comment="while an agent fills it in",
    ),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "key"),
)
