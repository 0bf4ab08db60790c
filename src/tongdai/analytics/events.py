"""Facts of module analytics."""

from tongdai.platform.facts import Fact


class AlertRuleChanged(Fact, type="analytics.alert_rule_changed"):
    """A rule for alerts was made, edited or archived. The aggregate is the rule."""


class AlertFact(Fact):
    """About one alert, which is the aggregate."""


class AlertRaised(AlertFact, type="analytics.alert_raised"):
    """A threshold was passed."""


class AlertCleared(AlertFact, type="analytics.alert_cleared"):
    """It is well again, by the margin."""


class AlertAcknowledged(AlertFact, type="analytics.alert_acknowledged"):
    """Somebody said that they look after it, or took that back."""
