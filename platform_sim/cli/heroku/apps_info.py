"""`heroku apps:info` (heroku-cli §15, Apps)."""

from collections import Counter
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import ApiError
from platform_sim.cli.heroku.words import header
from platform_sim.cli.options import app_option, asks_platform, json_option
from platform_sim.cli.show import Cell, echo_lines, pairs, print_json

Json = dict[str, Any]


def size(count: int | None) -> str:
    """Bytes for people, in whole units of 1000: `0 B`, `6 KB`."""
    left = float(count or 0)
    for unit in ("B", "KB", "MB"):
        if left < 1000:
            return f"{left:.0f} {unit}"
        left /= 1000
    return f"{left:.0f} GB"


def _gather(client: Client, app: str) -> Json:
    """The five answers, each under its name. What the platform does not simulate is left empty."""
    return {
        "addons": client.get(route("apps", app, "addons")),
        "app": client.get(route("apps", app)),
        "collaborators": _if_there(client, app, "collaborators") or [],
        "pipeline_coupling": _if_there(client, app, "pipeline-couplings"),
        "dynos": client.get(route("apps", app, "dynos")),
    }


def _if_there(client: Client, app: str, what: str) -> Any:
    try:
        return client.get(route("apps", app, what))
    except ApiError as error:
        if error.status in (403, 404, 501):
            return None
        raise


def _lines(found: Json) -> list[str]:
    app, coupling = found["app"], found["pipeline_coupling"]
    others = [row["user"]["email"] for row in found["collaborators"] if row["user"]["email"] != app["owner"]["email"]]
    dynos = Counter(row["type"] for row in found["dynos"])
    values: dict[str, Cell] = {"Addons": [row["plan"]["name"] for row in found["addons"]]}
    if others:
        values["Collaborators"] = others
    if coupling:
        values["Pipeline"] = f"{coupling['pipeline']['name']} - {coupling['stage']}"
    values["Auto Cert Mgmt"] = str(bool(app["acm"])).lower()
    values |= {
        "Git URL": app["git_url"],
        "Web URL": app["web_url"],
        "Repo Size": size(app["repo_size"]),
        "Slug Size": size(app["slug_size"]),
        "Owner": app["owner"]["email"],
        "Region": app["region"]["name"],
        "Dynos": ", ".join(f"{kind}: {count}" for kind, count in sorted(dynos.items())),
        "Stack": app["stack"]["name"],
    }
    return pairs({name: value for name, value in values.items() if value})


def _shell_lines(found: Json) -> list[str]:
    app, coupling = found["app"], found["pipeline_coupling"]
    dynos = Counter(row["type"] for row in found["dynos"])
    values = {
        "auto_cert_mgmt": str(bool(app["acm"])).lower(),
        "addons": ",".join(row["plan"]["name"] for row in found["addons"]),
        "collaborators": ",".join(
            row["user"]["email"] for row in found["collaborators"] if row["user"]["email"] != app["owner"]["email"]
        ),
        "pipeline": f"{coupling['pipeline']['name']}:{coupling['stage']}" if coupling else None,
        "git_url": app["git_url"],
        "web_url": app["web_url"],
        "repo_size": size(app["repo_size"]),
        "slug_size": size(app["slug_size"]),
        "owner": app["owner"]["email"],
        "region": app["region"]["name"],
        "dynos": "{ " + ", ".join(f"{kind}: {count}" for kind, count in dynos.items()) + " }" if dynos else "{}",
        "stack": app["stack"]["name"],
    }
    return [f"{name}={value}" for name, value in values.items() if value is not None]


@click.command
@click.argument("name", required=False)
@app_option(required=False)
@click.option("-s", "--shell", is_flag=True, help="Print name=value lines.")
@json_option
@asks_platform
def info(client: Client, name: str | None, app: str | None, shell: bool, as_json: bool) -> None:
    """Show an app in detail."""
    wanted = name or app
    if wanted is None:
        raise click.UsageError("No app specified.\nUSAGE: platform-sim heroku apps:info --app my-app")
    found = _gather(client, wanted)
    if as_json:
        print_json(found)
    elif shell:
        echo_lines(_shell_lines(found))
    else:
        header(found["app"]["name"])
        echo_lines(_lines(found))
