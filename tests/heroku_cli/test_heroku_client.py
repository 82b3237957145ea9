"""npm's heroku-client, unmodified, as a customer's program in JavaScript (platform-api §8.3)."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ..docs.pages import ROOT, blocks
from ..processes.sources import app
from .cli import LONGEST, PACKAGE
from .stage import Stage

SCRIPT = Path(__file__).with_name("client.cjs")
MODULES = PACKAGE.parent
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not (MODULES / "heroku-client").exists(), reason="make heroku-cli installs heroku-client, too"),
]


def talk(stage: Stage, options: dict[str, Any], *calls: Sequence[Any], **variables: str) -> list[dict[str, Any]]:
    """Calls as `[method, path, options]`; what came of each."""
    known = {name: stage.cli.environment[name] for name in ("PATH", "HOME")}
    done = subprocess.run(
        ["node", str(SCRIPT), json.dumps({"token": stage.platform.token} | options), json.dumps(calls)],
        env=known | {"NODE_PATH": str(MODULES)} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def plain(stage: Stage) -> dict[str, Any]:
    """How it is told where the platform is."""
    return {"host": stage.platform.url}


def test_get_post_patch_put_and_delete(stage: Stage) -> None:
    made, all_apps, changed, config, read, buildpacks, gone, after = talk(
        stage,
        plain(stage),
        ["post", "/apps", {"body": {"name": "acme"}}],
        ["get", "/apps"],
        ["patch", "/apps/acme", {"body": {"maintenance": True}}],
        ["patch", "/apps/acme/config-vars", {"body": {"COLOUR": "bläu"}}],
        ["get", "/apps/acme/config-vars"],
        ["put", "/apps/acme/buildpack-installations", {"body": {"updates": [{"buildpack": "heroku/procfile"}]}}],
        ["delete", "/apps/acme"],
        ["get", "/apps"],
    )
    assert made["body"]["name"] == "acme"
    assert [each["id"] for each in all_apps["body"]] == [made["body"]["id"]]
    assert changed["body"]["maintenance"] is True
    assert config["body"] == read["body"] == {"COLOUR": "bläu"}
    assert buildpacks["body"][0]["buildpack"]["name"] == "heroku/procfile"
    assert gone["body"]["id"] == made["body"]["id"]
    assert after["body"] == []


def test_lists_are_put_together_from_their_parts(stage: Stage) -> None:
    """It asks for 1000 and follows Next-Range, unless it is told that a part will do."""
    stage.customer.api("POST", "/apps", {"name": "acme"})
    for number in range(5):
        stage.customer.api("PATCH", "/apps/acme/config-vars", {"NUMBER": str(number)})
    two = {"headers": {"Range": "version ..; max=2"}}
    newest = {"headers": {"Range": "version ..; order=desc,max=3"}}
    whole, pages, one, last = talk(
        stage,
        plain(stage),
        ["get", "/apps/acme/releases"],
        ["get", "/apps/acme/releases", two],
        ["get", "/apps/acme/releases", two | {"partial": True}],
        ["get", "/apps/acme/releases", newest | {"partial": True}],
    )
    assert [each["version"] for each in whole["body"]] == [1, 2, 3, 4, 5, 6, 7]
    assert pages == whole
    assert [each["version"] for each in one["body"]] == [1, 2]
    assert [each["version"] for each in last["body"]] == [7, 6, 5]


def test_errors_have_status_and_body(stage: Stage) -> None:
    missing, taken, unread, bad_range, unsimulated = talk(
        stage,
        plain(stage),
        ["get", "/apps/nothing"],
        ["post", "/apps", {"body": {"name": "A b"}}],
        ["post", "/apps", {"body": "{", "json": False}],
        ["get", "/apps", {"headers": {"Range": "colour ..;"}}],
        ["post", "/spaces", {"body": {"name": "x", "team": "y"}}],
    )
    told = "Couldn't find that app."
    assert missing["message"] == "Expected response to be successful, got 404"
    assert missing["body"] == {"id": "not_found", "resource": "app", "message": told}
    assert (taken["status"], taken["body"]["id"]) == (422, "invalid_params")
    assert (unread["status"], unread["body"]["id"]) == (400, "bad_request")
    assert (bad_range["status"], bad_range["body"]["id"]) == (416, "requested_range_not_satisfiable")
    assert (unsimulated["status"], unsimulated["body"]["id"]) == (501, "not_simulated")
    (refused,) = talk(stage, plain(stage) | {"token": "wrong"}, ["get", "/account"])
    assert (refused["status"], refused["body"]["id"]) == (401, "unauthorized")


def test_over_tls_it_trusts_whom_it_is_told_to(stage: Stage) -> None:
    secure = {"host": stage.platform.url.replace("http:", "https:")}
    question = ["get", "/account"]
    for variable in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
        (found,) = talk(stage, secure, question, **{variable: str(stage.platform.ca_file)})
        assert found["body"]["email"] == "you@example.com"
    (refused,) = talk(stage, secure, question)
    assert refused["code"] in ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "SELF_SIGNED_CERT_IN_CHAIN")
    (careless,) = talk(stage, secure | {"rejectUnauthorized": False}, question)
    assert careless == found


def test_with_a_proxy_it_is_told_no_address(stage: Stage) -> None:
    """Its own variables: what is built in stays `https://api.heroku.com`."""
    proxy = {"HEROKU_HTTP_PROXY_HOST": "127.0.0.1", "HEROKU_HTTP_PROXY_PORT": str(stage.customer.port)}
    (found,) = talk(stage, {}, ["get", "/account"], SSL_CERT_FILE=str(stage.platform.ca_file), **proxy)
    assert found["body"]["email"] == "you@example.com"


def test_a_deployment_as_a_tool_does_it(stage: Stage) -> None:
    """A source, a build, dynos; the log by the session's URL."""
    stage.customer.api("POST", "/apps", {"name": "acme"})
    stage.customer.deploy("acme", app())
    scaled, log, dynos = talk(
        stage,
        plain(stage),
        ["patch", "/apps/acme/formation/web", {"body": {"quantity": 1}}],
        ["post", "/apps/acme/log-sessions", {"body": {"lines": 10, "tail": False}}],
        ["get", "/apps/acme/dynos"],
    )
    assert scaled["body"]["quantity"] == 1
    assert log["body"]["logplex_url"].startswith(stage.platform.url)
    assert [each["name"] for each in dynos["body"]] == ["web.1"]


def test_the_block_on_the_page_of_clients_does_what_it_says(stage: Stage, tmp_path: Path) -> None:
    (block,) = [each for each in blocks(ROOT / "docs" / "clients.md") if each.language == "js"]
    program = tmp_path / "page.cjs"
    program.write_text(block.text)
    told = {"HEROKU_HOST": stage.platform.url, "HEROKU_API_KEY": stage.platform.token, "NODE_PATH": str(MODULES)}
    done = subprocess.run(
        ["node", str(program)],
        env={"PATH": stage.cli.environment["PATH"]} | told,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["v3 Set GREETING config vars", "404 Couldn't find that app."]
