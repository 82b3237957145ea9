"""Logging in and out with the real CLI, unmodified (heroku-cli §2, §3, §15 "Auth").

Runs where HEROKU_CLI names the program. The person is this test: a terminal, and a browser without a window.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from platform_sim.assemble import Options, Platform
from platform_sim.cli.env import setting

from ..processes.customer import Customer, fetch
from ..processes.up import outer_environment
from .terminal import Terminal

PROGRAM = os.environ.get("HEROKU_CLI", "")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not PROGRAM, reason="HEROKU_CLI does not name the heroku program"),
]
PASSWORD = "correct: horse"
CALM = {"NO_COLOR": "1", "OCLIF_COLUMNS": "300", "COLUMNS": "300", "TZ": "UTC", "BROWSER": "true"}


@dataclass(frozen=True)
class Person:
    """Somebody with a home of their own, in which nobody has logged in."""

    platform: Platform
    home: Path
    way: str = "address"

    def at(self, *words: str, **more: str) -> Terminal:
        """A terminal in which `heroku ...` runs."""
        told = setting(self.platform.url, None, str(self.platform.ca_file), {}, self.way)
        own = {"HOME": str(self.home), "HEROKU_CACHE_DIR": str(self.home), "GIT_CONFIG_GLOBAL": str(self.home / "git")}
        (self.home / "terms-of-service").touch()
        known = outer_environment(self.home) | CALM | own
        known |= {name: value for name, value in told.items() if value is not None}
        return Terminal([PROGRAM, *words], known | more, self.home)

    def heroku(self, *words: str, code: int = 0, **more: str) -> str:
        """All that a command shows; it must end with `code`."""
        with self.at(*words, **more) as terminal:
            ended, shown = terminal.ended()
        assert ended == code, shown
        return shown

    def log_in(self, email: str = "you@example.com") -> str:
        """With a password, which is here the token of who has none; -> the new token."""
        token = self.platform.token if email == "you@example.com" else PASSWORD
        with self.at("login", "-i") as terminal:
            answer(terminal, Email=email, Password=token)
            assert terminal.ended()[0] == 0
        return self.token()

    def token(self) -> str:
        """What the CLI keeps."""
        found = re.search(r"password (\S+)", (self.home / ".netrc").read_text())
        assert found is not None
        return found[1]

    def knows(self, token: str) -> bool:
        """Whether the platform takes a token."""
        answer = Customer(self.platform.url, token, self.home).ask("GET", "/account")
        assert answer.status_code in (200, 401)
        return answer.status_code == 200


def answer(terminal: Terminal, **prompts: str) -> None:
    """Type what is asked for, in this order; `_` stands for a blank or a dash."""
    for prompt, text in prompts.items():
        terminal.until(prompt.replace("_", "[ -]"))
        terminal.type(text + "\r")


def browse(terminal: Terminal, **fields: str) -> requests.Response:
    """Press a key, open the page that the CLI names, and send its form with these fields."""
    terminal.until("Press any key")
    terminal.type("x")
    url = terminal.until(r"visit:\s+(http\S+)")[1]
    terminal.until("Waiting for login")
    page = fetch("GET", url)
    form = re.search(r'name="form" value="(\w+)"', page.text)
    assert form is not None, page.text
    origin = url[: url.index("/auth/")]
    return fetch("POST", url, data={"form": form[1]} | fields, headers={"Origin": origin})


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """With a customer `ann`, who has a password."""
    folder = tmp_path_factory.mktemp("platform")
    rules = {"rate_limit": 1_000_000, "two_factor_for_apps": True}
    with Platform(Options(environment=outer_environment(folder), rules=rules)) as started:
        customer = Customer(started.url, started.token, folder)
        customer.api("POST", "/sim/users", {"email": "ann@example.com"})
        customer.api("PUT", "/sim/users/ann@example.com/password", {"password": PASSWORD})
        yield started


@pytest.fixture
def you(platform: Platform, tmp_path: Path) -> Person:
    return Person(platform, tmp_path)


def operate(platform: Platform, method: str, path: str) -> dict[str, str]:
    found: dict[str, str] = Customer(platform.url, platform.token, Path()).api(method, f"/sim/users/{path}")
    return found


def test_by_browser_and_out_again(you: Person) -> None:
    with you.at("login") as terminal:
        assert browse(terminal, email="you@example.com").status_code == 200
        code, shown = terminal.ended()
    assert (code, "Logged in as you@example.com" in shown) == (0, True)
    token = you.token()
    assert you.heroku("auth:whoami").strip() == "you@example.com"
    warned = you.heroku("auth:token")
    assert ("token will expire" in warned, warned.strip().endswith(token)) == (True, True)
    sessions = you.heroku("sessions")
    assert sessions.count("Heroku CLI login from") == 1
    listed = re.search(r"Heroku CLI login from \S+\s+([0-9a-f-]{36})\s+global", you.heroku("authorizations"))
    assert listed is not None
    assert token in you.heroku("authorizations:info", listed[1])
    assert "Logging out... done" in you.heroku("logout")
    assert not you.knows(token)
    assert token not in (you.home / ".netrc").read_text()
    assert you.knows(you.platform.token), "the customer's own token stays"
    assert "not logged in" in you.heroku("auth:token", code=2)


def test_who_declines_is_told_so(you: Person) -> None:
    with you.at("login") as terminal:
        assert browse(terminal, act="decline").status_code == 200
        code, shown = terminal.ended()
    assert (code, "The login was declined in the browser." in shown) == (2, True)
    assert not (you.home / ".netrc").exists()


def test_with_a_password(you: Person) -> None:
    with you.at("login", "-i") as terminal:
        answer(terminal, Email="ann@example.com", Password="wrong horse")
        code, shown = terminal.ended()
    assert (code, "Invalid credentials provided." in shown) == (2, True)
    with you.at("login", "--expires-in", "60") as terminal:
        answer(terminal, Email="ann@example.com", Password=PASSWORD)
        code, shown = terminal.ended()
    assert (code, "Logged in as ann@example.com" in shown) == (0, True)
    assert "token will expire today" in you.heroku("auth:token")
    assert "you@example.com" not in you.heroku("authorizations", "--json")
    you.heroku("logout")


def test_a_session_that_another_has_ended_asks_for_a_login(you: Person) -> None:
    """401 starts the login by browser, and then the command goes on (heroku-cli §2)."""
    token = you.log_in("ann@example.com")
    (session,) = re.findall(r"[0-9a-f-]{36}", you.heroku("sessions"))
    assert "done" in you.heroku("sessions:destroy", session)
    assert not you.knows(token)
    with you.at("apps") as terminal:
        browse(terminal, email="ann@example.com", password=PASSWORD)
        code, shown = terminal.ended()
    assert (code, "You have no apps" in shown) == (0, True), shown
    assert you.token() != token


def test_with_a_second_factor(you: Person) -> None:
    assert "is not enabled" in you.heroku("auth:2fa", HEROKU_API_KEY=you.platform.token)
    operate(you.platform, "PUT", "ann@example.com/second-factor")
    with you.at("login", "-i") as terminal:
        answer(terminal, Email="ann@example.com", Password=PASSWORD, Two_factor_code="000000")
        assert terminal.ended()[0] == 2
    with you.at("login", "-i") as terminal:
        answer(terminal, Email="ann@example.com", Password=PASSWORD)
        answer(terminal, Two_factor_code=operate(you.platform, "GET", "ann@example.com/code")["code"])
        assert terminal.ended()[0] == 0
    assert "Two-factor authentication is enabled" in you.heroku("auth:2fa")
    you.heroku("apps:create", "anns")
    with you.at("config:set", "A=1", "-a", "anns") as terminal:
        answer(terminal, Two_factor_code=operate(you.platform, "GET", "ann@example.com/code")["code"])
        code, shown = terminal.ended()
    assert (code, "Setting A and restarting" in shown) == (0, True), shown
    assert "Two-factor code" not in you.heroku("config:set", "A=2", "-a", "anns"), "the token is good for this app now"
    assert you.heroku("config:get", "A", "-a", "anns").strip() == "2"
    operate(you.platform, "DELETE", "ann@example.com/second-factor")


def test_git_pushes_with_the_token_of_the_login(you: Person) -> None:
    you.log_in()
    you.heroku("apps:create", "pushed")
    path = {"PATH": f"{Path(PROGRAM).parent}:{os.environ['PATH']}"}
    told = setting(you.platform.url, None, str(you.platform.ca_file), {})
    known = outer_environment(you.home) | CALM | path | {n: v for n, v in told.items() if v is not None}
    known |= {"HEROKU_CACHE_DIR": str(you.home), "GIT_CONFIG_GLOBAL": str(you.home / "git"), "GIT_TERMINAL_PROMPT": "0"}
    secure = you.platform.url.replace("http:", "https:")
    script = f"""
        git init -q -b main code && cd code && echo "web: sleep 600" > Procfile && git add . &&
        git -c user.name=Me -c user.email=me@example.com commit -qm one && git push {secure}/pushed.git main
    """
    with Terminal(["sh", "-ec", script], known, you.home) as terminal:
        code, shown = terminal.ended()
    assert (code, "Verifying deploy... done." in shown) == (0, True), shown


def test_in_heroku_s_own_names(platform: Platform, tmp_path: Path) -> None:
    """`env --intercept --login`: the API behind a proxy, the page at the platform's own address."""
    person = Person(platform, tmp_path, "intercept")
    with person.at("login") as terminal:
        assert browse(terminal, email="you@example.com").status_code == 200
        code, shown = terminal.ended()
    assert (code, "Logged in as you@example.com" in shown) == (0, True), shown
    assert "api.heroku.com" in (tmp_path / ".netrc").read_text()
    assert person.heroku("auth:whoami").strip() == "you@example.com"
    person.heroku("logout")
