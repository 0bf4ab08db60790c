"""The desktop's address as a browser finds it: reachable, secure, and leading where it should."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509

from tongdai.entrypoints.doctor.finding import Finding
from tongdai.platform.config import Settings

_ENDS_SOON_DAYS = 14
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def fetch(settings: Settings, path: str) -> tuple[int, bytes]:
    """(status, body) of a GET at the public address. Raises OSError. Trusts our own authority besides the system's."""
    parts = urlsplit(settings.public_url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        trust = ssl.create_default_context()
        own = settings.data_dir / "tls" / "ca.pem"
        if settings.tls_certificate is None and own.exists():
            trust.load_verify_locations(own)
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, timeout=5, context=trust
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(100_000)
    except http.client.HTTPException as error:
        raise OSError(f"no HTTP: {error!r}") from error
    finally:
        connection.close()


def desktop(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.public_url)
    host = parts.hostname or ""
    try:
        status, _ = fetch(settings, "/api/v1/health")
        page, content = fetch(settings, "/")
    except ssl.SSLCertVerificationError as error:
        text = (
            f"browsers refuse the certificate of {settings.public_url} ({error.verify_message}): give one for its name "
            "(TONGDAI_TLS_CERTIFICATE, TONGDAI_TLS_KEY), or set TONGDAI_PUBLIC_URL to the name that it has."
        )
        yield Finding("wrong", "Desktop", text)
    except socket.gaierror:
        text = f"the name {host} leads nowhere: enter it in the DNS, or correct TONGDAI_PUBLIC_URL."
        yield Finding("wrong", "Desktop", text)
    except OSError as error:
        text = f"{settings.public_url} cannot be reached ({error}): start Tongdai (or its proxy), or correct TONGDAI_PUBLIC_URL."
        yield Finding("wrong", "Desktop", text)
    else:
        if status != 200:
            text = f"the app behind {settings.public_url} answers {status}: look into its log, then start it again."
            yield Finding("wrong", "Desktop", text)
        elif page != 200 or b"<html" not in content.lower():
            text = "the app runs, but the desktop was not built: install the package anew (`./run demo` builds it)."
            yield Finding("wrong", "Desktop", text)
        else:
            yield Finding("ok", "Desktop", f"{settings.public_url} answers")
        yield from _ari_closed(settings)
    if parts.scheme == "http" and host not in _LOOPBACK:
        text = "browsers give the microphone only over HTTPS: use `--listen ADDR`, or a certificate of yours."
        yield Finding("wrong", "Microphone", text)
    yield from _certificate(settings)


def _ari_closed(settings: Settings) -> Iterator[Finding]:
    """Whoever reaches ARI owns every call."""
    _, body = fetch(settings, "/ari/api-docs/resources.json")
    if b"swaggerVersion" in body or b"Allowed Realm" in body:
        text = f"Asterisk's ARI is reachable at {settings.public_url}/ari: let the proxy lead nothing but /sip to Asterisk."
        yield Finding("wrong", "ARI", text)


def _certificate(settings: Settings) -> Iterator[Finding]:
    own = settings.data_dir / "tls" / "edge.pem"
    file = settings.tls_certificate or (
        own if own.exists() and settings.public_url.startswith("https") else None
    )
    if file is None:
        return
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        yield Finding("wrong", "Certificate", f"{file} cannot be read ({error}): give a PEM file.")
        return
    days = (certificate.not_valid_after_utc - datetime.now(UTC)).days
    if days < _ENDS_SOON_DAYS:
        when = "ended" if days < 0 else f"ends in {days} days"
        yield Finding("wrong", "Certificate", f"{file} {when}: renew it and start again.")
    else:
        yield Finding("ok", "Certificate", f"valid for {days} days")
