"""Routes of data tables."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from fastapi.responses import StreamingResponse

from tongdai.flows.tables import service
from tongdai.flows.tables.csv_form import MAX_BYTES
from tongdai.flows.tables.repository import TABLES, WITHIN, DataTables, within
from tongdai.flows.tables.schemas import (
    DataImport,
    DataRow,
    DataRowChange,
    DataRowIn,
    DataTable,
    DataTableChange,
    DataTableIn,
)
from tongdai.platform.auth import Reach
from tongdai.platform.database import Scope
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, decode_cursor, encode_cursor, listed, page_of
from tongdai.tenancy.public import audit

EDIT = "data_tables.edit"
router = APIRouter(prefix="/api/v1/data-tables", tags=["flows"])


def _reach(me: Me) -> Reach:
    return me.reach(EDIT)


Within = Annotated[Reach, Depends(_reach)]


@router.get("")
async def list_tables(reach: Within, tx: Tx, asked: Asked) -> Page[DataTable]:
    return await listed(tx, TABLES, asked, WITHIN, **within(reach))


@router.post("", status_code=201)
async def post_table(body: DataTableIn, reach: Within, tx: Tx) -> DataTable:
    return await service.create_table(tx, reach, body)


@router.get("/{table_id}")
async def get_table(table_id: UUID, reach: Within, tx: Tx) -> DataTable:
    return await service.get_table(tx, reach, table_id)


@router.patch("/{table_id}")
async def patch_table(table_id: UUID, body: DataTableChange, reach: Within, tx: Tx) -> DataTable:
    return await service.change_table(tx, reach, table_id, body)


@router.delete("/{table_id}", status_code=204)
async def delete_table(table_id: UUID, reach: Within, tx: Tx) -> None:
    """Put it aside. Flows that name it take their way of errors."""
    await service.archive_table(tx, reach, table_id, archived=True)


@router.post("/{table_id}/restore")
async def restore_table(table_id: UUID, reach: Within, tx: Tx) -> DataTable:
    return await service.archive_table(tx, reach, table_id, archived=False)


@router.get("/{table_id}/rows")
async def list_rows(table_id: UUID, reach: Within, tx: Tx, asked: Asked) -> Page[DataRow]:
    """In the order of their keys; `q` is looked for in every cell that is shown."""
    if not await DataTables(tx).within(table_id, reach):
        raise NotFound()
    after = decode_cursor(asked.cursor, 2)
    rows = await DataTables(tx).page(
        table_id, q=asked.q, after=after, limit=asked.limit, archived=asked.archived
    )
    page = page_of(rows, asked.limit, lambda row: str(row.id))
    if page.next_cursor is not None:
        last = page.items[-1].id
        page.next_cursor = encode_cursor(await DataTables(tx).key(last), last)
    return page


@router.post("/{table_id}/rows", status_code=201)
async def post_row(table_id: UUID, body: DataRowIn, reach: Within, tx: Tx) -> DataRow:
    return await service.add_row(tx, reach, table_id, body.cells)


@router.patch("/{table_id}/rows/{row_id}")
async def patch_row(table_id: UUID, row_id: UUID, body: DataRowChange, reach: Within, tx: Tx) -> DataRow:
    return await service.change_row(tx, reach, table_id, row_id, body)


@router.delete("/{table_id}/rows/{row_id}", status_code=204)
async def delete_row(table_id: UUID, row_id: UUID, reach: Within, tx: Tx) -> None:
    await service.archive_row(tx, reach, table_id, row_id, archived=True)


@router.post("/{table_id}/rows/{row_id}/restore")
async def restore_row(table_id: UUID, row_id: UUID, reach: Within, tx: Tx) -> DataRow:
    return await service.archive_row(tx, reach, table_id, row_id, archived=False)


@router.post("/{table_id}/import")
async def import_rows(
    table_id: UUID,
    me: Me,
    reach: Within,
    runtime: RuntimeOf,
    file: Annotated[UploadFile, File()],
    replace_all: Annotated[bool, Form()] = False,
) -> DataImport:
    """Bring in a CSV file (UTF-8; comma, semicolon or tab). Rows of the same key get its cells. Where anything is wrong, nothing
    is stored, and what is wrong is told by line and column."""
    data = await file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise invalid_field(
            "file", f"At most {MAX_BYTES >> 20} MB: cut the file into several.", "file_too_large"
        )
    scope = Scope(me.tenant_id, me.user_id)
    now = runtime.clock.now()
    return await service.bring_in(
        runtime.database, scope, reach, table_id, data, replace_all=replace_all, now=now
    )


@router.get("/{table_id}/export", response_class=Response)
async def export_rows(
    table_id: UUID, me: Me, reach: Within, runtime: RuntimeOf, separator: Literal[",", ";"] = ","
) -> Any:
    """The rows in use as CSV, without secrets."""
    scope = Scope(me.tenant_id, me.user_id)
    async with runtime.database.transaction(scope) as tx:
        table = await service.get_table(tx, reach, table_id)
        await audit(tx, "data_table.exported", "data_table", table_id)
    return StreamingResponse(
        service.export(runtime.database, scope, table, separator),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": "attachment", "Cache-Control": "no-store"},
    )
