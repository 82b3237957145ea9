"""Authority: made once, kept, and good for the names it may sign for only."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_sim.core.model.addresses import is_heroku_host
from platform_sim.engines.router.authority import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority", is_heroku_host)


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
