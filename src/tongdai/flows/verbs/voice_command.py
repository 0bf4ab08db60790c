"""`voice_command`: the caller says what they want, or presses its key. Every name under `keys` is an exit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field, model_validator

from tongdai.flows.commands import Choice, Gather, Listen
from tongdai.flows.errors import FlowFault
from tongdai.flows.prompts import Prompts
from tongdai.flows.replies import Reply
from tongdai.flows.spoken_choice import choose, words_of
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import ExitName, Keys, Seconds, VariableName, keys_as_texts
from tongdai.flows.verbs.parts import Parts, references, spoken
from tongdai.flows.verbs.voice_command_words import WORDS
from tongdai.flows.verbs.words import in_words

_OWN = ("no_input", "no_match")
MAX_HEARD = 500


def _listed(value: Any) -> Any:
    """Phrases as a list, or as one text with commas between them (which a form can hold)."""
    if not isinstance(value, dict):
        return value
    given = cast("dict[object, Any]", value)
    return {
        name: [part.strip() for part in one.split(",") if part.strip()] if isinstance(one, str) else one
        for name, one in given.items()
    }


class VoiceCommand(Verb):
    """Says `say`, listens to one sentence, and leaves by the exit one of whose `phrases` it holds. Keys count at any time, and
    alone where speech is not understood; each exit has one. What it did not hear or understand it asks again, `retries` times."""

    name = "voice_command"
    named = ("keys", "values")
    main = "no_input"
    say: Parts
    phrases: Annotated[
        dict[
            ExitName,
            Annotated[
                tuple[Annotated[str, Field(min_length=1, max_length=100)], ...],
                Field(min_length=1, max_length=30),
            ],
        ],
        BeforeValidator(_listed),
        Field(min_length=1, max_length=20, json_schema_extra={"additionalProperties": {"type": "string"}}),
    ]
    keys: Annotated[
        dict[Annotated[Keys, Field(min_length=1, max_length=8)], ExitName],
        BeforeValidator(keys_as_texts),
        Field(min_length=1, max_length=50),
    ]
    no_input: Parts | None = None
    no_match: Parts | None = None
    retries: int = Field(default=2, ge=0, le=10)
    timeout: Annotated[Seconds, Field(gt=0, le=30)] = 5
    pause: Annotated[float, Field(ge=0.3, le=5)] = 0.8
    longest: Annotated[float, Field(ge=1, le=20)] = 8
    inter_digit: Seconds = 2
    barge_in: bool = True
    save: VariableName | None = None

    @model_validator(mode="after")
    def _names_fit(self) -> VoiceCommand:
        taken = set(_OWN) & set(self.keys.values())
        if taken:
            raise ValueError(f"'{min(taken)}' is an exit of every voice_command; choose another name")
        keyless = self.phrases.keys() - set(self.keys.values())
        if keyless:
            raise ValueError(f"'{min(keyless)}' needs a key too: nobody may have to speak")
        owner: dict[str, str] = {}
        for name, phrases in self.phrases.items():
            for phrase in phrases:
                words = " ".join(words_of(phrase))
                if not words:
                    raise ValueError(f"'{phrase}' is nothing that can be said")
                if owner.setdefault(words, name) != name:
                    raise ValueError(f"'{phrase}' leads to '{owner[words]}' and to '{name}'")
        return self

    def exits(self) -> tuple[Exit, ...]:
        chosen = tuple(Exit(name) for name in dict.fromkeys(self.keys.values()))
        return (*chosen, Exit("no_input"), Exit("no_match", required=False, instead="no_input"))

    def writes(self) -> Iterable[str]:
        return (self.save,) if self.save else ()

    def references(self) -> Iterable[Reference]:
        yield Reference("recogniser", "")
        for parts in (self.say, self.no_input, self.no_match):
            yield from references(parts or ())

    def start(self, ctx: Context) -> Outcome:
        return self._ask(ctx, 0, ())

    def _ask(self, ctx: Context, attempt: int, before: Prompts, *, deaf: bool = False) -> Outcome:
        prompts = (*before, *spoken(self.say, ctx))
        if deaf or attempt:
            prompts += self._keys_told(ctx)
        asked: dict[str, Any] = {
            "prompts": prompts,
            "choices": tuple(Choice(key=key, label=name) for key, name in self.keys.items()),
            "max_digits": max(map(len, self.keys)),
            "timeout": self.timeout,
            "inter_digit": self.inter_digit,
            "barge_in": self.barge_in,
        }
        memo = {"attempt": attempt, "deaf": deaf}
        if deaf:
            return ctx.ask(Gather, memo, **asked)
        phrases = tuple(phrase for some in self.phrases.values() for phrase in some)
        asked |= {"phrases": phrases, "language": ctx.language}
        return ctx.ask(Listen, memo, pause=self.pause, max_seconds=self.longest, **asked)

    def _keys_told(self, ctx: Context) -> Prompts:
        """Who was not understood, or cannot be, hears the keys."""
        first: Mapping[str, str] = {name: phrases[0] for name, phrases in self.phrases.items()}
        told = [
            in_words(WORDS, ctx, "key", phrase=first[name], key=key)
            for key, name in self.keys.items()
            if name in first
        ]
        return tuple(prompt for prompts in told for prompt in prompts)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        attempt, deaf = int(ctx.memo["attempt"]), bool(ctx.memo["deaf"])
        match reply.result:
            case "failed":
                raise FlowFault("the caller could not be listened to")
            case "deaf":
                return self._ask(ctx, attempt, (), deaf=True)
            case "heard":
                text = str(reply.data.get("text", "")).strip()[:MAX_HEARD]
                chosen, silent = choose(text, self.phrases), not text
            case _:
                text = str(reply.data.get("digits", "")) if reply.result == "digits" else ""
                chosen, silent = self.keys.get(text), not text
        if chosen is not None:
            return Go(chosen, {self.save: text} if self.save else {})
        if attempt >= self.retries:
            return Go("no_input" if silent else "no_match")
        parts = self.no_input if silent else self.no_match
        before = spoken(parts, ctx) if parts else in_words(WORDS, ctx, "silent" if silent else "again")
        return self._ask(ctx, attempt + 1, before, deaf=deaf)
