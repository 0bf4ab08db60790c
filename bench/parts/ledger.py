"""Calls placed against calls recorded: each must be in the log once, closed, and tell what the phones saw."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.parts.lines import Ended, Line, number_of

CLOSE_S = 2.0
"""What happened within this of each other (an agent answers as the caller gives up) may be told either way."""
LONG_DEAD_S = 90.0
"""So much longer may a call talk in the log than its phones did, when its line went dead: media tells of that late."""


@dataclass(frozen=True, slots=True)
class Record:
    """A call in the product's log. `held_s`: an agent was on the line and held the customer, or none while the next was rung."""

    peer: str
    state: str
    result: str | None
    hung_up_by: str | None
    talk_s: float
    held_s: float = 0.0


@dataclass
class Ledger:
    """`pairs`: how it ended at the phone → result in the log, `close`: told either way, `wrong`: one line each."""

    placed: int = 0
    recorded: int = 0
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    close: int = 0
    wrong: list[str] = field(default_factory=list[str])


def compare(lines: Iterable[Line], records: Iterable[Record]) -> Ledger:
    """A call that was refused (while nobody was there to take it) may be in the log or not."""
    logged: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        logged[number_of(record.peer)].append(record)
    ledger = Ledger()
    for line in lines:
        found = logged.pop(line.number, [])
        ledger.placed += 1
        ledger.recorded += len(found)
        if len(found) > 1 or (not found and line.ended is not Ended.REFUSED):
            ledger.wrong.append(f"{line.number}, {_seen(line)}, is in the log {len(found)} times")
        for record in found[:1]:
            ledger.pairs[str(line.ended), record.result or "none"] += 1
            if wrong := mistake(line, record):
                ledger.wrong.append(f"{line.number}, {_seen(line)}: {wrong}")
            ledger.close += _is_close(line)
    ledger.wrong += [f"{number} never called and is in the log" for number in logged]
    return ledger


def mistake(line: Line, record: Record) -> str | None:
    """What the record tells that the phones saw otherwise; None: it is truthful."""
    talked = line.talked_s()
    if record.state != "closed" or record.result is None:
        return f"it is {record.state} in the log"
    if _is_close(line):
        return None
    if (record.result == "answered") != (talked > 0):
        return f"{talked:.1f} s with an agent, and the log says {record.result}"
    lately = LONG_DEAD_S if line.ended is Ended.LOST else 0.0
    margin = 2 * CLOSE_S + 0.1 * talked
    if talked and not (
        talked - margin <= record.talk_s + record.held_s and record.talk_s <= talked + lately + margin
    ):
        return f"{talked:.1f} s with an agent, {record.talk_s:.1f} s and {record.held_s:.1f} s on hold in the log"
    if any(
        talk.hung_up and talk.ended and abs(talk.ended - (line.over or 0)) <= CLOSE_S for talk in line.talks
    ):
        return None  # both hung up at once
    if line.ended is Ended.LOST and record.hung_up_by == "customer":
        return "the line went dead, and the log says that the customer hung up"
    if line.ended is Ended.CUSTOMER and record.hung_up_by not in ("customer", None):
        return f"the customer hung up, and the log says {record.hung_up_by}"
    if line.ended is Ended.CENTRE and record.hung_up_by == "customer":
        return "the centre hung up, and the log says that the customer did"
    return None


def _is_close(line: Line) -> bool:
    """An agent came, or everything ended, just as the caller left."""
    return 0 < line.talked_s() <= CLOSE_S or any(
        line.over is not None and abs(talk.began - line.over) <= CLOSE_S for talk in line.talks
    )


def _seen(line: Line) -> str:
    agents = ", ".join(talk.agent for talk in line.talks) or "nobody"
    return f"ended by {line.ended}, with {agents}"
