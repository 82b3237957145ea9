"""What a certificate says, and whether a chain and a key belong together. Pure; touches nothing."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from platform_sim.core.model.values import iso


class BadCertificate(ValueError):
    """A chain or a key that cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Certificate:
    """The facts of the first certificate of a chain. Names are written as openssl does: `/C=US/CN=www.example.com`."""

    subject: str
    issuer: str
    domains: list[str]
    self_signed: bool
    starts_at: datetime
    expires_at: datetime


def read_certificate(chain: str, key: str, now: datetime) -> Certificate:
    """The facts, once everything fits: PEM, the key of the first certificate, each signed by the next, not expired.

    BadCertificate says what does not.
    """
    certificates = _read_chain(chain)
    leaf = certificates[0]
    _check_key(certificates, _read_key(key))
    _check_order(certificates)
    domains = _domains(leaf)
    if not domains:
        raise BadCertificate("the certificate names no domain: it needs a subject alternative name or a common name")
    if leaf.not_valid_after_utc <= now:
        raise BadCertificate(f"the certificate has expired at {iso(leaf.not_valid_after_utc)}: renew it")
    return Certificate(
        subject=_oneline(leaf.subject),
        issuer=_oneline(leaf.issuer),
        domains=domains,
        self_signed=leaf.issuer == leaf.subject,
        starts_at=leaf.not_valid_before_utc,
        expires_at=leaf.not_valid_after_utc,
    )


def _read_chain(chain: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(chain.encode())
    except ValueError:
        raise BadCertificate("certificate_chain holds no certificate in PEM form") from None


def _read_key(key: str) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(key.encode(), None)
    except TypeError:
        raise BadCertificate("private_key is locked by a passphrase: give it without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadCertificate("private_key holds no private key in PEM form") from None


def _check_key(certificates: list[x509.Certificate], key: PrivateKeyTypes) -> None:
    own = _as_bytes(key.public_key())
    fits = [_as_bytes(each.public_key()) == own for each in certificates]
    if fits[0]:
        return
    if any(fits):
        raise BadCertificate("private_key belongs to a later certificate of the chain: put that one first")
    raise BadCertificate("private_key does not belong to the certificate")


def _as_bytes(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _check_order(certificates: list[x509.Certificate]) -> None:
    for number, (each, above) in enumerate(zip(certificates, certificates[1:], strict=False), start=1):
        try:
            each.verify_directly_issued_by(above)
        except (ValueError, TypeError, InvalidSignature):
            raise BadCertificate(
                f"certificate {number} of the chain is not signed by the one after it: put each before its issuer"
            ) from None


def _domains(leaf: x509.Certificate) -> list[str]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return names.value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        return [str(each.value) for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except ValueError:
        raise BadCertificate("the certificate's extensions cannot be read") from None


def _oneline(name: x509.Name) -> str:
    return "".join(f"/{each.rfc4514_attribute_name}={each.value!s}" for each in name)
