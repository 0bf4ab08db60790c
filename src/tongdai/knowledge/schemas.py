"""Shapes of the HTTP API of module knowledge."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from tongdai.platform.bodies import Body, Change, Locale
from tongdai.platform.database.rows import EditedRow

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Link = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^(https?://[^\s<>\"]+)?$")
]


class ArticleIn(Body):
    """`public`: bots may tell customers what stands in it. Without a project it is the whole centre's."""

    title: Title
    body: Text
    language: Locale = "en"
    link: Link = ""
    public: bool = False
    project_id: UUID | None = None


class ArticleChange(Change):
    title: Title = "article"
    body: Text = "text"
    language: Locale = "en"
    link: Link = ""
    public: bool = False
    project_id: UUID | None = None


class Article(EditedRow):
    """`read`: bots know it as it is now."""

    title: str
    body: str
    language: str
    link: str
    public: bool
    project_id: UUID | None
    read: bool
    updated_at: datetime
