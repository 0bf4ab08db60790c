"""Files that are encrypted at rest: what was written is read, from anywhere, and nothing else passes for it."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongdai.platform.sealed import (
    CHUNK,
    HEADER,
    TAG,
    Damaged,
    KeyMissing,
    KeyRing,
    key_of,
    plain_size,
    rewrap,
    seal,
    unsealed,
)

EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7]


def sealed(folder: Path, content: bytes, name: str = "one") -> tuple[Path, KeyRing]:
    plain, target, ring = folder / "plain", folder / f"{name}.sealed", KeyRing(folder / "keys" / "ring.json")
    plain.write_bytes(content)
    seal(plain, target, ring, name)
    return target, ring


@given(st.sampled_from(EDGES), st.integers(0, 4 * CHUNK), st.integers(0, 4 * CHUNK))
@settings(max_examples=60, deadline=None)
def test_every_part_is_what_was_written(size: int, first: int, length: int):
    content = os.urandom(size)
    with TemporaryDirectory() as folder:
        file, ring = sealed(Path(folder), content)
        assert plain_size(file) == size
        assert b"".join(unsealed(file, ring, "one")) == content
        if first < size:
            last = first + length
            assert b"".join(unsealed(file, ring, "one", first, last)) == content[first : last + 1]


def test_nothing_of_what_was_written_can_be_seen(tmp_path: Path):
    file, ring = sealed(tmp_path, b"card number 4111 1111 1111 1111" * 100)
    assert b"4111" not in file.read_bytes()
    assert ring.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", [0, 9, HEADER - 1, HEADER, HEADER + CHUNK + TAG + 3])
def test_a_changed_bit_is_noticed(tmp_path: Path, place: int):
    file, ring = sealed(tmp_path, os.urandom(2 * CHUNK))
    written = bytearray(file.read_bytes())
    written[place] ^= 1
    file.write_bytes(written)
    with pytest.raises((Damaged, KeyMissing)):
        b"".join(unsealed(file, ring, "one"))


@pytest.mark.parametrize("kept", [HEADER + CHUNK + TAG, HEADER + 2 * (CHUNK + TAG)])
def test_an_end_that_is_cut_off_between_chunks_is_noticed(tmp_path: Path, kept: int):
    file, ring = sealed(tmp_path, os.urandom(3 * CHUNK))
    os.truncate(file, kept)
    with pytest.raises(Damaged):
        b"".join(unsealed(file, ring, "one"))


def test_chunks_cannot_change_places_and_no_file_passes_for_another(tmp_path: Path):
    file, ring = sealed(tmp_path, os.urandom(3 * CHUNK))
    written = file.read_bytes()
    one, two = (written[HEADER + n * (CHUNK + TAG) :][: CHUNK + TAG] for n in (0, 1))
    swapped = written[:HEADER] + two + one + written[HEADER + 2 * (CHUNK + TAG) :]
    file.write_bytes(swapped)
    with pytest.raises(Damaged):
        b"".join(unsealed(file, ring, "one"))
    file.write_bytes(written)
    with pytest.raises(Damaged):
        b"".join(unsealed(file, ring, "two"))


def test_a_new_key_takes_over_and_the_old_one_is_needed_no_more(tmp_path: Path):
    content = os.urandom(CHUNK + 5)
    file, ring = sealed(tmp_path, content)
    before = key_of(file)
    elsewhere = KeyRing(ring.path)  # another process
    assert elsewhere.rotate() != before
    assert b"".join(unsealed(file, ring, "one")) == content
    assert rewrap(file, ring)
    assert not rewrap(file, ring)
    assert key_of(file) == elsewhere.current()[0] != before
    assert b"".join(unsealed(file, ring, "one")) == content


def test_without_its_key_a_file_is_noise(tmp_path: Path):
    file, _ = sealed(tmp_path, b"secret")
    stranger = KeyRing(tmp_path / "others.json")
    stranger.rotate()
    with pytest.raises(KeyMissing):
        b"".join(unsealed(file, stranger, "one"))
    plain = tmp_path / "plain.ogg"
    plain.write_bytes(b"OggS" + bytes(200))
    with pytest.raises(Damaged):
        b"".join(unsealed(plain, stranger, "one"))


def test_two_that_make_the_first_key_at_once_have_the_same(tmp_path: Path):
    one, two = KeyRing(tmp_path / "ring.json"), KeyRing(tmp_path / "ring.json")
    assert one.current() == two.current()
    three = KeyRing(tmp_path / "ring.json")
    three._current = ""  # pyright: ignore[reportPrivateUsage]
    assert three.current() == one.current()
