"""`platform-sim coverage`: what of the contract a running platform has touched, from `GET /sim/coverage`."""

from pathlib import Path
from typing import Any

import click

from platform_sim.cli.client import Client
from platform_sim.cli.failures import FINDINGS, EnvironmentProblem
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import echo_lines, print_json
from platform_sim.coverage.html import as_html
from platform_sim.coverage.terminal import lines


@click.command
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it as a page.")
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="N", help="Exit code 1 below so many percent.")
@click.option("--api", is_flag=True, help="Count all links of the Platform API too, as customers use them.")
@click.option("--scripted", is_flag=True, help="Count services whose partners are scripted ones or cassettes, too.")
@click.option("--all", "whole", is_flag=True, help="List all that is missing.")
@json_option
@asks_platform
def command(
    client: Client, html: Path | None, fail_under: float | None, whole: bool, as_json: bool, **given: bool
) -> None:
    """Show what of the partner contract a platform has touched.

    Rules, states of add-ons, and links. The platform has to be started with `up --coverage`.
    """
    query = "&".join(f"{name}=true" for name in ("api", "scripted") if given[name])
    found: dict[str, Any] = client.get("/sim/coverage" + (f"?{query}" if query else ""))
    if as_json:
        print_json(found)
    else:
        echo_lines(list(lines(found, all_missing=whole)))
    if html is not None:
        try:
            html.write_text(as_html(found), encoding="utf-8")
        except OSError as problem:
            raise EnvironmentProblem(f"{html} cannot be written: {problem.strerror}") from None
    if fail_under is not None and found["percent"] < fail_under:
        click.echo(f"That is under {fail_under:g} %.", err=True)
        raise click.exceptions.Exit(FINDINGS)
