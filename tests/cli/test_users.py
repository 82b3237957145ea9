"""`platform-sim users`: what is sent, what is shown, and that a token is shown once."""

import json
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from platform_sim.cli import users_login

from .conftest import Run
from .fake_api import FakeApi

ANN = {
    "id": "ann-id",
    "email": "ann@example.com",
    "name": "Ann",
    "created_at": "2026-03-01T12:00:00Z",
    "suspended_at": None,
    "delinquent_at": None,
}
CREATE, TOKENS = "POST /sim/users", "POST /sim/users/ann%40example.com/tokens"
SET, LINKS = "PATCH /sim/users/ann%40example.com", "POST /sim/users/ann%40example.com/links"


def test_a_customer_is_made_and_its_token_shown(api: FakeApi, run: Run) -> None:
    api.on(CREATE, ANN | {"token": "HRKU-1"}, 201)
    result = run("users", "create", "ann@example.com", "--name", "Ann")
    assert (result.exit_code, result.stdout) == (0, "Created ann@example.com\nToken: HRKU-1\n")
    assert api.body_of(CREATE) == {"email": "ann@example.com", "name": "Ann"}
    run("users", "create", "ann@example.com")
    assert api.body_of(CREATE) == {"email": "ann@example.com"}
    assert json.loads(run("users", "create", "ann@example.com", "--json").stdout) == ANN | {"token": "HRKU-1"}


def test_the_token_can_go_to_a_file_of_its_owner(api: FakeApi, run: Run, alone: Path) -> None:
    api.on(CREATE, ANN | {"token": "HRKU-1"}, 201)
    result = run("users", "create", "ann@example.com", "--token-out", "token")
    assert result.stdout == "Created ann@example.com\nToken written to token\n"
    assert (alone / "token").read_text() == "HRKU-1\n"
    assert (alone / "token").stat().st_mode & 0o777 == 0o600
    assert json.loads(run("users", "create", "ann@example.com", "--token-out", "token", "--json").stdout) == ANN


def test_another_token(api: FakeApi, run: Run) -> None:
    api.on(TOKENS, {"email": "ann@example.com", "token": "HRKU-2"}, 201)
    assert run("users", "token", "ann@example.com").stdout == "Made a token for ann@example.com\nToken: HRKU-2\n"


def test_the_list(api: FakeApi, run: Run) -> None:
    late = ANN | {"email": "bob@example.com", "name": None, "suspended_at": "x", "delinquent_at": "x"}
    api.on("GET /sim/users", [ANN, late])
    lines = run("users", "list").stdout.splitlines()
    assert lines[0].split() == ["E-mail", "Name", "Standing"]
    assert [line.split() for line in lines[2:]] == [
        ["ann@example.com", "Ann", "good"],
        ["bob@example.com", "suspended,", "delinquent"],
    ]
    assert json.loads(run("users", "list", "--json").stdout) == [ANN, late]


def test_standing(api: FakeApi, run: Run) -> None:
    api.on(SET, ANN | {"suspended_at": "2026-03-01T12:00:00Z"})
    api.on(SET, ANN)
    assert run("users", "set", "ann@example.com", "--suspended").stdout == "ann@example.com: suspended\n"
    assert api.body_of(SET) == {"suspended": True}
    result = run("users", "set", "ann@example.com", "--no-suspended", "--no-delinquent")
    assert result.stdout == "ann@example.com: good\n"
    assert api.body_of(SET) == {"suspended": False, "delinquent": False}
    assert json.loads(run("users", "set", "ann@example.com", "--delinquent", "--json").stdout) == ANN
    nothing = run("users", "set", "ann@example.com")
    assert (nothing.exit_code, "say what to change" in nothing.stderr) == (2, True)


def test_a_browser_is_made_somebody(api: FakeApi, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", opened.append)
    made = {"email": "ann@example.com", "url": "http://localhost:5100/sso/browser/s3cret", "expires_at": "x"}
    api.on(LINKS, made, 201)
    assert run("users", "open", "ann@example.com", "--show-url").stdout == made["url"] + "\n"
    assert json.loads(run("users", "open", "ann@example.com", "--json").stdout) == made
    assert opened == []
    result = run("users", "open", "ann@example.com")
    assert result.stdout == "Opening a page that makes the browser ann@example.com...\n"
    assert opened == [made["url"]]


def test_what_the_platform_says_is_said(api: FakeApi, run: Run) -> None:
    api.fails(CREATE, 422, "invalid_params", "There is an account already.")
    result = run("users", "create", "ann@example.com")
    assert (result.exit_code, result.stderr) == (1, "Error: There is an account already.\n")


PASSWORD, FACTOR = "/sim/users/ann%40example.com/password", "/sim/users/ann%40example.com/second-factor"


def test_a_password_comes_from_standard_input(api: FakeApi, run: Run) -> None:
    api.on(f"PUT {PASSWORD}", ANN)
    result = run("users", "password", "ann@example.com", "--stdin", input=" correct horse \nrest\n")
    assert (result.exit_code, result.stdout) == (0, "ann@example.com has a new password\n")
    assert api.body_of(f"PUT {PASSWORD}") == {"password": " correct horse "}
    result = run("users", "password", "ann@example.com", "--stdin", "--json", input="correct horse\r\n")
    assert json.loads(result.stdout) == ANN
    assert api.body_of(f"PUT {PASSWORD}") == {"password": "correct horse"}


def test_a_password_is_asked_for_on_a_terminal_only(api: FakeApi, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    api.on(f"PUT {PASSWORD}", ANN)
    api.on(f"DELETE {PASSWORD}", ANN)
    blind = run("users", "password", "ann@example.com", input="correct horse\n")
    assert (blind.exit_code, "give it with --stdin" in blind.stderr) == (2, True)
    assert api.lines == []
    monkeypatch.setattr(users_login, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    asked = run("users", "password", "ann@example.com", input="correct horse\ncorrect horse\n")
    assert (asked.exit_code, asked.stdout.endswith("ann@example.com has a new password\n")) == (0, True)
    assert "correct" not in asked.stdout + asked.stderr
    assert api.body_of(f"PUT {PASSWORD}") == {"password": "correct horse"}


def test_a_password_is_taken_away(api: FakeApi, run: Run) -> None:
    api.on(f"DELETE {PASSWORD}", ANN)
    assert run("users", "password", "ann@example.com", "--remove").stdout == "ann@example.com has no password\n"
    both = run("users", "password", "ann@example.com", "--remove", "--stdin")
    assert (both.exit_code, "leave --stdin out" in both.stderr) == (2, True)


def test_a_second_factor_and_its_code(api: FakeApi, run: Run) -> None:
    made = {"email": "ann@example.com", "secret": "GEZDGNBV", "url": "otpauth://totp/x"}
    api.on(f"PUT {FACTOR}", made, 201)
    api.on(f"DELETE {FACTOR}", ANN)
    now = {"email": "ann@example.com", "code": "012345", "expires_in": 7}
    api.on("GET /sim/users/ann%40example.com/code", now)
    assert run("users", "second-factor", "ann@example.com").stdout.splitlines() == [
        "ann@example.com has a second factor",
        "Secret: GEZDGNBV",
        "For an app: otpauth://totp/x",
    ]
    assert json.loads(run("users", "second-factor", "ann@example.com", "--json").stdout) == made
    removed = run("users", "second-factor", "ann@example.com", "--remove")
    assert removed.stdout == "ann@example.com has no second factor\n"
    assert run("users", "code", "ann@example.com").stdout == "012345\n"
    assert json.loads(run("users", "code", "ann@example.com", "--json").stdout) == now
