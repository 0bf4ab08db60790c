"""Sign-in: argon2 hashes, server-side sessions, a lock after repeated failures."""

import asyncio
import contextlib
import hashlib
import secrets
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from tongdai.people.errors import Locked, WeakPassword, WrongCredentials
from tongdai.people.events import SessionEnded
from tongdai.people.policies import locked_after, narrower_of, widest_of
from tongdai.people.records import Sessions
from tongdai.people.repository import Accounts, Grant, People, SessionRow
from tongdai.people.schemas import SessionView
from tongdai.platform.auth import Extent, Principal
from tongdai.platform.database import Database, Scope, Transaction
from tongdai.platform.errors import TooMany

MIN_PASSWORD = 10
WORK_GOES_ON = timedelta(hours=1)
"""Nobody is signed out in the middle of a contact: so long after a session's time it holds while its user is busy."""
TOKEN_PREFIX = "tdk_"  # noqa: S105
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_DUMMY = _hasher.hash("a password that nobody has")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; `token` is the cookie's value and is known to nobody else."""

    tenant_id: UUID
    user_id: UUID
    session_id: UUID
    token: str


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    """An argon2id hash (OWASP's parameters). Raises WeakPassword when too short."""
    if len(password) < MIN_PASSWORD:
        raise WeakPassword()
    return _hasher.hash(password)


def hash_pin(pin: str) -> str:
    """An argon2id hash of what is typed on a phone's keys. So short, it is worth only what counts wrong ones."""
    return _hasher.hash(pin)


def verify_password(stored: str | None, password: str) -> bool:
    """Takes as long for an unknown user as for a known one."""
    try:
        return _hasher.verify(stored or _DUMMY, password) and stored is not None
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


async def sign_in(
    database: Database,
    email: str,
    password: str,
    *,
    now: datetime,
    hours: int,
    user_agent: str,
    address: str,
) -> SignedIn:
    """Check the password and open a session. The hash is computed outside the transaction: it takes ~20 ms by design."""
    async with database.transaction(Scope.system()) as tx:
        account = await Accounts(tx).by_email(email)
    if account and account.locked_until and account.locked_until > now:
        raise Locked(retry_after=round((account.locked_until - now).total_seconds()) + 1)
    good = await asyncio.to_thread(verify_password, account.password_hash if account else None, password)
    if account is None:
        raise WrongCredentials()
    async with database.transaction(Scope(account.tenant_id, account.id)) as tx:
        fresh = await Accounts(tx).by_email(email)
        failures = fresh.failed_sign_ins if fresh else 0
        if not good:
            pause = locked_after(failures + 1)
            until = now + timedelta(seconds=pause) if pause else None
            await Accounts(tx).record_failure(account.id, failures + 1, until)
        else:
            if failures:
                await Accounts(tx).record_failure(account.id, 0, None)
            token = secrets.token_urlsafe(32)
            session_id = await People(tx).add_session(
                account.id, token_hash(token), now + timedelta(hours=hours), user_agent, address
            )
            return SignedIn(account.tenant_id, account.id, session_id, token)
    raise WrongCredentials()


class PrincipalSources:
    """The port by which module routing says which queues are a user's own. Without it: none."""

    async def queue_ids(self, tx: Transaction, user_id: UUID) -> frozenset[UUID]:
        return frozenset()


async def principal_of(
    database: Database,
    *,
    cookie: str | None,
    bearer: str | None,
    now: datetime,
    sources: PrincipalSources | None = None,
) -> Principal | None:
    """Who holds this session cookie or API token."""
    async with database.transaction(Scope.system()) as tx:
        row: SessionRow | None = None
        if bearer is not None:
            row = await Accounts(tx).by_api_token(token_hash(bearer), now)
            if row is not None:
                await Accounts(tx).note_token_use(token_hash(bearer), now)
        elif cookie is not None:
            row = await Accounts(tx).by_session_token(token_hash(cookie), now, now - WORK_GOES_ON)
    if row is None:
        return None
    async with database.transaction(Scope(row.tenant_id, row.user_id)) as tx:
        return await load_principal(tx, row, sources)


_BY_QUEUE = {Extent.QUEUE, Extent.PROJECT}


async def load_principal(
    tx: Transaction, row: SessionRow, sources: PrincipalSources | None = None
) -> Principal:
    """The user with the widest extent of each permission over all their roles; of a token's role no more than that has."""
    people = People(tx)
    grants = _widest(await people.grants(row.user_id))
    if row.role_id is not None:
        grants = narrower_of(grants, _widest(await people.grants_of_role(row.role_id)))
    asks_queues = sources is not None and not _BY_QUEUE.isdisjoint(grants.values())
    return Principal(
        tenant_id=row.tenant_id,
        user_id=row.user_id,
        name=row.name,
        session_id=row.session_id,
        grants=grants,
        team_ids=frozenset(await people.team_ids(row.user_id)),
        queue_ids=await sources.queue_ids(tx, row.user_id) if sources and asks_queues else frozenset(),
        project_ids=frozenset(await people.project_ids(row.user_id)),
    )


def _widest(grants: list[Grant]) -> dict[str, Extent]:
    return widest_of([(grant.permission, Extent(grant.extent)) for grant in grants])


async def issue_api_token(tx: Transaction, user_id: UUID, name: str) -> str:
    """A new API token; shown once, stored only as a hash."""
    return (await new_api_token(tx, user_id, name))[1]


async def new_api_token(
    tx: Transaction,
    user_id: UUID,
    name: str,
    expires_at: datetime | None = None,
    role_id: UUID | None = None,
) -> tuple[UUID, str]:
    """A new API token with its id; without `expires_at` it works until it is revoked, without `role_id` with all rights."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    return await People(tx).add_api_token(user_id, name, token_hash(token), expires_at, role_id), token


async def sessions(tx: Transaction, user_id: UUID, mine: UUID | None, now: datetime) -> list[SessionView]:
    """Where a user is signed in; `mine` is the session that asks."""
    return await Sessions(tx).of_user(user_id, mine, now, now - WORK_GOES_ON)


async def end_session(tx: Transaction, session_id: UUID, user_id: UUID) -> bool:
    """Sign out; False when the user has no such session. The fact tells other nodes and the softphone's account."""
    ended = await People(tx).end_session(session_id, user_id)
    if ended:
        tx.emit(SessionEnded(aggregate_id=session_id, aggregate_version=1, user_id=user_id))
    return ended


async def end_sessions(tx: Transaction, user_id: UUID, keep: UUID | None = None) -> None:
    """Sign a user out everywhere, but for the session `keep`."""
    for session_id in await People(tx).end_other_sessions(user_id, keep):
        tx.emit(SessionEnded(aggregate_id=session_id, aggregate_version=1, user_id=user_id))


async def end_expired_sessions(database: Database, now: datetime) -> None:
    """Sessions whose time is over end as if by signing out: their sockets close, their softphones' accounts go."""
    async with database.transaction(Scope.system()) as tx:
        expired = await Accounts(tx).expired_sessions(now, now - WORK_GOES_ON)
    for tenant_id, session_id, user_id in expired:
        async with database.transaction(Scope(tenant_id)) as tx:
            await end_session(tx, session_id, user_id)


async def change_password(database: Database, principal: Principal, current: str, new: str) -> None:
    """Change one's own password and end all other sessions. Raises WrongCredentials, WeakPassword."""
    scope = Scope(principal.tenant_id, principal.user_id)
    async with database.transaction(scope) as tx:
        stored = await People(tx).password_hash(principal.user_id)
    if not await asyncio.to_thread(verify_password, stored, current):
        raise WrongCredentials()
    hashed = await asyncio.to_thread(hash_password, new)
    async with database.transaction(scope) as tx:
        await People(tx).set_password(principal.user_id, hashed)
        await end_sessions(tx, principal.user_id, keep=principal.session_id)


class Throttle:
    """At most so many sign-in attempts a minute from one address: the slow hash is work that an attacker makes us do.

    Attempts that succeed are given back: a whole shift signs in from behind one address.
    """

    LIMIT = 30

    def __init__(self) -> None:
        self._attempts: dict[str, list[datetime]] = {}

    @contextlib.contextmanager
    def attempt(self, address: str, now: datetime) -> Generator[None]:
        """Count what is inside, unless it ends without an error. Raises TooMany."""
        since = now - timedelta(minutes=1)
        recent = [at for at in self._attempts.get(address, []) if at > since]
        if len(recent) >= self.LIMIT:
            raise TooMany("Too many sign-in attempts from your address. Wait a minute.", retry_after=60)
        recent.append(now)
        self._attempts[address] = recent
        if len(self._attempts) > 10_000:
            self._attempts = {key: times for key, times in self._attempts.items() if times[-1] > since}
        yield
        with contextlib.suppress(KeyError, ValueError):
            self._attempts[address].remove(now)
            if not self._attempts[address]:
                del self._attempts[address]
