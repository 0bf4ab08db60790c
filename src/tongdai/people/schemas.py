"""What administration of people takes and shows."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from tongdai.people.policies import Chosen
from tongdai.platform.auth import Extent
from tongdai.platform.bodies import Body, Change, Locale, Name, Zone
from tongdai.platform.database.rows import EditedRow
from tongdai.platform.http import Ref


def _extension(text: str | None) -> str | None:
    return text or None


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"),
]
Password = Annotated[str, Field(min_length=10, max_length=200)]
Extension = Annotated[
    str | None,
    Field(pattern=r"^([0-9]{2,8})?$", description="Two to eight digits; unique."),
    AfterValidator(_extension),
]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Ids = Annotated[list[UUID], Field(max_length=1000)]
Words = Annotated[dict[Locale, Name], Field(min_length=1)]


class SkillLevel(Body):
    """1 (beginner) to 10 (expert)."""

    skill_id: UUID
    level: Annotated[int, Field(ge=1, le=10)]


Skills = Annotated[list[SkillLevel], Field(max_length=200)]


class UserIn(Body):
    """A new user. Without a password one is made up, and shown this once."""

    name: Name
    email: Email
    password: Password | None = None
    locale: Locale = "en"
    time_zone: Zone = "UTC"
    extension: Extension = None
    languages: Annotated[list[Language], Field(max_length=20)] = []
    role_ids: Ids = []
    team_ids: Ids = []
    project_ids: Ids = []
    skills: Skills = []


class UserChange(Change):
    name: Name = ""
    email: Email = ""
    locale: Locale = "en"
    time_zone: Zone = "UTC"
    extension: Extension = None
    languages: Annotated[list[Language], Field(max_length=20)] = []
    role_ids: Ids = []
    team_ids: Ids = []
    project_ids: Ids = []
    skills: Skills = []


class User(EditedRow):
    name: str
    email: str
    locale: str
    time_zone: str
    extension: str | None
    languages: list[str]
    role_ids: list[UUID]
    team_ids: list[UUID]
    project_ids: list[UUID]
    skills: list[SkillLevel]
    locked_until: datetime | None
    created_at: datetime


class UserMade(User):
    """`generated_password` is shown once and stored nowhere."""

    generated_password: str | None = None


class PasswordWish(Body):
    password: Password | None = None


class PasswordSet(BaseModel):
    generated_password: str | None


class PresenceForced(Body):
    state: Chosen
    reason_id: UUID | None = None


class TeamIn(Body):
    name: Name
    member_ids: Ids = []
    leader_ids: Ids = []


class TeamChange(Change):
    name: Name = ""
    member_ids: Ids = []
    leader_ids: Ids = []


class Team(EditedRow):
    """`member_ids` includes the leaders."""

    name: str
    member_ids: list[UUID]
    leader_ids: list[UUID]


class SkillIn(Body):
    name: Name


class SkillChange(Change):
    name: Name = ""


class Skill(EditedRow):
    name: str


class RoleIn(Body):
    name: Name
    grants: dict[str, Extent] = {}


class RoleChange(Change):
    name: Name = ""
    grants: dict[str, Extent] = {}


class Role(EditedRow):
    """`builtin` is the key of a role that every centre has; None for own roles."""

    name: str
    builtin: str | None
    grants: dict[str, Extent]


class ReasonIn(Body):
    """`name` per language."""

    name: Words
    icon: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]*$")] = "clock"
    is_break: bool = True
    max_minutes: Annotated[int | None, Field(ge=1, le=1440)] = None
    position: Annotated[int, Field(ge=0, le=10_000)] = 0


class ReasonChange(Change):
    name: Words = {}
    icon: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]*$")] = "clock"
    is_break: bool = True
    max_minutes: Annotated[int | None, Field(ge=1, le=1440)] = None
    position: Annotated[int, Field(ge=0, le=10_000)] = 0


class Reason(EditedRow):
    """`system` names a reason that the system itself gives; such a one cannot be archived."""

    name: dict[str, Any]
    icon: str
    is_break: bool
    max_minutes: int | None
    position: int
    system: str | None


class PermissionView(BaseModel):
    """An action that roles can grant, and the reaches that make sense for it."""

    name: str
    label: str
    scopes: list[Extent]


class SessionView(BaseModel):
    id: UUID
    created_at: datetime
    expires_at: datetime
    user_agent: str
    address: str
    current: bool


class TokenIn(Body):
    """`expires_at` null: until it is revoked. `role_id`: of one's rights it has those of this role only."""

    name: Name
    expires_at: AwareDatetime | None = None
    role_id: UUID | None = None


class Token(BaseModel):
    """An API token that is not revoked: it acts with the rights of `user`, who made it, whose roles are `role_ids`; of these
    with those that `role` has too, or with all."""

    id: UUID
    role: Ref | None
    name: str
    user: Ref
    role_ids: list[UUID]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


class TokenMade(BaseModel):
    """`token` is shown once and stored only as a hash."""

    id: UUID
    name: str
    token: str
