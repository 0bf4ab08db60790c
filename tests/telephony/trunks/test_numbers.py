"""Numbers of the administration over HTTP: what people type, and what they are told."""

import pytest
from tests.api import Site


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1900 1234", "19001234"),
        ("+84 (24) 7300-1234", "+842473001234"),
        ("+380.44.123.45.67", "+380441234567"),
    ],
)
async def test_a_number_is_kept_as_trunks_present_it(site: Site, typed: str, kept: str):
    admin = await site.sign_in("admin")
    assert (await admin.ok("POST", "/numbers", {"number": typed}))["number"] == kept
    again = await admin.post("/numbers", number=kept)
    assert [(one["field"], one["rule"]) for one in again.json()["errors"]] == [("number", "taken")]


@pytest.mark.parametrize(
    ("typed", "rule"), [("", "required"), (" - ", "required"), ("1900 CALL", "digits"), ("1", "digits")]
)
async def test_what_is_no_number_is_refused_by_a_word(site: Site, typed: str, rule: str):
    admin = await site.sign_in("admin")
    answer = await admin.post("/numbers", number=typed)
    assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [("number", rule)]
