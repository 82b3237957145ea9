"""sample_app/resource: config vars, and the add-on over a real socket."""

import socket

import pytest

from platform_sim.loopback import free_port
from sample_app.resource import Account, BadConfig, Exceptions, ResourceFailed, fingerprint, read_config

from .conftest import TOKEN, FakeExceptions


def test_config_vars_have_defaults() -> None:
    config = read_config({})
    assert (config.exceptions_url, config.dyno, config.release) == (None, "local", None)
    assert (config.host, config.port, config.worker_interval) == ("127.0.0.1", 5000, 2.0)


def test_config_vars_are_read() -> None:
    config = read_config(
        {
            "EXCEPTIONS_URL": "http://x",
            "DYNO": "web.2",
            "HEROKU_RELEASE_VERSION": "v7",
            "HOST": "0.0.0.0",
            "PORT": "81",
            "WORKER_INTERVAL": "0.5",
        }
    )
    assert (config.exceptions_url, config.dyno, config.release) == ("http://x", "web.2", "v7")
    assert (config.host, config.port, config.worker_interval) == ("0.0.0.0", 81, 0.5)
    assert read_config({"EXCEPTIONS_URL": ""}).exceptions_url is None


@pytest.mark.parametrize("wrong", [{"PORT": "x"}, {"PORT": "70000"}, {"WORKER_INTERVAL": "0"}, {"PORT": "nan"}])
def test_a_config_var_that_cannot_be_used_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(BadConfig, match=f"{next(iter(wrong))} is .* must be a number from"):
        read_config(wrong)


def test_what_is_written_can_be_read(fake: FakeExceptions) -> None:
    exceptions = Exceptions(fake.url + "/")
    first = exceptions.add("Error", "one", app="web.1")
    exceptions.add("Error", "two")
    assert first == {
        "id": "e1",
        "type": "Error",
        "message": "one",
        "app": "web.1",
        "created_at": "2026-01-01T00:00:00Z",
    }
    assert [item["message"] for item in exceptions.latest(5)] == ["two", "one"]
    assert [item["message"] for item in exceptions.latest(1)] == ["two"]
    assert exceptions.account() == Account("test", 1_000, 2)
    assert fake.asked[-1] == f"GET /accounts/{TOKEN}"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ((401, b"{}"), "retired"),
        ((402, b"{}"), "full"),
        ((404, b"{}"), "odd"),
        ((500, b"oops"), "away"),
        ((503, b""), "away"),
        ((0, b""), "away"),
        ((200, b"<html>"), "odd"),
        ((200, b"\xff"), "odd"),
        ((200, b"{}"), "odd"),
        ((200, b"[1]"), "odd"),
        ((200, b'{"plan": "x", "limit": "many", "stored": 1}'), "odd"),
    ],
)
def test_a_fault_has_a_kind_and_never_shows_the_credential(
    fake: FakeExceptions, fault: tuple[int, bytes], kind: str
) -> None:
    fake.fault = fault
    exceptions = Exceptions(fake.url)
    for call in (exceptions.account, exceptions.latest, lambda: exceptions.add("Error", "one")):
        with pytest.raises(ResourceFailed) as caught:
            call()
        assert caught.value.kind == kind
        assert TOKEN not in str(caught.value)
        assert caught.value.__cause__ is None


def test_a_partner_that_is_not_there_is_away() -> None:
    with pytest.raises(ResourceFailed) as caught:
        Exceptions(f"http://127.0.0.1:{free_port()}/accounts/{TOKEN}").account()
    assert caught.value.kind == "away"


def test_a_partner_that_is_silent_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ResourceFailed) as caught:
        Exceptions(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.05).account()
    assert caught.value.kind == "away"


@pytest.mark.parametrize("url", ["no url", "file:///etc/passwd", "http://[", "http://host:port/", "mysql://u:p@h/d"])
def test_what_is_no_http_url_is_said(url: str) -> None:
    with pytest.raises(ResourceFailed) as caught:
        Exceptions(url).account()
    assert caught.value.kind == "odd"
    assert url not in str(caught.value)


def test_a_fingerprint_tells_urls_apart_and_holds_nothing_of_them() -> None:
    assert fingerprint("http://a/t1") == fingerprint("http://a/t1") != fingerprint("http://a/t2")
    assert len(fingerprint("http://a/t1")) == 12
