"""The same for calls that are sent on, and for more than two on a call: whatever the order, the books are right."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test
from tests.telephony.test_interleavings import CHECKS, FLOW, PAUSES, AnyOrder, Floor

from tongdai.platform.auth import Extent, Principal
from tongdai.platform.errors import AppError
from tongdai.telephony.ari.connection import AriError
from tongdai.telephony.calls.actor import Call
from tongdai.telephony.commands import Wanted
from tongdai.telephony.together.targets import Destination
from tongdai.telephony.together.watches import MODES
from tongdai.telephony.voicemail import mailbox
from tongdai.tenancy import public as tenancy
from tongdai.tenancy.schemas import SettingsChange
from tongdai.tenancy.service import change_settings

AIMED = ("transfer", "consult", "consult", "add_party", "add_party")
PLAIN = ("complete", "cancel", "swap", "merge", "leave", "hold", "resume", "park")
OF_PARTY = ("drop_party", "mute_party", "unmute_party", "hold_party", "resume_party")


class Together(AnyOrder):
    """Agents who work together, three of them."""

    @initialize(wrap_up=st.sampled_from([0.0, 4.0]), told=st.sampled_from(["both", "agent"]))
    def open(self, wrap_up: float, told: Any) -> None:  # type: ignore[override]
        self.do(self.floor.up())
        rules: dict[str, Any] = {"wrap_up_s": wrap_up, "offer_timeout_s": 10.0, "missed_limit": 0}
        self.centre = self.do(self.floor.centre(FLOW, agents=3, recording="always", **rules))
        self.do(self._set_up(told))
        self.here.call_in()
        self.a_call_gets_through()

    async def _set_up(self, told: Any) -> None:
        """Everybody takes messages, and hears a tone when somebody listens."""
        async with self.here.world.transaction() as tx:
            for agent in self.here.agents:
                await mailbox.set_up(tx, agent, by=agent, enabled=True)
            version = (await tenancy.settings(tx)).version
            await change_settings(
                tx, SettingsChange(version=version, watch_notice="tone", watch_notice_to=told)
            )

    @rule(
        what=st.sampled_from(["watch", "watch", "watch_mode", "unwatch", "take_over"]),
        mode=st.sampled_from(MODES),
        n=st.integers(0, 9),
        pause=PAUSES,
    )
    def somebody_listens(self, what: str, mode: str, n: int, pause: float) -> None:
        calls = [call for call in self.floor.exchange.calls() if call.row.user_id is not None]
        if calls:
            agent = self.here.agents[n % len(self.here.agents)]
            self.do(self._give(calls[n % len(calls)], agent, what, mode))
        self.do(asyncio.sleep(pause))

    @rule(what=st.sampled_from([*AIMED, *PLAIN, *OF_PARTY]), n=st.integers(0, 9), pause=PAUSES)
    def agents_work_together(self, what: str, n: int, pause: float) -> None:
        with_agent = [call for call in self.floor.exchange.calls() if call.row.user_id is not None]
        if with_agent:
            self.do(self._together(with_agent[n % len(with_agent)], what, n))
        self.do(asyncio.sleep(pause))

    @rule(n=st.integers(0, 9), pause=PAUSES)
    def who_was_called_in_answers(self, n: int, pause: float) -> None:
        phones = [phone for phone in self.here.ringing() if phone.id.startswith("party-")]
        if phones:
            self.floor.fake.switch.far_answers(phones[n % len(phones)])
        self.do(asyncio.sleep(pause))

    @rule(n=st.integers(0, 9), pause=PAUSES)
    def somebody_picks_up_who_is_parked(self, n: int, pause: float) -> None:
        parked = [call for call in self.floor.exchange.calls() if call.row.park_slot is not None]
        if parked:
            agent = self.here.agents[n % len(self.here.agents)]
            self.do(self._give(parked[n % len(parked)], agent, "pick_up", str(agent)))
        self.do(asyncio.sleep(pause))

    async def _together(self, call: Call, what: str, n: int) -> None:
        assert call.row.user_id is not None
        argument = ""
        if what in AIMED:
            others = [agent for agent in self.here.agents if agent != call.row.user_id]
            kind = "voicemail" if n > 7 else "colleague"
            argument = Destination(kind=kind, id=others[n % len(others)]).model_dump_json()
        elif what in OF_PARTY:
            parties: list[UUID] = list(call.parties)
            argument = str(parties[n % len(parties)]) if parties else ""
        await self._give(call, call.row.user_id, what, argument)

    async def _give(self, call: Call, agent: UUID, what: str, argument: str) -> None:
        me = Principal(call.row.tenant_id, agent, "Agent", None, {"calls.take": Extent.OWN})
        with contextlib.suppress(AppError):
            try:
                await self.floor.exchange.commands.give(me, Wanted(what, call.row.id, argument))
            except AriError:
                if not self.lossy:
                    raise

    async def _books(self) -> None:
        await super()._books()
        left = await self.here.rows(
            "SELECT state FROM call_parties WHERE tenant_id = %(tenant)s AND state <> 'gone'"
        )
        assert not left, left


@pytest.fixture
def shared(dsn: str, tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(dsn, tmp_path)
    yield floor
    floor.close()


def test_whatever_agents_do_together_the_books_are_right(shared: Floor) -> None:
    Together.shared = shared
    run_state_machine_as_test(
        Together,
        settings=settings(max_examples=12, stateful_step_count=30, deadline=None, **CHECKS),
    )
