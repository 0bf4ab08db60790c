"""Facts of module flows."""

from uuid import UUID

from tongdai.platform.facts import Fact


class FlowPublished(Fact, type="flows.flow_published"):
    """New runs of the flow take this version now (a newer one, or an older one again). The aggregate is the flow."""

    version_id: UUID
    number: int


class FlowChanged(Fact, type="flows.flow_changed"):
    """A flow's draft, title or archiving changed. The aggregate is the flow."""


class PromptChanged(Fact, type="flows.prompt_changed"):
    """A prompt's text or audio changed. The aggregate is the prompt."""
