"""A spare process: it has done its imports and waits for the word to serve.

A fresh app process needs one to three seconds of imports; a spare takes over within a tenth of that, so a crash costs
callers nothing that they would notice.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from tongdai.platform.embedded.leftovers import forget, remember
from tongdai.platform.embedded.process import Command, spawn

_GO = b"g"


@dataclass(frozen=True, slots=True)
class Spare:
    """A waiting process and the pipe on which it waits."""

    process: Popen[bytes]
    go: int
    note: str
    notes: Path

    @classmethod
    def start(cls, name: str, command: Callable[[int], Command], notes: Path, log: int) -> "Spare":
        """`command` is told the descriptor on which the process shall wait."""
        wait, go = os.pipe()
        try:
            process = spawn(command(wait), log=log)
        finally:
            os.close(wait)
        note = f"{name}-spare"
        remember(notes, note, process.pid)
        return cls(process, go, note, notes)

    def take(self) -> Popen[bytes] | None:
        """Let it serve; None when it is dead."""
        forget(self.notes, self.note)
        alive = self.process.poll() is None
        try:
            if alive:
                os.write(self.go, _GO)
        except BrokenPipeError:
            alive = False
        os.close(self.go)
        if not alive:
            self.process.wait()
        return self.process if alive else None

    def end(self) -> None:
        """It is not needed any more: the closed pipe is its sign, the signal is for one that still imports."""
        forget(self.notes, self.note)
        os.close(self.go)
        self.process.kill()
        self.process.wait()


def await_word(descriptor: int) -> bool:
    """In the spare: block until it shall serve; False when the supervisor is gone."""
    return os.read(descriptor, 1) == _GO
