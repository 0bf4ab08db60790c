"""The door contract for import-linter: another module is entered only by its `public.py` or `events.py`.

Why a contract of our own: import-linter's `protected` contract wants every inner file listed, by hand and for good, and a
new file would be open to everybody until somebody remembers. Here what is not a door is closed. Layers below
the modules (`open`) are libraries, whose packages are their public face; `composers` (the entrypoints) may also import the
module itself, to register it, and its command-line bodies.
"""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

DOORS = frozenset({"public", "events"})
COMPOSERS_DOORS = DOORS | {"command_line", "models"}


class DoorContract(Contract):
    """Checks every import between the children of `root`."""

    type_name = "door"

    root = fields.StringField()
    open = fields.ListField(subfield=fields.StringField())
    composers = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find imports that go past a door. An import of the module itself (`tongdai.crm`) is a composer's only."""
        root, opened, composers = str(self.root), set(self.open), set(self.composers)  # type: ignore[call-overload]
        broken: list[tuple[str, str, int | None]] = []
        for importer in sorted(graph.modules):
            own = _child(importer, root)
            if own is None:
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                other = _child(imported, root)
                if other is None or other == own or other in opened or other in composers:
                    continue
                rest = imported.removeprefix(f"{root}.{other}").lstrip(".").split(".")[0]
                allowed = COMPOSERS_DOORS | {""} if own in composers else DOORS
                if rest not in allowed:
                    details = graph.get_import_details(importer=importer, imported=imported)
                    broken.append((importer, imported, details[0]["line_number"] if details else None))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line per import, with its place."""
        for importer, imported, line in check.metadata["broken"]:
            output.print_error(f"{importer}:{line or '?'} imports {imported}, which is not a door.")
        output.new_line()


def _child(module: str, root: str) -> str | None:
    """The child of `root` that a module belongs to."""
    prefix = f"{root}."
    return module.removeprefix(prefix).split(".")[0] if module.startswith(prefix) else None
