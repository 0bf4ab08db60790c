"""Mailboxes: as administrators edit them, as readers and senders use them, and how their reading goes."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.channels.email.rules import Rule
from tongdai.channels.email.schemas import Mailbox, MailboxIn
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited
from tongdai.platform.sealed import KeyRing, seal_text, unsealed_text

_READER = "SELECT {} FROM mailbox_readers r WHERE (r.tenant_id, r.mailbox_id) = (t.tenant_id, t.id)"
_TOKENS = "SELECT FROM mailbox_tokens k WHERE (k.tenant_id, k.mailbox_id) = (t.tenant_id, t.id)"
MAILBOXES = Edited(
    "mailboxes",
    Mailbox,
    computed={
        "has_password": "t.password IS NOT NULL",
        "has_client_secret": "t.client_secret IS NOT NULL",
        "signed_in": f"EXISTS ({_TOKENS})",
        "state": f"coalesce(({_READER.format('r.state')}), 'new')",
        "problem": f"coalesce(({_READER.format('r.problem')}), '')",
        "state_at": f"({_READER.format('r.state_at')})",
    },
    json=frozenset({"imap", "smtp", "oauth", "acknowledgement", "rules"}),
    unique={"mailboxes_tenant_id_address_key": "address"},
)


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """A mailbox as it is read and sent from."""

    tenant_id: UUID
    id: UUID
    project_id: UUID | None
    name: str
    address: str
    queue_id: UUID
    flow_id: UUID | None
    imap: dict[str, Any]
    smtp: dict[str, Any]
    username: str
    sign_in: str
    password: bytes | None
    oauth: dict[str, Any] | None
    client_secret: bytes | None
    secret: bytes
    acknowledgement: dict[str, str]
    rules: list[dict[str, Any]]
    tagged: bool
    since: datetime
    archived: bool
    version: int

    @property
    def sorting(self) -> list[Rule]:
        return [Rule.model_validate(one) for one in self.rules]


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox is read: all up to `last_uid`, as long as the folder's UIDs are the same."""

    uid_validity: int | None
    last_uid: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What a provider has given, sealed."""

    refresh: bytes
    access: bytes
    expires_at: datetime


_ROW = ", ".join(MailboxRow.__slots__)


class Mailboxes:
    """Mailboxes of the tenant, and in the scope of the system those of all."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def in_use(self) -> list[MailboxRow]:
        """Of all tenants. System scope."""
        return await self._tx.fetch_all(
            MailboxRow,
            f"SELECT {_ROW} FROM mailboxes t WHERE NOT archived AND CASE sign_in WHEN 'oauth' THEN EXISTS ({_TOKENS})"
            " ELSE password IS NOT NULL END",
        )

    async def get(self, mailbox_id: UUID) -> MailboxRow | None:
        return await self._tx.fetch_one(
            MailboxRow,
            f"SELECT {_ROW} FROM mailboxes WHERE tenant_id = %(tenant)s AND id = %(id)s",
            {"id": mailbox_id},
        )

    async def named(self, address: str) -> MailboxRow | None:
        """The one in use with this address."""
        return await self._tx.fetch_one(
            MailboxRow,
            f"SELECT {_ROW} FROM mailboxes WHERE tenant_id = %(tenant)s AND address = %(address)s AND NOT archived",
            {"address": address.strip().lower()},
        )

    async def led_by(self, flow_id: UUID) -> list[str]:
        """Addresses of those whose letters this flow leads."""
        rows = await self._tx.fetch_tuples(
            "SELECT address FROM mailboxes WHERE tenant_id = %(tenant)s AND flow_id = %(flow)s AND NOT archived"
            " ORDER BY address",
            {"flow": flow_id},
        )
        return [address for (address,) in rows]

    async def addresses(self) -> set[str]:
        """The tenant's own addresses."""
        rows = await self._tx.fetch_tuples("SELECT address FROM mailboxes WHERE tenant_id = %(tenant)s")
        return {address for (address,) in rows}

    async def cursor(self, mailbox_id: UUID, *, lock: bool = False) -> Cursor:
        found = await self._tx.fetch_one(
            Cursor,
            "SELECT uid_validity, last_uid FROM mailbox_readers WHERE tenant_id = %(tenant)s AND mailbox_id = %(id)s"
            f"{' FOR NO KEY UPDATE' if lock else ''}",
            {"id": mailbox_id},
        )
        return found or Cursor(None, 0)

    async def move(self, mailbox_id: UUID, cursor: Cursor) -> None:
        await self._tx.execute(
            "INSERT INTO mailbox_readers (tenant_id, mailbox_id, uid_validity, last_uid)"
            " VALUES (%(tenant)s, %(id)s, %(validity)s, %(uid)s) ON CONFLICT (tenant_id, mailbox_id) DO UPDATE"
            " SET uid_validity = excluded.uid_validity, last_uid = excluded.last_uid",
            {"id": mailbox_id, "validity": cursor.uid_validity, "uid": cursor.last_uid},
        )

    async def tell(self, mailbox_id: UUID, state: str, problem: str, at: datetime) -> None:
        """How the reading goes; what is told again keeps the time since when it is so."""
        await self._tx.execute(
            "INSERT INTO mailbox_readers (tenant_id, mailbox_id, state, problem, state_at)"
            " VALUES (%(tenant)s, %(id)s, %(state)s, %(problem)s, %(at)s) ON CONFLICT (tenant_id, mailbox_id) DO UPDATE"
            " SET state = excluded.state, problem = excluded.problem, state_at = CASE WHEN mailbox_readers.state"
            " = excluded.state THEN mailbox_readers.state_at ELSE excluded.state_at END",
            {"id": mailbox_id, "state": state, "problem": problem[:300], "at": at},
        )

    async def kept(self, mailbox_id: UUID) -> Kept | None:
        return await self._tx.fetch_one(
            Kept,
            "SELECT refresh, access, expires_at FROM mailbox_tokens WHERE tenant_id = %(tenant)s AND mailbox_id = %(id)s",
            {"id": mailbox_id},
        )

    async def keep(self, mailbox_id: UUID, kept: Kept) -> None:
        """A person has signed in."""
        await self._tx.execute(
            "INSERT INTO mailbox_tokens (tenant_id, mailbox_id, refresh, access, expires_at)"
            " VALUES (%(tenant)s, %(id)s, %(refresh)s, %(access)s, %(expires)s) ON CONFLICT (tenant_id, mailbox_id)"
            " DO UPDATE SET refresh = excluded.refresh, access = excluded.access, expires_at = excluded.expires_at",
            {"id": mailbox_id, "refresh": kept.refresh, "access": kept.access, "expires": kept.expires_at},
        )

    async def renew(self, mailbox_id: UUID, before: bytes, kept: Kept) -> None:
        """As long as nobody else has since: by what they got is asked next."""
        await self._tx.execute(
            "UPDATE mailbox_tokens SET refresh = %(refresh)s, access = %(access)s, expires_at = %(expires)s"
            " WHERE tenant_id = %(tenant)s AND mailbox_id = %(id)s AND refresh = %(before)s",
            {
                "id": mailbox_id,
                "before": before,
                "refresh": kept.refresh,
                "access": kept.access,
                "expires": kept.expires_at,
            },
        )

    async def drop_tokens(self, mailbox_id: UUID) -> None:
        await self._tx.execute(
            "DELETE FROM mailbox_tokens WHERE tenant_id = %(tenant)s AND mailbox_id = %(id)s",
            {"id": mailbox_id},
        )


async def mailboxes_leading_to(tx: Transaction, flow_id: UUID) -> list[str]:
    """Mailboxes whose letters this flow leads."""
    return await Mailboxes(tx).led_by(flow_id)


def sealed_for(mailbox_id: UUID) -> str:
    return f"mailbox {mailbox_id}"


def password_of(row: MailboxRow, ring: KeyRing) -> str:
    """Raises KeyMissing, Damaged."""
    return unsealed_text(row.password, ring, sealed_for(row.id)) if row.password else ""


def written_values(
    mailbox_id: UUID, values: dict[str, Any], password: str, client_secret: str, ring: KeyRing
) -> dict[str, Any]:
    """What is stored of what an administrator wrote; an empty secret leaves the present one."""
    kept = {name: value for name, value in values.items() if name not in ("password", "client_secret")}
    if password:
        kept["password"] = seal_text(password, ring, sealed_for(mailbox_id))
    if client_secret:
        kept["client_secret"] = seal_text(client_secret, ring, f"{sealed_for(mailbox_id)} client")
    return kept


async def add(tx: Transaction, new: MailboxIn, ring: KeyRing, at: datetime) -> UUID:
    mailbox_id = new_id()
    values = new.model_dump(mode="json")
    values |= {name: getattr(new, name) for name in ("queue_id", "flow_id", "project_id")}
    values |= {"secret": secrets.token_bytes(32), "since": at}
    return await MAILBOXES.add(
        tx, written_values(mailbox_id, values, new.password, new.client_secret, ring), mailbox_id
    )
