"""Facts of module channels."""

from tongdai.platform.facts import Fact


class WidgetChanged(Fact, type="channels.widget_changed"):
    """A widget was made or edited. The aggregate is the widget."""
