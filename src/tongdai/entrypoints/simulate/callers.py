"""Callers: they dial, press keys, speak, wait, talk, and hang up, each as the plan says."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tongdai.entrypoints.simulate.media import Ticker, voice
from tongdai.entrypoints.simulate.phone import Dialog, Phone, Refused
from tongdai.entrypoints.simulate.plan import Caller
from tongdai.entrypoints.simulate.target import Target
from tongdai.kit.waiting import is_set_within


@dataclass(slots=True)
class Tally:
    """What the callers saw. `outcomes` has one of: served, gave up, hung up on, refused …"""

    placed: int = 0
    waiting: int = 0
    talking: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    silent: int = 0
    """Calls that were answered and brought no packet of sound."""
    lines: dict[str, str] = field(default_factory=dict[str, str])
    """Caller's number → outcome."""

    def line(self) -> str:
        ended = ", ".join(f"{name} {count}" for name, count in sorted(self.outcomes.items()))
        return f"placed {self.placed} · on the line {self.waiting} · talking {self.talking} · {ended or 'none ended'}"


async def run_callers(target: Target, plan: Sequence[Caller], tally: Tally) -> None:
    """Place the calls at their times; returns when the last has ended. Cancelled, it hangs up on all calls."""
    ticker = Ticker()
    started = asyncio.get_running_loop().time()
    try:
        async with asyncio.TaskGroup() as group:
            for caller in plan:
                await asyncio.sleep(max(0.0, started + caller.at_s - asyncio.get_running_loop().time()))
                group.create_task(_one(target, caller, ticker, tally))
    finally:
        ticker.stop()


async def _one(target: Target, caller: Caller, ticker: Ticker, tally: Tally) -> None:
    phone = await Phone(
        target.trunk_account(), ticker, voice(110 + caller.number % 9 * 15, pilot=False)
    ).open()
    tally.placed += 1
    tally.waiting += 1
    outcome = "cancelled"
    try:
        dialog = await phone.call(caller.hotline, caller.caller, patience=caller.patience_s)
        outcome = await _on_the_line(dialog, caller, tally)
        if dialog.media.received == 0:
            tally.silent += 1
    except Refused as refusal:
        outcome = "gave up ringing" if refusal.status == 487 else f"refused {refusal.status}"
    finally:
        tally.waiting -= 1
        tally.outcomes[outcome] += 1
        tally.lines[caller.caller] = outcome
        await phone.close()


async def _on_the_line(dialog: Dialog, caller: Caller, tally: Tally) -> str:
    pressed = 0.0
    for key in caller.keys:
        if await is_set_within(dialog.ended, max(key.after_s - pressed, 0.0)):
            return "hung up on"
        dialog.media.press(key.digits)
        pressed = key.after_s
    person = asyncio.create_task(dialog.media.person.wait())
    ended = asyncio.create_task(dialog.ended.wait())
    try:
        await asyncio.wait({person, ended}, timeout=caller.patience_s, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            return "hung up on"
        if not person.done():
            await dialog.hang_up()
            return "gave up"
        tally.talking += 1
        try:
            if not await is_set_within(dialog.ended, caller.talk_s):
                await dialog.hang_up()
        finally:
            tally.talking -= 1
        return "served"
    finally:
        person.cancel()
        ended.cancel()


async def ledger(target: Target, tally: Tally, since: datetime) -> list[str]:
    """Calls placed against calls in the log: by result, and each that is missing or there twice."""
    logged: dict[str, list[str]] = {}
    async with target.client(token=True) as client:
        cursor: str | None = None
        while True:
            query = {"from": since.astimezone(UTC).isoformat(), "limit": "100", "direction": "inbound"}
            answer = await client.get("interactions", params=query | ({"cursor": cursor} if cursor else {}))
            if answer.status_code != 200:
                return [f"The call log cannot be read: GET /interactions answers {answer.status_code}."]
            page: dict[str, Any] = answer.json()
            for item in page["items"]:
                number = str((item["number"] or {"e164": ""})["e164"])
                logged.setdefault(number[-9:], []).append(str(item.get("result")))
            cursor = page.get("next_cursor")
            if not cursor:
                break
    return compare(tally.lines, logged)


def compare(lines: dict[str, str], logged: dict[str, list[str]]) -> list[str]:
    """The ledger's lines: outcome at the phone → result in the log, and what does not balance. Numbers match by their end."""
    pairs, wrong = Counter[tuple[str, str]](), list[str]()
    for number, outcome in sorted(lines.items()):
        results = logged.get(number[-9:], [])
        pairs.update((outcome, result) for result in results)
        if len(results) != 1 and not outcome.startswith("refused"):
            wrong.append(f"{number} ({outcome}) is in the log {len(results)} times.")
    table = [f"{outcome:<16} → {result:<14} {count}" for (outcome, result), count in sorted(pairs.items())]
    found = sum(pairs.values())
    return [f"Placed {len(lines)}, in the log {found}.", *table, *wrong]
