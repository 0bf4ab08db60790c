"""Tenants, projects, calendars, the audit log."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    """Routes and permissions of the centre's own settings."""
    from tongdai.platform.auth import Permission
    from tongdai.tenancy import api
    from tongdai.tenancy.founding import Founding
    from tongdai.tenancy.subjects import Subject, Subjects

    app.ensure(Founding)
    app.declare(
        Permission("settings.edit", "Edit the centre's settings, projects, hours and holidays"),
        Permission("audit.see", "See the audit log"),
    )
    app.ensure(Subjects).add(Subject("calendar", "calendars"), Subject("project", "projects"))
    app.add_routes(api.router)
