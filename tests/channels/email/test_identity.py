"""By what a mail finds its conversation, who is never answered by a machine, and what bounces tell."""

from email.message import EmailMessage
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tongdai.channels.email import identity
from tongdai.channels.email.automatic import OUR_HEADERS, is_automatic
from tongdai.channels.email.reading import read

SECRET, OTHER = b"s" * 32, b"o" * 32
OWN = "support@shop.example"


@given(st.uuids(), st.uuids())
def test_a_mark_names_its_conversation_whatever_servers_do_to_its_case(conversation: UUID, mail: UUID):
    made = identity.message_id(SECRET, conversation, mail, "shop.example")
    address = identity.reply_address(SECRET, conversation, OWN)
    assert len(address.split("@")[0]) <= 64
    for shown in (str, str.upper):
        assert identity.conversation_of_address(SECRET, OWN, shown(address)) == conversation
    assert identity.conversation_of_message(SECRET, made) == conversation
    assert identity.conversation_of_message(OTHER, made) is None
    assert identity.conversation_of_address(SECRET, "sales@shop.example", address) is None


@given(st.text(max_size=80))
def test_what_others_write_is_no_mark(text: str):
    assert identity.conversation_of(SECRET, text) is None
    assert identity.conversation_of_message(SECRET, f"<conv.{text}.1@x>") is None


@given(st.uuids(), st.integers(0, 41), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_mark_with_another_letter_is_none(conversation: UUID, place: int, letter: str):
    mark = identity.mark_of(SECRET, conversation)
    changed = mark[:place] + letter + mark[place + 1 :]
    assert changed == mark or identity.conversation_of(SECRET, changed) is None


def test_subjects_get_their_token_and_re_once():
    token = identity.subject_token(SECRET, UUID(int=1))
    once = identity.with_token(identity.reply_subject("RE: Re: Fwd: Where?"), token)
    assert once == f"Re: Where? [#{token}]"
    assert identity.with_token(identity.reply_subject(once), token) == once
    assert identity.forward_subject(once) == "Fwd: Where?"
    assert identity.with_token("", token) == f"[#{token}]"
    assert identity.token_in(f"AW: {once.upper()}") == token
    assert identity.token_in("[#123]") is None


def test_own_addresses_are_known_with_their_marks():
    own = {OWN, "a+b@shop.example"}
    assert identity.is_own(own, "Support+x@Shop.example")
    assert identity.is_own(own, "a+b@shop.example")
    assert not identity.is_own(own, "a@shop.example")
    assert not identity.is_own(own, "support@khach.example")


def test_references_grow_and_are_trimmed_in_the_middle():
    ids = tuple(f"<{n}@x>" for n in range(50))
    assert identity.references((), "<a@x>") == ("<a@x>",)
    assert identity.references(("<a@x>", "<b@x>"), "<b@x>") == ("<a@x>", "<b@x>")
    long = identity.references(ids, "<last@x>")
    assert (len(long), long[0], long[-1], long[-2]) == (20, "<0@x>", "<last@x>", "<49@x>")


def test_who_is_never_answered_by_a_machine():
    for headers in (
        {"auto-submitted": "auto-replied (vacation)"},
        {"return-path": "<>"},
        {"precedence": "Bulk"},
        {"list-id": "<news>"},
        {"list-unsubscribe": "<mailto:x>"},
        {"x-auto-response-suppress": "DR, OOF"},
        {"x-autoreply": "yes"},
        {"content-type": "multipart/report; boundary=x"},
        {name.lower(): value for name, value in OUR_HEADERS.items()},
    ):
        assert is_automatic(headers, "lan@khach.example", {OWN}), headers
    for sender in (
        "MAILER-DAEMON@x.example",
        "no-reply@x.example",
        "noreply+1@x.example",
        "postmaster@x",
        OWN.upper(),
    ):
        assert is_automatic({}, sender, {OWN}), sender
    for headers in ({}, {"auto-submitted": "no"}, {"precedence": "first-class"}, {"x-loop": "another"}):
        assert not is_automatic(headers, "lan@khach.example", {OWN}), headers
    assert not is_automatic({}, "postmasters-wife@x.example", {OWN})


DSN = b"""From: MAILER-DAEMON@shop.example
To: support@shop.example
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.shop.example

Final-Recipient: rfc822; ghost@khach.example
Action: %s
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ghost@khach.example> User doesn't exist

--b
Content-Type: text/rfc822-headers

Subject: Re: Where
Message-ID: <conv.1@shop.example>

--b--
"""


def test_a_report_says_what_did_not_arrive_and_why():
    bounce = read(DSN % b"failed").bounce
    assert bounce is not None
    assert (bounce.original, bounce.failed, bounce.final) == (
        "<conv.1@shop.example>",
        ("ghost@khach.example",),
        True,
    )
    assert bounce.why == "550 5.1.1 <ghost@khach.example> User doesn't exist"
    late = read(DSN % b"delayed").bounce
    assert late is not None
    assert not late.final
    assert read(DSN % b"delivered").bounce is None


def test_a_bounce_that_only_names_who_failed():
    original = EmailMessage()
    original["Message-ID"] = "<conv.2@shop.example>"
    original.set_content("Hi")
    made = EmailMessage()
    made["From"] = "mailer-daemon@googlemail.example"
    made["X-Failed-Recipients"] = "ghost@khach.example"
    made.set_content("Address not found")
    made.add_attachment(original)
    bounce = read(made.as_bytes()).bounce
    assert bounce is not None
    assert (bounce.original, bounce.failed, bounce.final) == (
        "<conv.2@shop.example>",
        ("ghost@khach.example",),
        True,
    )
