"""`platform-sim cassette record`: from the ledger of a running platform into a file, secrets masked."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from platform_sim.cassettes.tape import written
from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import EnvironmentProblem
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import echo_lines, plural, print_json


@click.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--service", "slug", required=True, metavar="SLUG", help="Whose partner.")
@click.option("--since", metavar="TIME", help="Only what began then or later, as in 2026-03-01T12:00:00Z.")
@click.option("--addon", metavar="NAME", help="Only about this add-on, by its name or id.")
@json_option
@asks_platform
def command(client: Client, file: Path, slug: str, since: str | None, addon: str | None, as_json: bool) -> None:
    """Write what platform and partner have said into a file.

    Both directions, with placeholders in place of secrets. A FILE that is there is written anew.
    """
    query = urlencode({name: text for name, text in (("since", since), ("addon", addon)) if text})
    found: dict[str, Any] = client.get(f"{route('sim', 'services', slug)}/cassette" + (f"?{query}" if query else ""))
    try:
        file.write_text(written(found), encoding="utf-8")
    except OSError as problem:
        raise EnvironmentProblem(f"{file} cannot be written: {problem.strerror}") from None
    exchanges, addons = found["exchanges"], found["addons"]
    back = sum(each["from"] == "partner" for each in exchanges)
    if as_json:
        told = {"file": str(file), "exchanges": len(exchanges), "calls_back": back, "addons": len(addons)}
        print_json(told | {"missing": found["missing"]})
        return
    lines = [
        f"{plural(len(exchanges), 'exchange')} about {plural(len(addons), 'add-on')} of {slug} written to {file}: "
        f"the partner was asked {len(exchanges) - back} times, and has called {back} times."
    ]
    lines += [f"Not all of it: {found['missing']}."] if found["missing"] else []
    echo_lines(lines)
