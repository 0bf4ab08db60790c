"""What telephony adds to the interaction log and to search."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations.public import InteractionSource
from tongdai.crm.public import CustomerSource
from tongdai.flows.public import path_of
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import like_literal
from tongdai.platform.search import Hit, SearchSource
from tongdai.telephony.events import RecordingChanged
from tongdai.telephony.recording.repository import Recordings
from tongdai.telephony.repository import Calls
from tongdai.telephony.voicemail.repository import Messages
from tongdai.tenancy import public as tenancy


class Spoken(InteractionSource):
    """Recordings, how the call sounded, and its way through the flow."""

    async def with_recording(self, tx: Transaction, interaction_ids: list[UUID]) -> set[UUID]:
        rows = await tx.fetch_tuples(
            "SELECT DISTINCT interaction_id FROM recordings WHERE tenant_id = %(tenant)s"
            " AND interaction_id = ANY(%(ids)s) AND state = 'stored'",
            {"ids": interaction_ids},
        )
        return {row[0] for row in rows}

    def kept(self, which: str) -> str | None:
        held = " AND r.legal_hold" if which == "held" else ""
        return (
            "EXISTS (SELECT FROM recordings r WHERE r.tenant_id = i.tenant_id AND r.interaction_id = i.id"
            f" AND r.state = 'stored'{held})"
        )

    async def details(self, tx: Transaction, interaction_id: UUID) -> dict[str, Any]:
        calls = await Calls(tx).of_interactions([interaction_id])
        if not calls:
            return {}
        call = calls[-1]
        recordings = [
            {
                "id": row.id,
                "kind": row.kind,
                "duration_s": row.duration_s,
                "channels": [name for name in ("customer", "agent") if name in (row.peaks or {})],
                "size": row.size,
                "checksum": row.checksum,
                "codec": row.codec,
                "legal_hold": row.legal_hold,
                "hold_reason": row.hold_reason,
                "held_at": row.held_at,
            }
            for row in await Recordings(tx).of_interaction(interaction_id)
            if row.state == "stored"
        ]
        path = await path_of(tx, call.flow_run_id) if call.flow_run_id is not None else []
        return {"recordings": recordings, "quality": call.quality or None, "flow_path": path}


class Heard(CustomerSource):
    """What was said: forgotten with the customer. The collector removes the files; until then nobody can listen."""

    name = "recordings"

    async def export(self, tx: Transaction, contact_ids: list[UUID]) -> list[dict[str, Any]]:
        """The messages that they left, to whomever. What was said is heard on request."""
        return await Messages(tx).export(contact_ids)

    async def erase(self, tx: Transaction, contact_ids: list[UUID], at: datetime) -> None:
        for recording_id, interaction_id, version in await Recordings(tx).forget(contact_ids):
            changed = RecordingChanged(
                aggregate_id=recording_id,
                aggregate_version=version,
                interaction_id=interaction_id,
                state="erasing",
            )
            tx.emit(changed)
            await tenancy.audit(tx, "recording.erased", "recording", recording_id)


class SearchNumbers(SearchSource):
    """The centre's own numbers."""

    permission = "telephony.edit"

    async def hits(self, tx: Transaction, me: Principal, q: str, limit: int) -> list[Hit]:
        rows = await tx.fetch_tuples(
            "SELECT id, number, label FROM numbers WHERE tenant_id = %(tenant)s AND NOT archived"
            " AND (number ILIKE %(like)s OR label ILIKE %(like)s) ORDER BY number LIMIT %(limit)s",
            {"like": f"%{like_literal(q)}%", "limit": limit},
        )
        return [
            Hit(kind="number", id=number_id, title=number, subtitle=label or None)
            for number_id, number, label in rows
        ]
