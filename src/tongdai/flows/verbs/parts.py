"""The parts of what is said: recorded prompts, texts, spoken values, silence."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeAlias, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from tongdai.flows.errors import SpokenError
from tongdai.flows.expressions import as_text
from tongdai.flows.prompts import Pause, Prompt, Prompts, Recording, Speech
from tongdai.flows.spoken import en_sounds, language, say_digits
from tongdai.flows.template import Template
from tongdai.flows.verb import Context, Reference
from tongdai.flows.verbs.fields import Expr, Text

_KINDS = ("prompt", "text", "number", "digits", "money", "date", "time", "duration", "silence")


class Part(BaseModel):
    """Exactly one of the kinds. A text may be given per language: `text: {en: Hello, vi: Xin chào}`."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    prompt: Text | None = None
    text: Text | dict[str, Text] | None = None
    number: Expr | None = None
    digits: Expr | None = None
    money: Expr | None = None
    date: Expr | None = None
    time: Expr | None = None
    duration: Expr | None = None
    silence: Annotated[float, Field(gt=0, le=60)] | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    language: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Part:
        given = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"a part needs exactly one of {', '.join(_KINDS)}")
        if (self.money is None) != (self.currency is None):
            raise ValueError("money needs a currency, as in {money: balance, currency: UAH}")
        return self

    def prompts(self, ctx: Context) -> Iterable[Prompt]:
        tag = self.language or ctx.language
        if self.silence is not None:
            yield Pause(seconds=self.silence)
        elif self.prompt is not None:
            yield Recording(name=self.prompt.text(ctx.variables), language=tag)
        elif self.text is not None:
            template = self.text
            if isinstance(template, dict):
                tag, template = in_language(template, tag)
            words = " ".join(template.text(ctx.variables).split())
            if words:
                yield Speech(text=words, language=tag)
        else:
            yield self._value(ctx, tag)

    def _value(self, ctx: Context, tag: str) -> Speech:
        spoken = language(tag)
        if spoken is None:
            raise SpokenError(f"there are no words for values in the language '{tag}'; there are en, vi, uk")
        english = spoken.code == "en"
        sounds: tuple[str, ...] = ()
        if self.number is not None:
            number = _decimal(self.number.value(ctx.variables), "number")
            words = spoken.number(number)
            sounds = en_sounds.number(number) if english else ()
        elif self.digits is not None:
            text = as_text(self.digits.value(ctx.variables))
            words = say_digits(spoken, text)
            sounds = en_sounds.digits(text) if english else ()
        elif self.money is not None:
            words = spoken.money(_decimal(self.money.value(ctx.variables), "money"), self.currency or "")
        elif self.date is not None:
            day = _instant(datetime.date, self.date.value(ctx.variables))
            words = spoken.date(day)
            sounds = en_sounds.date(day) if english else ()
        elif self.time is not None:
            at = _instant(datetime.time, self.time.value(ctx.variables))
            words = spoken.time(at)
            sounds = en_sounds.time(at) if english else ()
        else:
            assert self.duration is not None
            words = spoken.duration(int(_decimal(self.duration.value(ctx.variables), "duration")))
        return Speech(text=words, language=tag, sounds=sounds)


def _decimal(value: Any, what: str) -> Decimal:
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise InvalidOperation
        return Decimal(str(value))
    except InvalidOperation as exc:
        raise SpokenError(f"{what}: the value is no number") from exc


def _instant(kind: type[Any], value: Any) -> Any:
    """An ISO 8601 date or time; a full timestamp serves for both."""
    try:
        text = str(value).strip()
        if "T" in text or " " in text:
            moment = datetime.datetime.fromisoformat(text)
            return moment.date() if kind is datetime.date else moment.time()
        return kind.fromisoformat(text)
    except ValueError as exc:
        raise SpokenError(f"the value is no {kind.__name__} (write 2026-11-21 or 08:30)") from exc


def _several(value: Any) -> Any:
    """The short forms: a text alone, one part alone."""
    items: Sequence[Any] = cast("Sequence[Any]", value) if isinstance(value, (list, tuple)) else [value]
    return tuple({"text": item} if isinstance(item, (str, int)) else item for item in items)


Parts: TypeAlias = Annotated[tuple[Part, ...], BeforeValidator(_several), Field(min_length=1, max_length=50)]


def in_language(texts: Mapping[str, Template], tag: str) -> tuple[str, Template]:
    """The text for a language, else the first, with the language that it is in."""
    chosen = texts.get(tag) or texts.get(tag.split("-")[0])
    return next(iter(texts.items())) if chosen is None else (tag, chosen)


def label_of(labels: Mapping[str, Template | Mapping[str, Template]], name: str, ctx: Context) -> str:
    """What stands on a choice's button: its label, in the customer's language where it has several, else its name."""
    given = labels.get(name)
    if given is not None and not isinstance(given, Template):
        given = in_language(given, ctx.language)[1] if given else None
    return name if given is None else " ".join(given.text(ctx.variables).split())


def spoken(parts: Sequence[Part], ctx: Context) -> Prompts:
    return tuple(prompt for part in parts for prompt in part.prompts(ctx))


def references(parts: Sequence[Part]) -> Iterable[Reference]:
    """The recorded prompts that are known before anyone calls."""
    for part in parts:
        if part.prompt is not None and part.prompt.constant is not None:
            yield Reference("prompt", part.prompt.constant, part.language)


def texts(parts: Sequence[Part], default: str) -> Iterable[tuple[str, str]]:
    """(text, language) of the texts without variables, so that they can be rendered at publishing."""
    for part in parts:
        given: Mapping[str, Any] = (
            part.text
            if isinstance(part.text, dict)
            else {part.language or default: part.text}
            if part.text
            else {}
        )
        for tag, template in given.items():
            if template.constant is not None:
                yield template.constant, tag
