"""The command that sends an exchange again: a shell takes from it what was sent, and nothing else."""

import shlex
import subprocess
from typing import Any

import pytest

from platform_sim.core.actions.timeline import event_step, exchange_step
from platform_sim.core.model.curl import LONGEST, curl
from platform_sim.core.model.records import Event, Exchange

from ... import support

EVIL = """it's "quoted" `id` $(id) $HOME \\ %s !x ~ # & ; | < > *"""


def made(**more: Any) -> str | None:
    fields: dict[str, Any] = {
        "id": "x",
        "party": "customer",
        "addon_id": None,
        "method": "POST",
        "url": "http://localhost:5100/apps",
        "request_headers": {},
        "request_body": "",
        "status": 201,
        "response_headers": {},
        "response_body": "",
        "problem": None,
        "milliseconds": 1,
        "cause_id": None,
        "created_at": support.START,
        "inbound": True,
    }
    return curl(exchange_step(Exchange(**fields | more)))


def command(**more: Any) -> str:
    found = made(**more)
    assert found is not None
    return found


def words(text: str) -> list[str]:
    return shlex.split(text.replace("\\\n", ""))


def test_a_customers_call() -> None:
    headers = {"accept": "application/vnd.heroku+json; version=3", "content-type": "application/json"}
    assert command(request_headers=headers, request_body='{"name": "acme"}') == (
        "curl -X POST http://localhost:5100/apps \\\n"
        '  -H "Authorization: Bearer $HEROKU_API_KEY" \\\n'
        "  -H 'accept: application/vnd.heroku+json; version=3' \\\n"
        "  -H 'content-type: application/json' \\\n"
        '  --data-raw \'{"name": "acme"}\''
    )


@pytest.mark.parametrize(
    ("more", "has", "has_not"),
    [
        ({"party": "partner", "url": "http://localhost/addons/x/config"}, '"Authorization: Bearer $ADDON_TOKEN"', "-u"),
        ({"party": "partner", "url": "http://localhost/vendor/apps/x"}, '-u "$ADDON_ID:$ADDON_PASSWORD"', "Bearer"),
        ({"party": "partner", "url": "http://localhost/oauth/token"}, "curl", "Authorization"),
        (
            {"party": "partner", "inbound": False, "request_headers": {"Authorization": "[hidden]"}},
            '-u "$ADDON_ID:$ADDON_PASSWORD"',
            "-H",
        ),
        (
            {"party": "webhook", "inbound": False, "request_headers": {"Authorization": "[hidden]"}},
            '"Authorization: $AUTHORIZATION"',
            "HEROKU_API_KEY",
        ),
        ({"party": "webhook", "inbound": False}, "curl", "Authorization"),
    ],
)
def test_with_whose_right(more: dict[str, Any], has: str, has_not: str) -> None:
    assert has in command(**more)
    assert has_not not in command(**more)


def test_what_is_masked_is_a_variable_that_no_shell_has_by_chance() -> None:
    text = command(request_body='{"AWS_SECRET": "[hidden]", "a": [{"value":"[hidden]"}], "b;id": "[hidden]"}')
    body = text.partition("--data-raw ")[2]
    assert body == (
        '\'{"AWS_SECRET": "\'"$HIDDEN_AWS_SECRET"\'", "a": [{"value":"\'"$HIDDEN_VALUE"\'"}], '
        '"b;id": "\'"$HIDDEN_ID"\'"}\''
    )
    assert command(request_body="client_secret=[hidden]&code=[hidden]").endswith(
        'client_secret="$HIDDEN_CLIENT_SECRET"\'&code=\'"$HIDDEN_CODE"'
    )
    assert '/"$HIDDEN"' in command(url="http://localhost/log-drains/[hidden]")


def test_a_url_is_never_a_pattern() -> None:
    assert "-g" in words(command(url="http://[::1]:80/x"))
    assert "-g" not in words(command())


def test_headers_that_curl_makes_itself_and_empty_ones() -> None:
    sent = {"Host": "x", "Content-Length": "2", "Accept-Encoding": "gzip", "X-Empty": "", "X-Two": "a\r\nb: c"}
    found = words(command(request_headers=sent, request_body="[]"))
    assert [found[n + 1] for n, word in enumerate(found) if word == "-H"][1:] == [
        "X-Empty;",
        "X-Two: a b: c",
        "Content-Type: application/json",
    ]


@pytest.mark.parametrize("body", ["x" * (LONGEST + 1), "{... (cut here, 20000 bytes in all)", "a\x00b"])
def test_a_body_that_does_not_fit_is_read_from_a_file(body: str) -> None:
    assert command(request_body=body).endswith("--data-binary @body")


def test_what_is_no_request_has_no_command() -> None:
    event = Event(1, "e", "app", "create", "s", 1, None, None, None, None, {}, {}, None, support.START)
    assert curl(event_step(event)) is None
    assert made(url="http://localhost/dashboard/apps") is None


BODIES = (
    "plain",
    EVIL,
    "'",
    "''\n\"\"\n",
    "@/etc/passwd",
    "-d @x",
    '{"a": "b\nc"}',
    "\x1b[201~; id\x03\r\t7\x7f end\n'\\",
    "grün \u202e evil",
)


def test_a_shell_takes_from_it_what_was_sent() -> None:
    """In bash, whose words for control characters others do not all know; nothing of a body is run."""
    script = "curl() { printf '%s\\0' \"$@\"; printf 'end\\0'; }\n" + "\n".join(
        command(request_body=body, url=f"http://localhost/{body}", request_headers={"X-A": body}) for body in BODIES
    )
    ran = subprocess.run(["bash", "-c", script], capture_output=True, check=True, env={"HEROKU_API_KEY": "k'e y"})
    assert ran.stderr == b""
    calls = [each.split("\0") for each in ran.stdout.decode().split("end\0")]
    for body, found in zip(BODIES, calls, strict=False):
        assert found[found.index("--data-raw") + 1] == body
        assert f"http://localhost/{body}" in found
        assert "Authorization: Bearer k'e y" in found
    assert len(calls) == len(BODIES) + 1


def test_no_terminal_is_told_anything_by_a_command() -> None:
    assert not any(ord(sign) < 32 and sign != "\n" for body in BODIES for sign in command(request_body=body))
    assert "\u202e" not in command(request_body="\u202e")
