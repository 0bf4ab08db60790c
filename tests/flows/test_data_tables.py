"""Data tables over HTTP and in flows, on a real database."""

import time
from typing import Any

from tests.api import Person, Site

from tongdai.flows.public import FlowRuns, FlowService
from tongdai.kit.ids import new_id

COLUMNS = [
    {"name": "phone", "kind": "phone", "key": True},
    {"name": "name", "kind": "text"},
    {"name": "balance", "kind": "number"},
    {"name": "pin", "kind": "secret"},
]
FLOW = """\
flow: f
start: a
on_error: sorry
nodes:
  a:
    look_up_table: {table: customers, key: {phone: call.from}, save: {who: name, owed: balance}}
    go: {found: b, not_found: c}
  b:
    hang_up: found
  c:
    hang_up: not_found
  sorry:
    hang_up: sorry
"""


async def a_table(admin: Person, **more: Any) -> dict[str, Any]:
    return await admin.ok("POST", "/data-tables", {"name": "customers", "columns": COLUMNS, **more})


async def bring(admin: Person, table: dict[str, Any], text: str | bytes, **form: Any) -> dict[str, Any]:
    answer = await admin.http.post(
        f"/data-tables/{table['id']}/import", files={"file": ("rows.csv", text)}, data=form
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def run(site: Site, number: str) -> Any:
    runs = site.runtime.get(FlowRuns)
    now = site.runtime.clock.now()
    async with site.world.transaction() as tx:
        flow_id = await tx.fetch_value("SELECT id FROM flows WHERE tenant_id = %(tenant)s")
        return (
            await runs.start(
                tx, flow_id=flow_id, subject_id=new_id(), variables={"call": {"from": number}}, at=now
            )
        ).run


async def test_rows_are_kept_found_and_changed_under_a_version(site: Site):
    admin = await site.sign_in("admin")
    table = await a_table(admin)
    assert [(one["id"], one["name"], one["key"]) for one in table["columns"]][:2] == [
        ("c1", "phone", True),
        ("c2", "name", False),
    ]
    path = f"/data-tables/{table['id']}/rows"
    row = await admin.ok("POST", path, {"cells": {"c1": "0912 345 678", "c2": "Đặng Anna", "c4": "4711"}})
    assert row["cells"] == {"c1": "+84912345678", "c2": "Đặng Anna"}
    assert row["secrets"] == ["c4"]
    assert "4711" not in str(row)
    taken = await admin.post(path, cells={"c1": "+84912345678"})
    assert (taken.status_code, taken.json()["errors"][0]["rule"]) == (422, "taken")
    wrong = await admin.post(path, cells={"c1": "0987654321", "c3": "much"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "cells.c3")
    empty = await admin.post(path, cells={"c2": "Nobody"})
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "cells.c1")

    changed = await admin.ok("PATCH", f"{path}/{row['id']}", {"version": 1, "cells": {"c3": "12,5"}})
    assert changed["cells"] == {"c1": "+84912345678", "c2": "Đặng Anna", "c3": "12.5"}
    stale = await admin.patch(f"{path}/{row['id']}", version=1, cells={"c3": "13"})
    assert (stale.status_code, stale.json()["current"]["cells"]["c3"]) == (409, "12.5")
    found = await admin.ok("GET", path, q="dang")
    assert [one["id"] for one in found["items"]] == [row["id"]]
    assert (await admin.ok("GET", path, q="4711"))["items"] == []

    await admin.ok("DELETE", f"{path}/{row['id']}")
    assert (await admin.ok("GET", path))["items"] == []
    again = await admin.ok("POST", path, {"cells": {"c1": "0912345678"}})
    back = await admin.post(f"{path}/{row['id']}/restore")
    assert (back.status_code, back.json()["errors"][0]["rule"]) == (422, "taken")
    await admin.ok("DELETE", f"{path}/{again['id']}")
    assert (await admin.ok("POST", f"{path}/{row['id']}/restore"))["cells"]["c3"] == "12.5"
    async with site.world.transaction() as tx:
        hashed = await tx.fetch_value("SELECT secrets->>'c4' FROM data_rows WHERE secrets <> '{}'")
    assert hashed.startswith("$argon2id$")
    deeds = await admin.ok("GET", "/audit")
    assert "4711" not in str(deeds)
    assert {"data_row.created", "data_row.changed", "data_table.created"} <= {
        one["action"] for one in deeds["items"]
    }


async def test_columns_are_renamed_added_and_guarded(site: Site):
    admin = await site.sign_in("admin")
    table = await a_table(admin)
    path = f"/data-tables/{table['id']}"
    await admin.ok("POST", f"{path}/rows", {"cells": {"c1": "0912345678", "c2": "Anna"}})
    columns = [{**one, "name": "customer" if one["id"] == "c2" else one["name"]} for one in table["columns"]]
    wanted = [*columns[:2], {"name": "tier"}]
    changed = await admin.ok("PATCH", path, {"version": 1, "columns": wanted})
    assert [(one["id"], one["name"]) for one in changed["columns"]] == [
        ("c1", "phone"),
        ("c2", "customer"),
        ("c5", "tier"),
    ]
    assert (await admin.ok("GET", f"{path}/rows"))["items"][0]["cells"]["c2"] == "Anna"
    stale = await admin.patch(path, version=1, columns=wanted)
    assert stale.status_code == 409
    fixed = await admin.patch(path, version=2, columns=[{"name": "other", "key": True}])
    assert fixed.json()["errors"][0]["rule"] == "key_fixed"
    assert (await admin.post("/data-tables", name="customers", columns=COLUMNS)).json()["errors"][0][
        "rule"
    ] == "taken"


async def test_files_come_in_whole_or_not_at_all_and_go_out_safe(site: Site):
    admin = await site.sign_in("admin")
    table = await a_table(admin)
    bad = await bring(admin, table, "phone,balance\n0912345678,1\n0987654321,much\n")
    assert (bad["added"], bad["problems"][0]["line"], bad["problems"][0]["column"]) == (0, 3, "balance")
    assert (await admin.ok("GET", f"/data-tables/{table['id']}"))["rows"] == 0

    done = await bring(
        admin, table, '\ufeffphone;name;pin\n0912345678;"=1+1; x";1234\n0987654321;Bình;\n'.encode()
    )
    assert (done["added"], done["changed"]) == (2, 0)
    again = await bring(admin, table, "phone,balance\n0912345678,7\n0987654321,8\n0977777777,9\n")
    assert (again["added"], again["changed"]) == (1, 2)
    rows = (await admin.ok("GET", f"/data-tables/{table['id']}/rows", q="binh"))["items"]
    assert [(one["cells"]["c2"], one["cells"]["c3"]) for one in rows] == [("Bình", "8")]
    same = await bring(admin, table, "phone,balance\n0912345678,7\n")
    assert (same["added"], same["changed"]) == (0, 0)

    answer = await admin.http.get(f"/data-tables/{table['id']}/export", params={"separator": ";"})
    assert answer.text.splitlines()[0] == "\ufeffphone;name;balance"
    assert "'+84912345678;\"'=1+1; x\";7" in answer.text.splitlines()
    assert "1234" not in answer.text.replace("+84912345678", "")
    assert (await bring(admin, table, answer.content))["changed"] == 0

    rest = await bring(admin, table, "phone\n0912345678\n", replace_all="true")
    assert rest["archived"] == 2
    assert (await admin.ok("GET", f"/data-tables/{table['id']}"))["rows"] == 1
    kinds = [one["action"] for one in (await admin.ok("GET", "/audit"))["items"]]
    assert {"data_table.imported", "data_table.exported"} <= set(kinds)


async def test_a_flow_finds_a_row_and_validation_names_what_is_missing(site: Site):
    admin = await site.sign_in("admin")
    problems = await admin.ok("POST", "/flows/check", {"yaml": FLOW})
    assert [(one["code"], one["node"], one["name"]) for one in problems] == [
        ("missing_table", "a", "customers")
    ]
    table = await a_table(admin)
    wrong = FLOW.replace("phone: call.from", "name: call.from").replace("who: name", "who: tier, p: pin")
    told = await admin.ok("POST", "/flows/check", {"yaml": wrong})
    assert [(one["code"], one["name"]) for one in told] == [
        ("missing_column", "customers.tier"),
        ("missing_key", "customers.name"),
        ("missing_open_column", "customers.pin"),
    ]
    assert "Name the columns by which the table finds its rows" in told[1]["mend"]
    async with site.world.transaction() as tx:
        await site.runtime.get(FlowService).push(tx, FLOW, at=site.runtime.clock.now(), publish=True)
    await bring(admin, table, "phone,name,balance,pin\n0912345678,Anna,12.5,1234\n")
    known = await run(site, "+84912345678")
    assert (known.detail, known.variables["who"], known.variables["owed"]) == ("found", "Anna", 12.5)
    for number in ("+84900000000", "anonymous", ""):
        unknown = await run(site, number)
        assert (unknown.detail, unknown.variables["who"]) == ("not_found", None)
    await admin.ok("DELETE", f"/data-tables/{table['id']}")
    assert (await run(site, "+84912345678")).detail == "sorry"


async def test_a_project_keeps_its_tables_to_itself(site: Site):
    admin = await site.sign_in("admin")
    mine = await admin.ok("POST", "/projects", {"name": "Mine"})
    theirs = await admin.ok("POST", "/projects", {"name": "Theirs"})
    role = await admin.ok("POST", "/roles", {"name": "Client", "grants": {"data_tables.edit": "project"}})
    client = await site.sign_in(None, role_ids=[role["id"]], project_ids=[mine["id"]])
    other = await a_table(admin, project_id=theirs["id"])
    own = await client.ok(
        "POST", "/data-tables", {"name": "own", "columns": COLUMNS, "project_id": mine["id"]}
    )
    assert [one["name"] for one in (await client.ok("GET", "/data-tables"))["items"]] == ["own"]
    assert (await client.post("/data-tables", name="x", columns=COLUMNS)).status_code == 422
    assert (await client.get(f"/data-tables/{other['id']}/rows")).status_code == 404
    assert (
        await client.post(f"/data-tables/{other['id']}/rows", cells={"c1": "0912345678"})
    ).status_code == 404
    assert (await client.patch(f"/data-tables/{own['id']}", version=1, project_id=None)).status_code == 422
    assert (await client.get(f"/data-tables/{other['id']}/export")).status_code == 404


async def test_many_rows_stay_fast(site: Site):
    """The bounds are loose: they tell a lookup by index from one that reads the table."""
    admin = await site.sign_in("admin")
    table = await a_table(admin)
    lines = [
        "phone,name,balance",
        *(f"09{number:08d},Customer {number},{number}" for number in range(20_000)),
    ]
    assert (await bring(admin, table, "\n".join(lines)))["added"] == 20_000
    async with site.world.transaction() as tx:
        await tx.execute("ANALYZE data_rows")
        plan = await tx.fetch_tuples(
            "EXPLAIN SELECT id, cells FROM data_rows WHERE tenant_id = %(tenant)s AND table_id = %(table)s::uuid"
            " AND key = '+84900000007' AND NOT archived",
            {"table": table["id"]},
        )
    assert "data_rows_key_idx" in str(plan)
    path, cursor, seen = f"/data-tables/{table['id']}/rows", "", 0
    for _ in range(3):
        page = await admin.ok("GET", path, cursor=cursor, limit=200)
        cursor, seen = page["next_cursor"], seen + len(page["items"])
    assert seen == 600
    start = time.perf_counter()
    assert len((await admin.ok("GET", path, q="customer 19999"))["items"]) == 1
    assert time.perf_counter() - start < 2
