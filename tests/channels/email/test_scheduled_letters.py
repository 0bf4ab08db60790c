"""Letters that are sent later, over a real postfix and dovecot: with their heading, once, whatever dies in between."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api import Site
from tests.channels.email.post import Office
from tests.channels.email.servers import MailServers
from tests.conversations.test_later import time_comes
from tongdai.kit.ids import new_id


async def test_a_letter_goes_out_once_at_its_time(site: Site, servers: MailServers):
    office = await Office.open(site, servers)
    lan, minh = office.customer(), office.customer()
    lan.write(office.address, "Where is it?")
    card = await office.taken()
    path = f"/conversations/{card['thread']['conversation_id']}/scheduled"
    (letter,) = await office.letters(card)
    thread = await office.agent.ok("GET", path.replace("/scheduled", "/messages"))
    assert thread["undo_s"] == 5
    heading: dict[str, Any] = {"to": [lan.address], "cc": [minh.address.upper()], "subject": "Your parcel"}
    body = {"client_id": str(new_id()), "body": "On its way.", "due_at": _later(days=1)}
    wrong = await office.agent.post(path, **body, heading={**heading, "to": ["nobody", lan.address]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "to.0")
    own = await office.agent.post(path, **body, heading={**heading, "to": [office.address]})
    assert own.json()["errors"][0]["rule"] == "own_address"
    row = await office.agent.ok(
        "POST", path, {**body, "heading": {**heading, "answers": letter["message_id"]}}
    )
    assert row["heading"]["cc"] == [minh.address]
    undone = await office.agent.ok(
        "POST", path, {"client_id": str(new_id()), "body": "Oops", "heading": heading}
    )
    assert undone["grace"] is True
    await office.agent.ok("DELETE", f"{path}/{undone['id']}")
    # Its writer has closed the conversation long before.
    await office.agent.ok("POST", f"/assignments/{card['id']}/end")
    await time_comes(site)
    got, copy = await lan.gets(), await minh.gets()
    assert got["Subject"].startswith("Your parcel [#")
    assert (copy["Cc"], got["Message-ID"]) == (minh.address, copy["Message-ID"])
    assert await office.agent.ok("GET", path) == []
    await office.reads(card, "Where is it?", "On its way.")


def _later(**more: Any) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat()
