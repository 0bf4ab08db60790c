"""Tenants, projects, calendars, the audit log."""

from tongdai.platform.registry import Registry


def register(app: Registry) -> None:
    """Adds tables only."""
