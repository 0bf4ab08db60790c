"""`line` is the fake in one run of a test and a real Asterisk in the other."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from tests.telephony.ari.far import PHONE, TRUNK, Line, fake_line, real_line

from tongdai.kit.ids import new_id
from tongdai.platform.embedded.asterisk import AsteriskServer
from tongdai.telephony.phones.endpoints import device_objects, trunk_objects
from tongdai.telephony.repository import DeviceRow, TrunkRow


@pytest.fixture(params=["fake", "asterisk"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    if request.param == "fake":
        async with fake_line() as made:
            yield made
        return
    asterisk: AsteriskServer = request.getfixturevalue("asterisk")
    tenant = new_id()
    phone, trunk = PHONE.removeprefix("PJSIP/"), TRUNK.removeprefix("PJSIP/")
    device = DeviceRow(tenant, new_id(), new_id(), "sip", phone, "secret-1", None)
    row = TrunkRow(
        tenant_id=tenant,
        id=new_id(),
        name="Main",
        sip_name=trunk,
        username=trunk,
        password="secret-2",
        host=None,
        transport="udp",
        registers_out=False,
        match=[],
        codecs=["alaw"],
        order=0,
        caller_id=None,
        max_calls=10,
        price_per_minute=Decimal(0),
        prefixes=[],
        rates=[],
        number_format="e164",
        srtp=False,
        max_spend=None,
        country="VN",
    )
    async with real_line(asterisk, [*device_objects(device, 5), *trunk_objects(row)]) as made:
        yield made
