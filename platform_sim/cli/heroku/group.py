"""The table of the customer's commands, and how their failures are worded: as the real CLI does (heroku-cli §2)."""

from typing import Any

import click

from platform_sim.cli.failures import ApiError, Failure
from platform_sim.cli.lazy import Lazy, LazyGroup


def _row(module: str, attribute: str, help: str) -> Lazy:
    return Lazy(f"platform_sim.cli.heroku.{module}", attribute, help)


COMMANDS = {
    "apps": _row("apps", "index", "List your apps."),
    "apps:create": _row("apps", "create", "Create an app."),
    "apps:info": _row("apps_info", "info", "Show an app in detail."),
    "apps:destroy": _row("apps", "destroy", "Destroy an app with all its add-ons."),
    "addons": _row("addons", "index", "List your add-ons and attachments."),
    "addons:create": _row("addons_create", "create", "Create an add-on."),
    "addons:info": _row("addons", "info", "Show an add-on and its attachments."),
    "addons:open": _row("addons_open", "open_", "Open an add-on's dashboard in the browser."),
    "addons:upgrade": _row("addons_upgrade", "upgrade", "Change an add-on's plan."),
    "addons:destroy": _row("addons_destroy", "destroy", "Destroy add-ons."),
    "addons:plans": _row("addons", "plans", "List the plans of an add-on service."),
    "addons:services": _row("addons", "services", "List the add-on services."),
    "config": _row("config", "index", "Show an app's config vars."),
    "config:get": _row("config", "get", "Show the value of config vars."),
    "config:set": _row("config", "set_", "Set config vars."),
    "config:unset": _row("config", "unset", "Unset config vars."),
    "releases": _row("releases", "index", "List an app's releases."),
    "releases:rollback": _row("releases", "rollback", "Go back to an earlier release."),
    "ps": _row("ps", "index", "List an app's dynos."),
    "ps:scale": _row("ps", "scale", "Show or change how many dynos run."),
    "ps:restart": _row("ps", "restart", "Restart dynos."),
    "ps:stop": _row("ps", "stop", "Stop dynos."),
    "run:detached": _row("run", "detached", "Run a one-off dyno in the background."),
    "logs": _row("logs", "index", "Show an app's log."),
    "maintenance": _row("maintenance", "index", "Show whether an app is in maintenance mode."),
    "maintenance:on": _row("maintenance", "on", "Put an app into maintenance mode."),
    "maintenance:off": _row("maintenance", "off", "Take an app out of maintenance mode."),
}


def worded(failure: Failure) -> list[str]:
    """The error's lines on stderr, with its id if it has one. Not wrapped at 80 columns, unlike the real CLI."""
    lines = str(failure).splitlines() or [""]
    shown = [f" ›   Error: {lines[0]}", *(f" ›   {line}".rstrip() for line in lines[1:])]
    if isinstance(failure, ApiError):
        if failure.id:
            shown += [" ›", f" ›   Error ID: {failure.id}"]
        if url := failure.body.get("url"):
            shown += [" ›", f" ›   See {url} for more information."]
    return shown


class HerokuGroup(LazyGroup):
    """Words failures as the real CLI; the exit codes are ours (design §5)."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a failure is said on stderr."""
        try:
            return super().invoke(ctx)
        except Failure as failure:
            for line in worded(failure):
                click.echo(line, err=True)
            raise click.exceptions.Exit(failure.code) from None


@click.group(cls=HerokuGroup, lazy=COMMANDS)
def group() -> None:
    """The customer's commands, with the words of the real heroku CLI.

    For machines without it: `platform-sim env` makes the real one work too. git push stays git.
    """
