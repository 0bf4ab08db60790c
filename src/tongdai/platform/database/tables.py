"""How tables are declared.

Every table of a tenant's data has the primary key (tenant_id, id) and refers to others by (tenant_id, …), so that a row of
one tenant cannot point at a row of another, whatever the code does. `tongdai.platform.migrations` adds row-level security
to each of them.
"""

from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, MetaData, PrimaryKeyConstraint, Table
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


def tenant_table(name: str, *items: SchemaItem, key: tuple[str, ...] = ("id",), **options: Any) -> Table:
    """A table whose rows belong to a tenant. Adds `tenant_id`, `id` (unless `key` says otherwise) and the primary key."""
    columns: list[SchemaItem] = [Column("tenant_id", UUID(as_uuid=True), nullable=False)]
    if key == ("id",):
        columns.append(Column("id", UUID(as_uuid=True), nullable=False))
    constraints: list[SchemaItem] = [PrimaryKeyConstraint("tenant_id", *key)]
    if name != "tenants" and not _leads_to_tenant(items):
        constraints.append(ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"))
    return Table(name, metadata, *columns, *items, *constraints, **options)


def _leads_to_tenant(items: tuple[SchemaItem, ...]) -> bool:
    """Whether a row must refer to another one of the tenant's: then that one has its tenant, and each check of a second
    reference would lock the tenant's row for every insertion of all calls."""
    required = {item.name for item in items if isinstance(item, Column) and not item.nullable}
    return any(
        isinstance(item, ForeignKeyConstraint) and set(item.column_keys) <= {"tenant_id", *required}
        for item in items
    )


def global_table(name: str, *items: SchemaItem, **options: Any) -> Table:
    """A table of the installation itself, outside tenants. It must hold no tenant's data."""
    return Table(name, metadata, *items, info={"global": True}, **options)


def reference(column: str, table: str, *, on_delete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key (tenant_id, column) → table (tenant_id, id)."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=on_delete
    )
