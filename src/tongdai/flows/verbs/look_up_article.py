"""`look_up_article`: an answer from the centre's own articles, with its source. Module knowledge performs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, model_validator

from tongdai.flows.commands import Choice, FindArticle, Gather, Listen
from tongdai.flows.errors import FlowFault
from tongdai.flows.expressions import as_text
from tongdai.flows.prompts import Speech
from tongdai.flows.replies import Reply
from tongdai.flows.spoken_choice import choose
from tongdai.flows.verb import Context, Exit, Go, Outcome, Reference, Verb
from tongdai.flows.verbs.fields import Expr, Seconds, VariableName, kind
from tongdai.flows.verbs.look_up_article_words import WORDS
from tongdai.flows.verbs.parts import Parts, references, spoken
from tongdai.flows.verbs.words import in_words

MAX_QUESTION = 1_000
FINDING_S = 30
"""After so long without an answer the flow goes on by `unavailable`; the model's and the assistant's deadlines are shorter."""
YES, NO = "1", "2"


class LookUpArticle(Verb):
    """Answers `question` (or what is written to `say`) by the passage of a public article that fits best, names its source, and
    asks whether it helped. `save` holds question, title, link, text, score, and reply: what was written instead of yes or no.
    Where the assistant may write answers, it does so from the passages that fit; `sources` are all that it used."""

    name = "look_up_article"
    main = "helped"
    question: Expr | None = None
    say: Parts | None = None
    project: Annotated[str, Field(min_length=1, max_length=120), kind("project")] | None = None
    helped: Parts | None = None
    patience: Annotated[Seconds, Field(gt=0)] | None = None
    save: VariableName = "article"
    timeout: Annotated[Seconds, Field(gt=0, le=30)] = 8

    @model_validator(mode="after")
    def _asks_something(self) -> LookUpArticle:
        if self.question is None and self.say is None:
            raise ValueError("it needs a question, or something to ask (say)")
        return self

    def exits(self) -> tuple[Exit, ...]:
        return (
            Exit("helped"),
            Exit("not_helped"),
            Exit("nothing_found"),
            Exit("no_input", required=False, instead="not_helped"),
            Exit("unavailable", required=False, instead="nothing_found"),
        )

    def writes(self) -> Iterable[str]:
        return (self.save,)

    def references(self) -> Iterable[Reference]:
        yield Reference("language_model", "")
        if self.project is not None:
            yield Reference("project", self.project)
        for parts in (self.say, self.helped):
            yield from references(parts or ())

    def start(self, ctx: Context) -> Outcome:
        given = None if self.question is None else self.question.value(ctx.variables)
        question = "" if given is None else as_text(given).strip()
        if question:
            return self._find(ctx, question)
        if self.say is None:
            return self._leave("nothing_found", {})
        asked = {"choices": (), "max_digits": 1, "timeout": self.timeout, "inter_digit": 0}
        return self._listen(ctx, {"stage": "asking"}, (), prompts=spoken(self.say, ctx), **asked)

    def resume(self, ctx: Context, reply: Reply) -> Outcome:
        match ctx.memo["stage"]:
            case "asking":
                return self._asked(ctx, reply)
            case "finding":
                return self._found(ctx, reply)
            case _:
                return self._told(ctx, reply)

    def expire(self, ctx: Context) -> Outcome:
        if ctx.memo["stage"] == "finding":
            return self._leave("unavailable", {"question": ctx.memo["question"]})
        return self._leave("no_input", dict(ctx.memo.get("article") or {}))

    def _patient(self, ctx: Context) -> datetime | None:
        return ctx.now + timedelta(seconds=self.patience) if self.patience is not None else None

    def _asked(self, ctx: Context, reply: Reply) -> Outcome:
        if reply.result == "failed":
            raise FlowFault("the customer could not be asked")
        written = str(reply.data.get("text", "")).strip() if reply.result == "heard" else ""
        if written:
            return self._find(ctx, written)
        return self._leave("unavailable" if reply.result == "deaf" else "no_input", {})

    def _find(self, ctx: Context, question: str) -> Outcome:
        question = question[:MAX_QUESTION]
        memo = {"stage": "finding", "question": question}
        deadline = ctx.now + timedelta(seconds=FINDING_S)
        asked = {"question": question, "language": ctx.language, "project": self.project}
        return ctx.ask(FindArticle, memo, deadline, **asked)

    def _found(self, ctx: Context, reply: Reply) -> Outcome:
        question = ctx.memo["question"]
        if reply.result != "found":
            return self._leave(
                "nothing_found" if reply.result == "nothing" else "unavailable", {"question": question}
            )
        found = {name: reply.data.get(name) for name in ("title", "link", "text", "score")}
        sources = reply.data.get("sources") or [{"title": found["title"], "link": found["link"]}]
        exchange = reply.data.get("exchange")
        return self._tell(ctx, {**found, "sources": sources, "question": question}, exchange)

    def _tell(
        self, ctx: Context, article: dict[str, Any], exchange: str | None, *, deaf: bool = False
    ) -> Outcome:
        source = "; ".join(
            " ".join(str(one[name]) for name in ("title", "link") if one[name]) for one in article["sources"]
        )
        told = Speech(text=str(article["text"] or ""), language=ctx.language)
        helped = spoken(self.helped, ctx) if self.helped else in_words(WORDS, ctx, "helped")
        words = self._words(ctx)
        asked: dict[str, Any] = {
            "prompts": (told, *in_words(WORDS, ctx, "source", source=source), *helped),
            "choices": (Choice(key=YES, label=words["yes"]), Choice(key=NO, label=words["no"])),
            "max_digits": 1,
            "timeout": self.timeout,
            "inter_digit": 0,
            "exchange": exchange,
        }
        memo = {"stage": "told", "article": article, "exchange": exchange}
        if deaf:
            return ctx.ask(Gather, memo, self._patient(ctx), **asked)
        return self._listen(ctx, memo, (words["yes"], words["no"]), **asked)

    def _told(self, ctx: Context, reply: Reply) -> Outcome:
        article = dict(ctx.memo["article"])
        match reply.result:
            case "failed":
                raise FlowFault("the customer could not be answered")
            case "deaf":
                return self._tell(ctx, article, ctx.memo.get("exchange"), deaf=True)
            case "heard":
                said, words = str(reply.data.get("text", "")).strip(), self._words(ctx)
                answer = choose(said, {YES: [words["yes"]], NO: [words["no"]]})
            case _:
                said = answer = str(reply.data.get("digits", "")) if reply.result == "digits" else ""
        if not said:
            return self._leave("no_input", article)
        if answer in (YES, NO):
            return self._leave("helped" if answer == YES else "not_helped", article)
        return self._leave("not_helped", {**article, "reply": said[:MAX_QUESTION]})

    def _words(self, ctx: Context) -> Mapping[str, str]:
        return WORDS.get(ctx.language.split("-")[0], WORDS["en"])

    def _listen(
        self, ctx: Context, memo: Mapping[str, Any], phrases: tuple[str, ...], **asked: Any
    ) -> Outcome:
        more = {"phrases": phrases, "language": ctx.language, "pause": 0.8, "max_seconds": 8}
        return ctx.ask(Listen, memo, self._patient(ctx), **asked, **more)

    def _leave(self, way: str, article: dict[str, Any]) -> Go:
        nothing: dict[str, Any] = {**dict.fromkeys(("title", "link", "text", "reply")), "sources": []}
        return Go(way, {self.save: {"question": "", "score": 0, **nothing, **article}})
