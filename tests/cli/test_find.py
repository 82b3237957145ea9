"""Which platform is meant: the order, the ready file, and that only this machine is asked."""

import json
from pathlib import Path

import click
import pytest

from platform_sim.cli.failures import EnvironmentProblem
from platform_sim.cli.find import Place, find, is_loopback

SHELL = {"HEROKU_HOST": "http://localhost:1111", "HEROKU_API_KEY": "of-the-shell"}


def ready(path: Path, port: int, **more: object) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"url": f"http://localhost:{port}", "token": f"of-{port}", "pid": 1, **more}))
    return path


@pytest.fixture
def usual(alone: Path) -> Path:
    """A ready file where everybody looks last."""
    return ready(alone / ".platform-sim" / "ready.json", 4444)


def test_url_and_token_win(usual: Path, alone: Path) -> None:
    other = ready(alone / "other.json", 2222)
    found = find(SHELL, url="http://127.0.0.1:9/", token="given", ready_file=other)
    assert found == Place("http://127.0.0.1:9", "given")


def test_then_the_named_ready_file(usual: Path, alone: Path) -> None:
    other = ready(alone / "other.json", 2222, ca_file="/ca.pem")
    assert find(SHELL, ready_file=other) == Place("http://localhost:2222", "of-2222", "/ca.pem")


def test_then_the_shell(usual: Path) -> None:
    assert find(SHELL) == Place("http://localhost:1111", "of-the-shell")


def test_then_the_file_of_the_variable(usual: Path, alone: Path) -> None:
    other = ready(alone / "other.json", 3333)
    assert find({"PLATFORM_SIM_READY": str(other)}) == Place("http://localhost:3333", "of-3333")


def test_then_the_usual_file(usual: Path) -> None:
    assert find({}) == Place("http://localhost:4444", "of-4444")


def test_a_command_that_sets_the_shell_asks_it_last(usual: Path) -> None:
    assert find(SHELL, shell_last=True) == Place("http://localhost:4444", "of-4444")
    usual.unlink()
    assert find(SHELL, shell_last=True) == Place("http://localhost:1111", "of-the-shell")


def test_herokus_own_host_is_never_meant(usual: Path) -> None:
    real = {"HEROKU_HOST": "heroku.com", "HEROKU_API_KEY": "a-real-one"}
    assert find(real) == Place("http://localhost:4444", "of-4444")


def test_a_token_given_alone_replaces_the_files(usual: Path) -> None:
    assert find({}, token="given") == Place("http://localhost:4444", "given")


def test_an_url_alone_finds_its_token_in_the_ready_file(usual: Path) -> None:
    assert find({}, url="http://localhost:4444/") == Place("http://localhost:4444", "of-4444")


def test_an_url_without_any_token_is_a_usage_error(usual: Path) -> None:
    with pytest.raises(click.UsageError, match="no token for http://localhost:5555: give --token"):
        find({}, url="http://localhost:5555")


def test_nothing_known(alone: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="no platform found.*start one with `platform-sim up`"):
        find({})


def test_a_named_file_that_is_not_there(alone: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"gone\.json is not there: start one with"):
        find({}, ready_file=Path("gone.json"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"x"', "{}", '{"url": "http://localhost:1"}', '{"url": 1, "token": 2}']
)
def test_a_file_that_is_no_ready_file(alone: Path, text: str) -> None:
    Path("bad.json").write_text(text)
    with pytest.raises(EnvironmentProblem, match=r"bad\.json"):
        find({}, ready_file=Path("bad.json"))


@pytest.mark.parametrize(
    "url",
    [
        "localhost:5100",
        "http://",
        "http://localhost:x",
        "http://localhost:5100/apps",
        "ftp://localhost",
        "http://a@localhost",
    ],
)
def test_an_address_that_is_none(alone: Path, url: str) -> None:
    with pytest.raises(click.UsageError, match="no platform's address"):
        find({}, url=url, token="t")


@pytest.mark.parametrize("url", ["https://api.heroku.com", "http://127.evil.example", "http://localhost.evil.example"])
def test_only_this_machine_is_asked(alone: Path, url: str) -> None:
    with pytest.raises(click.UsageError, match="not on this machine"):
        find({}, url=url, token="t")


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "ümlaut"])
def test_a_token_that_no_header_takes(alone: Path, token: str) -> None:
    with pytest.raises(click.UsageError, match="token holds characters"):
        find({}, url="http://localhost:1", token=token)


@pytest.mark.parametrize("host", ["localhost", "alpha.localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_names_of_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "heroku.com", "10.0.0.1", "localhost.com", "128.0.0.1", "127.evil.example"])
def test_names_of_others(host: str) -> None:
    assert not is_loopback(host)
