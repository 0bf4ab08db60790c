"""What the routes of blending take and give."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from tongdai.platform.bodies import Body
from tongdai.platform.http import one_of
from tongdai.routing.blending.policies import Blend, BlendMode
from tongdai.tenancy.public import ChatsAtOnce, EmailsAtOnce


class BlendRule(Body):
    """What somebody takes. `after_s` and `under_level` are for `outbound_first` alone: callers are taken once they have waited
    so long, or while their queue is under its service level. `chats_at_once`, `emails_at_once`: null as the centre says."""

    mode: BlendMode
    after_s: Annotated[float | None, Field(gt=0, le=86_400)] = None
    under_level: bool = False
    chats_at_once: ChatsAtOnce | None = None
    emails_at_once: EmailsAtOnce | None = None

    @classmethod
    def of(cls, blend: Blend) -> "BlendRule":
        return cls(**asdict(blend))

    def stored(self) -> dict[str, object]:
        """As kept: nothing that the mode does not ask for."""
        only_for_outbound_first = (
            {"after_s", "under_level"} if self.mode is not BlendMode.OUTBOUND_FIRST else None
        )
        return self.model_dump(mode="json", exclude=only_for_outbound_first, exclude_none=True)


class HeldRule(Body):
    """Whose rule: of one agent, of a team, or (neither) of everybody. `rule` null: what is wider counts again."""

    user_id: UUID | None = None
    team_id: UUID | None = None
    rule: BlendRule | None


def _each_once(rules: list[HeldRule]) -> list[HeldRule]:
    if len({(one.user_id, one.team_id) for one in rules}) < len(rules):
        raise ValueError("each agent and team only once")
    return rules


class BlendingIn(Body):
    """Many at once, all or nothing."""

    rules: Annotated[list[HeldRule], Field(min_length=1, max_length=1000), AfterValidator(_each_once)]


class BlendingChange(BaseModel):
    """What it was before: set again, the change is undone."""

    before: list[HeldRule]


class TeamBlend(BaseModel):
    id: UUID
    name: str
    rule: BlendRule | None


class AgentBlend(BaseModel):
    """An agent's rule: the one that counts, and whose it is. `due`: promised callbacks to make now."""

    user_id: UUID
    rule: BlendRule
    whose: Annotated[str, one_of("own", "team", "everybody", "usual")]
    due: int


class Blending(BaseModel):
    """Everybody's rule, the teams' and the agents' within reach. `may_all`: whether everybody's may be changed."""

    everybody: BlendRule | None
    teams: list[TeamBlend]
    agents: list[AgentBlend]
    may_all: bool
