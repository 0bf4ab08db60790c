"""Who calls from a website: by which widget, with which token, from where."""

from typing import Annotated

from fastapi import Header
from starlette.requests import HTTPConnection

from tongdai.channels.webchat.known import KnownWidgets
from tongdai.channels.webchat.repository import WidgetRow
from tongdai.platform.registry import Runtime

TokenHeader = Annotated[str, Header(alias="X-Visitor", max_length=100)]


async def widget_of(runtime: Runtime, key: str) -> WidgetRow:
    """Raises WidgetUnknown."""
    return await runtime.get(KnownWidgets).get(runtime.database, key)


def address_of(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""
