"""What a caller told the flow, for the agent's screen: the choices made by keys or words, the digits entered, and whether a
PIN was right, in order."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from tongdai.flows.graph import Graph
from tongdai.flows.repository import FlowRepository, RunRepository
from tongdai.flows.verbs.check_pin import CheckPin
from tongdai.flows.verbs.gather import Gather
from tongdai.flows.verbs.intent import OWN_EXITS, Intent
from tongdai.flows.verbs.look_up_article import LookUpArticle
from tongdai.flows.verbs.menu import Menu
from tongdai.flows.verbs.voice_command import VoiceCommand
from tongdai.platform.database import Transaction

MAX_ANSWERS = 20
MAX_QUOTED = 200
NOT_ANSWERS = frozenset({"", "no_input", "invalid", "no_match"})


def answers_of(path: list[tuple[Graph, str, str]], variables: Mapping[str, Any]) -> list[dict[str, str]]:
    """[{label, value}] of a path of (graph, node, exit): the last answer to each question counts."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for graph, node_id, exit_ in path:
        node = graph.nodes.get(node_id)
        if node is None or exit_ in NOT_ANSWERS:
            continue
        if isinstance(node.verb, Menu | VoiceCommand):
            value = exit_
        elif isinstance(node.verb, Intent):
            value = _understood(exit_, variables.get(node.verb.save))
        elif isinstance(node.verb, LookUpArticle):
            value = _asked(variables.get(node.verb.save))
            if not value:
                continue
        elif isinstance(node.verb, Gather):
            value = str(variables.get(node.verb.save, ""))
        elif isinstance(node.verb, CheckPin):
            # Whether it was right, in a word that the desktop has its own for; what was keyed is nowhere.
            value = "pin_verified" if exit_ == "verified" else "pin_failed"
        else:
            continue
        found[(graph.flow, node_id)] = {"label": node.label, "value": value}
    return list(found.values())[:MAX_ANSWERS]


def _asked(kept: Any) -> str:
    """The question that an article was to answer."""
    question: Any = cast("Mapping[str, Any]", kept).get("question") if isinstance(kept, Mapping) else None
    return str(question or "")[:MAX_QUOTED]


def _understood(exit_: str, kept: Any) -> str:
    """What was understood and how surely; of what was not, the words. `kept` may be of a later visit: then the exit alone."""
    if not isinstance(kept, Mapping):
        return exit_
    found = cast("Mapping[str, Any]", kept)
    if exit_ in OWN_EXITS:
        return str(found.get("text") or exit_)[:MAX_QUOTED]
    score = found.get("score")
    if found.get("intent") == exit_ and found.get("by") == "assistant":
        return str(found.get("title") or exit_)
    if found.get("intent") != exit_ or not isinstance(score, int | float):
        return exit_
    return f"{found.get('title') or exit_} ({score:.0%})"


async def path_of(tx: Transaction, run_id: UUID) -> list[dict[str, Any]]:
    """The nodes that a run passed: [{node, label, at, result}], labels as in the version that ran, `at` when it came there."""
    visits = await RunRepository(tx).path(run_id)
    versions = await FlowRepository(tx).versions_by_id(list({visit[1] for visit in visits}))
    nodes = {version.id: version.document.get("nodes", {}) for version in versions}
    return [
        {
            "node": node,
            "label": nodes.get(version, {}).get(node, {}).get("label") or node,
            "at": at,
            "result": fault or exit_ or None,
        }
        for _, version, node, exit_, fault, at in visits
    ]
