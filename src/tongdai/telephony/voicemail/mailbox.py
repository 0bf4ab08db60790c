"""What happens to boxes and messages."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.telephony.events import RecordingChanged, VoicemailBoxChanged, VoicemailChanged, VoicemailLeft
from tongdai.telephony.recording.repository import RecordingRow, Recordings
from tongdai.telephony.voicemail.mails import Mails
from tongdai.telephony.voicemail.policies import SHORTEST_S
from tongdai.telephony.voicemail.repository import Boxes, Messages
from tongdai.tenancy import public as tenancy


async def arrived(tx: Transaction, recording: RecordingRow, seconds: float) -> None:
    """What was said lies in the store. Where nothing was, there is no message."""
    found = await Messages(tx).of_recording(recording.id)
    if found is None:
        return
    voicemail_id, owner_id = found
    if seconds < SHORTEST_S:
        await Messages(tx).drop(recording.id)
        version = await Recordings(tx).erase(recording.id)
        fact = RecordingChanged(
            aggregate_id=recording.id,
            aggregate_version=version,
            interaction_id=recording.interaction_id,
            state="erasing",
        )
        tx.emit(fact)
        return
    if owner_id is not None and (await Boxes(tx).of(owner_id)).mail != "none":
        await Mails(tx).add(voicemail_id)
    tx.emit(
        VoicemailLeft(aggregate_id=voicemail_id, aggregate_version=1, interaction_id=recording.interaction_id)
    )


async def heard(
    tx: Transaction, voicemail_id: UUID, by: UUID | None, at: datetime, version: int | None = None
) -> bool:
    """A message was heard by somebody, or is new again (None). False where it has changed since `version`."""
    now = await Messages(tx).mark(voicemail_id, by, at if by is not None else None, version)
    if now is not None:
        tx.emit(VoicemailChanged(aggregate_id=voicemail_id, aggregate_version=now))
    return now is not None


async def delete(tx: Transaction, voicemail_id: UUID, at: datetime, *, by: UUID) -> None:
    """Put a message aside: it can be had back for a day. Doing it twice changes nothing."""
    version = await Messages(tx).delete(voicemail_id, at)
    if version is not None:
        tx.emit(VoicemailChanged(aggregate_id=voicemail_id, aggregate_version=version))
        await tenancy.audit(tx, "voicemail.deleted", "voicemail", voicemail_id, by=by)


async def restore(tx: Transaction, voicemail_id: UUID) -> None:
    version = await Messages(tx).delete(voicemail_id, None)
    if version is not None:
        tx.emit(VoicemailChanged(aggregate_id=voicemail_id, aggregate_version=version))
        await tenancy.audit(tx, "voicemail.restored", "voicemail", voicemail_id)


async def set_up(tx: Transaction, owner_id: UUID, *, by: UUID, **values: Any) -> None:
    """Change how the box takes messages. Whose it is was checked."""
    box = await _change(tx, owner_id, values)
    await tenancy.audit(tx, "voicemail.box_set", "voicemail_box", box, by=by)


async def greet_with(
    tx: Transaction, owner_id: UUID, sound: bytes | None, seconds: float | None, *, by: UUID
) -> None:
    """Another greeting (16 kHz WAV); None: what is usual."""
    checksum = hashlib.sha256(sound).hexdigest() if sound is not None else None
    values = {"greeting": sound, "greeting_checksum": checksum, "greeting_s": seconds}
    box = await _change(tx, owner_id, values)
    await tenancy.audit(tx, "voicemail.greeting_set", "voicemail_box", box, by=by)


async def _change(tx: Transaction, owner_id: UUID, values: dict[str, Any]) -> UUID:
    box, version = await Boxes(tx).set(owner_id, **values)
    tx.emit(VoicemailBoxChanged(aggregate_id=box, aggregate_version=version, owner_id=owner_id))
    return box


async def owner_exists(tx: Transaction, owner_id: UUID, kind: str) -> None:
    """Raises NotFound unless there is such a user or ring group."""
    table = {"user": "users", "ring_group": "extension_groups"}[kind]
    found = await tx.fetch_value(
        f"SELECT true FROM {table} WHERE tenant_id = %(tenant)s AND id = %(id)s AND NOT archived",
        {"id": owner_id},
    )
    if not found:
        raise NotFound()
