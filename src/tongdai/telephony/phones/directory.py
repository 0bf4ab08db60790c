"""Who can be reached how: phones, lines and numbers in memory, pushed to Asterisk and kept in step with the database."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from tongdai.flows.public import TransferTo
from tongdai.kit.phone import NumberKind, as_dialled
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.embedded.asterisk_modules import phones_may_transfer
from tongdai.platform.facts import Recorded
from tongdai.platform.registry import Registry
from tongdai.telephony.ari.connection import AriError, AsteriskAway
from tongdai.telephony.errors import DoNotCall, LimitReached, NoTrunk, UserLimitReached
from tongdai.telephony.events import DeviceChanged, RingOnChosen, TelephonyConfigured
from tongdai.telephony.outbound.dialplan import Dialled, Route, Toll, read_dialled
from tongdai.telephony.outbound.legs import OutsideLegs
from tongdai.telephony.outbound.rules import DialRuleRows
from tongdai.telephony.phones.endpoints import ConfigObject, device_objects, trunk_objects
from tongdai.telephony.policies import Line, Purpose, RecordingRule, lines_for, rate_of, refusal
from tongdai.telephony.recording.rules import all_recording_rules
from tongdai.telephony.repository import CallRow, DeviceRow, Lines, NumberRow, TrunkRow
from tongdai.telephony.together.watches import Notice, WatchRows
from tongdai.tenancy.events import SettingsChanged

if TYPE_CHECKING:
    from tongdai.telephony.exchange import Exchange

log = logging.getLogger(__name__)

REGISTERED, IDENTIFIED = "registration", "identify"


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
        self._without_keys: set[UUID] = set()
        self._watch_notices: dict[UUID, Notice] = {}
        self._recording_rules: dict[UUID, list[RecordingRule]] = {}
        self._changed = asyncio.Lock()
        self._transfers = False
        self.told_all = False
        """Whether Asterisk knows every phone and line: before that it refuses their calls."""

    def listen(self, registry: Registry) -> None:
        registry.subscriptions.on_fact(TelephonyConfigured, self._configured)
        registry.subscriptions.on_fact(DeviceChanged, self._configured)
        registry.subscriptions.on_fact(SettingsChanged, self._configured)
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
            await self._load()
            # Copies: a phone may become known while we wait for Asterisk.
            for name, trunk in list(self._trunks.items()):
                if (before := before_trunks.get(name)) != trunk:
                    # A registration that was given up is not tried again for a new password, and one that is wanted no more
                    # would go on: only what is made anew starts anew.
                    if before is not None and before.registers:
                        await self._take_away(name, REGISTERED)
                    if before is not None and before.match and not trunk.match:
                        await self._take_away(name, IDENTIFIED)
                    await self.push(list(trunk_objects(trunk, self._media_address)))
            for name, device in list(self._devices.items()):
                if before_devices.get(name) != device:
                    await self.push(list(self._objects(device)))
            for name in (
                (before_trunks.keys() | before_devices.keys()) - self._trunks.keys() - self._devices.keys()
            ):
                gone = before_trunks.get(name)
                if gone is not None:
                    await self._take_away(name, REGISTERED, IDENTIFIED)
                # Signing out with the carrier is still going on, and needs the account, which alone lets nobody in.
                keeps = gone is not None and gone.registers
                await self._take_away(name, "endpoint", "aor", *(() if keeps else ("auth",)))

    async def _load(self) -> None:

        async def read(tx: Transaction) -> tuple[list[TrunkRow], list[NumberRow], list[DeviceRow]]:
            self._ring_on = await Lines(tx).all_ring_on()
            self._without_keys = await Lines(tx).without_phone_keys()
            self._watch_notices = await WatchRows(tx).notices()
            self._recording_rules = await all_recording_rules(tx)
            return await Lines(tx).trunks(), await Lines(tx).numbers(), await Lines(tx).devices()

        trunks, numbers, devices = await self._exchange.database.retrying(Scope.system(), read)
        self._trunks = {trunk.sip_name: trunk for trunk in trunks}
        self._numbers = {(number.tenant_id, number.number): number for number in numbers}
        self._devices = {device.sip_name: device for device in devices}
        self._of_user = {}
        for device in devices:
            self._of_user.setdefault(device.user_id, []).append(device)

    async def tell_all(self) -> None:
        """Load everything and tell Asterisk (it remembers nothing). What changes meanwhile is not lost: the one waits for the
        other, else what was read before a change might be kept after it."""
        self.told_all = False
        system = (await self._exchange.ari.asterisk.get_info(only="system")).get("system")
        self._transfers = system is not None and phones_may_transfer(system["version"])
        async with self._changed:
            await self._load()
            for trunk in list(self._trunks.values()):
                await self.push(list(trunk_objects(trunk, self._media_address)))
            for device in list(self._devices.values()):
                await self.push(list(self._objects(device)))
        self.told_all = True

    def _objects(self, device: DeviceRow) -> Iterator[ConfigObject]:
        return device_objects(device, self._exchange.grace, self._media_address, transfers=self._transfers)

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

    async def register_again(self, trunk: TrunkRow) -> None:
        """Of one that was taken away and made anew at once, Asterisk may lose what it does for the new one, because it finishes
        taking away later. To have it changed once more makes it whole."""
        log.warning("the registration of %s was lost, and is made anew", trunk.sip_name)
        await self.push([one for one in trunk_objects(trunk, self._media_address) if one.kind == REGISTERED])

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

    async def _take_away(self, name: str, *kinds: str) -> None:
        for kind in kinds:
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

    def trunks(self) -> list[TrunkRow]:
        """All trunks of all tenants."""
        return list(self._trunks.values())

    def number_of_id(self, number_id: UUID) -> NumberRow | None:
        return next((number for number in self._numbers.values() if number.id == number_id), None)

    def recording_rules(self, tenant_id: UUID) -> list[RecordingRule]:
        """In the order in which they are asked."""
        return self._recording_rules.get(tenant_id, [])

    def phone_keys(self, tenant_id: UUID) -> bool:
        """Whether keys of an agent's phone give orders during a call; else they are the other side's alone."""
        return tenant_id not in self._without_keys

    def watch_notice(self, tenant_id: UUID) -> Notice | None:
        """How the people on the line are told that somebody begins to listen; None: not at all."""
        return self._watch_notices.get(tenant_id)

    def numbers(self, tenant_id: UUID) -> list[NumberRow]:
        return [number for (tenant, _), number in self._numbers.items() if tenant == tenant_id]

    def tenants(self) -> set[UUID]:
        """Those that have phones."""
        return {device.tenant_id for device in self._devices.values()}

    def desk_phones(self, user_id: UUID) -> list[DeviceRow]:
        return [device for device in self._of_user.get(user_id, []) if device.kind == "sip"]

    def ring_targets(self, user_id: UUID) -> list[DeviceRow]:
        """Where this agent wants to be rung."""
        ring_on = self._ring_on.get(user_id, "browser")
        devices = self._of_user.get(user_id, [])
        kinds = {"browser": {"webrtc"}, "phone": {"sip"}, "both": {"webrtc", "sip"}}[ring_on]
        return [device for device in devices if device.kind in kinds]

    async def reachable(self, user_id: UUID) -> bool:
        """Whether any phone is there on which this agent wants to be rung."""
        return bool(await self.registered([device.sip_name for device in self.ring_targets(user_id)]))

    async def routes(
        self,
        tx: Transaction,
        tenant_id: UUID,
        dialled: Dialled,
        caller_id: str | None,
        *,
        purpose: Purpose,
        at: datetime,
        by: UUID | None = None,
    ) -> list[Route]:
        """The trunks that may carry this call, in order: no call goes out but by them. `by` is the user who answers for it.
        Emergency calls know no limits. Raises DoNotCall, OutsideCallingHours, NoTrunk, LimitReached."""
        forbidden = refusal(dialled, purpose, await DialRuleRows(tx).concerning(dialled.number), at)
        if forbidden is not None:
            raise forbidden
        trunks = {t.id: t for t in self._trunks.values() if t.tenant_id == tenant_id and t.host}
        lines = lines_for(map(_line, trunks.values()), dialled)
        if not lines:
            raise NoTrunk()
        routes: list[Route] = []
        for line in lines:
            trunk = trunks[line.id]
            if dialled.kind is NumberKind.EMERGENCY or await self._has_room(tx, trunk, at):
                shown = caller_id or trunk.caller_id or ""
                number = as_dialled(dialled.number, trunk.number_format, trunk.country)
                endpoints = (f"PJSIP/{number}@{trunk.sip_name}",)
                routes.append(Route(endpoints, shown, Toll(trunk.id, rate_of(line, dialled.number), by)))
        if not routes:
            raise LimitReached()
        return routes

    async def check_dial_limits(self, tx: Transaction, user_id: UUID, at: datetime) -> None:
        """Raises UserLimitReached. Days are those of the tenant."""
        limits = await Lines(tx).dial_limits(user_id)
        if limits.max_calls is None and limits.max_spend is None:
            return
        dialled = await OutsideLegs(tx).by_user(user_id, await _today(tx, at))
        if (limits.max_calls is not None and dialled.calls >= limits.max_calls) or (
            limits.max_spend is not None and dialled.cost >= float(limits.max_spend)
        ):
            raise UserLimitReached()

    async def _has_room(self, tx: Transaction, trunk: TrunkRow, at: datetime) -> bool:
        legs = OutsideLegs(tx)
        if await legs.on_trunk(trunk.id) >= trunk.max_calls:
            return False
        if trunk.max_spend is None:
            return True
        return (await legs.by_trunk(trunk.id, await _today(tx, at))).cost < float(trunk.max_spend)

    def has_room_in(self, trunk: TrunkRow) -> bool:
        """Whether one more incoming call fits (counted in memory: nothing of a flood reaches the database)."""
        calls = self._exchange.calls()
        return len(calls) < trunk.max_calls or (
            sum(call.row.trunk_id == trunk.id for call in calls) < trunk.max_calls
        )

    async def routes_for_flow(self, row: CallRow, command: TransferTo) -> list[Route] | None:
        """The trunks for a flow's transfer to outside; None when it may not (flows may call national numbers)."""

        async def read(tx: Transaction) -> list[Route] | None:
            country, _ = await Lines(tx).country_and_zone()
            dialled = read_dialled(command.to, country)
            if dialled is None or dialled.kind not in (NumberKind.NATIONAL, NumberKind.EMERGENCY):
                return None
            at, shown = self._exchange.clock.now(), command.caller_id
            try:
                return await self.routes(tx, row.tenant_id, dialled, shown, purpose=Purpose.JOIN, at=at)
            except (NoTrunk, LimitReached):
                return []
            except DoNotCall:
                return None

        return await self._exchange.database.retrying(Scope(row.tenant_id), read)

    def user_of_endpoint(self, endpoint: str) -> UUID | None:
        device = self._devices.get(endpoint.removeprefix("PJSIP/"))
        return device.user_id if device else None


async def _today(tx: Transaction, at: datetime) -> datetime:
    """When the tenant's day began."""
    _, time_zone = await Lines(tx).country_and_zone()
    return at.astimezone(ZoneInfo(time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def _line(trunk: TrunkRow) -> Line:
    rates = [(str(rate["prefix"]), Decimal(str(rate["price_per_minute"]))) for rate in trunk.rates]
    return Line(trunk.id, trunk.order, trunk.name, Decimal(trunk.price_per_minute), trunk.prefixes, rates)


def _endpoint(channel_name: str) -> str:
    return channel_name.removeprefix("PJSIP/").rsplit("-", 1)[0]
