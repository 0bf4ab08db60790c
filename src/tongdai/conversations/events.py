"""Facts of module conversations."""

from datetime import datetime
from uuid import UUID

from tongdai.platform.facts import Fact


class InteractionFact(Fact):
    """What every fact about an interaction tells. The aggregate is the interaction."""

    at: datetime
    channel: str
    direction: str
    phase: str
    project_id: UUID | None = None
    queue_id: UUID | None = None
    user_id: UUID | None = None
    contact_id: UUID | None = None


class InteractionStarted(InteractionFact, type="conversations.interaction_started"):
    """A contact began: it is in the flow."""


class InteractionQueued(InteractionFact, type="conversations.interaction_queued"):
    """It entered a queue; its wait begins."""


class InteractionConnected(InteractionFact, type="conversations.interaction_connected"):
    """An agent and the customer are connected. `waited_s` counts from entering the queue."""

    waited_s: float


class InteractionHeld(InteractionFact, type="conversations.interaction_held"):
    """The customer was put on hold."""


class InteractionResumed(InteractionFact, type="conversations.interaction_resumed"):
    """The customer was taken off hold."""


class InteractionMoved(InteractionFact, type="conversations.interaction_moved"):
    """Another phase began that has no fact of its own (back to the flow, voicemail, contact identified)."""


class InteractionClosed(InteractionFact, type="conversations.interaction_closed"):
    """It is over. `waited_s` is the wait that ended with it when `abandoned_in_queue`."""

    result: str
    waited_s: float
    abandoned_in_queue: bool


class AssignmentFact(Fact):
    """What every fact about an assignment tells. The aggregate is the assignment."""

    interaction_id: UUID
    user_id: UUID
    queue_id: UUID | None = None


class AssignmentOffered(AssignmentFact, type="conversations.assignment_offered"):
    """The interaction is presented to the agent, until `expires_at`."""

    round_id: UUID | None
    expires_at: datetime | None
    auto_answer: bool


class AssignmentAccepted(AssignmentFact, type="conversations.assignment_accepted"):
    """The agent took it."""


class AssignmentEdited(AssignmentFact, type="conversations.assignment_edited"):
    """Notes, disposition or wrap-up time changed."""


class WrapUpStarted(AssignmentFact, type="conversations.wrap_up_started"):
    """The customer is gone; the agent finishes the work."""


class AssignmentDone(AssignmentFact, type="conversations.assignment_done"):
    """The agent's part is over. `outcome`: completed, or how the offer ended."""

    outcome: str
    busy_s: float = 0.0


class ThreadFact(Fact):
    """What every fact about a conversation's messages tells. The aggregate is the conversation."""

    at: datetime
    seq: int


class MessageWritten(ThreadFact, type="conversations.message_written"):
    """A message was added. `author`: customer, agent, bot, system; `kind`: text, note, event."""

    message_id: UUID
    interaction_id: UUID | None
    author: str
    kind: str
    user_id: UUID | None = None


class MessageChanged(ThreadFact, type="conversations.message_changed"):
    """What is known of a message is another now: how its delivery goes, say. `seq` is the message's."""

    message_id: UUID


class ConversationFact(Fact):
    """What every fact about a conversation's place in the inbox tells. The aggregate is the conversation."""

    at: datetime
    user_id: UUID | None = None


class ConversationTagged(ConversationFact, type="conversations.conversation_tagged"):
    """Its tags are others now."""


class ConversationSnoozed(ConversationFact, type="conversations.conversation_snoozed"):
    """It is out of the lists until then, or until the customer writes."""

    until: datetime


class ConversationAwoke(ConversationFact, type="conversations.conversation_awoke"):
    """It is in the lists again. `why`: due, customer (wrote), agent."""

    why: str


class ScheduledReplyFact(ConversationFact):
    """What every fact about a reply that is to be sent later tells. `user_id`: who did it, none: the time had come."""

    reply_id: UUID


class ReplyScheduled(ScheduledReplyFact, type="conversations.reply_scheduled"):
    """It waits, or waits otherwise now."""


class ReplyWithdrawn(ScheduledReplyFact, type="conversations.reply_withdrawn"):
    """It was taken back before it was sent."""


class ReplyStopped(ScheduledReplyFact, type="conversations.reply_stopped"):
    """It was not sent. `why`: answered (the customer wrote meanwhile), or the code of what forbids it."""

    why: str
    author_id: UUID


class ReplySent(ScheduledReplyFact, type="conversations.reply_sent"):
    """It is a message of its conversation now."""

    message_id: UUID


class ColleaguesMentioned(ConversationFact, type="conversations.colleagues_mentioned"):
    """A note of `user_id` names these colleagues, who may read it."""

    message_id: UUID
    mentioned: list[UUID]


class ConversationReassigned(ConversationFact, type="conversations.conversation_reassigned"):
    """`user_id` took it from the agent who had it (`from_id`) and gave it to another, or to a queue."""

    from_id: UUID
    to_id: UUID | None = None
    queue_id: UUID | None = None


class ConversationLinked(ConversationFact, type="conversations.conversation_linked"):
    """It is linked with another one; told of both."""

    other_id: UUID


class ConversationUnlinked(ConversationFact, type="conversations.conversation_unlinked"):
    """The link with another one was removed; told of both."""

    other_id: UUID


class MergeFact(ConversationFact):
    """`merged_id` is shown in `kept_id`; told of both."""

    kept_id: UUID
    merged_id: UUID


class ConversationMerged(MergeFact, type="conversations.conversation_merged"):
    """One was merged into the other."""


class ConversationUnmerged(MergeFact, type="conversations.conversation_unmerged"):
    """That was taken back. `why`: agent, customer (who went on with it in a way that the other cannot)."""

    why: str


class MessagesSeen(ThreadFact, type="conversations.messages_seen"):
    """All messages up to `seq` were seen. `by`: customer, agent."""

    by: str
