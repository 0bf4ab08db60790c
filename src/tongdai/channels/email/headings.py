"""What is said of a letter besides its text: whom it goes to and what it is about, as a request names it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from tongdai.channels.email.letters import Wish
from tongdai.platform.bodies import Body
from tongdai.platform.errors import WrongValue, invalid_field

MOST_RECEIVERS = 50
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


def _address(text: str) -> str:
    address = " ".join(text.split()).lower()
    if not _ADDRESS.fullmatch(address):
        raise WrongValue("This is not an e-mail address. It looks like name@company.com.", "email")
    return address


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


Receiver = Annotated[
    str,
    StringConstraints(max_length=254),
    AfterValidator(_address),
    Field(json_schema_extra={"format": "email"}),
]
Subject = Annotated[str, StringConstraints(max_length=300), AfterValidator(_one_line)]


class Heading(Body):
    """`answers`, `forwards`: the message of the letter that it answers (the customer's last, where none is named), or that it
    sends on with its files to somebody outside."""

    to: Annotated[list[Receiver], Field(min_length=1, max_length=MOST_RECEIVERS)]
    cc: Annotated[list[Receiver], Field(max_length=MOST_RECEIVERS)] = []
    bcc: Annotated[list[Receiver], Field(max_length=MOST_RECEIVERS)] = []
    subject: Subject = ""
    answers: UUID | None = None
    forwards: UUID | None = None

    def wish(self) -> Wish:
        """Raises Invalid for more receivers than a letter may have."""
        if len({*self.to, *self.cc, *self.bcc}) > MOST_RECEIVERS:
            raise invalid_field("to", f"At most {MOST_RECEIVERS} people get a letter.", "receivers")
        return Wish(
            tuple(self.to), tuple(self.cc), tuple(self.bcc), self.subject, self.answers, self.forwards
        )


def heading_of(raw: Mapping[str, Any]) -> Heading:
    """One that came inside of another request. Its mistakes are named as in a letter's own."""
    try:
        return Heading.model_validate(raw)
    except ValidationError as error:
        wrong = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(wrong) from error
