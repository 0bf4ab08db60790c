"""What the bodies of requests have in common."""

from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import available_timezones

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from tongdai.platform.errors import WrongValue

Name: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Locale: TypeAlias = Literal["en", "vi", "uk"]


class Body(BaseModel):
    """A request's body: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid")


class Change(Body):
    """A change of a row, made on the version that its author saw."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]

    def values(self) -> dict[str, Any]:
        """What is to be written: only what was sent."""
        return self.model_dump(exclude_unset=True, exclude={"version"})


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise WrongValue("there is no such time zone; take one like Asia/Ho_Chi_Minh", "choose")
    return name


def _country(code: str) -> str:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise WrongValue("there is no such country; take its two letters, like VN", "choose")
    return code


Zone = Annotated[str, AfterValidator(_zone)]
Country = Annotated[str, AfterValidator(_country)]
