"""`heroku releases`, `releases:rollback` (heroku-cli §15, Releases)."""

import http.client
from typing import Any

import click

from platform_sim.cli.client import TIMEOUT, Client, route
from platform_sim.cli.failures import EnvironmentProblem, Failure
from platform_sim.cli.heroku.words import action, header, stamp, warn
from platform_sim.cli.options import app_option, asks_platform, json_option
from platform_sim.cli.show import echo_lines, print_json, table

Json = dict[str, Any]
STATUS_WORDS = {"pending": " release command executing", "failed": " release command failed"}


@click.command
@app_option()
@click.option("-n", "--num", type=click.IntRange(min=1), default=15, show_default=True, help="How many.")
@json_option
@asks_platform
def index(client: Client, app: str, num: int, as_json: bool) -> None:
    """List an app's releases, the newest first."""
    found = client.get(route("apps", app, "releases"), variant="sdk", range=f"version ..; max={num}, order=desc")
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo(f"{app} has no releases.")
        return
    current = next((f" - Current: v{row['version']}" for row in found if row["current"]), "")
    header(f"{app} Releases{current}")
    rows = [
        [
            f"v{row['version']}",
            row["description"] + STATUS_WORDS.get(row["status"], ""),
            row["user"]["email"],
            stamp(row["created_at"]),
        ]
        for row in found
    ]
    echo_lines(table(["v", "description", "user", "created_at"], rows))


def _target(client: Client, app: str, release: str | None) -> Json:
    """The release to go back to: the one named, or the last but one that can be gone back to."""
    if release is not None:
        version = release[1:] if release[:1] == "v" else release
        named: Json = client.get(route("apps", app, "releases", version), variant="sdk")
        return named
    found = client.get(route("apps", app, "releases"), variant="sdk", range="version ..; max=10, order=desc")
    eligible: list[Json] = [row for row in found if row["eligible_for_rollback"]]
    if len(eligible) < 2:
        raise Failure(f"No eligible release found for {app} to roll back to.")
    return eligible[1]


def _show_output(client: Client, url: str) -> None:
    """The release phase's output as it comes; it is not there before the command has begun (heroku-cli §8)."""
    click.echo("Running release command...")
    with client.stream(url, {}, TIMEOUT) as answer:
        if answer.status == 404:
            warn("Release command starting. See its output with `platform-sim logs`.")
        elif answer.status != 200:
            raise Failure(f"the output of the release command could not be read: {answer.status} {answer.reason}")
        else:
            while part := _next_part(answer):
                click.echo(part, nl=False)


def _next_part(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read1()
    except (OSError, http.client.HTTPException) as problem:
        raise EnvironmentProblem(f"the output of the release command broke off ({problem!r})") from None


@click.command
@click.argument("release", required=False, metavar="[RELEASE]")
@app_option()
@asks_platform
def rollback(client: Client, release: str | None, app: str) -> None:
    """Go back to an earlier release, such as v12; without one, to the release before the current one."""
    target = _target(client, app, release)
    with action(f"Rolling back {app} to v{target['version']}") as doing:
        made = client.post(route("apps", app, "releases"), {"release": target["id"]}, variant="sdk")
        doing.end = f"done, v{made['version']}"
    warn("Rollback affects code and config vars; it doesn't add or remove addons.")
    warn(f"To undo, run: heroku rollback v{made['version'] - 1}")
    if made["output_stream_url"]:
        _show_output(client, made["output_stream_url"])
