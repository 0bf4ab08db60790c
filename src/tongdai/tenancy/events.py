"""Facts of module tenancy."""

from tongdai.platform.facts import Fact


class SettingsChanged(Fact, type="tenancy.settings_changed"):
    """The tenant's own settings were edited. The aggregate is the tenant."""


class CalendarChanged(Fact, type="tenancy.calendar_changed"):
    """Hours or holidays of a calendar were edited."""


class ProjectChanged(Fact, type="tenancy.project_changed"):
    """A project was made, renamed, archived or restored."""
