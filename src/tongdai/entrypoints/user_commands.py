"""`tongdai user …`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from tongdai.entrypoints.modules import register_all
from tongdai.people.public import UserIn, create_user, hash_password, install_builtin_roles, made_up_password
from tongdai.platform.config import Settings, load_settings
from tongdai.platform.database import Database, Scope
from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.errors import AppError
from tongdai.platform.registry import Registry

app = typer.Typer(help="People who sign in.", no_args_is_help=True)


@app.callback()
def _group() -> None:  # pyright: ignore[reportUnusedFunction]
    """People who sign in."""


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    name: Annotated[str, typer.Option(help="The name that others see.")],
    role: Annotated[list[str] | None, typer.Option(help="Role by its name or key; may be repeated.")] = None,
    tenant: Annotated[
        str | None, typer.Option(help="The centre's short name; needed when there are several.")
    ] = None,
    password: Annotated[str | None, typer.Option(help="Default: one is made up and printed.")] = None,
    extension: Annotated[str | None, typer.Option(help="Internal number.")] = None,
    locale: Annotated[str, typer.Option(help="en, vi or uk.")] = "en",
    config: Annotated[Path | None, typer.Option(help="TOML file with settings.", dir_okay=False)] = None,
) -> None:
    """Add a user, for example the first administrator: `tongdai user add you@example.com --name You --role admin`."""
    given = password or made_up_password()
    try:
        new = UserIn.model_validate(
            {"email": email, "name": name, "password": given, "extension": extension, "locale": locale}
        )
        asyncio.run(_add(load_settings(config), tenant, new, role or ["agent"], given))
    except ValidationError as error:
        first = error.errors()[0]
        raise SetupError(f"{first['loc'][0]}: {first['msg']}") from error
    except AppError as error:
        field = f"{error.errors[0].field}: " if error.errors else ""
        raise SetupError(f"{field}{error.detail}") from error
    print(f"{email} can sign in now." + ("" if password else f" Password: {given}"))


async def _add(settings: Settings, slug: str | None, new: UserIn, roles: list[str], password: str) -> None:
    catalogue = register_all(Registry()).permissions
    async with Database(settings.database_dsn, pool_size=2) as database:
        async with database.transaction(Scope.system()) as tx:
            tenants = dict(await tx.fetch_tuples("SELECT slug, id FROM tenants ORDER BY slug"))
        if slug is None and len(tenants) == 1:
            (slug,) = tenants
        if slug not in tenants:
            known = ", ".join(tenants) or "there is none yet"
            raise SetupError(f"Say which centre with --tenant: {known}.")
        async with database.transaction(Scope(tenants[slug])) as tx:
            await install_builtin_roles(tx, catalogue)
            rows = await tx.fetch_tuples(
                "SELECT lower(name), builtin, id FROM roles WHERE tenant_id = %(tenant)s AND NOT archived"
            )
            by_name = {name: role_id for name, _, role_id in rows}
            by_name |= {key: role_id for _, key, role_id in rows if key}
            unknown = [role for role in roles if role.lower() not in by_name]
            if unknown:
                raise SetupError(f"There is no role {unknown[0]}; take one of {', '.join(sorted(by_name))}.")
            role_ids = [by_name[role.lower()] for role in roles]
            await create_user(
                tx, None, new.model_copy(update={"role_ids": role_ids}), hash_password(password)
            )
