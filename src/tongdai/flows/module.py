"""What flows adds to the system."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

from tongdai.flows import api, designer_api, prompts_api
from tongdai.flows.assistant import api as assistant_api
from tongdai.flows.assistant.service import Assistant
from tongdai.flows.commands import CheckCalendar, CheckMood, CheckPin, HttpRequest, Understand
from tongdai.flows.events import FlowChanged, FlowPublished, PromptChanged
from tongdai.flows.intents import api as intents_api
from tongdai.flows.intents.training import Trainer
from tongdai.flows.intents.understanding import Understander, knows_intent, knows_intents
from tongdai.flows.library import Library
from tongdai.flows.outside.when_needed import HttpWhenNeeded
from tongdai.flows.performers import Performers, Performing
from tongdai.flows.rendering import PromptRenderer
from tongdai.flows.replies import Reply
from tongdai.flows.runs import FlowRuns
from tongdai.flows.service import FlowService
from tongdai.flows.tables import api as tables_api
from tongdai.flows.tables import performing, pins
from tongdai.flows.uses import FlowUses, PromptUses
from tongdai.flows.verb import Reference, VerbRegistry
from tongdai.flows.verbs import CORE_VERBS
from tongdai.flows.versions import Versions
from tongdai.intelligence.public import LanguageModels, Recognisers, SpeechCache, default_voices
from tongdai.platform.auth import Extent, Permission
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Registry, Runtime
from tongdai.tenancy.events import SettingsChanged
from tongdai.tenancy.public import Subject, Subjects, calendar_exists, calendar_state

_NAME_OF_ITS_TABLE = (
    "(SELECT x.name FROM data_tables x WHERE (x.tenant_id, x.id) = (t.tenant_id, t.table_id))"
)
"""What is in a row is the customer's; the audit log names where it is."""


def register(app: Registry) -> None:
    """Verbs, the engine's services, routes and permissions."""
    verbs, performers = app.ensure(VerbRegistry), app.ensure(Performers)
    for verb in CORE_VERBS:
        verbs.add(verb)
    performers.inside(CheckCalendar, check_calendar)
    performers.knows("calendar", knows_calendar)
    recognisers, models = app.ensure(Recognisers), app.ensure(LanguageModels)

    async def understands(_: Transaction, reference: Reference) -> bool:
        return recognisers.understands(reference.name)

    async def reads(_: Transaction, __: Reference) -> bool:
        return bool(models.providers)

    performers.knows("recogniser", understands)
    performers.knows("language_model", reads)
    performers.knows("intents", knows_intents)
    performers.knows("intent", knows_intent)
    app.ensure(Subjects).add(
        Subject("flow", "flows", name="coalesce(nullif(t.title, ''), t.name)"),
        Subject("prompt", "prompts"),
        Subject("intent_set", "intent_sets"),
        Subject("data_table", "data_tables"),
        Subject("data_row", "data_rows", name=_NAME_OF_ITS_TABLE),
    )
    performing.teach(performers)
    performers.inside(CheckPin, pins.check)
    versions = Versions(verbs)
    app.put(FlowRuns(verbs, performers, versions))
    app.put(FlowService(verbs, performers, app.ensure(FlowUses)))
    app.put(Library(verbs, app.ensure(PromptUses)))

    def forget(recorded: Recorded) -> None:
        versions.forget(recorded.tenant_id)

    app.subscriptions.on_fact(FlowPublished, forget)
    app.subscriptions.on_fact(FlowChanged, forget)
    app.declare(
        Permission("flows.see", "See flows and prompts"),
        Permission("flows.edit", "Edit flows and prompts"),
        Permission("flows.publish", "Publish flows and roll them back"),
        Permission(intents_api.EDIT, "See, edit and publish intents", (Extent.PROJECT, Extent.TENANT)),
        Permission(assistant_api.EDIT, "Set up the assistant"),
        Permission(assistant_api.READ, "Read what the assistant was told and answered"),
        Permission(tables_api.EDIT, "See and edit data tables", (Extent.PROJECT, Extent.TENANT)),
    )
    app.add_routes(designer_api.router)
    app.add_routes(api.router)
    app.add_routes(prompts_api.router)
    app.add_routes(tables_api.router)
    app.add_routes(intents_api.router)
    app.add_routes(assistant_api.router)

    @asynccontextmanager
    async def service(runtime: Runtime) -> AsyncGenerator[None]:
        folder = runtime.settings.asterisk_sounds or runtime.settings.data_dir / "prompts"
        renderer = PromptRenderer(
            runtime.database, folder / "recorded", SpeechCache(folder / "speech", default_voices())
        )
        app.put(renderer)
        assistant = Assistant(runtime)
        app.put(assistant)
        understander = Understander(runtime.database, models, assistant)
        app.put(understander)
        performers.outside(Understand, understander.perform)
        performers.outside(CheckMood, understander.check_mood)
        async with HttpWhenNeeded() as http, assistant.service():
            performers.outside(HttpRequest, http.perform)
            try:
                yield
            finally:
                await recognisers.stop()
                await models.stop()

    def forget_prompts(recorded: Recorded) -> None:
        app.get(PromptRenderer).forget(recorded.tenant_id)

    app.subscriptions.on_fact(PromptChanged, forget_prompts)
    app.subscriptions.on_fact(SettingsChanged, forget_prompts)
    app.run_service(service)
    trainer = Trainer(models)
    app.put(trainer)
    app.run_service(trainer.service)


async def check_calendar(performing: Performing, command: CheckCalendar) -> Reply:
    state = await calendar_state(performing.tx, command.calendar, datetime.fromisoformat(command.at))
    if state is None:
        return Reply(command.id, "failed", {"reason": "no such calendar"})
    if state.closing is not None:
        told = {"exit": state.closing.exit, "prompt": state.closing.prompt}
        return Reply(command.id, state.closing.exit, told)
    if state.open:
        return Reply(command.id, "open")
    if state.holiday is not None:
        return Reply(command.id, "holiday", {"name": state.holiday})
    return Reply(command.id, "closed")


async def knows_calendar(tx: Transaction, reference: Reference) -> bool:
    return await calendar_exists(tx, reference.name)
