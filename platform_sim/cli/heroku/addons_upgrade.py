"""`heroku addons:upgrade` (heroku-cli §15, Add-ons); downgrading is the same request."""

from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import ApiError, Failure
from platform_sim.cli.heroku.resolve import resolve_addon
from platform_sim.cli.heroku.words import action, price_text
from platform_sim.cli.options import app_option, asks_platform

NO_SUCH_PLAN = "Couldn't find either the add-on service or the add-on plan"


def _with_plans(client: Client, service: str, error: ApiError) -> ApiError:
    """The error with the plans there are, for a plan that is not."""
    plans = client.get(route("addon-services", service, "plans"))
    names = "\n".join(plan["name"] for plan in plans)
    message = (
        f"{error.message}\n\nHere are the available plans for {service}:\n{names}\n\n"
        f"See more plan information with heroku addons:plans {service}"
    )
    return ApiError(message, status=error.status, id=error.id, body=error.body)


@click.command
@click.argument("addon")
@click.argument("plan", required=False)
@app_option(required=False)
@asks_platform
def upgrade(client: Client, addon: str, plan: str | None, app: str | None) -> None:
    """Change an add-on's plan: `addons:upgrade ADDON PLAN`, or `addons:upgrade SERVICE:PLAN`."""
    if plan is None and ":" not in addon:
        raise Failure(f"Error: No plan specified.\nYou need to specify a plan to move {addon} to.")
    wanted = plan if plan is not None else addon
    found: dict[str, Any] = resolve_addon(client, addon if plan is not None else addon.partition(":")[0], app)
    service, owner = found["addon_service"]["name"], found["app"]["name"]
    target = wanted if ":" in wanted else f"{service}:{wanted}"
    try:
        with action(f"Changing {found['name']} on {owner} from {found['plan']['name']} to {target}") as doing:
            changed = client.patch(
                route("apps", owner, "addons", found["name"]),
                {"plan": {"name": target}},
                accept_expansion="plan",
                x_heroku_legacy_provider_messages="true",
            )
            doing.end = f"done, {price_text(changed['plan']['price'])}"
    except ApiError as error:
        if error.message.startswith(NO_SUCH_PLAN):
            raise _with_plans(client, service, error) from None
        raise
    if changed.get("provision_message"):
        click.echo(changed["provision_message"])
