"""Trunks: which are down, as the node that drives Asterisk last saw them."""

from collections.abc import Iterator

import psycopg
from psycopg.conninfo import make_conninfo

from tongdai.entrypoints.doctor.finding import Finding
from tongdai.platform.config import Settings

_QUERY = """
SELECT n.name, t.name, t.host, s.registration, s.answer, s.reachable
  FROM trunks t JOIN tenants n ON n.id = t.tenant_id
  JOIN trunk_states s ON (s.tenant_id, s.id) = (t.tenant_id, t.id)
 WHERE NOT t.archived AND s.seen_at > now() - interval '90 seconds'
 ORDER BY n.name, t.name
"""
"""Older states say nothing: then nobody drives Asterisk, which is said under Calls."""


def trunks(settings: Settings) -> Iterator[Finding]:
    try:
        with psycopg.connect(make_conninfo(settings.database_dsn, connect_timeout=5)) as connection:
            connection.execute("SET tongdai.tenant = '*'")
            rows = connection.execute(_QUERY).fetchall()
    except psycopg.Error:
        return  # said under Database
    down = 0
    for tenant, name, host, registration, answer, reachable in rows:
        why = _why(host, registration, answer, reachable)
        if why:
            down += 1
            yield Finding("wrong", "Trunks", f"{name} ({tenant}) {why}")
    if rows and not down:
        yield Finding("ok", "Trunks", f"all {len(rows)} as they should be")


def _why(host: str | None, registration: str, answer: int | None, reachable: bool | None) -> str:
    """What is wrong, with the mend; nothing when all is well. One that signs in to us may call us without, and is not missed."""
    if registration == "rejected":
        told = f"the carrier answers {answer}" if answer else "the carrier refuses it"
        if answer in (None, 401, 403, 404, 407):
            return f"is not registered, {told}: check its host, user name and password."
        return f"is not registered, {told}: ask the carrier what is wrong."
    if registration == "unreachable" or (host and reachable is False):
        return f"is down, {host} does not answer: check the host, the network and the firewall, or ask the carrier."
    return ""
