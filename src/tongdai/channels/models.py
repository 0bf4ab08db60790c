"""Tables of module channels."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import reference, tenant_table

mailboxes = tenant_table(
    "mailboxes",
    Column("project_id", UUID(as_uuid=True)),
    Column("name", Text, nullable=False, comment="the sender's, as customers read it"),
    Column("address", Text, nullable=False, comment="in lower case"),
    Column("queue_id", UUID(as_uuid=True), nullable=False, comment="where its mails wait for agents"),
    Column("imap", JSONB, nullable=False, comment="{host, port, security}"),
    Column("smtp", JSONB, nullable=False, comment="the same"),
    Column("username", Text, nullable=False),
    Column("sign_in", Text, nullable=False, server_default="password", comment="password; oauth: at the provider"),
    Column("password", LargeBinary, comment="sealed by the installation's key; NULL: none yet"),
    Column("oauth", JSONB, comment="{authorize_url, token_url, client_id, scope}"),
    Column("client_secret", LargeBinary, comment="the application's at the provider, sealed"),
    Column("secret", LargeBinary, nullable=False, comment="by which its conversations' marks are made"),
    Column("acknowledgement", JSONB, nullable=False, server_default=text("'{}'"), comment='{"en": …}; none: nothing is sent'),
    Column("rules", JSONB, nullable=False, server_default=text("'[]'"), comment="in their order: see email/rules.py"),
    Column("tagged", Boolean, nullable=False, server_default="false", comment="its server delivers name+mark@, too"),
    Column("since", DateTime(timezone=True), nullable=False, comment="older mails are left where they are"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "address"),
    reference("project_id", "projects"),
    reference("queue_id", "queues"),
)  # fmt: skip

mailbox_readers = tenant_table(
    "mailbox_readers",
    Column("mailbox_id", UUID(as_uuid=True), nullable=False),
    Column("uid_validity", BigInteger, comment="of the folder; another one: its UIDs mean nothing any more"),
    Column("last_uid", BigInteger, nullable=False, server_default="0", comment="so far its mails are here"),
    Column("state", Text, nullable=False, server_default="new", comment="new, reading, and what hinders it"),
    Column("problem", Text, nullable=False, server_default="", comment="in the server's words"),
    Column("state_at", DateTime(timezone=True)),
    reference("mailbox_id", "mailboxes", on_delete="CASCADE"),
    key=("mailbox_id",),
    comment="how far each mailbox is read, and how that goes",
)  # fmt: skip

signatures = tenant_table(
    "signatures",
    Column("name", Text, nullable=False),
    Column("body", JSONB, nullable=False, comment='{"en": …, "vi": …, "uk": …}'),
    Column("mailbox_id", UUID(as_uuid=True), comment="NULL: for all; so with those below"),
    Column("queue_id", UUID(as_uuid=True)),
    Column("team_id", UUID(as_uuid=True), comment="the writer's"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
    reference("mailbox_id", "mailboxes"),
    reference("queue_id", "queues"),
    reference("team_id", "teams"),
    comment="what stands under letters",
)  # fmt: skip

mailbox_tokens = tenant_table(
    "mailbox_tokens",
    Column("mailbox_id", UUID(as_uuid=True), nullable=False),
    Column("refresh", LargeBinary, nullable=False, comment="sealed"),
    Column("access", LargeBinary, nullable=False, comment="sealed"),
    Column("expires_at", DateTime(timezone=True), nullable=False, comment="of the access token"),
    reference("mailbox_id", "mailboxes", on_delete="CASCADE"),
    key=("mailbox_id",),
    comment="what a provider allows us by, where it signs people in itself",
)  # fmt: skip

mails = tenant_table(
    "mails",
    Column("mailbox_id", UUID(as_uuid=True), nullable=False),
    Column("direction", Text, nullable=False, comment="in, out"),
    Column("message_id", Text, nullable=False, comment="of the mail, or made from it"),
    Column("uid", BigInteger, comment="where an incoming one lies"),
    Column("marked", Boolean, nullable=False, server_default="true", comment="it is marked as read there"),
    Column("conversation_id", UUID(as_uuid=True)),
    Column("written_id", UUID(as_uuid=True), comment="its message in the thread"),
    Column("subject", Text, nullable=False, server_default=""),
    Column("sender", Text, nullable=False, server_default=""),
    Column("receivers", JSONB, nullable=False, server_default=text("'[]'"), comment="addresses of to, cc and bcc"),
    Column("cc", JSONB, nullable=False, server_default=text("'[]'"), comment="those of them that get a copy"),
    Column("bcc", JSONB, nullable=False, server_default=text("'[]'"), comment="and those of whom the others do not know"),
    Column("answer_to", Text, nullable=False, server_default="", comment="where an answer to an incoming one goes"),
    Column("in_reply_to", Text),
    Column("parents", JSONB, nullable=False, server_default=text("'[]'"), comment="its References"),
    Column("forwards_id", UUID(as_uuid=True), comment="the message that an outgoing one sends on to somebody outside"),
    Column("aside", Boolean, nullable=False, server_default="false", comment="of somebody whom we only forwarded to, or to them"),
    Column("automatic", Boolean, nullable=False, server_default="false", comment="a machine wrote it: another's, or we"),
    Column("token", Text, comment="of an outgoing one's subject"),
    Column("html", Text, nullable=False, server_default="", comment="clean"),
    Column("state", Text, nullable=False, comment="received, ignored, spam; queued, sending, sent, uncertain, failed, bounced"),
    Column("due_at", DateTime(timezone=True)),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("problem", Text, nullable=False, server_default="", comment="in the server's words"),
    Column("at", DateTime(timezone=True), nullable=False),
    reference("mailbox_id", "mailboxes"),
    reference("conversation_id", "conversations", on_delete="CASCADE"),
    reference("written_id", "messages", on_delete="CASCADE"),
    reference("forwards_id", "messages", on_delete="CASCADE"),
    UniqueConstraint("tenant_id", "mailbox_id", "direction", "message_id"),
    Index("mails_conversation_idx", "tenant_id", "conversation_id", "at"),
    Index("mails_written_idx", "tenant_id", "written_id"),
    Index("mails_forwards_idx", "tenant_id", "forwards_id", postgresql_where=text("forwards_id IS NOT NULL")),
    Index(
        "mails_acknowledged_idx", "tenant_id", "at", postgresql_where=text("automatic AND direction = 'out'")
    ),
    Index("mails_token_idx", "tenant_id", "mailbox_id", "token", postgresql_where=text("token IS NOT NULL")),
    Index("mails_unmarked_idx", "tenant_id", "mailbox_id", postgresql_where=text("NOT marked")),
    Index("mails_due_idx", "due_at", postgresql_where=text("state = 'queued'")),
    comment="every mail that came or goes; the row is the outbox",
)  # fmt: skip

spam_mails = tenant_table(
    "spam_mails",
    Column("mail_id", UUID(as_uuid=True), nullable=False),
    Column("name", Text, nullable=False, server_default="", comment="the sender's"),
    Column("text", Text, nullable=False, comment="its beginning"),
    Column("rule", Text, nullable=False, comment="which took it"),
    Column("sealed", LargeBinary, nullable=False, comment="the mail as it came, or its beginning"),
    reference("mail_id", "mails", on_delete="CASCADE"),
    key=("mail_id",),
    comment="letters that were put aside, outside of every conversation",
)  # fmt: skip

text_runs = tenant_table(
    "text_runs",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("conversation_id", UUID(as_uuid=True), nullable=False),
    Column("flow_run_id", UUID(as_uuid=True), nullable=False),
    Column("outside", Boolean, nullable=False, server_default="false", comment="a command is being carried out beside us"),
    Column("due_at", DateTime(timezone=True), comment="the flow's time is up then"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    Index("text_runs_outside_idx", "tenant_id", postgresql_where=text("outside")),
    Index("text_runs_due_idx", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    key=("interaction_id",),
    comment="flows that lead customers in writing",
)  # fmt: skip

widgets = tenant_table(
    "widgets",
    Column("project_id", UUID(as_uuid=True)),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, comment="public: stands in the page's source"),
    Column("flow_id", UUID(as_uuid=True), nullable=False),
    Column("origins", JSONB, nullable=False, server_default=text("'[]'"), comment="sites that may show it"),
    Column("look", JSONB, nullable=False, server_default=text("'{}'"), comment="title, greeting (per language), colour, side"),
    Column("pre_chat", JSONB, nullable=False, server_default=text("'[]'"), comment="what is asked first: name, email, phone"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "name"),
    UniqueConstraint("key"),
    reference("project_id", "projects"),
    reference("flow_id", "flows"),
)  # fmt: skip

visitors = tenant_table(
    "visitors",
    Column("widget_id", UUID(as_uuid=True), nullable=False),
    Column("token", LargeBinary, nullable=False, comment="SHA-256 of what the browser keeps"),
    Column("contact_id", UUID(as_uuid=True)),
    Column("name", Text, nullable=False, server_default=""),
    Column("about", JSONB, nullable=False, server_default=text("'{}'"), comment="said before a chat, proven by nothing"),
    Column("language", Text),
    Column("first_seen_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "token"),
    reference("widget_id", "widgets"),
    reference("contact_id", "contacts"),
)  # fmt: skip

chats = tenant_table(
    "chats",
    Column("widget_id", UUID(as_uuid=True), nullable=False),
    Column("visitor_id", UUID(as_uuid=True), nullable=False),
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("conversation_id", UUID(as_uuid=True), nullable=False),
    Column("page", Text, nullable=False, server_default="", comment="where it began"),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    reference("widget_id", "widgets"),
    reference("visitor_id", "visitors"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    reference("conversation_id", "conversations", on_delete="CASCADE"),
    UniqueConstraint("tenant_id", "interaction_id"),
    Index("chats_visitor_idx", "tenant_id", "visitor_id", "started_at"),
    # One at a time: two tabs that write at once begin one chat.
    Index("chats_open_key", "tenant_id", "visitor_id", unique=True, postgresql_where=text("ended_at IS NULL")),
)  # fmt: skip
