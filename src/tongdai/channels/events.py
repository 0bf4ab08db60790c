"""Facts of module channels."""

from tongdai.platform.facts import Fact


class WidgetChanged(Fact, type="channels.widget_changed"):
    """A widget was made or edited. The aggregate is the widget."""


class MailboxChanged(Fact, type="channels.mailbox_changed"):
    """A mailbox was made or edited. The aggregate is the mailbox."""


class MailQueued(Fact, type="channels.mail_queued"):
    """A mail is to be sent. The aggregate is the mail."""
