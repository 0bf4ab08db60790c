"""Facts of module people."""

from datetime import datetime
from uuid import UUID

from tongdai.platform.facts import Fact


class PresenceChanged(Fact, type="people.presence_changed"):
    """An agent's presence is another now. The aggregate is the user's presence."""

    chosen: str
    occupancy: str
    shown: str
    connected: bool
    idle_since: datetime | None = None
    began: bool = False
    """A stretch of work began: they were offline."""
    by: UUID | None = None
    """Who chose the state for them; None: they did, or nobody."""


class UserChanged(Fact, type="people.user_changed"):
    """A user's data, skills, teams or roles were edited."""


class SkillsChanged(Fact, type="people.skills_changed"):
    """Who can do what changed for this user."""


class SessionEnded(Fact, type="people.session_ended"):
    """A browser session was signed out or ran out. The aggregate is the session."""

    user_id: UUID
