"""The world around one run, played on virtual time: the clock, the ears and fingers of the caller, the answers from inside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from tongdai.flows import engine
from tongdai.flows.commands import (
    Answer,
    CheckCalendar,
    CheckPin,
    CheckSwitch,
    Command,
    Gather,
    Invite,
    Listen,
    LookUpCaller,
    LookUpRow,
    Record,
    Say,
    SendEmail,
    Understand,
)
from tongdai.flows.dialogue import DigitCollector
from tongdai.flows.json_path import find
from tongdai.flows.prompts import Pause, Prompts, Speech, transcript
from tongdai.flows.replies import CallerLeft, Event, Reply, TimeUp
from tongdai.flows.run import Run
from tongdai.flows.verb import VerbRegistry

STEPS = (
    "press",
    "says",
    "silence",
    "hang_up",
    "reply",
    "hears",
    "at",
    "passes",
    "queued",
    "asks",
    "variables",
    "ends",
)
DEFAULT_AT = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TestStep:
    __test__ = False
    do: str
    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class FlowTest:
    name: str
    line: int
    steps: tuple[TestStep, ...]
    at: datetime = DEFAULT_AT
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    calendars: Mapping[str, Any] = field(default_factory=dict[str, Any])
    switches: Mapping[str, Any] = field(default_factory=dict[str, Any])
    caller: Any = None
    tables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Rows of data tables: [{column: value}]."""
    intents: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What is understood of a sentence: an intent, null for none, or all of the answer's members."""


class Missed(AssertionError):
    """The run does not do what the step asks or expects."""


@dataclass(frozen=True, slots=True)
class Line:
    """What happened. kind: hears | passed | fault | waits | caller | ended. `node` and `flow` say where."""

    kind: str
    text: str
    flow: str = ""
    node: str = ""
    exit: str = ""

    def __str__(self) -> str:
        match self.kind:
            case "hears":
                return f'hears "{self.text}"'
            case "passed":
                return f"[{self.node}]" + (f" → {self.exit}" if self.exit else "")
            case "fault":
                return f"[{self.node}] FAULT {self.text}"
            case "waits":
                return f"waits for {self.text}"
            case "ended":
                return f"ended: {self.text}"
            case _:
                return self.text


class VirtualCaller:
    """Plays one run. `unknown_waits`: a calendar or a caller that the test does not name is asked for by `reply`."""

    def __init__(
        self,
        flow: str,
        test: FlowTest,
        library: engine.Library,
        registry: VerbRegistry,
        flows: Iterable[str],
        *,
        unknown_waits: bool = False,
    ) -> None:
        self.test = test
        self.library = library
        self.registry = registry
        self.unknown_waits = unknown_waits
        self.now = test.at.astimezone(UTC)
        self.run = Run("test", flow, dict.fromkeys(flows, "draft"), {"call": {}, **test.variables})
        self.command: Command | None = None
        self.keys: DigitCollector | None = None
        self.last_keys: DigitCollector | None = None
        self.playing_until = self.now
        self.heard = ""
        self.path: list[tuple[int, str]] = []
        self.log: list[Line] = []
        self.line = test.line

    def advance(self, event: Event | None) -> None:
        """Step the run, and answer at once what needs no caller."""
        for _ in range(engine.MAX_NODES):
            step = engine.advance(self.library, self.registry, self.run, event, self.now)
            if step.ignored:
                raise Missed("the run does not wait for this")
            # Every wait goes through JSON, as in production: what does not survive it fails here first.
            self.run = Run.from_json(json.loads(json.dumps(step.run.to_json())))
            for passed in step.trace:
                self.path.append((passed.visit, passed.node))
                kind = "fault" if passed.fault else "passed"
                self.log.append(Line(kind, passed.fault or "", passed.flow, passed.node, passed.exit))
            self.command = step.command
            self.keys = None
            event = self.immediate(step.command) if step.command is not None else None
            if event is None:
                if self.run.ended:
                    self.say("ended", f"{self.run.ended} {self.run.detail or ''}".rstrip())
                return

    def immediate(self, command: Command) -> Event | None:
        if isinstance(command, Answer | Invite | Record):
            return Reply(command.id, "done")
        if isinstance(command, Say):
            self.now += self.hear(command.prompts)
            return Reply(command.id, "done")
        if isinstance(command, Gather | Listen):
            keys = command.by_keys() if isinstance(command, Listen) else command
            self.keys = self.last_keys = DigitCollector(keys, self.last_keys)
            self.playing_until = self.now + self.hear(command.prompts)
            return None
        if isinstance(command, CheckCalendar):
            answer = self.test.calendars.get(command.calendar)
            if answer is None and self.unknown_waits:
                return self.waits(command)
            if answer is None:
                raise Missed(f"the flow asks for the calendar '{command.calendar}': add it under 'calendars'")
            return _reply(command, answer)
        if isinstance(command, CheckSwitch):
            answer = self.test.switches.get(command.switch)
            if answer is None and self.unknown_waits:
                return self.waits(command)
            return _reply(command, answer or "open")
        if isinstance(command, LookUpCaller):
            contact = self.test.caller
            if contact is None and self.unknown_waits:
                return self.waits(command)
            return (
                Reply(command.id, "found", {"contact": contact}) if contact else Reply(command.id, "unknown")
            )
        if isinstance(command, SendEmail) and not self.unknown_waits:
            self.hear((Speech(text=f"{command.subject}\n{command.text}", language=command.language),))
            return Reply(command.id, "no_address" if command.to == "" else "sent")
        if isinstance(command, LookUpRow):
            rows = self.rows_of(command.table)
            if rows is None:
                return self.waits(command)
            row = _row(rows, command.key)
            if row is None:
                return Reply(command.id, "not_found")
            return Reply(command.id, "found", {"row": {one: row.get(one) for one in command.columns}})
        if isinstance(command, CheckPin):
            rows = self.rows_of(command.table)
            if rows is None:
                return self.waits(command)
            row = _row(rows, command.key) or {}
            right = str(row.get(command.column, "")) == command.pin.get_secret_value()
            return Reply(command.id, "verified" if right else "wrong")
        if isinstance(command, Understand) and command.text in self.test.intents:
            return _understood(command, self.test.intents[command.text])
        return self.waits(command)

    def rows_of(self, table: str) -> Sequence[Mapping[str, Any]] | None:
        """None: they are asked for by `reply`."""
        rows = self.test.tables.get(table)
        if rows is None and not self.unknown_waits:
            raise Missed(f"the flow looks into the table '{table}': add its rows under 'tables'")
        return rows

    def waits(self, command: Command) -> None:
        self.say("waits", _show(command))

    def say(self, kind: str, text: str) -> None:
        self.log.append(Line(kind, text, self.run.flow, self.run.node or ""))

    def hear(self, prompts: Prompts) -> timedelta:
        """Note what is said; gives about how long it takes."""
        text = transcript(prompts)
        self.heard += " " + text
        self.say("hears", text)
        length = sum(
            p.seconds if isinstance(p, Pause) else len(p.text) * 0.07 if isinstance(p, Speech) else 2.0
            for p in prompts
        )
        return timedelta(seconds=length)

    def listen_to_the_end(self) -> None:
        """A step begins after the prompts; only keys within one `press` run on into the next ones."""
        if self.keys is not None and self.keys.due is None:
            self.now = max(self.now, self.playing_until)
            self.keys.prompts_finished(self.now)

    def step(self, step: TestStep) -> None:
        getattr(self, f"do_{step.do}")(step.value)

    def do_press(self, value: Any) -> None:
        self.listen_to_the_end()
        hidden = self.keys is not None and self.keys.gather.secret
        self.say("caller", f"presses {'•' * len(str(value)) if hidden else value}")
        for key in str(value):
            if self.keys is None:
                raise Missed(f"'{key}' was pressed but no key is waited for; the run {self.where()}")
            self.now += timedelta(seconds=0.2)
            self.keys.key(key, self.now)
            self.settle()
        if self.keys is not None and self.keys.digits and self.keys.due is not None:
            self.now = self.keys.due
            self.keys.time_passed(self.now)
            self.settle()

    def do_says(self, value: Any) -> None:
        """As if every word had been understood."""
        command = self.command
        if not isinstance(command, Listen):
            raise Missed(f"something was said but nobody listens; the run {self.where()}")
        self.listen_to_the_end()
        self.say("caller", f"says {value}")
        self.now += timedelta(seconds=len(str(value)) * 0.07 + command.pause)
        self.advance(Reply(command.id, "heard", {"text": str(value)}))

    def settle(self) -> None:
        if self.keys is not None and self.keys.reply is not None:
            self.advance(self.keys.reply)

    def do_silence(self, value: Any) -> None:
        """Without a number: until the wait is over."""
        self.listen_to_the_end()
        self.say("caller", f"is silent {value or ''}".rstrip())
        due = self.keys.due if self.keys is not None else self.run.deadline
        if due is None:
            raise Missed(f"nothing runs out by silence; the run {self.where()}")
        until = due if value is None or value is True else self.now + timedelta(seconds=float(value))
        self.now = until
        if self.keys is not None:
            self.keys.time_passed(until)
            self.settle()
        elif until >= due:
            self.advance(TimeUp())

    def do_hang_up(self, _: Any) -> None:
        self.say("caller", "hangs up")
        self.advance(CallerLeft())

    def do_reply(self, value: Any) -> None:
        if self.command is None or isinstance(self.command, Gather):
            raise Missed(f"nothing waits for a reply; the run {self.where()}")
        self.say("caller", f"reply {json.dumps(value, ensure_ascii=False)}")
        reply = _reply(self.command, value)
        if reply.result not in self.registry.results(self.command.kind):
            allowed = ", ".join(sorted(self.registry.results(self.command.kind)))
            raise Missed(f"'{self.command.kind}' cannot answer '{reply.result}'; it can: {allowed}")
        self.advance(reply)

    def do_hears(self, value: Any) -> None:
        """Each text must come after the one before; what was heard in between is dropped."""
        for text in cast("Sequence[Any]", value) if isinstance(value, list) else [value]:
            wanted = " ".join(str(text).split())
            at = self.heard.casefold().find(wanted.casefold())
            if at < 0:
                raise Missed(f'expected to hear "{wanted}"\n  but heard    "{self.heard.strip()}"')
            self.heard = self.heard[at + len(wanted) :]

    def do_at(self, value: Any) -> None:
        if self.run.node != value or self.run.ended:
            raise Missed(f"expected to be at '{value}', but the run {self.where()}")

    def do_passes(self, value: Any) -> None:
        wanted = [str(v) for v in cast("Sequence[Any]", value)] if isinstance(value, list) else [str(value)]
        self.path.sort()
        rest = iter(self.path)
        for node in wanted:
            if not any(passed == node for _, passed in rest):
                was = " → ".join(passed for _, passed in self.path)
                raise Missed(f"expected the path {' → '.join(wanted)}\n  but it was      {was}")
        self.path = list(rest)

    def do_asks(self, value: Any) -> None:
        wanted: Mapping[str, Any] = {"kind": value} if isinstance(value, str) else value
        if self.command is None:
            raise Missed(f"expected the run to ask {json.dumps(wanted)}, but it {self.where()}")
        have = self.command.summary()
        wrong = [
            f"{name}: expected {json.dumps(v, ensure_ascii=False)}, got {json.dumps(have.get(name), ensure_ascii=False)}"
            for name, v in wanted.items()
            if have.get(name) != v
        ]
        if wrong:
            raise Missed(f"it asks {_show(self.command)}\n  " + "\n  ".join(wrong))

    def do_queued(self, value: Any) -> None:
        self.do_asks({"kind": "enqueue", **({"queue": value} if isinstance(value, str) else value or {})})

    def do_variables(self, value: Any) -> None:
        for name, wanted in cast("Mapping[str, Any]", value).items():
            got = find(self.run.variables, name)
            if got != wanted:
                raise Missed(f"variable {name}: expected {json.dumps(wanted)}, got {json.dumps(got)}")

    def do_ends(self, value: Any) -> None:
        if self.run.ended is None or (value is not None and self.run.ended != value):
            raise Missed(f"expected the run to end ({value}), but it {self.where()}")

    def where(self) -> str:
        if self.run.ended:
            return f"has ended ({self.run.ended}{': ' + self.run.detail if self.run.detail else ''})"
        return f"waits at '{self.run.node}' for {_show(self.command) if self.command else 'nothing'}"


def _row(rows: Sequence[Mapping[str, Any]], key: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The row with this key, compared as texts."""
    for row in rows:
        if all(str(row.get(column, "")).casefold() == value.casefold() for column, value in key.items()):
            return row
    return None


def _understood(command: Understand, told: Any) -> Reply:
    members = cast("Mapping[str, Any]", told) if isinstance(told, dict) else {"intent": told}
    known = members.get("intent") is not None
    return Reply(
        command.id, "understood" if known else "out_of_scope", {"score": 1 if known else 0, **members}
    )


def _reply(command: Command, value: Any) -> Reply:
    """`timeout`, or {result: answered, status: 200, …} whose other members are the data; for http `json` is the answer's
    body, from which `save` takes its values as in production."""
    if not isinstance(value, dict):
        return Reply(command.id, str(value))
    data = dict(cast("Mapping[str, Any]", value))
    result = str(data.pop("result", "answered"))
    extract: Mapping[str, str] | None = getattr(command, "extract", None)
    if extract is not None and "json" in data:
        body = data.pop("json")
        data.setdefault("status", 200)
        data["values"] = {name: find(body, path) for name, path in extract.items()}
    return Reply(command.id, result, data)


def _show(command: Command) -> str:
    fields = {k: v for k, v in command.summary().items() if v not in (None, {}, [], ()) and k != "prompts"}
    return (
        f"{fields.pop('kind')} {json.dumps(fields, ensure_ascii=False)}" if len(fields) > 1 else command.kind
    )
