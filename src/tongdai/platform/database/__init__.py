"""PostgreSQL: tables, scopes, transactions."""

from tongdai.platform.database.driver import Jsonb
from tongdai.platform.database.reads import Read
from tongdai.platform.database.session import (
    Database,
    Scope,
    Transaction,
    forbid_inside_transaction,
)
from tongdai.platform.database.tables import (
    global_table,
    metadata,
    reference,
    tenant_table,
)

__all__ = [
    "Database",
    "Jsonb",
    "Read",
    "Scope",
    "Transaction",
    "forbid_inside_transaction",
    "global_table",
    "metadata",
    "reference",
    "tenant_table",
]
