"""The port through which a flow talks to the one who called: voice now, text channels later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import SecretStr

from tongdai.flows.commands import Command, Gather
from tongdai.flows.replies import Reply


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do; flows and validation ask this, never the channel's name. `commands` are kinds."""

    commands: frozenset[str]
    audio: bool
    text: bool
    keys: bool
    barge_in: bool


class Dialogue(Protocol):
    """One caller's side of a run, implemented by the channel (a call's actor, a chat session).

    `perform` is called after the commit that made the command, outside any transaction, with commands of the lane
    `dialogue`. It returns at once or when it likes; the reply comes as an event (`Flows.resume`) with the command's
    id. The same id again (after a restart) means: make sure that it is being done, and reply. A new command replaces
    one that is still going on.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    async def perform(self, command: Command) -> None: ...


STRAY = timedelta(seconds=3)


class DigitCollector:
    """The rules of collecting keys, without I/O: feed it keys and the time, read `reply`.

    The channel plays the prompts and calls `prompts_finished`; it stops playing when `key` returns True; it wakes
    the collector at `due`. Times are the keys' own times, so a late wake-up never cheats the caller.
    """

    def __init__(self, gather: Gather, previous: DigitCollector | None = None) -> None:
        """`previous` is the call's collector before this one: callers press # after a number that was full already,
        and that key must not answer the next question."""
        self.gather = gather
        self.ended_at: datetime | None = None
        self._stray = previous if previous is not None and previous.ended_full else None
        self.digits = ""
        self.reply: Reply | None = None
        self.due: datetime | None = None
        self._finished = not gather.prompts
        self._keys = {choice.key for choice in gather.choices}

    def prompts_finished(self, at: datetime) -> None:
        """The prompts have been heard to their end (also to be called at once when there are none)."""
        self._finished = True
        if self.reply is None and self.due is None:
            self.due = at + timedelta(seconds=self.gather.timeout)

    def key(self, key: str, at: datetime) -> bool:
        """A key was pressed; True when the prompts are to stop. Keys during prompts without barge-in are dropped."""
        if not self._finished and not self.gather.barge_in:
            return False
        self.time_passed(at)
        if self.reply is not None or self._is_stray(key, at):
            return False
        stop = not self._finished
        self._finished = True
        if key and key == self.gather.terminator:
            self._end("terminator", at)
            return stop
        self.digits += key
        if self._full():
            self._end("full", at)
        else:
            self.due = at + timedelta(seconds=self.gather.inter_digit)
        return stop

    def time_passed(self, at: datetime) -> None:
        if self.reply is None and self.due is not None and at >= self.due:
            self._end("timeout", at)

    def _full(self) -> bool:
        if len(self.digits) >= self.gather.max_digits:
            return True
        longer = any(key != self.digits and key.startswith(self.digits) for key in self._keys)
        return bool(self._keys) and not longer

    @property
    def ended_full(self) -> bool:
        return self.reply is not None and self.reply.data.get("ended_by") == "full"

    def _is_stray(self, key: str, at: datetime) -> bool:
        before, self._stray = self._stray, None
        if before is None or before.ended_at is None or key != before.gather.terminator:
            return False
        return at - before.ended_at <= STRAY

    def _end(self, how: str, at: datetime) -> None:
        self.due = None
        self.ended_at = at
        if self.digits or how == "terminator":
            digits = SecretStr(self.digits) if self.gather.secret else self.digits
            self.reply = Reply(self.gather.id, "digits", {"digits": digits, "ended_by": how})
        else:
            self.reply = Reply(self.gather.id, "no_input")
