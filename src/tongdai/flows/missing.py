"""What is said of a Reference to something that is not there, and the mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tongdai.flows.verb import Reference


@dataclass(frozen=True, slots=True)
class Lack:
    """A `warning` does not stop publishing: the flow has another way."""

    message: str
    mend: str
    warning: bool = False


_AI = "Install the extra `ai` (pip install 'tongdai[ai]'), or use a menu."
_WITHOUT: Mapping[str, Lack] = {
    "recogniser": Lack("speech is not understood on this server: callers choose by keys alone", _AI, True),
    "language_model": Lack(
        "text is not understood on this server: customers choose by buttons, or leave by 'unavailable'",
        _AI,
        True,
    ),
}
"""What the server itself has not got."""
_PARTS: Mapping[str, tuple[str, str]] = {
    "column": ("the table '{0}' has no column '{1}'", "Add the column to the table, or name another."),
    "key": (
        "the rows of '{0}' are not found by {1}",
        "Name the columns by which the table finds its rows, and no others.",
    ),
    "secret_column": ("the column '{1}' of '{0}' holds no PINs", "Name a column of the kind PIN."),
    "open_column": ("the column '{1}' of '{0}' holds PINs", "A PIN is never told to a flow: use check_pin."),
    "intents": (
        "there are no published intents '{0}'",
        "Make the set of intents, train and publish it, or name another.",
    ),
    "intent": (
        "the published intents '{0}' have no intent '{1}'",
        "Add the intent to the set, train and publish it, or name another.",
    ),
}
"""{0} is the name up to its dot, {1} the rest."""


def missing(reference: Reference) -> Lack:
    known = _WITHOUT.get(reference.kind)
    if known is not None:
        return known
    if reference.kind in _PARTS:
        message, mend = _PARTS[reference.kind]
        whole, _, part = reference.name.partition(".")
        return Lack(message.format(whole, part), mend)
    extra = f" in '{reference.language}'" if reference.language else ""
    return Lack(
        f"there is no {reference.kind} '{reference.name}'{extra}",
        f"Create the {reference.kind} first, or name another.",
    )
