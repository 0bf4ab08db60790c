"""Sentences that a verb says by itself, in the languages that it has words for."""

from collections.abc import Mapping

from tongdai.flows.prompts import Prompts, Speech
from tongdai.flows.verb import Context


def in_words(
    words: Mapping[str, Mapping[str, str]], ctx: Context, sentence: str, **values: object
) -> Prompts:
    """A sentence in the caller's language, English where there is none. `words`: language → sentence → text."""
    tag = ctx.language.split("-")[0]
    tag = tag if tag in words else "en"
    return (Speech(text=words[tag][sentence].format(**values), language=tag),)
