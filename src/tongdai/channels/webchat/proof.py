"""Who a visitor is, signed by the site's own server: a short JWT (HS256), or for sites that move over from elsewhere an HMAC of
the customer's id alone. Pure: time is an argument.

The algorithm is ours, not the token's: whatever its header says beside HS256 is refused before a key is touched. All valid
secrets are tried, in the same time whichever is right.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

LONGEST = timedelta(hours=1)
SKEW = timedelta(seconds=60)
"""So far the clocks of two servers may be apart."""
MOST_CHARACTERS = 4096
MOST_ID = 200
MOST_NAME = 200
_MAIL = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+\.[^\s@<>\"',;]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Proof:
    """What the site's server says: `subject` is its own id of the customer; `nonce` names this proof; `email` only where the
    server does not say that it was never checked."""

    subject: str
    nonce: str
    until: datetime
    name: str = ""
    email: str = ""


class WrongProof(ValueError):
    """The message says to the site's developers what to mend."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


def read_token(token: str, secrets: Sequence[str], key: str, now: datetime) -> Proof:
    """Raises WrongProof. `key`: the widget's, for tokens that name their audience."""
    if len(token) > MOST_CHARACTERS:
        raise WrongProof("malformed", f"The token has more than {MOST_CHARACTERS} characters.")
    parts = token.split(".")
    if len(parts) != 3:
        raise WrongProof("malformed", "This is not a signed JWT (header.payload.signature).")
    header, payload, signature = _object(parts[0]), parts[1], _bytes(parts[2])
    if header.get("alg") != "HS256":
        raise WrongProof("algorithm", "Sign with HS256: no other algorithm is taken.")
    if "crit" in header:
        raise WrongProof("algorithm", "The header asks for something critical that is not known here.")
    if not _signed(f"{parts[0]}.{payload}".encode(), signature, secrets):
        raise WrongProof("signature", "The signature is not by one of this widget's secrets.")
    return _proof(_object(payload), key, now)


def read_hash(subject: str, digest: str, secrets: Sequence[str], name: str, now: datetime) -> Proof:
    """`digest`: hex of HMAC-SHA256(secret, subject). It never expires and says nothing of a name or address, so that only the id
    is proven. Raises WrongProof."""
    try:
        given = bytes.fromhex(digest)
    except ValueError:
        raise WrongProof("malformed", "The hash is not hexadecimal.") from None
    if not _id(subject):
        raise WrongProof("claims", f"The customer's id has to have 1 to {MOST_ID} characters.")
    if not _signed(subject.encode(), given, secrets):
        raise WrongProof("signature", "The hash is not by one of this widget's secrets.")
    return Proof(subject, "", now + LONGEST, plain(name, MOST_NAME))


def plain(text: str, most: int) -> str:
    """One line without what hides or turns around its letters. It is shown as text: markup in it is letters like others."""
    return " ".join(_CONTROL.sub(" ", text).split())[:most].strip()


def _signed(said: bytes, signature: bytes, secrets: Sequence[str]) -> bool:
    right = [
        hmac.compare_digest(hmac.digest(secret.encode(), said, hashlib.sha256), signature)
        for secret in secrets
    ]
    return any(right)


def _proof(claims: dict[str, Any], key: str, now: datetime) -> Proof:
    subject, nonce = claims.get("sub"), claims.get("jti")
    if not isinstance(subject, str) or not _id(subject):
        raise WrongProof(
            "claims", f"`sub` has to be the customer's id, as a text of 1 to {MOST_ID} characters."
        )
    if not isinstance(nonce, str) or not _id(nonce):
        raise WrongProof("claims", "`jti` has to be a text that no other token has.")
    until = _time(claims, "exp")
    if until is None:
        raise WrongProof("claims", "`exp` is missing: a token is good for an hour at most.")
    if until <= now - SKEW:
        raise WrongProof("expired", "The token has expired.")
    if until > now + LONGEST + SKEW:
        raise WrongProof("too_long", "`exp` is more than an hour ahead.")
    for name in ("nbf", "iat"):
        begins = _time(claims, name)
        if begins is not None and begins > now + SKEW:
            raise WrongProof("not_yet", f"`{name}` is in the future: look at the clocks of both servers.")
    audience = claims.get("aud")
    if audience is not None and key not in (audience if isinstance(audience, list) else [audience]):
        raise WrongProof("audience", "`aud` names another widget.")
    return Proof(subject, nonce, until, _text(claims, "name", MOST_NAME), _address(claims))


def _id(text: str) -> bool:
    return len(text.strip()) > 0 and len(text) <= MOST_ID and _CONTROL.search(text) is None


def _text(claims: dict[str, Any], name: str, most: int) -> str:
    said = claims.get(name, "")
    if said is None:
        return ""
    if not isinstance(said, str):
        raise WrongProof("claims", f"`{name}` has to be a text.")
    return plain(said, most)


def _address(claims: dict[str, Any]) -> str:
    said = _text(claims, "email", 254).lower()
    if said and not _MAIL.fullmatch(said):
        raise WrongProof("claims", "`email` is no e-mail address.")
    return "" if claims.get("email_verified") is False else said


def _time(claims: dict[str, Any], name: str) -> datetime | None:
    said = claims.get(name)
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise WrongProof("claims", f"`{name}` has to be a number: seconds since 1970.")
    try:
        return datetime.fromtimestamp(said, UTC)
    except (OverflowError, ValueError, OSError):
        raise WrongProof("claims", f"`{name}` is no time.") from None


def _bytes(part: str) -> bytes:
    """base64url without padding, in the one way in which it can be written."""
    try:
        found = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not found or base64.urlsafe_b64encode(found).rstrip(b"=").decode() != part:
        raise WrongProof("malformed", "A part of the token is not base64url without padding.")
    return found


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part), object_pairs_hook=_once, parse_constant=_no_constant)
    except WrongProof:
        raise
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise WrongProof("malformed", "A part of the token is not a JSON object.")
    return found  # pyright: ignore[reportUnknownVariableType]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What is said twice means something else to each reader."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise WrongProof("malformed", "A part of the token names something twice.")
    return found


def _no_constant(name: str) -> Any:
    raise WrongProof("malformed", f"{name} is no number.")
