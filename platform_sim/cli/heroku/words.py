"""Words and layouts that the real CLI's commands share (heroku-cli §7, §15). Prints, asks the user, calls nobody."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

from platform_sim.cli.failures import Failure
from platform_sim.cli.show import asked

HOURS_A_MONTH = 720
STATES = {
    "provisioning": "creating",
    "provisioned": "created",
    "deprovisioning": "destroying",
    "deprovisioned": "errored",
}


class Action:
    """A line on stderr that is begun before the work and ended after it: `Doing this... done`."""

    end = "done"


@contextmanager
def action(what: str) -> Iterator[Action]:
    """Say what is being done; set `.end` for another ending than `done`. A failure ends the line with `!`."""
    click.echo(f"{what}... ", nl=False, err=True)
    doing = Action()
    try:
        yield doing
    except BaseException:
        click.echo("!", err=True)
        raise
    click.echo(doing.end, err=True)


def warn(message: str) -> None:
    """A warning on stderr, in the real CLI's form."""
    for number, line in enumerate(message.splitlines()):
        click.echo(f" ›   {'Warning: ' if number == 0 else ''}{line}", err=True)


def confirm(app: str, given: str | None, message: str | None = None) -> None:
    """Pass if `--confirm` names the app, or the user types its name now (heroku-cli §7). Raises Failure."""
    if given is not None:
        if given == app:
            return
        raise Failure(f"Confirmation {given} did not match {app}. Aborted.")
    warn(message or f"Destructive Action\nThis command will affect the app {app}")
    click.echo(err=True)
    if asked(f"To proceed, type {app} or re-run this command with --confirm {app}: ") != app:
        raise Failure(f"Confirmation did not match {app}. Aborted.")


def header(text: str) -> None:
    """`=== alpha Config Vars` and an empty line."""
    click.echo(f"=== {text}\n")


def hourly(price: Mapping[str, Any]) -> str:
    """`free`, `~$0.069/hour`, `contract` or `metered`."""
    if price.get("contract"):
        return "contract"
    if price.get("metered"):
        return "metered"
    cents = price["cents"]
    return "free" if cents == 0 else f"~${cents / 100 / HOURS_A_MONTH:.3f}/hour"


def monthly(price: Mapping[str, Any]) -> str:
    """`free`, `$50/month`, `$7.50/month`, `contract` or `metered`."""
    flat = hourly(price)
    if not flat.startswith("~"):
        return flat
    cents = price["cents"]
    return f"${cents / 100:.{0 if cents % 100 == 0 else 2}f}/{price['unit']}"


def price_text(price: Mapping[str, Any]) -> str:
    """`free`, or `~$0.069/hour (max $50/month)`."""
    flat = hourly(price)
    return f"{flat} (max {monthly(price)})" if flat.startswith("~") else flat


def billed(addon: Mapping[str, Any]) -> dict[str, Any]:
    """What the customer pays for an add-on: `billed_price` with the plan's unit, so old prices stay (heroku-cli §7)."""
    price = addon.get("billed_price") or addon["plan"].get("price") or {"cents": 0}
    return {"unit": "month", **(addon["plan"].get("price") or {}), **price}


def stamp(time: str) -> str:
    """`2026-01-02T03:04:05Z` as `2026/01/02 03:04:05 +0000`."""
    return f"{time[:10].replace('-', '/')} {time[11:19]} +0000"


def long_stamp(time: str) -> str:
    """`Fri Jan 02 2026 03:04:05 GMT+0000 (Coordinated Universal Time)`."""
    moment = datetime.fromisoformat(time)
    return moment.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)")
