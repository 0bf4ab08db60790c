"""Shared sessions as both sides see them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel

from tongdai.channels.sharing.policies import Kind, Side, Stage, Why
from tongdai.channels.sharing.repository import ShareRow
from tongdai.platform.bodies import Body
from tongdai.platform.http import one_of


class Share(BaseModel):
    """A session for its agent. `ended_by`, `why`: once it is over."""

    id: UUID
    interaction_id: UUID
    kind: Annotated[str, one_of(*Kind)]
    state: Annotated[str, one_of(*Stage)]
    asked_at: datetime
    began_at: datetime | None
    ended_by: Annotated[str, one_of(*Side, "system")] | None
    why: Annotated[str, one_of(*Why)] | None
    version: int

    @classmethod
    def of(cls, row: ShareRow) -> "Share":
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class VisitorShare(BaseModel):
    """A session for its customer, while it is asked for or on."""

    id: UUID
    kind: Annotated[str, one_of(*Kind)]
    state: Annotated[str, one_of(*Stage)]


class Answer(Body):
    """`unable`: this window has no page beside it that could be shown."""

    answer: Literal["agree", "decline", "unable"]
