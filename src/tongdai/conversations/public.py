"""What other modules may use of conversations."""

from tongdai.conversations.adapters import Capabilities, ChannelAdapter, ChannelAdapters
from tongdai.conversations.assignments import AssignmentRow, Assignments
from tongdai.conversations.attachments.policies import IMAGES
from tongdai.conversations.attachments.policies import MOST_PER_MESSAGE as MOST_FILES
from tongdai.conversations.attachments.repository import AttachmentRow, Attachments
from tongdai.conversations.attachments.serving import RAW_BODY, FileName, answer_with, passed_over, upload
from tongdai.conversations.attachments.store import StoredFile, opened, stored
from tongdai.conversations.attachments.store import add as add_attachment
from tongdai.conversations.attachments.views import AttachmentView, attachment_view
from tongdai.conversations.errors import (
    AttachmentGone,
    DispositionNeedsNote,
    FileUnreadable,
    NotInState,
    NotYours,
    TooManyFiles,
)
from tongdai.conversations.following.service import tell_reassigned
from tongdai.conversations.inbox.access import readable
from tongdai.conversations.inbox.schemas import Tag
from tongdai.conversations.inbox.service import wake
from tongdai.conversations.inbox.tags import Tags
from tongdai.conversations.later.due import send_due
from tongdai.conversations.later.service import send_what_is_in_grace
from tongdai.conversations.live import tell_typing
from tongdai.conversations.merging.service import going_on
from tongdai.conversations.messages import MessageRow
from tongdai.conversations.policies import Ending, Phase, Result, State, Work, ending_of
from tongdai.conversations.replies.policies import filled, in_language
from tongdai.conversations.replies.schemas import Text as TextWithVariables
from tongdai.conversations.replies.schemas import Texts
from tongdai.conversations.repository import DispositionRule, InteractionRow, Interactions
from tongdai.conversations.schemas import CustomerNumber
from tongdai.conversations.service import (
    NOTE_FIELD,
    NewInteraction,
    accept,
    close,
    contact_exists,
    disposition_rule,
    edit,
    end_offer,
    enter,
    extend_wrap_up,
    finish,
    hand_over,
    identify,
    lock,
    lock_assignment,
    offer,
    resume,
    start,
    start_wrap_up,
    take_over,
)
from tongdai.conversations.sources import InteractionSource, InteractionSources
from tongdai.conversations.thread_views import ClientId, MessageView, SeenIn, ThreadBrief, message_views
from tongdai.conversations.thread_views import briefs as thread_briefs
from tongdai.conversations.threads import (
    close_conversation,
    forget_promise,
    join,
    open_conversation,
    promise_callback,
)
from tongdai.conversations.views import MyDay, customer_number, dispositions, my_day
from tongdai.conversations.views import listed as interaction_rows
from tongdai.conversations.writing import (
    NewMessage,
    amend,
    is_note,
    last_messages,
    message,
    messages,
    messages_after,
    says_something,
    see,
    sent_before,
    thread,
    write,
)

__all__ = [
    "IMAGES",
    "MOST_FILES",
    "NOTE_FIELD",
    "RAW_BODY",
    "AssignmentRow",
    "Assignments",
    "AttachmentGone",
    "AttachmentRow",
    "AttachmentView",
    "Attachments",
    "Capabilities",
    "ChannelAdapter",
    "ChannelAdapters",
    "ClientId",
    "CustomerNumber",
    "DispositionNeedsNote",
    "DispositionRule",
    "Ending",
    "FileName",
    "FileUnreadable",
    "InteractionRow",
    "InteractionSource",
    "InteractionSources",
    "Interactions",
    "MessageRow",
    "MessageView",
    "MyDay",
    "NewInteraction",
    "NewMessage",
    "NotInState",
    "NotYours",
    "Phase",
    "Result",
    "SeenIn",
    "State",
    "StoredFile",
    "Tag",
    "Tags",
    "TextWithVariables",
    "Texts",
    "ThreadBrief",
    "TooManyFiles",
    "Work",
    "accept",
    "add_attachment",
    "amend",
    "answer_with",
    "attachment_view",
    "close",
    "close_conversation",
    "contact_exists",
    "customer_number",
    "disposition_rule",
    "dispositions",
    "edit",
    "end_offer",
    "ending_of",
    "enter",
    "extend_wrap_up",
    "filled",
    "finish",
    "forget_promise",
    "going_on",
    "hand_over",
    "identify",
    "in_language",
    "interaction_rows",
    "is_note",
    "join",
    "last_messages",
    "lock",
    "lock_assignment",
    "message",
    "message_views",
    "messages",
    "messages_after",
    "my_day",
    "offer",
    "open_conversation",
    "opened",
    "passed_over",
    "promise_callback",
    "readable",
    "resume",
    "says_something",
    "see",
    "send_due",
    "send_what_is_in_grace",
    "sent_before",
    "start",
    "start_wrap_up",
    "stored",
    "take_over",
    "tell_reassigned",
    "tell_typing",
    "thread",
    "thread_briefs",
    "upload",
    "wake",
    "write",
]
