"""Greetings that come up by themselves on a site. When one does is decided in the visitor's browser (web/widget/greet); here is
what administrators may write, and which of their words a visitor has read: taken from the widget, never from the browser.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from tongdai.kit.ids import new_id
from tongdai.platform.bodies import Body, Locale
from tongdai.platform.errors import WrongValue, invalid_field

MOST = 10


def _some(texts: dict[Locale, str]) -> dict[Locale, str]:
    written: dict[Locale, str] = {language: text for language, text in texts.items() if text}
    if not written:
        raise WrongValue("Write the greeting in one language at least.", "greeting_missing")
    return written


Greeting = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


class Trigger(Body):
    """A greeting, and when it comes up: when all of this is so. The first of a widget's that fits is shown.

    `page`: what the page's address contains, or with `how` "matches" the whole of it, `*` standing for anything; empty: any page.
    `seconds` on the page, `scroll` so far down (percent), `leaving`: the pointer goes out at the top, `visit`: from then on,
    `there`: only while the form for absence does not stand in the chat's place. `days` until the same visitor is shown it again;
    0: once a visit. `id` stays when it is changed, so that browsers know what they have shown."""

    id: UUID = Field(default_factory=new_id)
    text: Annotated[dict[Locale, Greeting], AfterValidator(_some)]
    how: Literal["contains", "matches"] = "contains"
    page: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    scroll: Annotated[int, Field(ge=0, le=100)] = 0
    leaving: bool = False
    visit: Annotated[int, Field(ge=1, le=1000)] = 1
    there: bool = False
    days: Annotated[int, Field(ge=0, le=365)] = 0


def _apart(triggers: list[Trigger]) -> list[Trigger]:
    if len({one.id for one in triggers}) < len(triggers):
        raise WrongValue("Two greetings have the same id: leave it out of new ones.", "same_id")
    return triggers


Triggers = Annotated[list[Trigger], Field(max_length=MOST), AfterValidator(_apart)]


def check(triggers: Sequence[Trigger], offline: object | None) -> None:
    """Raises Invalid: whether somebody is there is known only of a widget that says what that means."""
    for number, one in enumerate(triggers):
        if one.there and offline is None:
            mend = "Say first under “While nobody is there” when that is so: switch the form on."
            raise invalid_field(f"triggers.{number}.there", mend, "needs_offline")


def words_of(triggers: Sequence[Mapping[str, Any]], shown: UUID | None, language: str | None) -> str:
    """What the visitor has read: in their language, else the next best. Empty where that greeting is not there (any more)."""
    for one in triggers:
        if shown is not None and one["id"] == str(shown):
            texts: dict[str, str] = one["text"]
            return texts.get(language or "") or texts.get("en") or next(iter(texts.values()), "")
    return ""
