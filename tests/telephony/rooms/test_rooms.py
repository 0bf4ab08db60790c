"""Conference rooms on real phones, where it is measured who hears whom; and what may be set up."""

from typing import Any

from tests.api import Site
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.extensions.test_forwarding import TO_EXTENSION, dials
from tests.telephony.rooms.rooms_floor import PIN, WRONG, make_room
from tests.telephony.rtp import Media, strength
from tests.telephony.ua import Leg

TONES = {"first": 700, "second": 1100, "third": 1700, "customer": 2300}
ENOUGH = 0.08
"""The share of a tone among three, and more than music has at these frequencies for half a second."""


class Ears:
    """Those on the line, each of whom speaks a tone."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.media: dict[str, Media] = {}
        self.legs: dict[str, Leg] = {}

    async def dial(self, name: str, to: str = "700") -> None:
        ua = await self.floor.customer() if name == "customer" else (await self.floor.desk())[1]
        media = self.media[name] = await Media.open(TONES[name])
        ua.media_port = media.port
        leg = await ua.invite(to) if name == "customer" else await dials(ua, to)
        media.speak_to(await leg.status(200))
        self.legs[name] = leg
        asked = len(self.legs)

        async def at_the_door() -> bool:
            return await self.count("state = 'in_room'") == asked

        await until(at_the_door)

    async def count(self, where: str) -> int:
        return await self.floor.world.value(
            f"SELECT count(*) FROM calls WHERE tenant_id = %(tenant)s AND ended_at IS NULL AND {where}"
        )

    async def inside(self, number: int) -> None:
        async def there() -> bool:
            return await self.count("room_joined_at IS NOT NULL") == number

        await until(there)

    async def hear(self, **wanted: set[str]) -> None:
        """Once each of those named hears exactly these."""
        for who in wanted:
            self.media[who].heard.clear()

        def heard(who: str) -> set[str]:
            latest = self.media[who].heard[-4000:]
            return {name for name, hertz in TONES.items() if strength(latest, hertz) > ENOUGH}

        async def so() -> bool:
            return all(
                len(self.media[who].heard) >= 4000 and heard(who) == whom for who, whom in wanted.items()
            )

        try:
            await until(so)
        except TimeoutError:
            raise AssertionError({who: heard(who) for who in wanted}) from None

    async def over(self) -> None:
        for leg in self.legs.values():
            if not leg.over:
                await leg.hang_up()
        for media in self.media.values():
            await media.close()
        await self.floor.nothing_left()

        async def no_room() -> bool:
            bridges: Any = await self.floor.exchange.ari.bridges.list()
            return not any(bridge["id"].startswith("room-") for bridge in bridges)

        await until(no_room)


async def test_two_hear_each_other_and_who_does_not_know_the_pin_nobody(floor: Floor):
    async with floor.world.transaction() as tx:
        await make_room(tx, pin=True)
    ears = Ears(floor)
    await ears.dial("first")
    ears.media["first"].press(f"{PIN}#")
    await ears.inside(1)
    await ears.dial("second")
    ears.media["second"].press(f"{PIN}#")
    await ears.inside(2)
    await ears.dial("third")
    for wrong in range(1, 4):
        ears.media["third"].press(f"{WRONG}#")

        async def counted(wrong: int = wrong) -> bool:
            return await floor.world.value("SELECT pin_failures FROM conference_rooms") == wrong

        await until(counted)
        if wrong < 3:
            await ears.hear(first={"second"}, second={"first"}, third=set())
    await ears.legs["third"].request("BYE", 20)
    await ears.inside(2)
    row = await floor.interaction(state="closed")
    assert (row["direction"], row["result"], row["hung_up_by"]) == ("internal", "refused", "system")
    await ears.over()


async def test_a_flows_caller_is_heard_by_all_over_a_restart_and_who_is_left_alone_hears_music(floor: Floor):
    async with floor.world.transaction() as tx:
        await make_room(tx)
    await floor.hotline(TO_EXTENSION % "700")
    ears = Ears(floor)
    await ears.dial("first")
    await ears.dial("second")
    await ears.dial("customer", "19001234")
    everybody = {"first", "second", "customer"}
    all_hear = {name: everybody - {name} for name in everybody}
    await ears.hear(**all_hear)
    exchange = floor.exchange
    connection = exchange._connection  # pyright: ignore[reportPrivateUsage]
    assert connection is not None
    before = exchange.calls()
    for call in before:
        await call.cancel()
    await connection.close()

    async def rebuilt() -> bool:
        return len([call for call in exchange.calls() if call not in before and call.state]) == 3

    await until(rebuilt)
    await ears.hear(**all_hear)
    await ears.legs["second"].hang_up()
    await ears.hear(first={"customer"}, customer={"first"})
    await ears.legs["first"].hang_up()
    await ears.hear(customer=set())
    heard = ears.media["customer"].heard

    async def music() -> bool:
        return sum(abs(sample) for sample in heard[-8000:]) > 8000 * 50

    await until(music)
    await ears.legs["customer"].hang_up()
    row = await floor.interaction(state="closed", direction="inbound")
    assert (row["result"], row["hung_up_by"]) == ("answered", "customer")
    await ears.over()


async def test_a_room_is_made_changed_and_put_aside(site: Site):
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent")
    made = await admin.ok("POST", "/conference-rooms", {"name": "Thursday", "extension": "7700", "pin": PIN})
    assert made == {
        "id": made["id"],
        "name": "Thursday",
        "extension": "7700",
        "has_pin": True,
        "max_members": 20,
        "tone": True,
        "archived": False,
        "version": 1,
    }
    path = f"/conference-rooms/{made['id']}"
    changed = await admin.ok("PATCH", path, {"version": 1, "max_members": 5, "tone": False})
    assert (changed["version"], changed["has_pin"], changed["max_members"], changed["tone"]) == (
        2,
        True,
        5,
        False,
    )
    stale = await admin.patch(path, version=1, name="Friday")
    assert (stale.status_code, stale.json()["current"]) == (409, changed)
    assert not (await admin.ok("PATCH", path, {"version": 2, "pin": ""}))["has_pin"]
    assert (await admin.ok("PATCH", path, {"version": 3, "pin": "4711"}))["has_pin"]
    assert (await admin.ok("PATCH", path, {"version": 4, "pin": None, "extension": "7700"}))["has_pin"]
    await admin.ok("DELETE", path)
    assert (await admin.ok("GET", "/conference-rooms"))["items"] == []
    assert not (await admin.ok("POST", f"{path}/restore"))["archived"]
    for method, where in (("GET", "/conference-rooms"), ("GET", path), ("DELETE", path)):
        assert (await agent.http.request(method, where)).status_code == 403
    log = await admin.ok("GET", "/audit")
    assert {"conference_room.created", "conference_room.changed", "conference_room.archived"} <= {
        one["action"] for one in log["items"]
    }
    assert "4711" not in str(log)
    stored = await site.world.value("SELECT pin FROM conference_rooms WHERE tenant_id = %(tenant)s")
    assert str(stored).startswith("$argon2id$")


async def test_an_extension_is_one_things_alone(site: Site):
    admin, agent = await site.sign_in("admin"), await site.sign_in("agent")
    await admin.ok("PATCH", f"/users/{agent.id}", {"version": agent.user.version, "extension": "7001"})
    group: dict[str, Any] = {"name": "Sales", "extension": "7600", "member_ids": [str(agent.id)]}
    made_group = await admin.ok("POST", "/ring-groups", group)
    room: dict[str, Any] = {"name": "Thursday", "extension": "7700"}
    made = await admin.ok("POST", "/conference-rooms", room)
    other = await admin.ok("POST", "/conference-rooms", {"name": "Friday", "extension": "7701"})

    async def refused(path: str, body: dict[str, Any], method: str = "POST") -> tuple[str, str]:
        answer = await admin.http.request(method, path, json=body)
        assert answer.status_code == 422, answer.text
        return answer.json()["errors"][0]["field"], answer.json()["errors"][0]["rule"]

    for extension in ("7001", "7600", "7700"):
        assert await refused("/conference-rooms", {"name": "Other", "extension": extension}) == (
            "extension",
            "taken",
        )
        changed = {"version": 1, "extension": extension}
        assert await refused(f"/conference-rooms/{other['id']}", changed, "PATCH") == ("extension", "taken")
    assert await refused("/ring-groups", {**group, "name": "Other", "extension": "7700"}) == (
        "extension",
        "taken",
    )
    assert await refused("/conference-rooms", {**room, "extension": "7702"}) == ("name", "taken")
    person = (await admin.ok("GET", f"/users/{agent.id}"))["version"]
    for extension in ("7600", "7700"):
        new = {"name": "New", "email": "new@example.com", "extension": extension}
        assert await refused("/users", new) == ("extension", "taken")
        changed = {"version": person, "extension": extension}
        assert await refused(f"/users/{agent.id}", changed, "PATCH") == ("extension", "taken")
    await admin.ok("DELETE", f"/conference-rooms/{made['id']}")
    taking = await admin.ok("PATCH", f"/ring-groups/{made_group['id']}", {"version": 1, "extension": "7700"})
    assert taking["extension"] == "7700"
    assert await refused(f"/conference-rooms/{made['id']}/restore", {}) == ("extension", "taken")
    for wrong in (
        {"pin": "12"},
        {"pin": "abcd"},
        {"max_members": 1},
        {"max_members": 101},
        {"extension": "7"},
    ):
        answer = await admin.post("/conference-rooms", **{"name": "Other", "extension": "7703", **wrong})
        assert answer.status_code == 422, wrong
