"""Tables of intents."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import reference, tenant_table

intent_sets = tenant_table(
    "intent_sets",
    Column("project_id", UUID(as_uuid=True)),
    Column("name", Text, nullable=False, comment="flows name it by this"),
    Column("intents", JSONB, nullable=False, comment="[{name, title, examples: {language: [text]}}]"),
    Column(
        "none", JSONB, nullable=False, comment="{language: [text]}: examples of what is none of the intents"
    ),
    Column("published_id", UUID(as_uuid=True), comment="the version that flows ask"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("project_id", "projects"),
    UniqueConstraint("tenant_id", "name"),
)

intent_versions = tenant_table(
    "intent_versions",
    Column("set_id", UUID(as_uuid=True), nullable=False),
    Column("number", Integer, nullable=False),
    Column("intents", JSONB, nullable=False, comment="never changed, as `none`"),
    Column("none", JSONB, nullable=False),
    Column("state", Text, nullable=False, comment="training, ready or failed"),
    Column("problem", Text, comment="why training failed"),
    Column("claimed_until", DateTime(timezone=True), comment="some node trains it until then"),
    Column("model", Text, comment="the language model whose vectors it takes"),
    Column("weights", LargeBinary, comment="the classifier"),
    Column("known", JSONB, comment="[[intent, score]]: what each example was taken for, unseen"),
    Column("strangers", JSONB, comment="the same of sentences that are none of the intents"),
    Column("threshold", Float, comment="scores below are not believed"),
    Column("right_share", Float, comment="examples that are understood rightly at the threshold"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", UUID(as_uuid=True)),
    reference("set_id", "intent_sets", on_delete="CASCADE"),
    UniqueConstraint("tenant_id", "set_id", "number"),
    Index("intent_versions_training_idx", "made_at", postgresql_where=text("state = 'training'")),
)
