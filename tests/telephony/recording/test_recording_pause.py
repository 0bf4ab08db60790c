"""What a recording holds when the agent pauses it (a card number is said): measured in the stored file, by tones."""

import asyncio
import contextlib
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import soundfile as sf  # pyright: ignore[reportMissingTypeStubs]
from tests.support import sound_of, until
from tests.telephony.conftest import Floor
from tests.telephony.rtp import Media, strength
from tests.telephony.sip import Scenario
from tests.telephony.test_inbound import STRAIGHT

from tongdai.kit.ids import new_id
from tongdai.telephony.ari.connection import AsteriskAway
from tongdai.telephony.errors import CallNotInState
from tongdai.telephony.events import TelephonyConfigured

OPEN = {"customer": 600, "agent": 1000}
SECRET = {"customer": 1500, "agent": 2100}


@dataclass
class Talk:
    """A customer and an agent who each sound a tone, and hear the other's."""

    floor: Floor
    agent: UUID
    customer: Media
    desk: Media
    call_id: UUID

    async def say(self, what: dict[str, int]) -> None:
        """Both say something, long enough that both have heard it for half a second."""
        self.customer.speak(what["customer"])
        self.desk.speak(what["agent"])
        ears = ((self.desk, what["customer"]), (self.customer, what["agent"]))

        async def heard() -> bool:
            return all(strength(ear.heard[-4000:], hertz) > 0.9 for ear, hertz in ears)

        await until(heard)

    async def order(self, command: str, argument: str = "") -> None:
        await self.floor.exchange.order(self.call_id, command, argument, self.agent)

    async def paused(self) -> Any:
        return await self.floor.world.value("SELECT paused_since FROM recordings")

    async def goes_on(self) -> None:
        """Once the pause has ended by itself."""

        async def over() -> bool:
            return await self.paused() is None

        await until(over)

    async def grows(self) -> None:
        """Once Asterisk writes both voices."""
        folder = self.floor.asterisk.paths.spool / "recording"
        ids = await self.floor.world.value("SELECT array_agg(source) FROM recording_parts")

        async def written() -> bool:
            files = [folder / f"{source}.wav" for source in ids]
            return all(file.exists() and file.stat().st_size > 8000 for file in files)

        await until(written)


async def recording_rule(floor: Floor, **values: Any) -> None:
    rule_id, names = new_id(), ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    async with floor.world.transaction() as tx:
        await tx.execute(
            f"INSERT INTO recording_rules (tenant_id, id, {names}) VALUES (%(tenant)s, %(id)s, {places})",
            {"id": rule_id, **values},
        )
        tx.emit(TelephonyConfigured(aggregate_id=rule_id, aggregate_version=1))

    async def known() -> object:
        return floor.exchange.directory.recording_rules(floor.world.tenant_id)

    await until(known)


async def talk(floor: Floor, *, recording: str = "on_demand", flow: str = STRAIGHT, **rule: Any) -> Talk:
    """With a `rule`, that is what decides about the recording."""
    agent, port = await floor.agent()
    await floor.world.queue([agent], name="Support", recording=recording)
    await floor.hotline(flow)
    if rule:
        await recording_rule(floor, **{name.rstrip("_"): value for name, value in rule.items()})
    await floor.world.ready(agent)
    customer, desk = await Media.open(OPEN["customer"]), await Media.open(OPEN["agent"])
    await floor.phone(port, Scenario().wait_for_bye(), media_port=desk.port)
    await floor.call(Scenario().pause(30000), media_port=customer.port)
    await floor.interaction(phase="talk")
    made = Talk(floor, agent, customer, desk, await floor.world.value("SELECT id FROM calls"))
    await made.say(OPEN)
    return made


async def stored(made: Talk) -> tuple[Any, int, dict[str, Any]]:
    """Hang up; the samples (customer, agent), their rate, and the row once the file is in the store."""
    await made.order("hang_up")
    rows = "SELECT to_jsonb(r) FROM recordings r WHERE state = 'stored'"

    async def there() -> Any:
        return await made.floor.world.value(rows)

    row = await until(there)
    samples, rate = sf.read(io.BytesIO(sound_of(Path(made.floor.folder), row["path"])))
    await asyncio.gather(made.customer.close(), made.desk.close())
    return samples, rate, row


def sounds(samples: Any, rate: int, hertz: int) -> list[int]:
    """In which tenths of a second there is the tone, be it a trace."""
    size = rate // 10
    slices = [samples[n : n + size] for n in range(0, len(samples), size)]
    return [
        n
        for n, part in enumerate(slices)
        if float(np.abs(part).max()) > 0.002 and strength(list(part), hertz, rate) > 0.2
    ]


async def pauses(made: Talk) -> list[tuple[str, float]]:
    """What the audit log says, in seconds from the recording's start."""
    async with made.floor.world.transaction() as tx:
        rows = await tx.fetch_tuples(
            "SELECT a.action, extract(epoch FROM a.at - r.started_at) FROM audit_log a"
            " JOIN recordings r ON r.id::text = a.subject_id::text WHERE a.tenant_id = %(tenant)s ORDER BY a.at"
        )
    return [(action, float(at)) for action, at in rows]


async def restart(made: Talk, *, lost: bool) -> None:
    """The app goes and comes back while the recording is paused; with `lost` without the snoop channels."""
    exchange = made.floor.exchange
    (call,) = exchange.calls()
    snoops = [leg for leg in call.legs if leg.startswith("rec-")]
    await call.cancel()
    for snoop in snoops if lost else ():
        await exchange.drop(snoop)
    connection = exchange._connection  # pyright: ignore[reportPrivateUsage]
    assert connection is not None
    await connection.close()

    async def listens_again() -> bool:
        with contextlib.suppress(AsteriskAway):
            up = [one["id"] for one in await exchange.ari.channels.list()]
            return exchange.calls() != [call] and all(snoop in up for snoop in snoops)
        return False

    await until(listens_again)


LATER = {"customer": 800, "agent": 1300}
LAST = {"customer": 400, "agent": 1700}


async def test_what_is_said_in_a_pause_is_in_neither_voice_and_silence_keeps_the_times(floor: Floor):
    made = await talk(floor)
    await made.order("start_recording")
    await made.grows()
    await made.order("pause_recording")
    await made.say(SECRET)
    await made.say(LATER)
    await made.order("resume_recording")
    await made.say(LAST)
    await made.grows()
    samples, rate, row = await stored(made)
    (paused, since), (resumed, until_) = await pauses(made)
    assert (paused, resumed) == ("recording.paused", "recording.resumed")
    assert until_ - since > 0.5
    for column, who in enumerate(("customer", "agent")):
        voice = samples[:, column]
        assert sounds(voice, rate, SECRET[who]) == []
        assert sounds(voice, rate, OPEN[who])[-1] / 10 == pytest.approx(since, abs=0.4)
        after = sounds(voice, rate, LATER[who]) + sounds(voice, rate, LAST[who])
        assert after[0] / 10 == pytest.approx(until_, abs=0.4)
    ended = datetime.fromisoformat(row["ended_at"]) - datetime.fromisoformat(row["started_at"])
    assert row["duration_s"] == pytest.approx(ended.total_seconds(), abs=0.4)


async def test_a_pause_right_after_the_start_counts(floor: Floor):
    """The snoop channels are hardly there."""
    made = await talk(floor)
    await made.say(SECRET)
    await made.order("start_recording")
    await made.order("pause_recording")
    await made.grows()
    await made.say(OPEN)
    await made.order("resume_recording")
    await made.say(LAST)
    samples, rate, _ = await stored(made)
    for column, who in enumerate(("customer", "agent")):
        assert [n for n in sounds(samples[:, column], rate, SECRET[who]) if n > 1] == []
        assert sounds(samples[:, column], rate, LAST[who])


@pytest.mark.parametrize("lost", [True, False])
async def test_a_pause_outlives_a_restart(floor: Floor, lost: bool):
    """Whether the snoop channels are lost meanwhile or were muted before."""
    made = await talk(floor)
    await made.order("start_recording")
    await made.grows()
    await made.order("pause_recording", "600")
    await restart(made, lost=lost)
    await made.say(SECRET)
    await made.say(LATER)
    await made.order("resume_recording")
    await made.say(LAST)
    await made.grows()
    samples, rate, _ = await stored(made)
    for column, who in enumerate(("customer", "agent")):
        assert sounds(samples[:, column], rate, OPEN[who])
        assert sounds(samples[:, column], rate, SECRET[who]) == []
        assert sounds(samples[:, column], rate, LAST[who])


async def test_a_forgotten_pause_ends_by_itself(floor: Floor):
    """Also where everything is recorded, if the rule lets it be paused; and never for longer than the rule says."""
    made = await talk(floor, recording="always", recording_="always", pause_s=2)
    await made.grows()
    await made.order("pause_recording", "3600")
    assert await made.paused() is not None
    await made.say(SECRET)
    await made.say(LATER)
    await made.goes_on()
    await made.say(LAST)
    await made.grows()
    samples, rate, _ = await stored(made)
    (_, since), (_, resumed) = await pauses(made)
    assert resumed - since == pytest.approx(2, abs=0.3)
    assert (
        await made.floor.world.value(
            "SELECT details ->> 'by_itself' FROM audit_log WHERE action = 'recording.resumed'"
        )
        == "true"
    )
    for column, who in enumerate(("customer", "agent")):
        assert sounds(samples[:, column], rate, OPEN[who])
        assert sounds(samples[:, column], rate, SECRET[who]) == []
        assert sounds(samples[:, column], rate, LAST[who])


async def test_a_field_for_card_data_pauses_where_agents_may_not(floor: Floor):
    """Asked for again while the field has the focus; `by_itself` when nobody asks any more is the other tests' matter."""
    made = await talk(floor, recording="always")
    await made.grows()
    with pytest.raises(CallNotInState):
        await made.order("pause_recording")
    await made.order("leave_out_field", "card")
    first = await made.floor.world.value("SELECT paused_until FROM recordings")
    await made.say(SECRET)
    await made.order("leave_out_field", "card")
    assert await made.floor.world.value("SELECT paused_until FROM recordings") > first
    await made.say(LATER)
    await made.order("resume_recording")
    await made.say(LAST)
    await made.grows()
    samples, rate, _ = await stored(made)
    told = "SELECT array_agg(details ->> 'field') FROM audit_log WHERE action = 'recording.paused'"
    assert await made.floor.world.value(told) == ["card", "card"]
    for column, who in enumerate(("customer", "agent")):
        assert sounds(samples[:, column], rate, OPEN[who])
        assert sounds(samples[:, column], rate, SECRET[who]) == []
        assert sounds(samples[:, column], rate, LAST[who])


async def test_a_pause_is_begun_anew_by_the_next_field_that_asks_for_a_secret(floor: Floor):
    made = await talk(floor)
    await made.order("start_recording")
    await made.grows()
    await made.order("pause_recording", "1")
    first = await made.floor.world.value("SELECT paused_until FROM recordings")
    await made.order("pause_recording", "600")
    assert await made.floor.world.value("SELECT paused_until FROM recordings") > first
    await made.say(SECRET)
    await made.say(LATER)
    await made.order("resume_recording")
    with pytest.raises(CallNotInState):
        await made.order("resume_recording")
    await made.say(LAST)
    samples, rate, _ = await stored(made)
    for column, who in enumerate(("customer", "agent")):
        assert sounds(samples[:, column], rate, SECRET[who]) == []
        assert sounds(samples[:, column], rate, LAST[who])


def said(do: str) -> str:
    step = f"    answer:\n    go: said\n  said:\n    recording: {do}\n    go: queue"
    return STRAIGHT.replace("    answer:\n    go: queue", step)


async def test_a_flow_that_pauses_leaves_the_beginning_out(floor: Floor):
    made = await talk(floor, recording="always", flow=said("pause"))
    await made.say(SECRET)
    await made.grows()
    await made.say(LATER)
    assert await made.paused() is not None
    await made.order("resume_recording")
    await made.say(LAST)
    await made.grows()
    samples, rate, _ = await stored(made)
    for column, who in enumerate(("customer", "agent")):
        assert sounds(samples[:, column], rate, OPEN[who]) == []
        assert sounds(samples[:, column], rate, SECRET[who]) == []
        assert sounds(samples[:, column], rate, LAST[who])


async def test_who_does_not_want_to_be_recorded_is_not(floor: Floor):
    made = await talk(floor, recording="always", flow=said("never"))
    with pytest.raises(CallNotInState):
        await made.order("start_recording")
    with pytest.raises(CallNotInState):
        await made.order("pause_recording")
    assert await floor.world.value("SELECT count(*) FROM recordings") == 0
    await asyncio.gather(made.order("hang_up"), made.customer.close(), made.desk.close())
    await floor.interaction(state="closed")


@pytest.mark.parametrize(("percent", "recorded"), [(0, 0), (100, 1)])
async def test_a_sample_of_none_and_of_all(floor: Floor, percent: int, recorded: int):
    made = await talk(floor, recording="on_demand", recording_="sample", percent=percent, keep_days=7)
    assert await floor.world.value("SELECT count(*) FROM recordings") == recorded
    assert await floor.world.value("SELECT keep_days FROM recordings") == (7 if recorded else None)
    await made.order("hang_up")
    await asyncio.gather(made.customer.close(), made.desk.close())
    await floor.interaction(state="closed")
