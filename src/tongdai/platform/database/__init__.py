"""PostgreSQL: scopes, transactions. Tables are declared with `tongdai.platform.database.tables`, by models.py alone."""

from tongdai.platform.database.driver import Jsonb
from tongdai.platform.database.reads import Read
from tongdai.platform.database.session import Database, forbid_inside_transaction
from tongdai.platform.database.transaction import Scope, Transaction

__all__ = ["Database", "Jsonb", "Read", "Scope", "Transaction", "forbid_inside_transaction"]
