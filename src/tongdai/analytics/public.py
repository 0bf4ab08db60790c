"""What other modules may use of analytics."""

from tongdai.analytics.alerts import add_default_rules

__all__ = ["add_default_rules"]
