"""Tenants, projects, calendars, the audit log."""
