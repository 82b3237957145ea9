"""The commands of a finding, pasted into a shell, lead to the same answer."""

import json
import re
import shutil
import subprocess
from urllib.parse import urlencode

import pytest

from platform_sim.conformance.curl import script
from platform_sim.conformance.home import Home
from platform_sim.conformance.run import Target, run
from platform_sim.conformance.seen import Exchange
from platform_sim.core.model.sso import resource_token, user_scoped_token
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.http_send import HttpSend

from ..zoo import animals_doors, animals_end, animals_logins, animals_odd
from ..zoo.partner import MANIFEST, PASSWORD, PLANS, SALT, SECRET, Right
from ..zoo.serve import served

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
UUID = "01234567-89ab-4cde-8f01-23456789abcd"
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "ADDON_PASSWORD": PASSWORD, "ADDON_SSO_SALT": SALT}


def pasted(commands: str) -> list[int]:
    """The statuses that they print."""
    done = subprocess.run(["bash", "-c", commands], capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
    assert done.stderr == ""
    return [int(status) for status in re.findall(r"HTTP/1\.1 (\d+)", done.stdout)]


@pytest.mark.parametrize(
    "kind",
    [animals_doors.TakesTokens, animals_doors.ActsFirst, animals_doors.OnlyCapitalBasic]
    + [animals_end.NeverLetsGo, animals_end.Revives, animals_odd.ChoosesByAccept, animals_odd.ActsOnHalves]
    + [animals_logins.KnowsItsUsers, animals_logins.LooksBack, animals_logins.ReadsFloats],
)
def test_a_findings_commands_lead_to_its_answer_again(kind: type[Right]) -> None:
    partner = kind()

    def ready(home: Home) -> None:
        partner.platform = home.platform.url

    with served(partner) as url:
        report = run(Target(MANIFEST, PLANS, url, SECRET), HttpSend(), ready=ready)
        problems = [problem for result in report.findings for problem in result.problems]
        assert problems
        for problem in problems:
            assert problem.exchange is not None
            commands = script(problem.exchange, report.exchanges, MANIFEST)
            assert PASSWORD not in commands
            assert pasted(commands)[-1] == problem.exchange.status


def login(age: int, **changes: str) -> Exchange:
    """One that was signed `age` seconds before it was sent."""
    stamp = str(1_700_000_000 - age)
    form = {
        "resource_id": UUID,
        "timestamp": stamp,
        "user_id": "u",
        "email": "a+b@example.com",
        "resource_token": resource_token(UUID, SALT, stamp),
        "user_scoped_resource_token": user_scoped_token(UUID, SALT, stamp, "u", "a+b@example.com"),
    } | changes
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    request = PartnerRequest("POST", "https://zoo.example/sso", headers, urlencode(form).encode(), 10)
    return Exchange("login", request, PartnerAnswer(302, {}, b"", 1), 1_700_000_000)


@pytest.mark.parametrize(
    ("age", "changes", "status"),
    [(0, {}, 302), (360, {}, 403), (0, {"resource_token": "0" * 40}, 403), (0, {"email": "else@example.com"}, 403)],
)
def test_a_login_is_signed_anew(age: int, changes: dict[str, str], status: int) -> None:
    partner = Right()
    with served(partner) as url:
        exchange = login(age, **changes)
        commands = script(exchange, [exchange], MANIFEST).replace("https://zoo.example", url)
        uuid = "UUID=89abcdef-0123-4567-89ab-cdef01234567"
        partner.provision({"uuid": uuid[5:], "plan": "test"})
        commands = re.sub("^UUID=.*$", uuid, commands, flags=re.MULTILINE)
        assert SALT not in commands
        assert pasted(commands) == [status]


def test_odd_bytes_and_quotes_are_what_they_were() -> None:
    body = b'{"a":"it\'s \\"$HOME\\" `x` \\\\ \xc3\xa4"}'
    headers = {"Content-Type": "application/json", "X-Odd": "a'b\"$c"}
    request = PartnerRequest("POST", "https://zoo.example/a?b=c&d=[e]", headers, body, 10)
    exchange = Exchange("odd", request, PartnerAnswer(200, {}, b"", 1))
    words = script(exchange, [exchange], MANIFEST).replace("curl", "printf '%s\\n'", 1)
    printed = subprocess.run(["bash", "-c", words], capture_output=True, env=ENVIRONMENT, timeout=60).stdout
    assert body in printed
    assert b"X-Odd: a'b\"$c" in printed
    assert b"https://zoo.example/a?b=c&d=[e]" in printed


def test_no_token_of_the_run_is_told() -> None:
    order = {
        "uuid": UUID,
        "oauth_grant": {"code": "secret-grant"},
        "log_input_url": "http://token:t.secret@localhost/logs",
    }
    request = PartnerRequest("POST", "https://zoo.example/heroku/resources", {}, json.dumps(order).encode(), 10)
    exchange = Exchange("provision", request, PartnerAnswer(500, {}, b"", 1), 1_700_000_000)
    commands = script(exchange, [exchange], MANIFEST)
    assert "secret" not in commands
    assert "@localhost/logs" in commands
