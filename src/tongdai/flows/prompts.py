"""What a dialogue says: prompts in the order in which they are heard, decided by a verb, rendered by a channel."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field


class _Prompt(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recording(_Prompt):
    """A recorded prompt by its name in the tenant's library; the language chooses among its recordings."""

    type: Literal["recording"] = "recording"
    name: str
    language: str


class Speech(_Prompt):
    """Words to be synthesised. `sounds` is the same as Asterisk's own recorded sounds where there are some: they
    need no synthesiser and sound better, so a voice channel prefers them."""

    type: Literal["speech"] = "speech"
    text: str
    language: str
    sounds: tuple[str, ...] = ()


class Pause(_Prompt):
    type: Literal["pause"] = "pause"
    seconds: float


Prompt: TypeAlias = Annotated[Recording | Speech | Pause, Field(discriminator="type")]
Prompts: TypeAlias = tuple[Prompt, ...]


def transcript(prompts: Prompts) -> str:
    """The prompts as a line of text, for tests, logs and text channels."""
    return " ".join(
        f"[{p.name}]" if isinstance(p, Recording) else p.text if isinstance(p, Speech) else "…"
        for p in prompts
    )
