"""The door contract: what it lets through and what it finds."""

import pytest
from grimp import ImportGraph
from tools.door_contract import DoorContract


def _broken(*imports: tuple[str, str]) -> set[tuple[str, str]]:
    graph = ImportGraph()
    for importer, imported in imports:
        for name in (importer, imported):
            graph.add_module(name)
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents="import it")
    contract = DoorContract(
        name="doors",
        session_options={},
        contract_options={"root": "house", "open": ["kit"], "composers": ["entrypoints"]},
    )
    check = contract.check(graph, verbose=False)
    return {(importer, imported) for importer, imported, _ in check.metadata["broken"]}


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("house.crm.service", "house.people.public"),
        ("house.crm.handlers", "house.people.events"),
        ("house.crm.service", "house.crm.repository"),
        ("house.crm.service", "house.kit.ids"),
        ("house.crm.service", "elsewhere.repository"),
        ("house.entrypoints.cli", "house.crm"),
        ("house.entrypoints.cli", "house.flows.command_line"),
    ],
)
def test_doors_are_open(importer: str, imported: str) -> None:
    assert _broken((importer, imported)) == set()


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("house.crm.service", "house.people.repository"),
        ("house.crm.service", "house.people.services.presence"),
        ("house.crm.service", "house.people"),
        ("house.entrypoints.cli", "house.crm.repository"),
        ("house.crm.service", "house.people.publication"),
    ],
)
def test_walls_are_not(importer: str, imported: str) -> None:
    assert _broken((importer, imported)) == {(importer, imported)}
