"""All SQL about music."""

from dataclasses import dataclass
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.platform.database.driver import UniqueViolation
from tongdai.platform.errors import FieldError, Invalid


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of music without its sound. `standard`: the tenant's own, wherever no queue has chosen. `used_by`: the queues in
    use that play it, by name."""

    id: UUID
    tenant_id: UUID
    name: str
    checksum: str
    seconds: float
    standard: bool
    version: int
    used_by: list[str]


class Music:
    """The tenant's pieces; in the scope of the system, everybody's."""

    _PIECE = (
        "SELECT m.id, m.tenant_id, m.name, m.checksum, m.seconds, m.standard, m.version,"
        " ARRAY(SELECT q.name FROM queues q WHERE (q.tenant_id, q.music_id) = (m.tenant_id, m.id) AND NOT q.archived"
        " ORDER BY q.name) AS used_by FROM music m"
    )

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def pieces(self) -> list[Piece]:
        return await self._tx.fetch_all(
            Piece, f"{self._PIECE} WHERE m.tenant_id = %(tenant)s ORDER BY lower(m.name), m.id"
        )

    async def of_all(self) -> list[Piece]:
        """Every tenant's."""
        return await self._tx.fetch_all(Piece, f"{self._PIECE} ORDER BY m.tenant_id, m.id")

    async def get(self, piece_id: UUID, *, lock: bool = False) -> Piece | None:
        """`lock`: with all others, since one of them alone may be the standard."""
        if lock:
            await self._tx.execute("SELECT FROM music WHERE tenant_id = %(tenant)s ORDER BY id FOR UPDATE")
        return await self._tx.fetch_one(
            Piece, f"{self._PIECE} WHERE m.tenant_id = %(tenant)s AND m.id = %(id)s", {"id": piece_id}
        )

    async def audio(self, piece_id: UUID) -> bytes | None:
        return await self._tx.fetch_value(
            "SELECT audio FROM music WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": piece_id}
        )

    async def count(self) -> int:
        return await self._tx.fetch_value("SELECT count(*) FROM music WHERE tenant_id = %(tenant)s")

    async def add(self, piece_id: UUID, name: str, audio: bytes, checksum: str, seconds: float) -> None:
        """Raises Invalid for a name that is taken."""
        try:
            await self._tx.execute(
                "INSERT INTO music (tenant_id, id, name, audio, checksum, seconds)"
                " VALUES (%(tenant)s, %(id)s, %(name)s, %(audio)s, %(checksum)s, %(seconds)s)",
                {"id": piece_id, "name": name, "audio": audio, "checksum": checksum, "seconds": seconds},
            )
        except UniqueViolation as error:
            raise _taken() from error

    async def change(self, piece_id: UUID, name: str, *, standard: bool) -> int:
        """Gives the new version. Raises Invalid for a name that is taken."""
        try:
            return await self._tx.fetch_value(
                "UPDATE music SET name = %(name)s, standard = %(standard)s, version = version + 1"
                " WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING version",
                {"id": piece_id, "name": name, "standard": standard},
            )
        except UniqueViolation as error:
            raise _taken() from error

    async def no_longer_standard(self, piece_id: UUID) -> list[tuple[UUID, int]]:
        """Makes room for this piece as the standard; gives what was it, with its new version."""
        rows = await self._tx.fetch_tuples(
            "UPDATE music SET standard = false, version = version + 1"
            " WHERE tenant_id = %(tenant)s AND standard AND id <> %(id)s RETURNING id, version",
            {"id": piece_id},
        )
        return [(other, version) for other, version in rows]

    async def delete(self, piece_id: UUID) -> None:
        """Queues that are archived forget it; one in use must not play it any more."""
        await self._tx.execute(
            "UPDATE queues SET music_id = NULL WHERE tenant_id = %(tenant)s AND music_id = %(id)s AND archived",
            {"id": piece_id},
        )
        await self._tx.execute(
            "DELETE FROM music WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": piece_id}
        )


def _taken() -> Invalid:
    return Invalid(
        "This name is taken.",
        errors=[FieldError("name", "There is music of this name: choose another.", "taken")],
    )
