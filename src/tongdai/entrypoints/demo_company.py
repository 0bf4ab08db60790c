"""The demo company: a hotline in three languages, sixteen people, queues, customers. Passwords are random, told once."""

import secrets
from importlib.resources import files
from typing import Any
from uuid import UUID

from tongdai.analytics.public import add_default_rules
from tongdai.channels import public as channels
from tongdai.crm.public import make_findable
from tongdai.entrypoints.modules import register_all
from tongdai.flows.public import FlowService
from tongdai.kit.ids import new_id
from tongdai.kit.text import fold, sort_key
from tongdai.people import public as people
from tongdai.platform.bodies import Locale
from tongdai.platform.config import Settings
from tongdai.platform.database import Jsonb, Scope, Transaction
from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.registry import Registry, Runtime
from tongdai.tenancy.public import Founding, NewTenant, create_tenant

FLOWS = {"19001234": "hotline_en", "19001235": "hotline_vi", "19001236": "hotline_uk", "19001200": "straight"}
STRAIGHT = """
flow: straight
title: Straight to support
note: No menu; for load tests and for the impatient.
language: en
start: answer
nodes:
  answer:
    answer:
    go: support
  support:
    queue: {queue: support, max_wait: 600, callback_key: "5"}
    go: {timeout: end, callback: callback}
  callback:
    callback: support
    go: {done: end, declined: support}
  end:
    hang_up:
"""
GREETING: dict[Locale, str] = {
    "en": "Looking for the right lamp? We are happy to help.",
    "vi": "Bạn đang tìm một chiếc đèn ưng ý? Chúng tôi sẵn sàng giúp.",
    "uk": "Шукаєте лампу до смаку? Залюбки допоможемо.",
}
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STAFF: tuple[tuple[str, str, str], ...] = (
    ("admin", "Mai Anh Trần", "vi"),
    ("director", "Olena Kovalenko", "uk"),
    ("manager", "Grace Miller", "en"),
    ("supervisor", "Quốc Bảo Nguyễn", "vi"),
    ("team_leader", "Andriy Shevchenko", "uk"),
    ("workforce", "Thu Hà Phạm", "vi"),
    ("quality", "Iryna Bondar", "uk"),
    ("analyst", "Daniel Osei", "en"),
    ("agent", "Linh Đặng", "vi"),
    ("agent", "Minh Hoàng", "vi"),
    ("agent", "Taras Melnyk", "uk"),
    ("agent", "Sofia Tkachenko", "uk"),
    ("agent", "Emma Clarke", "en"),
    ("agent", "James Okafor", "en"),
    ("agent", "Ngọc Ánh Võ", "vi"),
    ("agent", "Yuliia Hrytsenko", "uk"),
)
CUSTOMERS = (
    ("Nguyễn Văn Đức", "Sen Vàng Foods", "+84912345678", "vi"),
    ("Phạm Thị Hồng", "Hồng Logistics", "+84987654321", "vi"),
    ("Oksana Lysenko", "Дніпро Агро", "+380501234567", "uk"),
    ("Mykola Petrenko", "Дніпро Агро", "+380671112233", "uk"),
    ("Harriet Jones", "Jones & Daughters", "+442079460123", "en"),
    ("Samuel Adeyemi", "Northwind Ltd", "+442079460456", "en"),
)


async def load(settings: Settings, *, previous: dict[str, Any] | None = None) -> dict[str, Any]:
    """Make the company unless it is there; gives what demo.json tells. A company that is there keeps its passwords."""
    registry = register_all(Registry())
    async with registry.running(settings, services=False) as runtime:
        async with runtime.database.transaction(Scope.system()) as tx:
            exists = await tx.fetch_value("SELECT id FROM tenants WHERE slug = 'demo'")
        if exists is not None and previous is not None:
            kept = {key: previous[key] for key in ("hotlines", "trunk", "users", "api_token")}
            return {**kept, "widget": previous.get("widget")}
        if exists is not None:
            raise SetupError(
                "The demo company is there, but its passwords are not: choose another --data, or remove"
                f" {settings.data_dir} and what lies below /var/lib/tongdai for it."
            )
        scope = Scope(new_id())
        hashes = {
            name: (password := secrets.token_urlsafe(9), people.hash_password(password))
            for _, name, _ in STAFF
        }
        async with runtime.database.transaction(scope) as tx:
            return await _company(tx, runtime, hashes)


async def _company(tx: Transaction, runtime: Runtime, hashes: dict[str, tuple[str, str]]) -> dict[str, Any]:
    tenant = NewTenant("demo", "Sen Việt Contact Centre", "VN", "Asia/Ho_Chi_Minh", "en")
    await create_tenant(tx, tenant, runtime.registry.ensure(Founding))
    users, ids = await _staff(tx, runtime, hashes)
    await _queues(tx, ids)
    await add_default_rules(tx)
    await _hours(tx)
    hotlines = await _hotlines(tx, runtime)
    trunk = await _trunk(tx)
    await _customers(tx)
    widget = await _widget(tx, runtime)
    token = await people.issue_api_token(tx, ids["admin"][0], "demo.json")
    return {"hotlines": hotlines, "trunk": trunk, "users": users, "api_token": token, "widget": widget}


async def _staff(
    tx: Transaction, runtime: Runtime, hashes: dict[str, tuple[str, str]]
) -> tuple[list[dict[str, Any]], dict[str, list[UUID]]]:
    roles = await people.install_builtin_roles(tx, runtime.registry.permissions)
    users: list[dict[str, Any]] = []
    ids: dict[str, list[UUID]] = {}
    seen: dict[str, int] = {}
    for number, (role, name, locale) in enumerate(STAFF):
        seen[role] = seen.get(role, 0) + 1
        local = role.replace("_", "") + (str(seen[role]) if role == "agent" else "")
        password, password_hash = hashes[name]
        extension = str(101 + number)
        new = people.UserIn(
            name=name,
            email=f"{local}@demo.example",
            extension=extension,
            locale=locale,  # type: ignore[arg-type]
            time_zone="Asia/Ho_Chi_Minh",
            languages=[locale],
            role_ids=[roles[role]],
        )
        made = await people.create_user(tx, None, new, password_hash)
        sip_user, sip_password = f"phone-{made.id.hex[:12]}{extension}", secrets.token_urlsafe(12)
        await tx.execute(
            "INSERT INTO devices (tenant_id, id, user_id, kind, sip_name, password)"
            " VALUES (%(tenant)s, %(id)s, %(user)s, 'sip', %(name)s, %(password)s)",
            {"id": new_id(), "user": made.id, "name": sip_user, "password": sip_password},
        )
        ids.setdefault(role, []).append(made.id)
        users.append(
            {
                "email": new.email,
                "password": password,
                "name": name,
                "role": role,
                "extension": extension,
                "sip_user": sip_user,
                "sip_password": sip_password,
            }
        )
    team = new_id()
    await tx.execute(
        "INSERT INTO teams (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, 'Hotline')", {"id": team}
    )
    for role in ("team_leader", "agent"):
        for user_id in ids[role]:
            await tx.execute(
                "INSERT INTO team_members (tenant_id, team_id, user_id, leads)"
                " VALUES (%(tenant)s, %(team)s, %(user)s, %(leads)s)",
                {"team": team, "user": user_id, "leads": role == "team_leader"},
            )
    return users, ids


async def _queues(tx: Transaction, ids: dict[str, list[UUID]]) -> None:
    for name, channel, wrap_up, members in (
        ("support", "voice", 20, ids["agent"] + ids["team_leader"]),
        ("sales", "voice", 30, ids["agent"][:5] + ids["team_leader"]),
        ("complaints", "voice", 60, ids["team_leader"] + ids["supervisor"]),
        ("chat", "webchat", 30, ids["agent"] + ids["team_leader"]),
    ):
        queue_id = new_id()
        await tx.execute(
            "INSERT INTO queues (tenant_id, id, name, channel, wrap_up_s, announce_position_s, last_agent_s)"
            " VALUES (%(tenant)s, %(id)s, %(name)s, %(channel)s, %(wrap)s, 45, %(last)s)",
            {
                "id": queue_id,
                "name": name,
                "channel": channel,
                "wrap": wrap_up,
                "last": 20 if name == "sales" else 0,
            },
        )
        for position, user_id in enumerate(members):
            await tx.execute(
                "INSERT INTO queue_members VALUES (%(tenant)s, %(queue)s, %(user)s, %(position)s)",
                {"queue": queue_id, "user": user_id, "position": position},
            )


async def _customers(tx: Transaction) -> None:
    companies: dict[str, UUID] = {}
    for name, company, number, language in CUSTOMERS:
        if company not in companies:
            companies[company] = new_id()
            await tx.execute(
                "INSERT INTO companies (tenant_id, id, name, name_fold)"
                " VALUES (%(tenant)s, %(id)s, %(name)s, %(fold)s)",
                {"id": companies[company], "name": company, "fold": fold(company)},
            )
        contact_id = new_id()
        await tx.execute(
            "INSERT INTO contacts (tenant_id, id, name, name_fold, name_sort, company_id, kind, language)"
            " VALUES (%(tenant)s, %(id)s, %(name)s, %(fold)s, %(sort)s, %(company)s, 'customer', %(language)s)",
            {
                "id": contact_id,
                "name": name,
                "fold": fold(name),
                "sort": sort_key(name),
                "company": companies[company],
                "language": language,
            },
        )
        await tx.execute(
            "INSERT INTO identities (tenant_id, id, contact_id, kind, value, raw)"
            " VALUES (%(tenant)s, %(id)s, %(contact)s, 'phone', %(number)s, %(number)s)",
            {"id": new_id(), "contact": contact_id, "number": number},
        )
        await make_findable(tx, [contact_id])


async def _hours(tx: Transaction) -> None:
    """Open day and night, so that whoever tries the demo reaches somebody; closing it is a lesson in the guide."""
    weekly = {day: [["00:00", "24:00"]] for day in WEEK}
    await tx.execute(
        "INSERT INTO calendars (tenant_id, id, name, time_zone, weekly)"
        " VALUES (%(tenant)s, %(id)s, 'main', 'Asia/Ho_Chi_Minh', %(weekly)s)",
        {"id": new_id(), "weekly": Jsonb(weekly)},
    )


async def _hotlines(tx: Transaction, runtime: Runtime) -> list[dict[str, str]]:
    service, now = runtime.get(FlowService), runtime.clock.now()
    for name in ("identify_en", "balance_en"):
        await service.push(tx, _example(name), at=now, publish=True)
    hotlines: list[dict[str, str]] = []
    for number, name in FLOWS.items():
        text = STRAIGHT if name == "straight" else _example(name)
        pushed = await service.push(tx, text, at=now, publish=True)
        if name != "straight":
            await service.save_tests(tx, pushed.flow_id, _example(f"{name}.test"), None)
        await tx.execute(
            "INSERT INTO numbers (tenant_id, id, number, label, flow_id)"
            " VALUES (%(tenant)s, %(id)s, %(number)s, %(label)s, %(flow)s)",
            {"id": new_id(), "number": number, "label": name, "flow": pushed.flow_id},
        )
        hotlines.append({"number": number, "flow": name})
    return hotlines


async def _widget(tx: Transaction, runtime: Runtime) -> dict[str, str]:
    """The chat of the demo's shop; gives its key, and where the shop's page is."""
    pushed = await runtime.get(FlowService).push(
        tx, _example("chat_shop"), at=runtime.clock.now(), publish=True
    )
    await runtime.get(FlowService).save_tests(tx, pushed.flow_id, _example("chat_shop.test"), None)
    greeting = channels.Trigger(text=GREETING, page="/preview", seconds=45, days=1)
    key = await channels.add_widget(tx, "Shop", pushed.flow_id, [greeting])
    return {"key": key, "page": f"/chat/{key}/preview"}


def _example(name: str) -> str:
    return files("tongdai.flows").joinpath(f"examples/{name}.yaml").read_text(encoding="utf-8")


async def _trunk(tx: Transaction) -> dict[str, str]:
    trunk_id = new_id()
    user, password = f"trunk-{trunk_id.hex[:12]}", secrets.token_urlsafe(12)
    await tx.execute(
        "INSERT INTO trunks (tenant_id, id, name, sip_name, username, password, max_calls)"
        " VALUES (%(tenant)s, %(id)s, 'Carrier', %(user)s, %(user)s, %(password)s, 2000)",
        {"id": trunk_id, "user": user, "password": password},
    )
    return {"user": user, "password": password}
