"""`platform-sim addons set`, `plan` and `reset-secret`: what a partner's portal, or Heroku's staff, would do."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.manifest_file import A_FILE, read_json_file
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.private import write_private
from platform_sim.cli.services import brief_plans, plan_words
from platform_sim.cli.show import print_json

Json = dict[str, Any]
Command = Callable[..., None]

STATES = ("alpha", "beta", "ga", "shutdown")
PLAN_STATES = ("invite-only", "hidden", "public")

local_option = click.option(
    "--local", metavar="URL", help="Call the partner at this scheme, host and port; paths stay those of the manifest."
)

no_local_option = click.option("--no-local", is_flag=True, help="Call the partner where its manifest says.")


def place_wanted(local: str | None, no_local: bool) -> Json:
    """What both options say, in the words of the API; UsageError if they say different things."""
    if local is not None and no_local:
        raise click.UsageError("--local and --no-local exclude each other")
    return {"local": "" if no_local else local} if no_local or local is not None else {}


def service_options(command: Command) -> Command:
    """Adds `--state` and `--ability`; what was said comes as `wanted=`, in the words of the API."""

    @click.option("--state", type=click.Choice(STATES), help="The stage of the service.")
    @click.option("--ability", "abilities", multiple=True, metavar="NAME", help="Enable this only; may be repeated.")
    @functools.wraps(command)
    def called(*args: Any, state: str | None, abilities: tuple[str, ...], **kwargs: Any) -> None:
        wanted: Json = {"state": state, "abilities": list(abilities) or None}
        command(*args, wanted={name: value for name, value in wanted.items() if value is not None}, **kwargs)

    return called


@click.command("set")
@click.argument("name")
@service_options
@click.option("--no-abilities", is_flag=True, help="Enable none.")
@local_option
@no_local_option
@json_option
@asks_platform
def set_(
    client: Client, name: str, wanted: Json, no_abilities: bool, local: str | None, no_local: bool, as_json: bool
) -> None:
    """Change the stage of a service, what it may, or where its partner is called."""
    if no_abilities:
        wanted["abilities"] = []
    wanted |= place_wanted(local, no_local)
    if not wanted:
        raise click.UsageError("say what to change: --state, --ability, --no-abilities, --local or --no-local")
    found = client.put(route("sim", "services", name), wanted)
    if as_json:
        print_json(found)
        return
    abilities = f", may {', '.join(found['abilities'])}" if found["abilities"] else ""
    click.echo(f"{found['name']} is {found['state']}, called at {found['calls']['base_url']}{abilities}")


def read_plan_name(context: click.Context, argument: click.Parameter, word: str) -> tuple[str, str]:
    """`SERVICE:PLAN` as a pair."""
    service, colon, name = word.partition(":")
    if not service or not colon or not name:
        raise click.BadParameter(f"{word!r} must be SERVICE:PLAN, such as acme:pro", context, argument)
    return service, name


@click.command
@click.argument("plan", metavar="SERVICE:PLAN", callback=read_plan_name)
@click.option("--price", type=click.IntRange(0), metavar="CENTS", help="Cents a month; 0 is free.")
@click.option("--state", type=click.Choice(PLAN_STATES), help="Who is offered it.")
@click.option("--human-name", metavar="TEXT", help="The name to show.")
@click.option("--description", metavar="TEXT", help="The description to show.")
@click.option("--default", is_flag=True, help="Make it the plan of those who name none.")
@click.option("--pass", "passes", multiple=True, metavar="EMAIL", help="Invite these only; may be repeated.")
@click.option("--no-passes", is_flag=True, help="Invite nobody.")
@click.option("--actions", type=A_FILE, metavar="FILE", help="A JSON list of what its add-ons offer in a dashboard.")
@json_option
@asks_platform
def plan(
    client: Client,
    plan: tuple[str, str],
    price: int | None,
    state: str | None,
    human_name: str | None,
    description: str | None,
    default: bool,
    passes: tuple[str, ...],
    no_passes: bool,
    actions: Path | None,
    as_json: bool,
) -> None:
    """Add a plan, or change what is said of it; its name never changes."""
    said: Json = {
        "cents": price,
        "state": state,
        "human_name": human_name,
        "description": description,
        "default": default or None,
        "passes": [] if no_passes else list(passes) or None,
        "actions": read_json_file(actions) if actions is not None else None,
    }
    service, name = plan
    wanted = {field: value for field, value in said.items() if value is not None}
    found = client.put(route("sim", "services", service, "plans", name), wanted)
    if as_json:
        print_json(found)
        return
    [brief] = brief_plans({"plans": [found]})
    invited = f"; invited: {', '.join(found['passes'])}" if found["passes"] else ""
    click.echo(f"{service}: {plan_words(brief)}{invited}")


@click.command("reset-secret")
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it to FILE, readable by its owner only, instead of printing it.",
)
@json_option
@asks_platform
def reset_secret(client: Client, name: str, out: Path | None, as_json: bool) -> None:
    """Make a new OAuth client secret; every access token of the service ends at once."""
    found = client.post(route("sim", "services", name, "client-secret"))
    if out is not None:
        write_private(out, found.pop("client_secret") + "\n")
        found["written_to"] = str(out)
    if as_json:
        print_json(found)
    elif out is not None:
        click.echo(f"New OAuth client secret of {found['name']} written to {out}")
    else:
        click.echo(f"New OAuth client secret of {found['name']}: {found['client_secret']}")
