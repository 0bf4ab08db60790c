"""What a site's server signs of its visitors: taken by what it says and by whom it is signed, and by nothing else. Pure."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.channels.signing import hash_of, signed
from tongdai.channels.webchat.proof import Proof, WrongProof, plain, read_hash, read_token

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SECRET, OTHER = "tdw_one", "tdw_two"


def read(token: str, *secrets: str) -> Proof:
    return read_token(token, secrets or (SECRET,), "key", NOW)


def test_a_token_says_who_it_is_by_either_of_two_secrets():
    for secret in (SECRET, OTHER):
        proof = read(signed(secret, NOW, name="An Nguyễn", email="An@Example.com"), SECRET, OTHER)
        assert (proof.subject, proof.name, proof.email) == ("user-42", "An Nguyễn", "an@example.com")
        assert proof.until == NOW + timedelta(minutes=30)
    assert read(signed(SECRET, NOW, email="an@example.com", email_verified=False)).email == ""
    assert read(signed(SECRET, NOW, aud=["other", "key"])).subject == "user-42"


@pytest.mark.parametrize(
    ("why", "claims"),
    [
        ("expired", {"exp": NOW - timedelta(minutes=2)}),
        ("too_long", {"exp": NOW + timedelta(hours=2)}),
        ("not_yet", {"iat": NOW + timedelta(minutes=5)}),
        ("not_yet", {"nbf": NOW + timedelta(minutes=5)}),
        ("audience", {"aud": "other"}),
        ("claims", {"exp": None}),
        ("claims", {"exp": True}),
        ("claims", {"exp": 1e300}),
        ("claims", {"exp": "tomorrow"}),
        ("claims", {"jti": None}),
        ("claims", {"sub": None}),
        ("claims", {"sub": 42}),
        ("claims", {"sub": " "}),
        ("claims", {"sub": "a\nb"}),
        ("claims", {"sub": "x" * 201}),
        ("claims", {"name": ["An"]}),
        ("claims", {"email": "<script>"}),
    ],
)
def test_a_token_that_says_what_cannot_be_is_refused_with_the_reason(why: str, claims: dict[str, Any]):
    with pytest.raises(WrongProof) as refused:
        read(signed(SECRET, NOW, **claims))
    assert refused.value.why == why


def test_only_hs256_is_taken_whatever_the_header_says():
    token = signed(SECRET, NOW)
    _, payload, signature = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for forged in (f"{none}.{payload}.", f"{none}.{payload}.{signature}"):
        with pytest.raises(WrongProof) as refused:
            read(forged)
        assert refused.value.why in ("algorithm", "malformed")
    for header in (
        {"alg": "HS512"},
        {"alg": "hs256"},
        {},
        {"alg": "HS256", "crit": ["x"]},
        {"alg": ["HS256"]},
    ):
        with pytest.raises(WrongProof) as refused:
            read(signed(SECRET, NOW, header=header))
        assert refused.value.why == "algorithm"


def test_what_is_signed_by_others_or_changed_afterwards_is_refused():
    token = signed(SECRET, NOW)
    header, payload, signature = token.split(".")
    other = signed(SECRET, NOW, sub="user-43").split(".")[1]
    forged = [
        signed(OTHER, NOW),
        signed("", NOW),
        f"{header}.{other}.{signature}",
        f"{header}.{payload}.{signature[:-4]}AAAA",
        f"{header}.{payload}.{base64.urlsafe_b64encode(b'x').decode()}",
    ]
    for one in forged:
        with pytest.raises(WrongProof):
            read(one)
    with pytest.raises(WrongProof):
        read_token(token, (), "key", NOW)


@pytest.mark.parametrize(
    "token",
    ["", "a", "..", "a.b", "a.b.c.d", "e30.e30.", "ä.ä.ä", "e30=.e30=.AA==", "x" * 5000, " e30.e30.AA"],
)
def test_what_is_no_token_is_called_so(token: str):
    with pytest.raises(WrongProof) as refused:
        read(token)
    assert refused.value.why in ("malformed", "algorithm")


def test_what_is_said_twice_is_refused():
    header = base64.urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode()
    exp = int((NOW + timedelta(minutes=5)).timestamp())
    text = f'{{"sub":"a","sub":"b","jti":"n","exp":{exp}}}'.encode()
    body = f"{header}.{base64.urlsafe_b64encode(text).rstrip(b'=').decode()}"
    mark = hmac.digest(SECRET.encode(), body.encode(), hashlib.sha256)
    with pytest.raises(WrongProof):
        read(f"{body}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}")
    assert json.loads(text)["sub"] == "b"


def test_a_hash_proves_the_id_and_nothing_more():
    # A vector that others' documentation gives, too.
    digest = hash_of("user-42", "secret")
    proof = read_hash("user-42", digest.upper(), ("other", "secret"), "<b>An</b>", NOW)
    assert (proof.subject, proof.nonce, proof.email, proof.name) == ("user-42", "", "", "<b>An</b>")
    assert proof.until == NOW + timedelta(hours=1)
    for subject, wrong in (
        ("user-43", digest),
        ("user-42", "zz"),
        ("user-42", digest[:-2] + "00"),
        ("", digest),
    ):
        with pytest.raises(WrongProof):
            read_hash(subject, wrong, ("secret",), "", NOW)


def test_names_are_one_line_of_what_is_seen():
    assert plain("An\r\n\x00Bình  \u202eevil ", 200) == "An Bình evil"
    assert plain("x" * 300, 200) == "x" * 200
