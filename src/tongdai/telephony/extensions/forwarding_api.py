"""Routes of forwarding and do not disturb: a user's own, and an administrator's for them."""

from collections.abc import Iterable, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field

from tongdai.people import public as people
from tongdai.platform.bodies import Body
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.facts import Recorded
from tongdai.platform.http import Me, Tx
from tongdai.platform.realtime import Push
from tongdai.telephony.events import ForwardingChanged
from tongdai.telephony.extensions.forwarding import set_forwarding
from tongdai.telephony.extensions.policies import VOICEMAIL, Forwarding
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.trunks.lines_api import dialled

router = APIRouter(prefix="/api/v1", tags=["telephony"])
EDIT = "telephony.edit"


def _to(text: str) -> str:
    return text if text == VOICEMAIL else dialled(text) if text.strip() else ""


To = Annotated[str, Field(max_length=60), AfterValidator(_to)]
"""An extension or an outside number, as one dials it; "voicemail"; empty: nowhere."""


class ForwardingView(BaseModel):
    """Where direct calls go on to: `always` at once, else when busy, after `no_answer_s` seconds, or when no phone is there. With
    `do_not_disturb` nothing rings: callers go where `busy` leads. Queue calls follow presence instead. `listed`: callers find
    the user by their name."""

    always: str
    busy: str
    no_answer: str
    unreachable: str
    no_answer_s: int
    do_not_disturb: bool
    listed: bool


class ForwardingIn(Body):
    always: To = ""
    busy: To = ""
    no_answer: To = ""
    unreachable: To = ""
    no_answer_s: Annotated[int, Field(ge=5, le=120)] = 20
    do_not_disturb: bool = False
    listed: bool = True


async def _view(tx: Transaction, user_id: UUID) -> ForwardingView:
    return ForwardingView.model_validate(await Reach(tx).forwarding(user_id), from_attributes=True)


@router.get("/phone/forwarding")
async def get_forwarding(me: Me, tx: Tx) -> ForwardingView:
    """Where my direct calls go on to."""
    return await _view(tx, me.user_id)


@router.put("/phone/forwarding")
async def put_forwarding(body: ForwardingIn, me: Me, tx: Tx) -> ForwardingView:
    """Set all of it. Outside numbers must be such as I may dial."""
    await _set(tx, me.user_id, body, by=me.user_id)
    return ForwardingView(**body.model_dump())


@router.get("/users/{user_id}/forwarding")
async def get_forwarding_of(user_id: UUID, me: Me, tx: Tx) -> ForwardingView:
    """Where a user's direct calls go on to."""
    me.reach(EDIT)
    await _known(tx, user_id)
    return await _view(tx, user_id)


@router.put("/users/{user_id}/forwarding")
async def put_forwarding_of(user_id: UUID, body: ForwardingIn, me: Me, tx: Tx) -> ForwardingView:
    """Set all of it for a user, who must be allowed to dial what it leads to."""
    me.reach(EDIT)
    await _known(tx, user_id)
    await _set(tx, user_id, body, by=me.user_id)
    return ForwardingView(**body.model_dump())


async def _set(tx: Transaction, user_id: UUID, body: ForwardingIn, *, by: UUID) -> None:
    await set_forwarding(tx, user_id, Forwarding(**body.model_dump()), by=by)


async def _known(tx: Transaction, user_id: UUID) -> None:
    if not await people.list_people(tx, [user_id]):
        raise NotFound("There is no such user.")


async def publish_forwarding(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """A user's tabs see what their desk phone or an administrator set up."""
    pushes: list[Push] = []
    for event in events:
        assert isinstance(event.fact, ForwardingChanged)
        user = event.fact.user_id
        pushes.append(Push("me", "forwarding.changed", await _view(tx, user), frozenset({user})))
    return pushes
