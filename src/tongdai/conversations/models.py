"""Tables of module conversations."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tongdai.platform.database.tables import reference, tenant_table

conversations = tenant_table(
    "conversations",
    Column("project_id", UUID(as_uuid=True)),
    Column("contact_id", UUID(as_uuid=True)),
    Column("subject", Text, nullable=False, server_default=""),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("last_seq", Integer, nullable=False, server_default="0", comment="of its messages"),
    Column("seen_seq", Integer, nullable=False, server_default="0", comment="so far the customer has seen them"),
    Column("read_seq", Integer, nullable=False, server_default="0", comment="so far an agent has"),
    Column("last_at", DateTime(timezone=True), comment="of its last message; NULL: nothing was written, no list shows it"),
    Column("unread", Integer, nullable=False, server_default="0", comment="of the customer's messages by agents"),
    Column("snoozed_until", DateTime(timezone=True), comment="out of the lists till then, or till the customer writes"),
    # Where its last interaction stands, so that a list walks one index (see Interactions).
    Column("interaction_id", UUID(as_uuid=True)),
    Column("channel", Text),
    Column("state", Text, nullable=False, server_default="closed", comment="in_flow, queued, connected, closed"),
    Column("queue_id", UUID(as_uuid=True)),
    Column("user_id", UUID(as_uuid=True)),
    Column("merged_into", UUID(as_uuid=True), comment="the conversation that shows it; lists do not, then"),
    Column("merged_at", DateTime(timezone=True)),
    Column("merged_by", UUID(as_uuid=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("contact_id", "contacts"),
    reference("project_id", "projects"),
    reference("user_id", "users"),
    reference("merged_into", "conversations"),
    reference("merged_by", "users"),
    Index("conversations_merged_idx", "tenant_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    Index("conversations_last_idx", "tenant_id", text("last_at DESC"), text("id DESC")),
    Index("conversations_user_idx", "tenant_id", "user_id", text("last_at DESC"), text("id DESC")),
    Index("conversations_queue_idx", "tenant_id", "queue_id", text("last_at DESC"), text("id DESC")),
    Index("conversations_contact_idx", "tenant_id", "contact_id"),
    # Few are open or unread at a time: those are not looked for among all.
    Index(
        "conversations_open_idx", "tenant_id", text("last_at DESC"), text("id DESC"),
        postgresql_where=text("state <> 'closed'"),
    ),
    Index(
        "conversations_unread_idx", "tenant_id", text("last_at DESC"), text("id DESC"),
        postgresql_where=text("unread > 0"),
    ),
    Index(
        "conversations_snoozed_idx", "tenant_id", "snoozed_until", postgresql_where=text("snoozed_until IS NOT NULL")
    ),
)  # fmt: skip

conversation_tags = tenant_table(
    "conversation_tags",
    Column("conversation_id", UUID(as_uuid=True), nullable=False),
    Column("tag", Text(collation="C"), nullable=False),
    reference("conversation_id", "conversations", on_delete="CASCADE"),
    Index("conversation_tags_tag_idx", "tenant_id", "tag", "conversation_id"),
    key=("conversation_id", "tag"),
)

conversation_words = tenant_table(
    "conversation_words",
    Column("conversation_id", UUID(as_uuid=True), nullable=False),
    Column("word", Text(collation="C"), nullable=False, comment="of a message, folded; see inbox/words.py"),
    reference("conversation_id", "conversations", on_delete="CASCADE"),
    # In bytes' order: what begins with something is a range, whose comparisons are leakproof (docs/adr/0002).
    Index("conversation_words_word_idx", "tenant_id", "word", "conversation_id"),
    key=("conversation_id", "word"),
)

messages = tenant_table(
    "messages",
    Column("conversation_id", UUID(as_uuid=True), nullable=False),
    Column("interaction_id", UUID(as_uuid=True), comment="during which it was written"),
    Column("seq", Integer, nullable=False, comment="1, 2, 3 … without a gap"),
    Column("author", Text, nullable=False, comment="customer, agent, bot, system"),
    Column("user_id", UUID(as_uuid=True), comment="the agent"),
    Column("kind", Text, nullable=False, comment="text, note (for colleagues only), event (data says which)"),
    Column("body", Text, nullable=False, server_default=""),
    Column("data", JSONB, nullable=False, server_default=text("'{}'")),
    Column("client_id", Text, comment="by which its author's device sends it again"),
    Column("at", DateTime(timezone=True), nullable=False),
    reference("conversation_id", "conversations", on_delete="CASCADE"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    reference("user_id", "users"),
    UniqueConstraint("tenant_id", "conversation_id", "seq"),
    Index(
        "messages_client_key", "tenant_id", "conversation_id", "author", "client_id", unique=True,
        postgresql_where=text("client_id IS NOT NULL"),
    ),
)  # fmt: skip

attachments = tenant_table(
    "attachments",
    Column("conversation_id", UUID(as_uuid=True), comment="none: of a visitor who has no chat yet"),
    Column("message_id", UUID(as_uuid=True), comment="that carries it; none: it has not been sent"),
    Column("uploader_id", UUID(as_uuid=True), comment="the user, or the channel's visitor; none: it came by mail"),
    Column("client_id", Text, comment="by which its uploader's device sends it again"),
    Column("position", SmallInteger, nullable=False, server_default="0", comment="among those of its message"),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False, comment="by its content"),
    Column("size", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content_id", Text, comment="by which a mail's text shows it"),
    Column("path", Text, nullable=False, comment="below the file store"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("gone", Boolean, nullable=False, server_default="false", comment="shown to nobody: its file is about to be removed"),
    reference("conversation_id", "conversations"),
    reference("message_id", "messages"),
    UniqueConstraint("tenant_id", "path"),
    Index("attachments_message_idx", "tenant_id", "message_id", postgresql_where=text("message_id IS NOT NULL")),
    Index("attachments_conversation_idx", "tenant_id", "conversation_id"),
    Index("attachments_uploader_idx", "tenant_id", "uploader_id", "created_at"),
    Index(
        "attachments_client_key", "tenant_id", "uploader_id", "client_id", unique=True,
        postgresql_where=text("client_id IS NOT NULL"),
    ),
    Index("attachments_unsent_idx", "created_at", postgresql_where=text("message_id IS NULL")),
    Index("attachments_gone_idx", "created_at", postgresql_where=text("gone")),
)  # fmt: skip

scheduled_replies = tenant_table(
    "scheduled_replies",
    Column("conversation_id", UUID(as_uuid=True), nullable=False),
    Column("interaction_id", UUID(as_uuid=True), nullable=False, comment="during which it was written, and goes out"),
    Column("user_id", UUID(as_uuid=True), nullable=False, comment="who wrote it"),
    Column("client_id", Text, nullable=False, comment="of its message too, so that it is sent once"),
    Column("body", Text, nullable=False),
    Column("heading", JSONB, comment="what its channel asks for besides, as the adapter checked it"),
    Column("attachments", JSONB, nullable=False, server_default=text("'[]'"), comment="ids of uploads, in order"),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("grace", Boolean, nullable=False, comment="it waits only so that it can be taken back"),
    Column("only_if_unanswered", Boolean, nullable=False, server_default="false"),
    Column("after_seq", Integer, nullable=False, comment="the last message that its writer saw"),
    Column("state", Text, nullable=False, comment="waiting, stopped (not sent: see why), sent, withdrawn"),
    Column("why", Text, nullable=False, server_default="", comment="answered, or the code of an error"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("conversation_id", "conversations", on_delete="CASCADE"),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    reference("user_id", "users"),
    UniqueConstraint("tenant_id", "conversation_id", "client_id"),
    Index("scheduled_replies_due_idx", "due_at", postgresql_where=text("state = 'waiting'")),
    Index(
        "scheduled_replies_open_idx", "tenant_id", "conversation_id",
        postgresql_where=text("state IN ('waiting', 'stopped')"),
    ),
    Index("scheduled_replies_settled_idx", "changed_at", postgresql_where=text("state IN ('sent', 'withdrawn')")),
)  # fmt: skip

conversation_followers = tenant_table(
    "conversation_followers",
    Column("conversation_id", UUID(as_uuid=True), nullable=False),
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column(
        "news",
        Integer,
        nullable=False,
        server_default="0",
        comment="messages of others that they have not seen",
    ),
    Column("via", UUID(as_uuid=True), comment="what they follow is merged into this"),
    reference("conversation_id", "conversations", on_delete="CASCADE"),
    reference("user_id", "users", on_delete="CASCADE"),
    Index("conversation_followers_user_idx", "tenant_id", "user_id", "conversation_id"),
    key=("conversation_id", "user_id"),
)

conversation_mentions = tenant_table(
    "conversation_mentions",
    Column("conversation_id", UUID(as_uuid=True), nullable=False),
    Column("message_id", UUID(as_uuid=True), nullable=False, comment="the note"),
    Column(
        "user_id", UUID(as_uuid=True), nullable=False, comment="who was mentioned and has not looked since"
    ),
    Column("at", DateTime(timezone=True), nullable=False),
    reference("conversation_id", "conversations", on_delete="CASCADE"),
    reference("message_id", "messages", on_delete="CASCADE"),
    reference("user_id", "users", on_delete="CASCADE"),
    Index("conversation_mentions_user_idx", "tenant_id", "user_id", "conversation_id"),
    key=("message_id", "user_id"),
)

conversation_links = tenant_table(
    "conversation_links",
    Column("conversation_id", UUID(as_uuid=True), nullable=False, comment="the lesser id of the two: each pair stands once"),
    Column("other_id", UUID(as_uuid=True), nullable=False),
    Column("user_id", UUID(as_uuid=True), nullable=False, comment="who linked them"),
    Column("at", DateTime(timezone=True), nullable=False),
    reference("conversation_id", "conversations", on_delete="CASCADE"),
    reference("other_id", "conversations", on_delete="CASCADE"),
    reference("user_id", "users"),
    Index("conversation_links_other_idx", "tenant_id", "other_id"),
    key=("conversation_id", "other_id"),
)  # fmt: skip

canned_replies = tenant_table(
    "canned_replies",
    Column("code", Text, nullable=False),
    Column("body", JSONB, nullable=False, comment='{"en": …, "vi": …, "uk": …}'),
    Column("queue_id", UUID(as_uuid=True), comment="NULL: for all queues"),
    Column("user_id", UUID(as_uuid=True), comment="whose own it is; NULL: everybody's"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("user_id", "users"),
    Index(
        "canned_replies_code_key", "tenant_id", "code", text("coalesce(queue_id, user_id, tenant_id)"), unique=True
    ),
)  # fmt: skip

inbox_views = tenant_table(
    "inbox_views",
    Column("name", Text, nullable=False),
    Column("narrowing", JSONB, nullable=False, comment="what the list is asked for: view, q, channel …"),
    Column("user_id", UUID(as_uuid=True), comment="whose own it is; NULL: everybody's"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("user_id", "users", on_delete="CASCADE"),
    Index("inbox_views_name_key", "tenant_id", text("lower(name)"), text("coalesce(user_id, tenant_id)"), unique=True),
)  # fmt: skip

interactions = tenant_table(
    "interactions",
    Column("conversation_id", UUID(as_uuid=True)),
    Column("project_id", UUID(as_uuid=True)),
    Column("contact_id", UUID(as_uuid=True)),
    Column("channel", Text, nullable=False),
    Column("direction", Text, nullable=False, comment="inbound, outbound, internal"),
    Column("state", Text, nullable=False, comment="in_flow, queued, connected, closed"),
    Column(
        "phase",
        Text,
        nullable=False,
        comment="what the open segment is: flow, wait, talk, hold, voicemail, ended",
    ),
    Column("peer_raw", Text, nullable=False, comment="the customer's number or address as received"),
    Column("peer", Text, comment="the same normalised (E.164); NULL when withheld or unreadable"),
    Column("peer_name", Text, nullable=False, server_default=""),
    Column(
        "own_address",
        Text,
        nullable=False,
        server_default="",
        comment="the number that was dialled, or shown",
    ),
    Column("queue_id", UUID(as_uuid=True), comment="the last queue; its own times are in the segments"),
    Column("user_id", UUID(as_uuid=True), comment="the last agent who was connected"),
    Column("language", Text),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("queued_at", DateTime(timezone=True)),
    Column("connected_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    Column(
        "phase_since",
        DateTime(timezone=True),
        nullable=False,
        comment="start of the segment that is open now",
    ),
    Column("wait_s", Float, nullable=False, server_default="0"),
    Column("talk_s", Float, nullable=False, server_default="0"),
    Column("hold_s", Float, nullable=False, server_default="0"),
    Column("wrap_up_s", Float, nullable=False, server_default="0"),
    Column("result", Text, comment="once closed; before that only that a callback was promised"),
    Column("hung_up_by", Text),
    Column("cause", Text),
    Column("disposition_id", UUID(as_uuid=True)),
    Column("flow_answers", JSONB, nullable=False, server_default=text("'[]'")),
    Column("peer_verified", Boolean, nullable=False, server_default="false", comment="the channel has proof of who it is"),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("contact_id", "contacts"),
    reference("project_id", "projects"),
    reference("user_id", "users"),
    reference("disposition_id", "dispositions"),
    Index("interactions_log_idx", "tenant_id", text("started_at DESC"), text("id DESC")),
    Index("interactions_contact_idx", "tenant_id", "contact_id", text("started_at DESC"), text("id DESC")),
    Index("interactions_user_idx", "tenant_id", "user_id", text("started_at DESC"), text("id DESC")),
    Index("interactions_queue_idx", "tenant_id", "queue_id", text("started_at DESC"), text("id DESC")),
    # What seldom happens and who seldom calls is not found by walking the log. Written once, when the call has ended.
    Index(
        "interactions_result_idx", "tenant_id", "result", text("started_at DESC"), text("id DESC"),
        postgresql_where=text("state = 'closed'"),
    ),
    Index(
        "interactions_peer_idx", "tenant_id", "peer", text("started_at DESC"), text("id DESC"),
        postgresql_where=text("state = 'closed'"),
    ),
    Index(
        "interactions_conversation_idx", "tenant_id", "conversation_id",
        postgresql_where=text("conversation_id IS NOT NULL"),
    ),
    Index(
        "interactions_talked_idx", "tenant_id", "user_id", "conversation_id",
        postgresql_where=text("conversation_id IS NOT NULL"),
    ),
    Index("interactions_open_idx", "tenant_id", postgresql_where=text("state <> 'closed'")),
)  # fmt: skip

assignments = tenant_table(
    "assignments",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("user_id", UUID(as_uuid=True), nullable=False),
    Column("queue_id", UUID(as_uuid=True)),
    Column("round_id", UUID(as_uuid=True)),
    Column("state", Text, nullable=False, comment="offered, accepted, wrap_up, done"),
    Column("outcome", Text, comment="declined, missed, withdrawn, failed, elsewhere, completed"),
    Column("offered_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("accepted_at", DateTime(timezone=True)),
    Column("wrap_up_at", DateTime(timezone=True)),
    Column("wrap_up_ends_at", DateTime(timezone=True)),
    Column("done_at", DateTime(timezone=True)),
    Column(
        "party", Boolean, nullable=False, server_default="false", comment="called in by a colleague, whose contact it is"
    ),
    Column("offered_by", UUID(as_uuid=True), comment="the colleague who handed it over or asked for help"),
    Column(
        "shared", Boolean, nullable=False, server_default="false", comment="another agent has or had it too, and may be the last"
    ),
    Column("auto_answer", Boolean, nullable=False, server_default="false"),
    Column("note", Text, nullable=False, server_default=""),
    Column("disposition_id", UUID(as_uuid=True)),
    Column("no_consequence", Boolean, nullable=False, server_default="false", comment="of its result, this time"),
    Column("decline_reason", Text),
    Column("version", Integer, nullable=False, server_default="1"),
    reference("interaction_id", "interactions"),
    reference("user_id", "users"),
    reference("disposition_id", "dispositions"),
    Index("assignments_interaction_idx", "tenant_id", "interaction_id"),
    Index("assignments_user_idx", "tenant_id", "user_id", "offered_at"),
    Index("assignments_shared_idx", "tenant_id", "user_id", postgresql_where=text("shared")),
    Index("assignments_open_idx", "tenant_id", "user_id", postgresql_where=text("state <> 'done'")),
    Index("assignments_offered_idx", "expires_at", postgresql_where=text("state = 'offered'")),
    # One acceptance: whatever the code does, two agents never hold the same interaction.
    Index(
        "assignments_one_acceptance_key", "tenant_id", "interaction_id", unique=True,
        postgresql_where=text("state = 'accepted' AND NOT party"),
    ),
    Index("assignments_wrap_up_idx", "wrap_up_ends_at", postgresql_where=text("state = 'wrap_up'")),
)  # fmt: skip

interaction_segments = tenant_table(
    "interaction_segments",
    Column("interaction_id", UUID(as_uuid=True), nullable=False),
    Column("kind", Text, nullable=False, comment="flow, wait, ring, talk, hold, wrap_up, voicemail, help"),
    Column("participant", Text, nullable=False, comment="customer or agent"),
    Column("project_id", UUID(as_uuid=True)),
    Column("queue_id", UUID(as_uuid=True)),
    Column("user_id", UUID(as_uuid=True)),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    reference("interaction_id", "interactions", on_delete="CASCADE"),
    Index("interaction_segments_interaction_idx", "tenant_id", "interaction_id", "started_at"),
    Index("interaction_segments_time_idx", "tenant_id", "started_at"),
    Index("interaction_segments_user_idx", "tenant_id", "user_id", "started_at"),
)

dispositions = tenant_table(
    "dispositions",
    Column("parent_id", UUID(as_uuid=True)),
    Column("label", JSONB, nullable=False, comment='{"en": …, "vi": …, "uk": …}'),
    Column("code", Text, nullable=False),
    Column("requires_note", Boolean, nullable=False, server_default="false"),
    Column("queue_ids", JSONB, nullable=False, server_default=text("'[]'"), comment="empty: all queues"),
    Column(
        "work",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="inbound, outbound, callback; empty: all",
    ),
    Column(
        "suggested_for", JSONB, nullable=False, server_default=text("'[]'"), comment="how calls of ours end"
    ),
    Column("consequence", Text, comment="do_not_call, callback: what choosing it does"),
    Column("consequence_days", Integer, comment="how long the number is not called; NULL: for good"),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("archived", Boolean, nullable=False, server_default="false"),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("tenant_id", "code"),
    reference("parent_id", "dispositions"),
)
