"""Certificates for tests: the same bytes each time, since Ed25519 signs without chance."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from .support import START


@dataclass(frozen=True)
class Issued:
    """A certificate and its key, both as PEM."""

    certificate: str
    key: str
    name: x509.Name
    secret: Ed25519PrivateKey


def issue(
    *domains: str,
    by: Issued | None = None,
    number: int = 1,
    common_name: str | None = None,
    starts_at: datetime = START,
    days: int = 90,
) -> Issued:
    """A certificate for the domains, signed by `by` or by itself. Another `number`: another key."""
    secret = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name or domains[0])])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.name if by else name)
        .public_key(secret.public_key())
        .serial_number(number)
        .not_valid_before(starts_at)
        .not_valid_after(starts_at + timedelta(days=days))
    )
    if domains:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(d) for d in domains]), False)
    signed = builder.sign(by.secret if by else secret, None)
    key = secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Issued(signed.public_bytes(Encoding.PEM).decode(), key.decode(), name, secret)
