"""The state of a trunk, decided of what Asterisk's console and log say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tongdai.telephony.trunks.console import LOST, statuses, took
from tongdai.telephony.trunks.policies import (
    NO_ANSWER,
    Seen,
    TrunkState,
    as_known,
    due,
    news,
    next_state,
    refusals,
)
from tongdai.telephony.trunks.watch import LogTail

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
HEAD = "[2026-11-29 17:53:15.090] WARNING[24783] res_pjsip_outbound_registration.c: "
WHO = "from 'sip:c.example' on registration attempt to 'sip:we@c.example'"


@pytest.mark.parametrize(("line", "answer"), [
    (f"403 Forbidden fatal response received {WHO}, retrying in '300' seconds", 403),
    (f"'404' fatal response received {WHO}, retrying in '300' seconds", 404),
    (f"Temporal response '503' received {WHO}, retrying in '20'", 503),
    (f"Fatal response '401' received {WHO}, stopping outbound registration", 401),
    (f"No response received {WHO}, retrying in '20'", NO_ANSWER),
])  # fmt: skip
def test_why_a_carrier_refused_is_read_from_the_log(line: str, answer: int) -> None:
    assert refusals([HEAD + line]) == {("sip:c.example", "sip:we@c.example"): answer}


@pytest.mark.parametrize("line", [
    f"[2026-11-29 17:53:15.090] SECURITY[2] res_security_log.c: AccountID=\"{HEAD}403 Forbidden fatal response received {WHO}\"",
    f"{HEAD}Failed to schedule registration to server 'sip:c.example' from client 'sip:we@c.example'",
    f"403 Forbidden fatal response received {WHO}", "",
])  # fmt: skip
def test_what_others_write_into_the_log_is_no_refusal(line: str) -> None:
    assert refusals([line]) == {}


def test_with_line_numbers_and_calls_it_is_understood_too_and_the_last_one_counts() -> None:
    first = HEAD.replace("[24783]", "[24783][C-0000002a]:").replace(".c:", ".c:1571 handle_response:")
    lines = [
        f"{first}403 Forbidden fatal response received {WHO}",
        f"{HEAD}No response received {WHO}, retrying",
    ]
    assert refusals(lines[:1]) == {("sip:c.example", "sip:we@c.example"): 403}
    assert refusals(lines) == {("sip:c.example", "sip:we@c.example"): NO_ANSWER}


def test_the_console_says_which_registrations_stand() -> None:
    text = (
        "host/1234/22.10.1\n\n <Registration/ServerURI....>  <Auth....>  <Status.......>\n=====\n\n"
        " trunk-a/sip:a.example                 trunk-a     Registered        (exp. 3550s)\n"
        " trunk-b/sip:b.example;transport=tcp   trunk-b     Rejected          (exp. 12s ago)\n"
        " trunk-c/sip:c.example                 n/a         Unregistered      (exp. 0s)\n"
        " trunk-d/sip:d.example                 trunk-d     Unregistered     0\n\nObjects found: 4\n"
    )
    assert statuses(text) == {
        "trunk-a": "Registered",
        "trunk-b": "Rejected",
        "trunk-c": "Unregistered",
        "trunk-d": LOST,
    }
    assert statuses("No objects found.\n") == {}


def test_the_console_says_how_long_options_take() -> None:
    text = (
        "  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>\n====\n\n"
        "  Contact:  trunk-a/sip:a.example                         1234567890 Avail         12.345\n"
        "  Contact:  trunk-b/sip:b.example;transport=tcp           2234567890 Unavail          nan\n"
        "  Contact:  trunk-c/sip:c.example                         3234567890 NonQual          nan\n"
    )
    assert took(text) == {"trunk-a": 12.345}


@pytest.mark.parametrize(("seen", "registration", "answer"), [
    (Seen(False, None, None, True), "not_asked", None),
    (Seen(True, "Registered", None, True), "registered", None),
    (Seen(True, "Registered", 403, True), "registered", None),
    (Seen(True, "Unregistered", None, None), "trying", None),
    (Seen(True, "Rejected", 403, True), "rejected", 403),
    (Seen(True, "Rejected", 403, False), "rejected", 403),
    (Seen(True, "Rejected", NO_ANSWER, False), "unreachable", NO_ANSWER),
    (Seen(True, "Rejected", NO_ANSWER, True), "unreachable", NO_ANSWER),
    (Seen(True, "Rejected", None, False), "unreachable", NO_ANSWER),
    (Seen(True, "Rejected", None, True), "rejected", None),
    (Seen(True, None, None, True), "unknown", None),
])  # fmt: skip
def test_the_state_follows_from_what_is_seen(seen: Seen, registration: str, answer: int | None) -> None:
    state = next_state(TrunkState(), seen, NOW)
    assert (state.registration, state.answer, state.since) == (registration, answer, NOW)


def test_times_stand_while_nothing_changes_and_the_last_refusal_is_remembered() -> None:
    refused = next_state(TrunkState(), Seen(True, "Rejected", 403, True), NOW)
    still = next_state(refused, Seen(True, "Rejected", 403, True), LATER)
    assert (still.since, still.answered_at, still.seen_at) == (NOW, NOW, LATER)
    assert not news(refused, still)
    other = next_state(still, Seen(True, "Rejected", 503, True), LATER)
    assert (other.since, other.answer, other.answered_at) == (NOW, 503, LATER)
    assert news(still, other)
    well = next_state(other, Seen(True, "Registered", 503, True), LATER)
    assert (well.since, well.answer, well.answered_at) == (LATER, 503, LATER)
    again = next_state(well, Seen(True, "Rejected", 503, True), LATER + timedelta(hours=1))
    assert again.answered_at == LATER + timedelta(hours=1)
    assert next_state(again, Seen(False, reachable=True), LATER).answer is None


def test_a_trunk_that_is_only_reached_is_so_since_it_is() -> None:
    up = next_state(TrunkState(), Seen(False, reachable=True), NOW)
    assert next_state(up, Seen(False, reachable=True), LATER).since == NOW
    assert next_state(up, Seen(False, reachable=False), LATER).since == LATER


def test_an_unchanged_state_is_written_now_and_then_and_an_old_one_says_nothing() -> None:
    up = next_state(TrunkState(), Seen(True, "Registered", None, True, 12.5), NOW)
    assert due(TrunkState(), up)
    assert not due(up, next_state(up, Seen(True, "Registered", None, True, 13.5), NOW + timedelta(seconds=3)))
    assert due(up, next_state(up, Seen(True, "Registered", None, True, 12.5), NOW + timedelta(seconds=31)))
    assert as_known(up, NOW + timedelta(seconds=60)) == up
    old = as_known(up, NOW + timedelta(seconds=100))
    assert (old.registration, old.reachable, old.round_trip_ms, old.since) == ("unknown", None, None, NOW)
    aside = next_state(TrunkState(), Seen(False, reachable=True), NOW)
    assert as_known(aside, NOW + timedelta(hours=1)).registration == "not_asked"
    assert as_known(TrunkState(), NOW).registration == "unknown"


def test_a_log_is_read_on_from_where_it_was_and_anew_when_it_was_begun_anew(tmp_path: Path) -> None:
    log = tmp_path / "asterisk.log"
    tail = LogTail(log)
    assert tail.read() == []
    log.write_text("one\ntw")
    assert tail.read() == ["one"]
    with log.open("a") as file:
        file.write("o\n")
    assert tail.read() == ["two"]
    assert tail.read() == []
    log.write_text("new\n")
    assert tail.read() == ["new"]
    log.rename(tmp_path / "asterisk.log.1")
    log.write_text("other\nfile\n")
    assert tail.read() == ["other", "file"]
    assert LogTail(None).read() == []
