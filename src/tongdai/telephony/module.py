"""What telephony adds to the system."""

from tongdai.platform.auth import Extent, Permission
from tongdai.platform.registry import Registry
from tongdai.telephony.collector import Collector
from tongdai.telephony.exchange import Exchange


def register(app: Registry) -> None:
    """The exchange, the collector of recordings, routes and permissions."""
    app.declare(
        Permission("calls.take", "Take and make calls"),
        Permission("calls.dial_national", "Call national numbers"),
        Permission("calls.dial_international", "Call international numbers"),
        Permission("calls.dial_premium", "Call premium and unknown numbers"),
        Permission(
            "calls.listen",
            "Listen to recordings",
            (Extent.OWN, Extent.TEAM, Extent.QUEUE, Extent.PROJECT, Extent.TENANT),
        ),
        Permission("telephony.edit", "Edit trunks and numbers"),
    )
    exchange = Exchange()
    exchange.listen(app)
    app.put(exchange)
    app.run_service(exchange.service)
    app.run_service(Collector().service)
