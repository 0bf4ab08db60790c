"""What a site's server does for its chat: it signs who the visitor is."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from tongdai.kit.ids import new_id


def _part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def signed(secret: str, now: datetime, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A JWT of half an hour for user-42; claims that are None are left out."""
    said: dict[str, Any] = {
        "sub": "user-42",
        "jti": str(new_id()),
        "exp": now + timedelta(minutes=30),
        **claims,
    }
    body = {
        name: value.timestamp() if isinstance(value, datetime) else value
        for name, value in said.items()
        if value is not None
    }
    head = {"alg": "HS256", "typ": "JWT"} if header is None else header
    text = f"{_part(json.dumps(head).encode())}.{_part(json.dumps(body).encode())}"
    return f"{text}.{_part(hmac.digest(secret.encode(), text.encode(), hashlib.sha256))}"


def hash_of(user_id: str, secret: str) -> str:
    return hmac.digest(secret.encode(), user_id.encode(), hashlib.sha256).hex()
