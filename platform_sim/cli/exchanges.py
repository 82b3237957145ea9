"""`platform-sim exchanges`: what platform and partners said, secrets masked, from `GET /sim/exchanges`."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import click

from platform_sim.cli.client import Client
from platform_sim.cli.options import asks_platform, is_id
from platform_sim.cli.show import echo_lines, print_json_line


def lines(exchange: dict[str, Any]) -> Iterator[str]:
    """A line with the outcome, then what was sent (`>`) and what came back (`<`)."""
    outcome = exchange["status"] if exchange["status"] is not None else f"no answer ({exchange['problem']})"
    yield (
        f"{exchange['created_at']}  {exchange['party']}  {exchange['method']} {exchange['url']}  "
        f"{outcome}  {exchange['milliseconds']} ms"
    )
    for mark, part in (("  > ", "request"), ("  < ", "response")):
        for name, value in exchange[f"{part}_headers"].items():
            yield f"{mark}{name}: {value}"
        for text in exchange[f"{part}_body"].splitlines():
            yield f"{mark}{text}"


def addon_id(client: Client, addon: str) -> str:
    """The id of an add-on, by its name or its service's; an id is taken as it is, since the add-on may be gone.

    ApiError for a name that is unknown, or that several add-ons share.
    """
    if is_id(addon):
        return addon
    found: list[dict[str, Any]] = client.post("/actions/addons/resolve", {"addon": addon})
    return str(found[0]["id"])


@click.command
@click.option("-a", "--addon", metavar="ADDON", help="Only exchanges about this add-on (of a destroyed one: its id).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line and nothing else.")
@asks_platform
def command(client: Client, addon: str | None, as_json: bool) -> None:
    """Show what platform and partners said to each other."""
    query = f"?{urlencode({'addon': addon_id(client, addon)})}" if addon else ""
    for exchange in client.get(f"/sim/exchanges{query}"):
        if as_json:
            print_json_line(exchange)
        else:
            echo_lines(list(lines(exchange)))
