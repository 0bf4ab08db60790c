"""What knowledge adds to the system."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tongdai.flows.public import Assistant, FindArticle, Performers, Reference
from tongdai.intelligence.public import LanguageModels
from tongdai.knowledge import api
from tongdai.knowledge.finding import Finder
from tongdai.knowledge.reading import Reader
from tongdai.knowledge.repository import Articles
from tongdai.platform.auth import Extent, Permission
from tongdai.platform.database import Transaction
from tongdai.platform.registry import Registry, Runtime
from tongdai.tenancy.public import Subject, Subjects


def register(app: Registry) -> None:
    """Articles, and what flows ask of them."""
    models, performers = app.ensure(LanguageModels), app.ensure(Performers)
    reader = Reader(models)
    app.put(reader)
    app.declare(Permission(api.EDIT, "See and edit articles", (Extent.PROJECT, Extent.TENANT)))
    app.ensure(Subjects).add(Subject("article", "articles", name="t.title"))
    app.add_routes(api.router)
    performers.knows("project", knows_project)

    @asynccontextmanager
    async def service(runtime: Runtime) -> AsyncGenerator[None]:
        performers.outside(FindArticle, Finder(runtime.database, models, runtime.get(Assistant)).perform)
        async with reader.service(runtime):
            yield

    app.run_service(service)


async def knows_project(tx: Transaction, reference: Reference) -> bool:
    return await Articles(tx).project(reference.name) is not None
