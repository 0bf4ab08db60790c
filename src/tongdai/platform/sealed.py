"""Files that are encrypted at rest and can still be read from the middle: AES-256-GCM in chunks, a key for each file.

A sealed file: a header of fixed length (magic, the id of the installation's key, the file's own key wrapped by that one), then
chunks of 64 KB, each with its tag. The nonce of a chunk is its place and whether it is the last, so that none can be left out,
moved, or cut off at the end unseen; the name that the file was sealed for is authenticated too, so that no file passes for
another. The installation's keys are in one file; a new one becomes the current one, and the headers alone are written anew.
"""

import base64
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SUFFIX = ".sealed"
CHUNK = 64 * 1024
TAG = 16
_MAGIC = b"TDSEAL1\0"
_ID, _NONCE, _KEY = 8, 12, 32
HEADER = len(_MAGIC) + _ID + _NONCE + _KEY + TAG
DEFAULT_RING = Path("files") / "keys" / "recordings.json"
"""Below the data directory, where no other place is configured: backups take it along, or their recordings would be noise."""


class KeyMissing(Exception):
    """The key of a sealed file is not among the installation's: bring the key file back from where it was kept."""


class Damaged(Exception):
    """A sealed file is not as it was written, or is another's."""


class KeyRing:
    """The installation's keys: {"current": id, "keys": {id: base64 of 32 bytes}}, in a file that its owner alone can read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_at = 0
        self._current = ""
        self._keys: dict[str, bytes] = {}

    def current(self) -> tuple[str, bytes]:
        """Id and key for what is written now; made when there is none yet."""
        self._refresh()
        if not self._current:
            self.rotate()
        return self._current, self._keys[self._current]

    def key(self, key_id: str) -> bytes:
        """Raises KeyMissing."""
        if key_id not in self._keys:
            self._refresh()
        try:
            return self._keys[key_id]
        except KeyError:
            raise KeyMissing(f"the key {key_id} is not in {self.path}") from None

    def rotate(self) -> str:
        """A new key is the current one; those before stay, for what is older. Gives its id."""
        self._refresh()
        key_id = secrets.token_hex(_ID // 2)
        keys = {**self._keys, key_id: secrets.token_bytes(_KEY)}
        written = {
            "current": key_id,
            "keys": {one: base64.b64encode(key).decode() for one, key in keys.items()},
        }
        _make_folder(self.path.parent)
        fresh = self.path.with_name(f".{self.path.name}.{key_id}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(written, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        _give_to(fresh, self.path.parent)
        if self._current or not _first(fresh, self.path):
            fresh.replace(self.path)
        self._read_at = 0
        self._refresh()
        return self._current

    def _refresh(self) -> None:
        """Read the file again when it has changed: another process may have added a key."""
        try:
            changed_at = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if changed_at == self._read_at:
            return
        found: dict[str, Any] = json.loads(self.path.read_text())
        self._keys = {key_id: base64.b64decode(key) for key_id, key in found["keys"].items()}
        self._current = found["current"]
        self._read_at = changed_at


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _give_to(folder, folder.parent)


def _give_to(path: Path, like: Path) -> None:
    """Under root the app has a user of its own, who owns the file store and has to read this as well."""
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _first(fresh: Path, path: Path) -> bool:
    """Put the first key file in its place, unless another process was faster: then that one counts."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    except OSError:
        return False
    fresh.unlink()
    return True


class Sealing:
    """A sealed file that is written bit by bit, none of it ever lying open on the disk: there, whole and durable, once `finish`
    was called; else there is nothing. `name`: what has to be said again to read it."""

    def __init__(self, target: Path, ring: KeyRing, name: str) -> None:
        self._target = target
        self._unfinished = target.with_name(f"{target.name}.part")
        key = secrets.token_bytes(_KEY)
        self._cipher, self._name = AESGCM(key), name.encode()
        self._kept, self._place = bytearray(), 0
        self._file = self._unfinished.open("wb")
        self._file.write(_header(ring, key))

    def __enter__(self) -> "Sealing":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._unfinished.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """More of it. One chunk is held back: only at the end it is known to be the last."""
        self._kept += data
        while len(self._kept) > CHUNK:
            self._seal(bytes(self._kept[:CHUNK]), last=False)
            del self._kept[:CHUNK]

    def finish(self) -> None:
        self._seal(bytes(self._kept), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.replace(self._target)
        folder = os.open(self._target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._place, last=last), chunk, self._name))
        self._place += 1


def seal(plain: Path, target: Path, ring: KeyRing, name: str) -> None:
    """Write `target` from `plain`, whole or not at all. `name`: what has to be said again to read it."""
    with plain.open("rb") as source, Sealing(target, ring, name) as sealing:
        while data := source.read(CHUNK):
            sealing.write(data)
        sealing.finish()


def unsealed(
    file: Path, ring: KeyRing, name: str, first: int = 0, last: int | None = None
) -> Iterator[bytes]:
    """The bytes [first, last] of what was sealed; only the chunks that hold them are read. Raises KeyMissing, Damaged."""
    with file.open("rb") as opened:
        _, key = _opened(opened, ring)
        cipher, size = AESGCM(key), plain_size(file)
        end = size - 1 if last is None else min(last, size - 1)
        chunks = _chunks(size)
        for place in range(first // CHUNK, max(0, end) // CHUNK + 1):
            opened.seek(HEADER + place * (CHUNK + TAG))
            written = opened.read(CHUNK + TAG)
            try:
                data = cipher.decrypt(_nonce(place, last=place == chunks - 1), written, name.encode())
            except InvalidTag:
                raise Damaged(f"{file} is damaged in its part {place}") from None
            begin = place * CHUNK
            yield data[max(0, first - begin) : end + 1 - begin]


def seal_text(text: str, ring: KeyRing, name: str) -> bytes:
    """A short secret, such as a password, for a row of the database. `name`: what has to be said again to read it."""
    key_id, key = ring.current()
    nonce = secrets.token_bytes(_NONCE)
    return key_id.encode() + nonce + AESGCM(key).encrypt(nonce, text.encode(), name.encode())


def unsealed_text(sealed: bytes, ring: KeyRing, name: str) -> str:
    """Raises KeyMissing, Damaged."""
    key_id, nonce = sealed[:_ID].decode("ascii", "replace"), sealed[_ID:][:_NONCE]
    try:
        return AESGCM(ring.key(key_id)).decrypt(nonce, sealed[_ID + _NONCE :], name.encode()).decode()
    except (InvalidTag, ValueError):
        raise Damaged(f"what was sealed for {name} is not as it was written") from None


def plain_size(file: Path) -> int:
    """How many bytes were sealed."""
    body = file.stat().st_size - HEADER
    return max(0, body - -(-body // (CHUNK + TAG)) * TAG)


def key_of(file: Path) -> str:
    """The id of the installation's key by which a file is sealed. Raises Damaged."""
    with file.open("rb") as opened:
        return _id_of(opened.read(HEADER), file.name)


def rewrap(file: Path, ring: KeyRing) -> bool:
    """Wrap the file's key by the current one; False when it is already. What it holds is not touched."""
    key_id, _ = ring.current()
    with file.open("r+b") as opened:
        before, key = _opened(opened, ring)
        if before == key_id:
            return False
        os.pwrite(opened.fileno(), _header(ring, key), 0)
        os.fsync(opened.fileno())
    return True


def _header(ring: KeyRing, key: bytes) -> bytes:
    key_id, wrapping = ring.current()
    nonce = secrets.token_bytes(_NONCE)
    return _MAGIC + key_id.encode() + nonce + AESGCM(wrapping).encrypt(nonce, key, _MAGIC + key_id.encode())


def _opened(file: BinaryIO, ring: KeyRing) -> tuple[str, bytes]:
    header = file.read(HEADER)
    key_id = _id_of(header, file.name)
    nonce = header[len(_MAGIC) + _ID :][:_NONCE]
    try:
        wrapping = AESGCM(ring.key(key_id))
        return key_id, wrapping.decrypt(nonce, header[-_KEY - TAG :], _MAGIC + key_id.encode())
    except InvalidTag:
        raise Damaged(f"the key of {file.name} cannot be unwrapped") from None


def _id_of(header: bytes, name: str) -> str:
    if len(header) < HEADER or not header.startswith(_MAGIC):
        raise Damaged(f"{name} is not a sealed file")
    return header[len(_MAGIC) :][:_ID].decode("ascii", "replace")


def _nonce(place: int, *, last: bool) -> bytes:
    return place.to_bytes(_NONCE - 1) + bytes([last])


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))
