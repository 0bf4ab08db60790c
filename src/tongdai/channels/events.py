"""Facts of module channels."""

from uuid import UUID

from tongdai.platform.facts import Fact


class WidgetChanged(Fact, type="channels.widget_changed"):
    """A widget was made or edited. The aggregate is the widget."""


class MailboxChanged(Fact, type="channels.mailbox_changed"):
    """A mailbox was made or edited. The aggregate is the mailbox."""


class MailQueued(Fact, type="channels.mail_queued"):
    """A mail is to be sent. The aggregate is the mail."""


class VisitTold(Fact, type="channels.visit_told"):
    """A site's page has told something else of its visit. The aggregate is the chat."""

    interaction_id: UUID


class ShareChanged(Fact, type="channels.share_changed"):
    """A shared session was asked for, begun or ended. The aggregate is the session; `user_id` is its agent."""

    state: str
    user_id: UUID
