"""The modules of the product, lowest layer first. Entrypoints compose them and nothing else."""

from importlib import import_module

from tongdai.platform.registry import Registry

MODULES = (
    "tenancy",
    "people",
    "flows",
    "knowledge",
    "crm",
    "conversations",
    "routing",
    "telephony",
    "channels",
    "analytics",
)


def load_models() -> None:
    """Import the tables of every module, so that the metadata is complete."""
    import_module("tongdai.platform.models")
    for module in MODULES:
        import_module(f"tongdai.{module}.models")


def register_all(registry: Registry) -> Registry:
    """Let each module add what it adds."""
    for module in MODULES:
        import_module(f"tongdai.{module}").register(registry)
    return registry
