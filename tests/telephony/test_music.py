"""Whose music a waiting caller hears: real Asterisk, each piece a tone."""

import asyncio
import hashlib
import re
import struct
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from tests.ports import free_port
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.rtp import Media, strength, tone
from tests.telephony.sip import Scenario

from tongdai.flows.public import convert_audio
from tongdai.flows.rendering import lay_out
from tongdai.kit.ids import new_id
from tongdai.platform.embedded.asterisk import AsteriskServer, find_installation, fresh_settings
from tongdai.routing.events import MusicChanged
from tongdai.routing.public import Music
from tongdai.telephony.music import BUILT_IN, class_of, classes
from tongdai.telephony.trunks import console

WAITING = """
flow: {name}
start: answer
nodes:
  answer:
    answer:
    go: queue
  queue:
    queue: {queue}
    go: {{timeout: end}}
  end:
    hang_up:
"""
OF_QUEUE, OF_CENTRE = 700, 1900


def wav(hertz: float, seconds: float = 1.0) -> bytes:
    """A tone as 8 kHz mono WAV."""
    data = struct.pack(f"<{round(8000 * seconds)}h", *tone(hertz, seconds))
    form = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    return (
        b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + form
        + b"data" + struct.pack("<I", len(data)) + data
    )  # fmt: skip


async def piece(floor: Floor, hertz: float, *, standard: bool = False) -> UUID:
    """Music of one tone, once Asterisk can play it."""
    audio, seconds = await convert_audio(wav(hertz))
    piece_id = new_id()
    async with floor.world.transaction() as tx:
        checksum = hashlib.sha256(audio).hexdigest()
        await Music(tx).add(piece_id, f"{hertz} Hz", audio, checksum, seconds)
        version = await Music(tx).change(piece_id, f"{hertz} Hz", standard=standard)
        tx.emit(MusicChanged(aggregate_id=piece_id, aggregate_version=version))
    shelf, tenant = floor.exchange.media.shelf, floor.world.tenant_id

    async def known() -> object:
        return shelf.class_for(tenant, piece_id) == class_of(piece_id)

    await until(known)
    return piece_id


async def heard(caller: Media, hertz: float) -> bool:
    return len(caller.heard) > 4000 and strength(caller.heard[-4000:], hertz) > 0.8


async def test_each_caller_hears_the_music_of_the_queue_or_else_of_the_centre(floor: Floor):
    chosen, _ = await piece(floor, OF_QUEUE), await piece(floor, OF_CENTRE, standard=True)
    await floor.world.queue([], name="Chosen", music_id=chosen)
    await floor.world.queue([], name="Plain")
    await floor.hotline(WAITING.format(name="chosen", queue="Chosen"))
    await floor.hotline(WAITING.format(name="plain", queue="Plain"), "19001235")
    first, second = await Media.open(), await Media.open()
    await floor.call(Scenario().pause(5000), media_port=first.port)
    await floor.call(Scenario().pause(5000), to="19001235", media_port=second.port)
    await until(lambda: heard(first, OF_QUEUE))
    await until(lambda: heard(second, OF_CENTRE))
    first.heard.clear()
    await asyncio.sleep(0.6)  # over the end of the piece, which begins anew
    assert await heard(first, OF_QUEUE)
    # A piece that is gone: who comes next hears the centre's, and nobody silence.
    shelf, tenant = floor.exchange.media.shelf, floor.world.tenant_id
    assert shelf.class_for(tenant, uuid4()) != BUILT_IN
    assert shelf.class_for(uuid4(), None) == BUILT_IN
    await first.close()
    await second.close()


async def test_a_class_that_asterisk_does_not_know_sounds_as_its_own_music(floor: Floor):
    await floor.world.queue([], name="Plain")
    await floor.hotline(WAITING.format(name="plain", queue="Plain"))
    caller = await Media.open()
    await floor.call(Scenario().pause(3500), media_port=caller.port)

    async def music() -> bool:
        return len(caller.heard) > 4000 and sum(map(abs, caller.heard[-4000:])) / 4000 > 50

    await until(music)
    channel = await floor.world.value("SELECT customer_channel FROM calls")
    await floor.exchange.media.wait_with_music(channel, "tongdai-unheard-of")
    caller.heard.clear()
    await until(music)
    await caller.close()


async def test_asterisk_knows_the_music_from_its_start_without_us(tmp_path: Path):
    settings = replace(fresh_settings("127.0.0.1", free_port()), rtp_ports=(29900, 29920))
    server = AsteriskServer(tmp_path / "asterisk", find_installation(print), settings)
    sounds = server.paths.home / "sounds"
    sound, kept = sounds / "tone", new_id()
    await asyncio.to_thread(lay_out, sound, (await convert_audio(wav(440)))[0])
    (sounds / "music.conf").write_text(classes({kept: sound}))
    process = await asyncio.to_thread(server.start)
    try:
        told = await console._ask(server.control, "moh show classes")  # pyright: ignore[reportPrivateUsage]
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)
    assert re.findall(r"Class: (\S+)", told) == [BUILT_IN, class_of(kept)]
