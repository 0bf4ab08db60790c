"""Who may what, over every route of the API: nobody without signing in, no role without its permission, no tenant into another.

The routes are read from the app itself, so that a new one is covered the day it is added: a route that needs no permission
must be named here.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from tests.api import Person, Site
from tongdai.entrypoints.modules import register_all
from tongdai.kit.ids import new_id
from tongdai.people.builtin_roles import BUILTIN_ROLES, grants_of
from tongdai.people.policies import exceeding
from tongdai.platform.auth import Extent
from tongdai.platform.registry import Registry

PUBLIC = {"/api/v1/health", "/api/v1/auth/sign-in"}
OWN = re.compile(
    r"^/api/v1/(auth/|presence/|phone|workspace|assignments|my-day|dispositions$|search$|calls|queue-names$|voicemails)"
)
"""About the asker alone (their own session, state, phone, work), or narrowed inside: no permission is needed to ask."""


VISITORS = "/api/v1/chat/"
"""Of people outside, who have a widget's key and a token of their own: see tests/channels."""


METHODS = ("get", "post", "put", "patch", "delete")


def routes(site: Site) -> Iterator[tuple[str, str]]:
    """(method, path) of the whole API for users, as its description lists them."""
    for path, operations in site.app.openapi()["paths"].items():
        for method in METHODS:
            if method in operations and not path.startswith(VISITORS):
                yield method.upper(), path


def filled(path: str, ids: dict[str, UUID]) -> str:
    path = path.removeprefix("/api/v1")
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda match: str(ids.get(match[1], new_id())), path)


async def test_no_route_answers_who_is_not_signed_in(site: Site):
    asked = 0
    async with site.client() as client:
        for method, path in routes(site):
            if path in PUBLIC:
                continue
            answer = await client.request(method, filled(path, {}), json={})
            assert answer.status_code in (401, 422), f"{method} {path}: {answer.status_code}"
            if answer.status_code == 422:  # the body is read first; a right one would get 401
                assert method in ("POST", "PUT", "PATCH"), path
            asked += 1
    assert asked > 60


async def test_who_holds_no_permission_gets_403_everywhere(site: Site):
    nobody = await site.sign_in(None)
    asked, open_doors = 0, list[str]()
    for method, path in routes(site):
        if path in PUBLIC or OWN.match(path):
            continue
        body = None if method in ("GET", "DELETE") else _body(site, method, path)
        answer = await nobody.http.request(method, filled(path, {}), json=body)
        asked += 1
        if answer.status_code != 403:
            open_doors.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
    assert open_doors == []
    assert asked > 60


def _body(site: Site, method: str, path: str) -> Any:
    """A body that is right by the schema, so that the permission and not the form decides."""
    schema = site.app.openapi()
    operation = schema["paths"][path][method.lower()]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return _example(content["schema"], schema["components"]["schemas"]) if content else None


EXAMPLES: dict[str, Any] = {"time_zone": "UTC", "number": "19001234", "prefix": "+84", "extension": "7600"}


def _example(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _example(known[schema["$ref"].rpartition("/")[2]], known)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], known)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    match schema.get("type"):
        case "object":
            required = schema.get("required", [])
            made = {
                name: EXAMPLES.get(name) or _example(schema["properties"][name], known) for name in required
            }
            return made or ({"en": "x"} if schema.get("minProperties") else {})
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "array":
            return [_example(schema["items"], known)] if schema.get("minItems") else []
        case _:
            if schema.get("format") == "uuid":
                return str(new_id())
            if schema.get("format") == "email":
                return "a@example.com"
            if schema.get("format") == "date-time":
                return "2099-01-01T00:00:00Z"
            return "a@example.com" if "@" in schema.get("pattern", "") else "example123"


async def furnish(site: Site, admin: Person) -> dict[str, UUID]:
    """One of each thing, by the name of its path parameter."""
    made: dict[str, UUID] = {}

    async def make(parameter: str, path: str, body: dict[str, Any]) -> Any:
        row = await admin.ok("POST", path, body)
        made[parameter] = UUID(row["id"])
        return row

    await make("user_id", "/users", {"name": "Secret Name", "email": f"secret{new_id().hex}@example.com"})
    await make("team_id", "/teams", {"name": "Secret Team"})
    await make("skill_id", "/skills", {"name": "Secret Skill"})
    await make("role_id", "/roles", {"name": "Secret Role"})
    await make("reason_id", "/reasons", {"name": {"en": "Secret Reason"}})
    await make("project_id", "/projects", {"name": "Secret Project"})
    await make("calendar_id", "/calendars", {"name": "Secret Hours", "time_zone": "UTC"})
    await make("queue_id", "/queues", {"name": "Secret Queue"})
    await make("switch_id", "/closure-switches", {"name": "Secret Switch"})
    members = [str(made["user_id"])]
    await make(
        "group_id", "/ring-groups", {"name": "Secret Group", "extension": "7600", "member_ids": members}
    )
    await make("room_id", "/conference-rooms", {"name": "Secret Room", "extension": "7601"})
    await make("company_id", "/companies", {"name": "Secret Company"})
    await make("field_id", "/contact-fields-admin", {"key": "secret", "label": {"en": "Secret"}})
    await make("disposition_id", "/dispositions-admin", {"label": {"en": "Secret"}, "code": "secret"})
    contact = await make(
        "contact_id",
        "/contacts",
        {"name": "Secret Contact", "identities": [{"kind": "phone", "value": "0912345678"}]},
    )
    made["identity_id"] = UUID(contact["identities"][0]["id"])
    other = await admin.ok("POST", "/contacts", {"name": "Secret Other"})
    merge = await admin.ok("POST", f"/contacts/{contact['id']}/merge", {"other_id": other["id"]})
    made["merge_id"] = UUID(merge["merge_id"])
    columns = [{"name": "secret", "key": True}]
    await make("table_id", "/data-tables", {"name": "Secret_Table", "columns": columns})
    await make("row_id", f"/data-tables/{made['table_id']}/rows", {"cells": {"c1": "Secret Row"}})
    made["token_id"] = UUID((await admin.ok("POST", "/auth/tokens", {"name": "Secret"}))["id"])
    made["session_id"] = UUID((await admin.ok("GET", "/auth/sessions"))[0]["id"])
    rule = await admin.ok("POST", "/alert-rules", {"measure": "waiting", "threshold": 1})
    made["rule_id"] = UUID(rule["id"])
    letters = await admin.ok("POST", "/queues", {"name": "Secret Letters", "channel": "email"})
    here = {"host": "127.0.0.1", "port": 1}
    await make(
        "mailbox_id",
        "/mailboxes",
        {
            "name": "Secret Mailbox",
            "address": "secret@shop.example",
            "queue_id": letters["id"],
            "imap": here,
            "smtp": here,
            "username": "secret",
        },
    )
    await make("signature_id", "/signatures", {"name": "Secret Signature", "body": {"en": "Secret"}})
    made["interaction_id"] = await site.world.arrive(made["queue_id"])
    return made


async def test_no_id_of_another_tenant_opens_anything(site: Site):
    theirs = await site.another_centre()
    ids = await furnish(theirs, await theirs.sign_in("admin"))
    before = await _everything(theirs)
    admin = await site.sign_in("admin")
    asked = 0
    for method, path in routes(site):
        if "{" not in path or path in PUBLIC:
            continue
        body = None if method in ("GET", "DELETE") else _body(site, method, path)
        answer = await admin.http.request(method, filled(path, ids), json=body)
        assert answer.status_code in (403, 404, 409, 422), (
            f"{method} {path}: {answer.status_code} {answer.text}"
        )
        assert "Secret" not in answer.text, f"{method} {path} told another tenant's data"
        asked += 1
    assert asked > 50
    assert await _everything(theirs) == before
    for path in {path for method, path in routes(site) if method == "GET" and "{" not in path}:
        answer = await admin.get(path.removeprefix("/api/v1"), q="secret" if "search" in path else "")
        assert "Secret" not in answer.text, f"{path} listed another tenant's data"


async def _everything(site: Site) -> list[Any]:
    """A fingerprint of the other tenant's rows."""
    async with site.world.transaction() as tx:
        return [
            await tx.fetch_value(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t")
            for table in (
                "users",
                "teams",
                "roles",
                "contacts",
                "identities",
                "queues",
                "calendars",
                "reasons",
                "api_tokens",
                "data_tables",
                "data_rows",
                "mailboxes",
                "signatures",
            )
        ]


async def test_ids_of_another_tenant_cannot_be_referred_to(site: Site):
    theirs = await site.another_centre()
    ids = {name: str(value) for name, value in (await furnish(theirs, await theirs.sign_in("admin"))).items()}
    admin = await site.sign_in("admin")
    own = await admin.ok("POST", "/contacts", {"name": "Mine"})
    for path, body in (
        ("/users", {"name": "A", "email": "a@example.com", "role_ids": [ids["role_id"]]}),
        ("/users", {"name": "A", "email": "a@example.com", "team_ids": [ids["team_id"]]}),
        (
            "/users",
            {"name": "A", "email": "a@example.com", "skills": [{"skill_id": ids["skill_id"], "level": 1}]},
        ),
        ("/teams", {"name": "A", "member_ids": [ids["user_id"]]}),
        ("/queues", {"name": "A", "member_ids": [ids["user_id"]]}),
        ("/queues", {"name": "A", "requirements": [{"skill_id": ids["skill_id"], "level": 1}]}),
        ("/queues", {"name": "A", "project_id": ids["project_id"]}),
        (
            "/data-tables",
            {"name": "a", "columns": [{"name": "a", "key": True}], "project_id": ids["project_id"]},
        ),
        ("/calendars", {"name": "A", "time_zone": "UTC", "project_id": ids["project_id"]}),
        ("/signatures", {"name": "A", "body": {"en": "A"}, "team_id": ids["team_id"]}),
        ("/signatures", {"name": "A", "body": {"en": "A"}, "mailbox_id": ids["mailbox_id"]}),
        ("/contacts", {"name": "A", "company_id": ids["company_id"]}),
        ("/dispositions-admin", {"label": {"en": "A"}, "code": "a", "parent_id": ids["disposition_id"]}),
    ):
        answer = await admin.post(path, **body)
        assert answer.status_code == 422, f"{path} {body}: {answer.status_code} {answer.text}"
        assert answer.json()["errors"], path
    merge = await admin.post(f"/contacts/{own['id']}/merge", other_id=ids["contact_id"])
    assert merge.status_code == 404


MATRIX = {
    # permission: (agent, team_leader, supervisor, workforce, quality, analyst, manager, director, admin)
    "calls.take": "tenant tenant tenant - - - tenant - tenant",
    "calls.dial_international": "- - tenant - - - tenant - tenant",
    "calls.listen": "own team tenant - tenant - tenant tenant tenant",
    "calls.monitor": "- team tenant - tenant - tenant - tenant",
    "calls.join": "- team tenant - - - tenant - tenant",
    "closing.switch": "- queue tenant - - - tenant - tenant",
    "contacts.see": "tenant tenant tenant tenant tenant tenant tenant tenant tenant",
    "contacts.edit": "tenant tenant tenant - - - tenant - tenant",
    "contacts.erase": "- - - - - - - - tenant",
    "interactions.see": "own queue tenant tenant tenant tenant tenant tenant tenant",
    "queues.see": "queue queue tenant tenant tenant tenant tenant tenant tenant",
    "queues.edit": "- - tenant - - - tenant - tenant",
    "queues.staff": "- team tenant - - - tenant - tenant",
    "blending.edit": "- team tenant - - - tenant - tenant",
    "users.see": "team team tenant tenant tenant tenant tenant tenant tenant",
    "users.edit": "- - - - - - tenant - tenant",
    "roles.edit": "- - - - - - - - tenant",
    "teams.edit": "- - - tenant - - tenant - tenant",
    "skills.edit": "- - tenant tenant - - tenant - tenant",
    "presence.force": "- team tenant - - - tenant - tenant",
    "alerts.edit": "- - tenant - - - tenant - tenant",
    "live.see": "- queue tenant tenant tenant tenant tenant tenant tenant",
    "settings.edit": "- - - - - - tenant - tenant",
    "audit.see": "- - - - - - tenant tenant tenant",
    "telephony.edit": "- - - - - - - - tenant",
    "flows.publish": "- - - - - - tenant - tenant",
    "data_tables.edit": "- - - - - - tenant - tenant",
    "mails.spam": "- - tenant - - - tenant - tenant",
    "mailboxes.edit": "- - - - - - - - tenant",
}


async def test_the_matrix_of_roles_is_what_the_table_says(site: Site):
    """Read over HTTP: what each role is told it may do, for every role × permission × extent of the table."""
    for place, role in enumerate(BUILTIN_ROLES):
        permissions = (await (await site.sign_in(role.key)).ok("GET", "/auth/me"))["permissions"]
        for permission, row in MATRIX.items():
            wanted = row.split()[place]
            assert permissions.get(permission, "-") == wanted, f"{role.key} {permission}"


def test_builtin_roles_name_only_permissions_that_exist_at_extents_that_they_know():
    catalogue = register_all(Registry()).permissions
    named: set[str] = set()
    for role in BUILTIN_ROLES:
        for word in role.grants.split():
            name, _, extent = word.partition("@")
            assert name in catalogue, f"{role.key} names {name}, which nobody declares"
            assert not extent or Extent(extent) in catalogue[name].extents, f"{role.key}: {word}"
            named.add(name)
    admin = grants_of(BUILTIN_ROLES[-1], catalogue)
    assert set(admin) == set(catalogue)
    for role in BUILTIN_ROLES:
        assert exceeding(admin, grants_of(role, catalogue)) == []
