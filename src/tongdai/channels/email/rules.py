"""Rules of a mailbox: where a letter that begins to wait is sorted to, by who wrote it and what it says. Pure.

They are asked in their order, and the first that takes a letter is the last, unless it says that those after it count as well.
What several say is put together: the first queue, all tags, the highest priority. Words are compared as people see them: without
accents, and whatever their case; no expressions, which a hostile letter could keep busy for ever.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from tongdai.channels.email.reading import ReadMail
from tongdai.conversations.public import Tag
from tongdai.kit.text import fold
from tongdai.platform.bodies import Body, Name
from tongdai.platform.errors import WrongValue

MOST_RULES, MOST_CONDITIONS = 100, 10


class Condition(Body):
    """One thing that a rule looks at. `exists`: there is something of it, whatever it says (a subject, a file)."""

    of: Literal["sender", "receiver", "subject", "text", "file"]
    how: Literal["contains", "is", "ends", "exists"] = "contains"
    value: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


def _says_what(condition: Condition) -> Condition:
    if condition.how != "exists" and not fold(condition.value):
        raise WrongValue("Fill this in.", "required")
    return condition


class Rule(Body):
    """A letter of which all of `when` is true waits in `queue_id` (None: in the mailbox's), with `tags`, before others by
    `priority`, without being acknowledged unless `acknowledge`, or not at all: as `spam` it is put aside. `go_on`: rules after it
    count as well."""

    name: Name
    when: Annotated[
        list[Annotated[Condition, AfterValidator(_says_what)]],
        Field(min_length=1, max_length=MOST_CONDITIONS),
    ]
    queue_id: UUID | None = None
    tags: Annotated[list[Tag], Field(max_length=10)] = []
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    acknowledge: bool = True
    spam: bool = False
    go_on: bool = False


Rules = Annotated[list[Rule], Field(max_length=MOST_RULES)]


@dataclass(frozen=True, slots=True)
class Letter:
    """What rules look at. Addresses with the names that the letter gives them."""

    sender: tuple[str, ...]
    receivers: tuple[str, ...]
    subject: str
    text: str
    files: tuple[str, ...]

    @classmethod
    def of(cls, mail: ReadMail) -> "Letter":
        receivers = [one for party in (*mail.to, *mail.cc) for one in (party.address, party.name)]
        files = tuple(one.name for one in mail.files)
        return cls(
            (mail.sender.address, mail.sender.name),
            (*receivers, *mail.delivered_to),
            mail.subject,
            f"{mail.text}\n{mail.quoted}",
            files,
        )


class Sorted(BaseModel):
    """What becomes of a letter, and which rules said so."""

    rules: list[str] = []
    queue_id: UUID | None = None
    tags: list[str] = []
    priority: int = 0
    acknowledge: bool = True
    spam: bool = False


def sort(rules: Sequence[Rule], letter: Letter) -> Sorted:
    folded = {
        "sender": [fold(one) for one in letter.sender if one],
        "receiver": [fold(one) for one in letter.receivers if one],
        "subject": [fold(letter.subject)] if letter.subject else [],
        "text": [fold(letter.text)] if letter.text.strip() else [],
        "file": [fold(one) for one in letter.files],
    }
    found = Sorted()
    for rule in _taking(rules, folded):
        found = Sorted(
            rules=[*found.rules, rule.name],
            queue_id=found.queue_id or rule.queue_id,
            tags=list(dict.fromkeys([*found.tags, *rule.tags])),
            priority=max(found.priority, rule.priority),
            acknowledge=found.acknowledge and rule.acknowledge and not rule.spam,
            spam=found.spam or rule.spam,
        )
    return found


def _taking(rules: Sequence[Rule], folded: dict[str, list[str]]) -> Iterator[Rule]:
    for rule in rules:
        if all(_holds(condition, folded[condition.of]) for condition in rule.when):
            yield rule
            if rule.spam or not rule.go_on:
                return


def _holds(condition: Condition, texts: list[str]) -> bool:
    wanted = fold(condition.value)
    match condition.how:
        case "contains":
            return any(wanted in one for one in texts)
        case "is":
            return wanted in texts
        case "ends":
            return any(one.endswith(wanted) for one in texts)
        case "exists":
            return bool(texts)
