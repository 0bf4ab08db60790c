"""Routes of the flow designer: the verbs, one version's document, trying a draft, the tests beside a flow."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from tongdai.flows import yaml_format
from tongdai.flows.api import EDIT, SEE, Service
from tongdai.flows.catalogue import catalogue
from tongdai.flows.flow_tests import load_tests, run_file
from tongdai.flows.repository import FlowRepository
from tongdai.flows.schemas import (
    FlowDocument,
    FlowIn,
    FlowTests,
    FlowTestsIn,
    FlowText,
    ProblemOut,
    TestOutcome,
    TestReport,
    TestRunIn,
    TrialIn,
    TrialOut,
    VerbOut,
)
from tongdai.flows.trial import attempt
from tongdai.flows.verb import VerbRegistry
from tongdai.flows.yaml_format import YamlError
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Page, RuntimeOf, Tx

router = APIRouter(prefix="/api/v1", tags=["flows"])


@router.get("/flow-verbs", dependencies=SEE)
async def list_verbs(runtime: RuntimeOf) -> Page[VerbOut]:
    """What a node can do: parameters, exits, a description in English."""
    cards = catalogue(runtime.get(VerbRegistry))
    return Page(items=[VerbOut.model_validate(card, from_attributes=True) for card in cards])


@router.get("/flows/{flow_id}/versions/{number}", dependencies=SEE)
async def get_version(flow_id: UUID, number: int, tx: Tx, service: Service) -> FlowDocument:
    await service.get(tx, flow_id)
    for version in await FlowRepository(tx).versions(flow_id):
        if version.number == number:
            return FlowDocument(number=number, document=version.document)
    raise NotFound()


@router.post("/flows/convert", dependencies=SEE)
async def convert_flow(body: FlowIn) -> FlowText:
    """A flow in both of its forms, of either of them; `problems` where it is none."""
    try:
        document = (
            yaml_format.load(body.yaml) if body.document is None else yaml_format.from_json(body.document)
        )
    except YamlError as error:
        return FlowText(problems=_told(error))
    return FlowText(yaml=yaml_format.dump(document), document=yaml_format.to_json(document))


@router.post("/flows/try", dependencies=SEE)
async def try_flow(body: TrialIn, tx: Tx, service: Service) -> TrialOut:
    """Walk a draft with the caller's acts, from the beginning, without doing anything. Nothing is stored."""
    try:
        document = yaml_format.from_json(body.document)
        drafts = await service.drafts(tx, document)
        acts = [(act.do, act.value) for act in body.acts]
        trial = attempt(document.flow, drafts, acts, variables=body.variables, at=body.at)
    except YamlError as error:
        return TrialOut(problems=_told(error))
    return TrialOut.model_validate(trial, from_attributes=True)


@router.get("/flows/{flow_id}/tests", dependencies=SEE)
async def get_tests(flow_id: UUID, tx: Tx, service: Service) -> FlowTests:
    return FlowTests(yaml=(await service.get(tx, flow_id)).tests)


@router.put("/flows/{flow_id}/tests", dependencies=EDIT)
async def save_tests(flow_id: UUID, body: FlowTestsIn, tx: Tx, service: Service) -> FlowTests:
    """Keep the tests (YAML) beside the flow. `before` guards: what was there when they were opened."""
    await service.save_tests(tx, flow_id, body.yaml, body.before)
    return FlowTests(yaml=body.yaml)


@router.post("/flows/test", dependencies=SEE)
async def run_tests(body: TestRunIn, tx: Tx, service: Service) -> TestReport:
    """Run tests against a draft, on virtual time."""
    try:
        document = yaml_format.from_json(body.document)
        drafts = await service.drafts(tx, document)
        outcomes = run_file(load_tests(body.tests), drafts)
    except YamlError as error:
        return TestReport(outcomes=[], problems=_told(error))
    return TestReport(
        outcomes=[TestOutcome(name=o.test.name, line=o.test.line, failure=o.failure) for o in outcomes],
        problems=[],
    )


def _told(error: YamlError) -> list[ProblemOut]:
    problems: tuple[Any, ...] = error.problems
    return [ProblemOut.model_validate(problem, from_attributes=True) for problem in problems]
