"""Routes of a user's own speed dials."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field

from tongdai.platform.bodies import Body
from tongdai.platform.errors import invalid_field
from tongdai.platform.http import Me, Tx
from tongdai.telephony.api import TAKE
from tongdai.telephony.extensions.speed_dials import MOST, SpeedDial, SpeedDials
from tongdai.telephony.trunks.lines_api import dialled

router = APIRouter(prefix="/api/v1", tags=["calls"])


class SpeedDialView(BaseModel):
    """A number behind a digit: on a phone, *0 and the digit. What may be called is asked when it is dialled."""

    digit: Annotated[int, Field(ge=0, le=9)]
    name: Annotated[str, Field(max_length=80)]
    number: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(dialled)]


class SpeedDialsIn(Body):
    dials: Annotated[list[SpeedDialView], Field(max_length=MOST)]


@router.get("/phone/speed-dials")
async def get_speed_dials(me: Me, tx: Tx) -> list[SpeedDialView]:
    """Mine, by digit."""
    me.reach(TAKE)
    return _views(await SpeedDials(tx).of_user(me.user_id))


@router.put("/phone/speed-dials")
async def put_speed_dials(body: SpeedDialsIn, me: Me, tx: Tx) -> list[SpeedDialView]:
    """Mine, all of them anew."""
    me.reach(TAKE)
    if len({one.digit for one in body.dials}) < len(body.dials):
        raise invalid_field("digit", "Each digit stands for one number.", "each_once")
    await SpeedDials(tx).replace(
        me.user_id, [SpeedDial(one.digit, one.name.strip(), one.number) for one in body.dials]
    )
    return _views(await SpeedDials(tx).of_user(me.user_id))


def _views(dials: list[SpeedDial]) -> list[SpeedDialView]:
    return [SpeedDialView(digit=one.digit, name=one.name, number=one.number) for one in dials]
