"""Carriers by TLS with encrypted sound, on a real Asterisk."""

import re

import pytest
from tests.api import Site
from tests.support import until
from tests.telephony.conftest import Floor
from tests.telephony.outbound.test_outbound import trunk
from tests.telephony.tls import Ear
from tests.telephony.trunks.test_trunk_answers import caller, dials
from tests.telephony.ua import Ua

from tongdai.platform.embedded.process import free_port


async def carrier(floor: Floor, ear: Ear) -> Ua:
    made = await Ua.open(ear.inner)
    floor.uas.append(made)
    ear.ua_port = made.port
    await trunk(floor, ear.port, transport="tls", srtp=True)
    return made


async def test_a_call_goes_out_by_tls_with_encrypted_sound(floor: Floor):
    ear = await Ear.open()
    try:
        side = await carrier(floor, ear)
        me, phone = await caller(floor)
        agent = await dials(floor, me, phone)
        asked = await side.incoming()
        assert asked.invite is not None
        assert asked.invite.get("via").startswith("SIP/2.0/TLS")
        assert re.search(r"^m=audio \d+ RTP/SAVP ", asked.invite.body, re.MULTILINE)
        assert "a=crypto:" in asked.invite.body
        plain = ear.taken
        asked.answer("200 OK", re.sub(r"m=audio \d+", f"m=audio {free_port()}", asked.invite.body))
        await until(lambda: floor.world.value("SELECT state = 'talking' FROM calls"))
        assert ear.taken > plain  # the ACK, too
        asked.send("BYE")
        await agent.request("BYE")
        await floor.interaction(state="closed", result="answered")
    finally:
        ear.close()


async def test_a_carrier_whose_certificate_nobody_vouches_for_gets_no_call(floor: Floor):
    ear = await Ear.open(known=False)
    try:
        await carrier(floor, ear)
        me, phone = await caller(floor)
        agent = await dials(floor, me, phone)
        await agent.request("BYE", timeout=40)
        assert ear.taken == 0
        row = await floor.interaction(state="closed")
        assert row["result"] in ("failed", "no_answer")
    finally:
        ear.close()


@pytest.mark.parametrize("before", ["tls", "udp"])
async def test_encrypted_sound_needs_tls(site: Site, before: str):
    admin = await site.sign_in("admin")
    body = {"name": "Carrier", "host": "sip.example.com", "transport": before}
    if before == "udp":
        refused = await admin.post("/trunks", **body, srtp=True)
    else:
        made = await admin.ok("POST", "/trunks", {**body, "srtp": True})
        path = f"/trunks/{made['id']}"
        refused = await admin.patch(path, version=1, transport="udp")
    assert refused.status_code == 422
    assert [(one["field"], one["rule"]) for one in refused.json()["errors"]] == [("srtp", "needs_tls")]
