"""What is read of a certificate, and every way in which a chain and a key do not fit."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from platform_sim.core.model.certificates import BadCertificate, read_certificate

from ...certificates import Issued, issue
from ...support import START

ROOT = issue(common_name="Root", number=9)
MIDDLE = issue(common_name="Middle", number=8, by=ROOT)
LEAF = issue("www.example.com", "example.com", number=7, by=MIDDLE)
CHAIN = LEAF.certificate + MIDDLE.certificate + ROOT.certificate


def refusal(chain: str, key: str) -> str:
    with pytest.raises(BadCertificate) as refused:
        read_certificate(chain, key, START)
    return str(refused.value)


def test_the_facts_are_those_of_the_first_certificate() -> None:
    for chain in (CHAIN, LEAF.certificate, LEAF.certificate + MIDDLE.certificate):
        facts = read_certificate(chain, LEAF.key, START)
        assert (facts.subject, facts.issuer) == ("/CN=www.example.com", "/CN=Middle")
        assert facts.domains == ["www.example.com", "example.com"]
        assert facts.self_signed is False
        assert (facts.starts_at, facts.expires_at) == (START, START + timedelta(days=90))


def test_one_that_signs_itself_and_has_only_a_common_name() -> None:
    own = issue(common_name="old.example.com")
    facts = read_certificate(own.certificate, own.key, START)
    assert (facts.self_signed, facts.domains) == (True, ["old.example.com"])


def locked(issued: Issued) -> str:
    lock = BestAvailableEncryption(b"pass")
    return issued.secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock).decode()


@pytest.mark.parametrize(
    ("chain", "key", "says"),
    [
        ("", LEAF.key, "certificate_chain holds no certificate"),
        ("nonsense", LEAF.key, "certificate_chain holds no certificate"),
        (LEAF.key, LEAF.key, "certificate_chain holds no certificate"),
        (CHAIN[:300], LEAF.key, "certificate_chain holds no certificate"),
        (CHAIN, "", "private_key holds no private key"),
        (CHAIN, CHAIN, "private_key holds no private key"),
        (CHAIN, "\ud7ff\x00", "private_key holds no private key"),
        (CHAIN, locked(LEAF), "passphrase"),
        (CHAIN, issue("other").key, "does not belong to the certificate"),
        (ROOT.certificate + LEAF.certificate, LEAF.key, "put that one first"),
        (LEAF.certificate + ROOT.certificate + MIDDLE.certificate, LEAF.key, "certificate 1 of the chain"),
        (LEAF.certificate + MIDDLE.certificate + LEAF.certificate, LEAF.key, "certificate 2 of the chain"),
        (issue("a.example", days=-0, starts_at=START).certificate, issue("a.example").key, "has expired"),
    ],
)
def test_what_does_not_fit_is_named(chain: str, key: str, says: str) -> None:
    assert says in refusal(chain, key)


def test_it_is_the_platform_s_clock_that_decides() -> None:
    until = START + timedelta(days=90)
    read_certificate(LEAF.certificate, LEAF.key, until - timedelta(seconds=1))
    with pytest.raises(BadCertificate, match="2026-05-30T12:00:00Z"):
        read_certificate(LEAF.certificate, LEAF.key, until)
