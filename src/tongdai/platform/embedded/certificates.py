"""A certificate authority of our own, for installations that listen on a network before they have a certificate."""

import datetime
import ipaddress
import os
import socket
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CA_YEARS = 10
_LEAF_DAYS = 397  # the longest that browsers accept
_RENEW_BEFORE = datetime.timedelta(days=30)


def own_certificate(directory: Path, host: str, now: datetime.datetime) -> Path:
    """`directory`/edge.pem (certificate and key) for `host`, signed by `directory`/ca.pem; both made if need be.

    The certificate is made anew when it nears its end or lacks one of this machine's names.
    """
    directory.mkdir(parents=True, exist_ok=True)
    bundle = directory / "edge.pem"
    names = _names(host)
    if bundle.exists() and _fits(bundle, names, now):
        return bundle
    ca_key, ca = _authority(directory, now)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name("Tongdai"))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=_LEAF_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )
    _write_private(bundle, _pem(certificate) + _pem(ca) + _key_pem(key))
    return bundle


def given_certificate(directory: Path, certificate: Path, key: Path) -> Path:
    """`directory`/given.pem: certificate and key in one file, as the edge wants them."""
    directory.mkdir(parents=True, exist_ok=True)
    bundle = directory / "given.pem"
    _write_private(bundle, certificate.read_bytes() + b"\n" + key.read_bytes())
    return bundle


def _authority(
    directory: Path, now: datetime.datetime
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key_file, ca_file = directory / "ca.key", directory / "ca.pem"
    if key_file.exists() and ca_file.exists():
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key, x509.load_pem_x509_certificate(ca_file.read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Tongdai authority of {socket.gethostname()}"[:64])
    ca = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=365 * _CA_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_signing_only(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_private(key_file, _key_pem(key))
    ca_file.write_bytes(_pem(ca))
    return key, ca


def _signing_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _fits(bundle: Path, names: list[str], now: datetime.datetime) -> bool:
    certificate = x509.load_pem_x509_certificate(bundle.read_bytes())
    have = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return certificate.not_valid_after_utc - now > _RENEW_BEFORE and all(
        _general_name(name) in have for name in names
    )


def _names(host: str) -> list[str]:
    names = ["localhost", "127.0.0.1", socket.gethostname()]
    if host in ("0.0.0.0", "::"):  # noqa: S104 (a comparison)
        names += [str(info[4][0]).split("%")[0] for info in socket.getaddrinfo(socket.gethostname(), None)]
        names += filter(None, [own_address()])
    else:
        names.append(host)
    return sorted(set(names))


def own_address() -> str | None:
    """The address from which this machine reaches others, or None when it has only loopback. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
