"""Tables of module knowledge."""

from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import UUID

from tongdai.platform.database.tables import reference, tenant_table

articles = tenant_table(
    "articles",
    Column("project_id", UUID(as_uuid=True)),
    Column("language", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("link", Text, nullable=False, server_default="", comment="where customers read more"),
    Column("public", Boolean, nullable=False, server_default="false", comment="customers may be told it"),
    Column("indexed", Integer, comment="the version that its passages are of"),
    Column("model", Text, comment="the language model of its passages' vectors"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    reference("project_id", "projects"),
)

article_passages = tenant_table(
    "article_passages",
    Column("article_id", UUID(as_uuid=True), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False, comment="32 bits a number"),
    reference("article_id", "articles", on_delete="CASCADE"),
    key=("article_id", "number"),
)
