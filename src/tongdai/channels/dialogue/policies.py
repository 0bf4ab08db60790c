"""How a flow's questions are put, and answers read, in writing. Pure."""

from dataclasses import dataclass
from typing import Any

from tongdai.flows.public import (
    Choice,
    Command,
    Gather,
    Invite,
    Listen,
    Prompts,
    Reply,
    Say,
    Speech,
    TakeVoicemail,
    TransferTo,
)
from tongdai.kit.text import fold

MOST_DIGITS = 64
EXCHANGE = "exchange"
"""In a message's data: where it is kept what the assistant was told that wrote it. Agents see it; visitors do not get it."""
UNANSWERABLE: dict[type[Command], str] = {TransferTo: "refused", Invite: "refused", TakeVoicemail: "empty"}
"""What exists for the ear alone is refused: the flow takes the exit for that."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message of the bot's: text, and what may be pressed instead of writing. `parts`: the text's, one for each prompt."""

    body: str
    data: dict[str, Any]
    parts: tuple[str, ...] = ()


def told(command: Command) -> Told | None:
    """What the customer reads of a command; None when there is nothing to read."""
    match command:
        case Say(prompts=prompts):
            body = text_of(prompts)
            return Told(body, {}, parts_of(prompts)) if body else None
        case Gather(prompts=prompts, choices=choices) | Listen(prompts=prompts, choices=choices):
            buttons = [{"key": one.key, "label": _label(one)} for one in choices]
            body = text_of(prompts)
            written = {EXCHANGE: command.exchange} if command.exchange else {}
            data = ({"choices": buttons} if buttons else {}) | written
            return Told(body, data, parts_of(prompts)) if body or buttons else None
        case _:
            return None


def text_of(prompts: Prompts) -> str:
    """The words of what would be said. Recordings without words, and silence, are nothing to read."""
    return " ".join(parts_of(prompts))


def parts_of(prompts: Prompts) -> tuple[str, ...]:
    return tuple(one.text for one in prompts if isinstance(one, Speech))


def answer(command: Command | None, body: str, pressed: str | None = None) -> Reply | None:
    """What a message of the customer's means to the question that is open; None when nothing was asked.

    A choice is meant by its button, its key or its label. Anything else answers a question for digits by its digits, and one
    for words by its words; what is neither is a wrong answer, which the flow asks about again.
    """
    match command:
        case Gather(id=command_id, choices=choices):
            chosen = _chosen(choices, body, pressed)
            digits = (
                chosen or "".join(c for c in body if c.isdigit())[:MOST_DIGITS] or body.strip()[:MOST_DIGITS]
            )
            if not digits:
                return Reply(command_id, "no_input")
            return Reply(
                command_id, "digits", {"digits": digits, "ended_by": "full" if chosen else "terminator"}
            )
        case Listen(id=command_id, choices=choices):
            chosen = _chosen(choices, body, pressed)
            if chosen is not None:
                return Reply(command_id, "digits", {"digits": chosen, "ended_by": "full"})
            return Reply(command_id, "heard", {"text": body})
        case _:
            return None


def answer_by_letter(command: Command | None, text: str) -> Reply | None:
    """The same of a letter, which has a salutation and a name below it: a choice is meant by the first line that is one, digits
    are those of the first line that has enough of them and no words beside; else the whole text is the answer."""
    if not isinstance(command, Gather | Listen):
        return None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if (chosen := _chosen(command.choices, line.strip(" .!,"), None)) is not None:
            return answer(command, line, chosen)
    if isinstance(command, Gather):
        for line in lines:
            if any(char.isdigit() for char in line):
                return answer(command, line)
    return answer(command, text.strip())


def _label(choice: Choice) -> str:
    return choice.label.replace("_", " ")


def _chosen(choices: tuple[Choice, ...], body: str, pressed: str | None) -> str | None:
    wanted = fold(pressed if pressed is not None else body)
    for choice in choices:
        if wanted in (fold(choice.key), fold(choice.label), fold(_label(choice))):
            return choice.key
    return None
