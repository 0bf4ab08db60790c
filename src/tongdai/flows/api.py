"""Routes of module flows: parse, authorise, call, return."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from tongdai.flows import yaml_format
from tongdai.flows.graph import Document, edges
from tongdai.flows.repository import FlowRepository, FlowRow
from tongdai.flows.schemas import (
    Flow,
    FlowGraph,
    FlowIn,
    FlowSaved,
    FlowSource,
    FlowVersion,
    GraphEdge,
    GraphNode,
    ProblemOut,
    PublishIn,
    RollBackIn,
)
from tongdai.flows.service import FlowService, invalid
from tongdai.flows.validation import check
from tongdai.flows.verb import VerbRegistry
from tongdai.platform.auth import Principal
from tongdai.platform.errors import NotFound
from tongdai.platform.http import Me, Page, RuntimeOf, Tx

router = APIRouter(prefix="/api/v1", tags=["flows"])


def may(permission: str) -> Any:
    """A dependency that refuses those who may not."""

    def checked(me: Me) -> Principal:
        me.reach(permission)
        return me

    return Depends(checked)


def _service(runtime: RuntimeOf) -> FlowService:
    return runtime.get(FlowService)


Service = Annotated[FlowService, Depends(_service)]
SEE: list[Any] = [may("flows.see")]
EDIT: list[Any] = [may("flows.edit")]
PUBLISH: list[Any] = [may("flows.publish")]


def _document(body: FlowIn) -> Document:
    """Raises YamlError."""
    return yaml_format.load(body.yaml) if body.document is None else yaml_format.from_json(body.document)


def _flow(row: FlowRow) -> Flow:
    return Flow.model_validate(row, from_attributes=True)


@router.get("/flows", dependencies=SEE)
async def list_flows(tx: Tx, q: str = "", archived: bool = False) -> Page[Flow]:
    rows = await FlowRepository(tx).list(archived=archived)
    wanted = q.casefold()
    return Page(items=[_flow(row) for row in rows if wanted in f"{row.name} {row.title}".casefold()])


@router.post("/flows", dependencies=EDIT, status_code=201)
async def push_flow(body: FlowIn, tx: Tx, me: Me, runtime: RuntimeOf, service: Service) -> FlowSaved:
    """Save a flow from YAML (made or changed by its name), and publish it if asked to."""
    if body.publish:
        me.reach("flows.publish")
    try:
        document = _document(body)
    except yaml_format.YamlError as error:
        raise invalid(error.problems) from error
    pushed = await service.save(
        tx, document, at=runtime.clock.now(), publish=body.publish, note=body.note, version=body.version
    )
    row = await service.get(tx, pushed.flow_id)
    return FlowSaved(
        id=pushed.flow_id,
        name=pushed.name,
        changed=pushed.changed,
        published_number=pushed.number,
        version=row.version,
    )


@router.post("/flows/check", dependencies=SEE)
async def check_flow(body: FlowIn, tx: Tx, service: Service) -> list[ProblemOut]:
    """All that is wrong with a flow, without saving it."""
    try:
        document = _document(body)
    except yaml_format.YamlError as error:
        return [ProblemOut.model_validate(problem, from_attributes=True) for problem in error.problems]
    checked = await service.check(tx, document)
    return [ProblemOut.model_validate(problem, from_attributes=True) for problem in checked.problems]


@router.get("/flows/{flow_id}", dependencies=SEE)
async def get_flow(flow_id: UUID, tx: Tx, service: Service) -> FlowSource:
    row = await service.get(tx, flow_id)
    text = yaml_format.dump(yaml_format.from_json(row.draft))
    checked = await service.check(tx, yaml_format.load(text))  # with the lines of this text
    problems = [ProblemOut.model_validate(problem, from_attributes=True) for problem in checked.problems]
    return FlowSource(**_flow(row).model_dump(), yaml=text, document=row.draft, problems=problems)


@router.delete("/flows/{flow_id}", dependencies=EDIT, status_code=204)
async def archive_flow(flow_id: UUID, tx: Tx, service: Service) -> None:
    await service.archive(tx, flow_id)


@router.post("/flows/{flow_id}/restore", dependencies=EDIT, status_code=204)
async def restore_flow(flow_id: UUID, tx: Tx, service: Service) -> None:
    await service.archive(tx, flow_id, archived=False)


@router.get("/flows/{flow_id}/versions", dependencies=SEE)
async def list_versions(flow_id: UUID, tx: Tx, service: Service) -> Page[FlowVersion]:
    await service.get(tx, flow_id)
    rows = await FlowRepository(tx).versions(flow_id)
    return Page(items=[FlowVersion.model_validate(row, from_attributes=True) for row in rows])


@router.post("/flows/{flow_id}/publish", dependencies=PUBLISH)
async def publish_flow(flow_id: UUID, body: PublishIn, tx: Tx, runtime: RuntimeOf, service: Service) -> Flow:
    await service.publish(tx, flow_id, at=runtime.clock.now(), note=body.note)
    return _flow(await service.get(tx, flow_id))


@router.post("/flows/{flow_id}/roll-back", dependencies=PUBLISH)
async def roll_back_flow(flow_id: UUID, body: RollBackIn, tx: Tx, service: Service) -> Flow:
    await service.roll_back(tx, flow_id, body.number)
    return _flow(await service.get(tx, flow_id))


@router.get("/flows/{flow_id}/graph", dependencies=SEE)
async def flow_graph(
    flow_id: UUID,
    tx: Tx,
    runtime: RuntimeOf,
    service: Service,
    number: int | None = None,
    days: Annotated[int | None, Query(ge=1, le=3650)] = None,
) -> FlowGraph:
    """The graph of a version (the published one; the draft when there is none) with how often each way was taken, within so
    many days back from now or ever."""
    row = await service.get(tx, flow_id)
    repository = FlowRepository(tx)
    wanted = number if number is not None else row.published_number
    version = next((one for one in await repository.versions(flow_id) if one.number == wanted), None)
    if version is None and number is not None:
        raise NotFound()
    document = yaml_format.from_json(version.document if version else row.draft)
    graph = check(document, runtime.get(VerbRegistry)).graph
    since = runtime.clock.now() - timedelta(days=days) if days is not None else None
    counts = {(n, e): c for n, e, c in await repository.path_counts(version.id, since)} if version else {}
    per_node: dict[str, int] = {}
    for (node, _), count in counts.items():
        per_node[node] = per_node.get(node, 0) + count
    return FlowGraph(
        start=document.start,
        number=version.number if version else None,
        nodes=[
            GraphNode(id=name, verb=node.verb, label=node.label or name, params=node.params)
            for name, node in document.nodes.items()
        ],
        edges=[
            GraphEdge(
                origin=edge.origin, exit=edge.exit, to=edge.to, count=counts.get((edge.origin, edge.exit), 0)
            )
            for edge in (edges(graph) if graph else [])
        ],
        counts=per_node,
    )
