"""Sends what is due. Any process may: who comes second finds it sent."""

import logging
from uuid import UUID

from tongdai.conversations.adapters import ChannelAdapters
from tongdai.conversations.errors import AlreadySent
from tongdai.conversations.later import service
from tongdai.conversations.later.repository import Scheduled
from tongdai.platform.database import Scope
from tongdai.platform.database.driver import CONFLICTS
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.errors import AppError
from tongdai.platform.registry import Runtime

log = logging.getLogger(__name__)


async def send_due(runtime: Runtime) -> None:
    """One round. Each is a transaction of its own: sent whole, or not and then its writer is told why."""
    at, adapters = runtime.clock.now(), runtime.get(ChannelAdapters)
    async with runtime.database.transaction(Scope.system()) as tx:
        due = await Scheduled(tx).due(at)
    for tenant_id, reply_id in due:
        try:
            await _send(runtime, adapters, tenant_id, reply_id)
        except (DatabaseAway, *CONFLICTS):
            raise
        except Exception:  # one that cannot be understood keeps no other waiting
            log.exception("reply %s could not be sent", reply_id)


async def _send(runtime: Runtime, adapters: ChannelAdapters, tenant_id: UUID, reply_id: UUID) -> None:
    try:
        async with runtime.database.transaction(Scope(tenant_id)) as tx:
            await service.send(tx, adapters, reply_id, runtime.clock.now())
    except AlreadySent:
        return
    except AppError as error:
        async with runtime.database.transaction(Scope(tenant_id)) as tx:
            await service.stop(tx, reply_id, error.code, runtime.clock.now())
