"""Which intent a sentence's vector is nearest to: softmax regression, as weights. Pure.

Small enough (some dozens of rows) that no numerical library is needed to use it, only to train it.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from tongdai.intelligence.language.measuring import NONE, Guess


@dataclass(frozen=True, slots=True)
class Classifier:
    """`rows`: the weights of each intent, then those of what is none of them; each ends with its bias."""

    rows: tuple[array[float], ...]

    def probabilities(self, vector: Sequence[float]) -> list[float]:
        """Of each row; they sum to 1."""
        given = (*vector, 1.0)
        scores = [sum(map(mul, row, given)) for row in self.rows]
        top = max(scores)
        shares = [math.exp(score - top) for score in scores]
        whole = sum(shares)
        return [share / whole for share in shares]

    def guess(self, vector: Sequence[float]) -> Guess:
        """The likeliest intent; NONE where it is likelier that it is none of them, with the nearest intent's score."""
        *intents, none = self.probabilities(vector)
        best = max(range(len(intents)), key=intents.__getitem__)
        return Guess(best if intents[best] > none else NONE, intents[best])

    def to_bytes(self) -> bytes:
        """Its rows, one after the other, 32 bits a number."""
        return b"".join(row.tobytes() for row in self.rows)

    @classmethod
    def from_bytes(cls, data: bytes, rows: int) -> Classifier:
        numbers = array("f", data)
        width = len(numbers) // rows
        return cls(tuple(numbers[at * width : (at + 1) * width] for at in range(rows)))
