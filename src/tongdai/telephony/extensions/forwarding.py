"""Forwarding and do not disturb of a user: what may be set up, by the desktop, by an administrator, by keys of a desk phone."""

from dataclasses import replace
from uuid import UUID

from tongdai.kit.phone import NumberKind
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.telephony.events import ForwardingChanged
from tongdai.telephony.extensions.policies import VOICEMAIL, Forwarding, comes_back
from tongdai.telephony.extensions.repository import Reach
from tongdai.telephony.outbound.dialplan import DIAL_PERMISSION, OWN_MESSAGES, Code, read_dialled
from tongdai.telephony.repository import Lines
from tongdai.tenancy import public as tenancy

TARGETS = ("always", "busy", "no_answer", "unreachable")


async def set_forwarding(tx: Transaction, user_id: UUID, wishes: Forwarding, *, by: UUID) -> None:
    """Raises Invalid for what the user may not dial, and for calls that would come back to them."""
    book = await Reach(tx).book()
    owner = await people.principal_of_user(tx, user_id)
    country, _ = await Lines(tx).country_and_zone()
    for name in TARGETS:
        number = getattr(wishes, name)
        if not number:
            continue
        if number == VOICEMAIL and user_id not in book.boxes:
            raise invalid_field(name, "Switch your voicemail on first.", "no_box")
        if number not in book.extensions and number != VOICEMAIL:
            dialled = read_dialled(number, country)
            if dialled is None or dialled.kind is NumberKind.EMERGENCY:
                raise invalid_field(name, "Write an extension, or a number as you would dial it.", "digits")
            if not owner.may(DIAL_PERMISSION.get(dialled.kind, DIAL_PERMISSION[NumberKind.UNKNOWN])):
                raise invalid_field(
                    name, "Calls to this kind of number are not allowed: choose another.", "not_dialled"
                )
    known = replace(book, forwarding={**book.forwarding, user_id: wishes})
    for name in TARGETS:
        if comes_back(known, user_id, getattr(wishes, name)):
            raise invalid_field(name, "Calls would come back to the same phone: choose another.", "loop")
    setting, version = await Reach(tx).set_forwarding(user_id, wishes)
    tx.emit(ForwardingChanged(aggregate_id=setting, aggregate_version=version, user_id=user_id))
    await tenancy.audit(tx, "phone.forwarding_set", "user", user_id, by=by)


def with_code(wishes: Forwarding, code: Code, number: str) -> Forwarding:
    """The wishes after a star code; `number` is what was dialled after it, none to switch off; *97 is the own voicemail."""
    if code is Code.DISTURB:
        return replace(wishes, do_not_disturb=False)
    if code is Code.DO_NOT_DISTURB:
        return replace(wishes, do_not_disturb=True)
    return replace(wishes, **{code.value: VOICEMAIL if number == OWN_MESSAGES else number})
