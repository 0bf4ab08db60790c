"""Who can be reached how: phones, lines and numbers in memory, pushed to Asterisk and kept in step with the database."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from tongdai.flows.public import TransferTo
from tongdai.kit.phone import NumberKind
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Registry
from tongdai.telephony.ari.connection import AriError, AsteriskAway
from tongdai.telephony.dialplan import Dialled, Route, read_dialled
from tongdai.telephony.endpoints import ConfigObject, device_objects, trunk_objects
from tongdai.telephony.errors import LimitReached, NoTrunk, UserLimitReached
from tongdai.telephony.events import DeviceChanged, RingOnChosen, TelephonyConfigured
from tongdai.telephony.repository import CallRow, Calls, DeviceRow, Lines, NumberRow, TrunkRow

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)


class Directory:
    """A cache of configuration; the database is asked again when a fact says that something changed."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._media_address = exchange.runtime.settings.media_address
        self._trunks: dict[str, TrunkRow] = {}
        self._numbers: dict[tuple[UUID, str], NumberRow] = {}
        self._devices: dict[str, DeviceRow] = {}
        self._of_user: dict[UUID, list[DeviceRow]] = {}
        self._ring_on: dict[UUID, str] = {}
        self._changed = asyncio.Lock()
        self.told_all = False
        """Whether Asterisk knows every phone and line: before that it refuses their calls."""

    def listen(self, registry: Registry) -> None:
        registry.subscriptions.on_fact(TelephonyConfigured, self._configured)
        registry.subscriptions.on_fact(DeviceChanged, self._configured)
        registry.subscriptions.on_fact(RingOnChosen, self._ring_on_chosen)

    def _configured(self, _: Recorded) -> None:
        if self._exchange.owns:
            self._exchange.spawn(self.refresh())

    def _ring_on_chosen(self, event: Recorded) -> None:
        assert isinstance(event.fact, RingOnChosen)
        self._ring_on[event.fact.user_id] = event.fact.ring_on

    async def refresh(self) -> None:
        """Load what changed and push the difference."""
        async with self._changed:
            before_trunks, before_devices = dict(self._trunks), dict(self._devices)
            await self.load()
            # Copies: a phone may become known while we wait for Asterisk.
            for name, trunk in list(self._trunks.items()):
                if before_trunks.get(name) != trunk:
                    await self.push(list(trunk_objects(trunk, self._media_address)))
            for name, device in list(self._devices.items()):
                if before_devices.get(name) != device:
                    await self.push(list(self._objects(device)))
            for name in (
                (before_trunks.keys() | before_devices.keys()) - self._trunks.keys() - self._devices.keys()
            ):
                await self._take_away(name)

    async def load(self) -> None:
        async with self._exchange.database.transaction(Scope.system()) as tx:
            trunks, numbers, devices = (
                await Lines(tx).trunks(),
                await Lines(tx).numbers(),
                await Lines(tx).devices(),
            )
            self._ring_on = await Lines(tx).all_ring_on()
        self._trunks = {trunk.sip_name: trunk for trunk in trunks}
        self._numbers = {(number.tenant_id, number.number): number for number in numbers}
        self._devices = {device.sip_name: device for device in devices}
        self._of_user = {}
        for device in devices:
            self._of_user.setdefault(device.user_id, []).append(device)

    async def push_all(self) -> None:
        """Tell Asterisk everything (it remembers nothing)."""
        self.told_all = False
        for trunk in list(self._trunks.values()):
            await self.push(list(trunk_objects(trunk, self._media_address)))
        for device in list(self._devices.values()):
            await self.push(list(self._objects(device)))
        self.told_all = True

    def _objects(self, device: DeviceRow) -> Iterator[ConfigObject]:
        return device_objects(device, self._exchange.grace, self._media_address)

    async def push(self, objects: list[ConfigObject]) -> None:
        for one in objects:
            fields = [{"attribute": name, "value": value} for name, value in one.fields.items()]
            try:
                # The schema calls the body an object; what Asterisk takes is the list itself under "fields".
                await self._exchange.ari.asterisk.update_object(
                    one.config_class,
                    one.kind,
                    one.id,
                    fields=fields,  # type: ignore[arg-type]
                )
            except AriError as error:
                log.error("Asterisk refused %s %s: %s", one.kind, one.id, error)

    async def know(self, device: DeviceRow) -> None:
        """Have a new device known and pushed before its owner is told of it."""
        if self._devices.get(device.sip_name) != device:
            self._devices[device.sip_name] = device
            self._of_user.setdefault(device.user_id, []).append(device)
            await self.push(list(self._objects(device)))

    async def know_phones_of(self, tenant_id: UUID, user_id: UUID) -> frozenset[str]:
        """Have all phones of a user known to Asterisk; gives the names of those that can be called."""
        async with self._exchange.database.transaction(Scope(tenant_id)) as tx:
            devices = await Lines(tx).devices(user_id)
        for device in devices:
            await self.know(device)
        return await self.registered([device.sip_name for device in devices])

    async def registered(self, names: list[str]) -> frozenset[str]:
        """Which of these endpoints are reachable now."""
        found: set[str] = set()
        for name in names:
            with contextlib.suppress(AriError, AsteriskAway):
                if (await self._exchange.ari.endpoints.get("PJSIP", name)).get("state") == "online":
                    found.add(name)
        return frozenset(found)

    async def _take_away(self, name: str) -> None:
        for kind in ("endpoint", "aor", "auth"):
            try:
                await self._exchange.ari.asterisk.delete_object("res_pjsip", kind, name)
            except (AriError, AsteriskAway) as error:
                log.info("%s %s could not be taken away: %s", kind, name, error)

    # Looking up

    def trunk_of(self, channel_name: str) -> TrunkRow | None:
        """The line that a channel named "PJSIP/<endpoint>-<number>" came by."""
        return self._trunks.get(_endpoint(channel_name))

    def device_of(self, channel_name: str) -> DeviceRow | None:
        return self._devices.get(_endpoint(channel_name))

    def number(self, tenant_id: UUID, dialled: str) -> NumberRow | None:
        """The number that was dialled, in the forms in which trunks write one."""
        bare = dialled.removeprefix("+")
        for form in (dialled, bare, f"+{bare}"):
            found = self._numbers.get((tenant_id, form))
            if found is not None:
                return found
        return None

    def numbers(self, tenant_id: UUID) -> list[NumberRow]:
        return [number for (tenant, _), number in self._numbers.items() if tenant == tenant_id]

    def ring_targets(self, user_id: UUID) -> list[DeviceRow]:
        """Where this agent wants to be rung."""
        ring_on = self._ring_on.get(user_id, "browser")
        devices = self._of_user.get(user_id, [])
        kinds = {"browser": {"webrtc"}, "phone": {"sip"}, "both": {"webrtc", "sip"}}[ring_on]
        return [device for device in devices if device.kind in kinds]

    async def routes(
        self, tx: Transaction, tenant_id: UUID, dialled: Dialled, caller_id: str | None
    ) -> list[Route]:
        """The trunks that may carry this call, in order. Emergency calls know no limits. Raises NoTrunk, LimitReached."""
        trunks = sorted(
            (t for t in self._trunks.values() if t.tenant_id == tenant_id and t.host),
            key=lambda t: (t.order, t.name),
        )
        if not trunks:
            raise NoTrunk()
        routes: list[Route] = []
        for trunk in trunks:
            if dialled.kind is NumberKind.EMERGENCY or await self._has_room(tx, trunk):
                shown = caller_id or trunk.caller_id or ""
                routes.append(Route((f"PJSIP/{dialled.number}@{trunk.sip_name}",), shown, trunk.id))
        if not routes:
            raise LimitReached()
        return routes

    async def check_dial_limits(self, tx: Transaction, user_id: UUID, time_zone: str, at: datetime) -> None:
        """Raises UserLimitReached. Days are those of the tenant."""
        limits = await Lines(tx).dial_limits(user_id)
        if limits.max_calls is None and limits.max_spend is None:
            return
        today = at.astimezone(ZoneInfo(time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        number, cost = await Calls(tx).dialled_by(user_id, today)
        if (limits.max_calls is not None and number >= limits.max_calls) or (
            limits.max_spend is not None and cost >= float(limits.max_spend)
        ):
            raise UserLimitReached()

    async def _has_room(self, tx: Transaction, trunk: TrunkRow) -> bool:
        if await Calls(tx).count_on_trunk(trunk.id) >= trunk.max_calls:
            return False
        if trunk.max_spend is None:
            return True
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return await Calls(tx).spent_on_trunk(trunk.id, today) < float(trunk.max_spend)

    def has_room_in(self, trunk: TrunkRow) -> bool:
        """Whether one more incoming call fits (counted in memory: nothing of a flood reaches the database)."""
        calls = self._exchange.calls()
        return len(calls) < trunk.max_calls or (
            sum(call.row.trunk_id == trunk.id for call in calls) < trunk.max_calls
        )

    async def colleague_route(self, tenant_id: UUID, user_id: UUID, shown: str) -> Route | None:
        devices = self.ring_targets(user_id)
        if not devices:
            return None
        return Route(tuple(f"PJSIP/{device.sip_name}" for device in devices), shown, user_id=user_id)

    async def routes_for_flow(self, row: CallRow, command: TransferTo) -> tuple[Route, ...] | None:
        """Where a flow's transfer leads; None when it may not (flows may call extensions and national numbers)."""
        async with self._exchange.database.transaction(Scope(row.tenant_id)) as tx:
            user_id = await Lines(tx).user_at_extension(command.to) if command.target == "extension" else None
            country = await tx.fetch_value("SELECT country FROM tenants WHERE id = %(tenant)s")
            if command.target != "extension":
                dialled = read_dialled(command.to, country)
                if dialled is None or dialled.kind not in (NumberKind.NATIONAL, NumberKind.EMERGENCY):
                    return None
                try:
                    return tuple(await self.routes(tx, row.tenant_id, dialled, command.caller_id))
                except (NoTrunk, LimitReached):
                    return ()
        if user_id is None:
            return ()
        shown = await self._exchange.arrivals.shown_to_agent(row)
        route = await self.colleague_route(row.tenant_id, user_id, shown)
        return (replace(route, user_id=user_id),) if route else ()

    def user_of_endpoint(self, endpoint: str) -> UUID | None:
        device = self._devices.get(endpoint.removeprefix("PJSIP/"))
        return device.user_id if device else None


def _endpoint(channel_name: str) -> str:
    return channel_name.removeprefix("PJSIP/").rsplit("-", 1)[0]
