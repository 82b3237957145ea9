"""Authority: made once, kept, and good for the names it may sign for only."""

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from platform_sim.core.model.addresses import is_heroku_host
from platform_sim.core.model.seams import OwnCertificate
from platform_sim.engines.router.authority import Authority

from ...certificates import Issued, issue

GIVEN: dict[str, OwnCertificate] = {}
"""Certificates of customers, by name."""


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    yield Authority(tmp_path / "authority", lambda name: is_heroku_host(name) or name in GIVEN, GIVEN.get)
    GIVEN.clear()


def give(host: str, *domains: str, number: int = 1) -> Issued:
    """A customer's certificate for a host."""
    issued = issue(*domains, number=number, days=36_500)
    GIVEN[host] = OwnCertificate(f"{host}-{number}", issued.certificate, issued.key)
    return issued


@pytest.fixture
def port(authority: Authority) -> Iterator[int]:
    """A server that shakes hands and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                try:
                    authority.context.wrap_socket(sock, server_side=True).close()
                except OSError:
                    sock.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def names(authority: Authority, port: int, host: str) -> set[str]:
    """What the certificate is good for that a client gets who asks for `host`; ssl.SSLError if it does not take it."""
    context = ssl.create_default_context(cafile=str(authority.file))
    with (
        socket.create_connection(("127.0.0.1", port)) as sock,
        context.wrap_socket(sock, server_hostname=host) as talk,
    ):
        found = talk.getpeercert()
    assert found
    return {str(name) for _, name in found["subjectAltName"]}  # type: ignore[misc]


def test_a_name_it_answers_for_gets_its_own_certificate(authority: Authority, port: int) -> None:
    assert names(authority, port, "api.heroku.com") == {"api.heroku.com"}
    assert names(authority, port, "API.Heroku.com") == {"api.heroku.com"}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_machine_is_in_the_common_one(authority: Authority, port: int, host: str) -> None:
    assert {"localhost", "127.0.0.1"} < names(authority, port, host)


@pytest.mark.parametrize("host", ["example.com", "heroku.com.example.com", "notheroku.com"])
def test_it_signs_for_nobody_else(authority: Authority, port: int, host: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        names(authority, port, host)


def test_the_same_authority_comes_back(authority: Authority, tmp_path: Path, port: int) -> None:
    before = authority.file.read_bytes()
    again = Authority(tmp_path / "authority", is_heroku_host)
    assert again.file.read_bytes() == before
    assert names(again, port, "git.heroku.com"), "and its certificates are trusted by who trusts the first"
    authority.file.unlink()
    assert Authority(tmp_path / "authority", is_heroku_host).file.read_bytes() == before


def test_the_key_is_nobodys_and_not_in_the_file_to_trust(authority: Authority, tmp_path: Path) -> None:
    key = tmp_path / "authority" / "ca-key.pem"
    assert key.stat().st_mode & 0o077 == 0
    assert b"PRIVATE" in key.read_bytes()
    assert b"PRIVATE" not in authority.file.read_bytes()


def served(port: int, host: str) -> str:
    """The certificate that a client gets who asks for `host` and takes any."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port)) as sock,
        context.wrap_socket(sock, server_hostname=host) as talk,
    ):
        return ssl.DER_cert_to_PEM_cert(talk.getpeercert(binary_form=True) or b"")


def test_a_certificate_that_a_customer_has_given_is_used_for_its_name_only(
    authority: Authority, port: int, tmp_path: Path
) -> None:
    first = give("www.example.com", "www.example.com")
    assert served(port, "WWW.example.com") == first.certificate
    assert names(authority, port, "api.heroku.com") == {"api.heroku.com"}
    second = give("www.example.com", "*.example.com", number=2)
    assert served(port, "www.example.com") == second.certificate, "a new one takes effect at once"
    assert {file.name for file in (tmp_path / "authority").iterdir()} == {"ca.pem", "ca-key.pem"}, "no key is left"


def test_a_certificate_that_cannot_be_used_does_not_close_the_door(
    authority: Authority, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    give("www.example.com", "www.example.com")
    GIVEN["www.example.com"] = replace(GIVEN["www.example.com"], key=issue("other", number=2).key)
    assert names(authority, port, "www.example.com") == {"www.example.com"}
    assert "the certificate given for www.example.com cannot be used" in caplog.text
