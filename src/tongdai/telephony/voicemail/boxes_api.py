"""Routes of boxes: a user's own, and an administrator's for users and ring groups."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, File, Response, UploadFile
from pydantic import BaseModel, Field, StringConstraints

from tongdai.flows.public import uploaded_audio
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.bodies import Body
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.platform.facts import Recorded
from tongdai.platform.http import Me, RuntimeOf, Tx
from tongdai.platform.realtime import Push
from tongdai.platform.registry import Runtime
from tongdai.telephony.voicemail import mailbox
from tongdai.telephony.voicemail.repository import Boxes, Messages
from tongdai.telephony.voicemail.views import VoicemailNews

router = APIRouter(prefix="/api/v1", tags=["voicemail"])
EDIT = "telephony.edit"
MAX_GREETING_BYTES = 10_000_000
MAX_GREETING_S = 120

Mail = Literal["none", "notice", "sound"]
Pin = Annotated[str, StringConstraints(pattern=r"^([0-9]{4,12})?$")]
MailTo = Annotated[str, StringConstraints(pattern=r"^$|^[^@\s<>,;]+@[^@\s<>,;]+$", max_length=254)]


class BoxView(BaseModel):
    """A box. `mail`: what is sent of each message: none, a notice, or the sound with it; `mail_to`: where, "" to the user's own
    address; `mail_possible`: whether the installation has a mail server. `greeting_s`: the length of the own greeting; null: the
    usual one is played."""

    enabled: bool
    max_s: int
    silence_s: int
    greeting_s: float | None
    mail: Mail
    mail_to: str
    mail_possible: bool
    has_pin: bool


class BoxIn(Body):
    """`pin`: a new PIN, "" for none; left out, it stays."""

    enabled: bool
    max_s: Annotated[int, Field(ge=10, le=1800)] = 180
    silence_s: Annotated[int, Field(ge=2, le=60)] = 5
    mail: Mail = "none"
    pin: Pin | None = None


class BoxOfIn(BoxIn):
    mail_to: MailTo = ""


async def _view(tx: Transaction, runtime: Runtime, owner_id: UUID) -> BoxView:
    box = await Boxes(tx).of(owner_id)
    return BoxView(
        enabled=box.enabled,
        max_s=box.max_s,
        silence_s=box.silence_s,
        greeting_s=box.greeting_s,
        mail=box.mail,  # type: ignore[arg-type]
        mail_to=box.mail_to,
        mail_possible=bool(runtime.settings.smtp_host),
        has_pin=bool(box.pin),
    )


async def _set(tx: Transaction, runtime: Runtime, owner_id: UUID, body: BoxIn, me: Principal) -> BoxView:
    values: dict[str, Any] = body.model_dump(exclude={"pin"})
    if body.pin is not None:
        values |= {"pin": people.hash_pin(body.pin) if body.pin else "", "pin_failures": 0}
        values["pin_locked_until"] = None
    if body.mail != "none" and not runtime.settings.smtp_host:
        raise invalid_field("mail", "This installation has no mail server.", "no_mail_server")
    await mailbox.set_up(tx, owner_id, by=me.user_id, **values)
    if body.mail != "none" and not await Boxes(tx).address(owner_id):
        raise invalid_field("mail_to", "Write the address that messages are mailed to.", "required")
    return await _view(tx, runtime, owner_id)


async def _greet(runtime: Runtime, me: Principal, owner_id: UUID, audio: UploadFile) -> BoxView:
    wav, seconds = await uploaded_audio(audio, MAX_GREETING_BYTES)
    if seconds > MAX_GREETING_S:
        raise invalid_field("audio", "A greeting is two minutes long at most: choose a shorter one.", "long")
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        await mailbox.greet_with(tx, owner_id, wav, seconds, by=me.user_id)
        return await _view(tx, runtime, owner_id)


async def _sound(tx: Transaction, owner_id: UUID) -> Response:
    greeting = await Boxes(tx).greeting(owner_id)
    if greeting is None:
        raise NotFound()
    return Response(greeting, media_type="audio/wav", headers={"Cache-Control": "private, no-store"})


# One's own


@router.get("/phone/voicemail")
async def get_box(me: Me, tx: Tx, runtime: RuntimeOf) -> BoxView:
    """My voicemail."""
    return await _view(tx, runtime, me.user_id)


@router.put("/phone/voicemail")
async def put_box(body: BoxIn, me: Me, tx: Tx, runtime: RuntimeOf) -> BoxView:
    """Set up my voicemail. Mails go to my own address, or where an administrator lets them go."""
    return await _set(tx, runtime, me.user_id, body, me)


@router.put("/phone/voicemail/greeting")
async def put_greeting(me: Me, runtime: RuntimeOf, audio: Annotated[UploadFile, File()]) -> BoxView:
    """What my callers hear before the tone (WAV, MP3, OGG, FLAC)."""
    return await _greet(runtime, me, me.user_id, audio)


@router.delete("/phone/voicemail/greeting")
async def delete_greeting(me: Me, tx: Tx, runtime: RuntimeOf) -> BoxView:
    """Go back to the usual greeting."""
    await mailbox.greet_with(tx, me.user_id, None, None, by=me.user_id)
    return await _view(tx, runtime, me.user_id)


@router.get("/phone/voicemail/greeting", response_class=Response)
async def get_greeting(me: Me, tx: Tx) -> Response:
    return await _sound(tx, me.user_id)


# Others'


@router.get("/users/{user_id}/voicemail")
async def get_box_of_user(user_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> BoxView:
    """A user's voicemail."""
    me.reach(EDIT)
    await mailbox.owner_exists(tx, user_id, "user")
    return await _view(tx, runtime, user_id)


@router.put("/users/{user_id}/voicemail")
async def put_box_of_user(user_id: UUID, body: BoxOfIn, me: Me, tx: Tx, runtime: RuntimeOf) -> BoxView:
    """Set up a user's voicemail."""
    me.reach(EDIT)
    await mailbox.owner_exists(tx, user_id, "user")
    return await _set(tx, runtime, user_id, body, me)


@router.get("/ring-groups/{group_id}/voicemail")
async def get_box_of_group(group_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> BoxView:
    """A ring group's voicemail, which its members hear."""
    me.reach(EDIT)
    await mailbox.owner_exists(tx, group_id, "ring_group")
    return await _view(tx, runtime, group_id)


@router.put("/ring-groups/{group_id}/voicemail")
async def put_box_of_group(group_id: UUID, body: BoxOfIn, me: Me, tx: Tx, runtime: RuntimeOf) -> BoxView:
    """Set up a ring group's voicemail."""
    me.reach(EDIT)
    await mailbox.owner_exists(tx, group_id, "ring_group")
    return await _set(tx, runtime, group_id, body, me)


async def publish_news(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """Whoever reads a message that came, was heard or deleted sees how many are new."""
    readers = await Messages(tx).readers_of([event.fact.aggregate_id for event in events])
    counts = await Messages(tx).counts()
    return [
        Push("me", "voicemails.changed", VoicemailNews(new=counts.get(user, (0, 0))[0]), frozenset({user}))
        for user in readers
    ]
