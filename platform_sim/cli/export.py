"""`platform-sim export`: the platform as a scenario file."""

from pathlib import Path
from urllib.parse import urlencode

import click

from platform_sim.cli.client import Client
from platform_sim.cli.failures import EnvironmentProblem
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.private import write_private
from platform_sim.cli.show import print_json
from platform_sim.scenarios.write import written


@click.command
@click.argument("file", required=False, type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--with-secrets", is_flag=True, help="With passwords, salts and config values, for your eyes only.")
@click.option("--scripted", is_flag=True, help="With scripted partners, for where the real ones are not.")
@json_option
@asks_platform
def command(client: Client, file: Path | None, with_secrets: bool, scripted: bool, as_json: bool) -> None:
    """Write services, apps, add-ons, config and users as a scenario file.

    Played on an empty platform it leads to the same. Without FILE or with - it is printed. Secret values are left out:
    the file's `values` make them up anew.
    """
    wish = {"secrets": "true"} if with_secrets else {}
    wish |= {"partners": "scripted"} if scripted else {}
    found = client.get("/sim/export" + (f"?{urlencode(wish)}" if wish else ""))
    if as_json:
        print_json(found)
    elif file is None or str(file) == "-":
        click.echo(written(found), nl=False)
    else:
        _write(file, written(found), private=with_secrets)
        click.echo(f"{file} written; play it with: platform-sim run {file}")


def _write(file: Path, text: str, private: bool) -> None:
    if private:
        write_private(file, text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise EnvironmentProblem(f"{file} cannot be written: {problem.strerror}; name another file") from None
