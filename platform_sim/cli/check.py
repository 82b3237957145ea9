"""`platform-sim check`: is this partner right? Plays scenes to a running partner and judges it by numbered rules."""

from pathlib import Path
from typing import Any

import click

from platform_sim.cli.failures import FINDINGS, EnvironmentProblem
from platform_sim.cli.manifest_file import read_manifest
from platform_sim.cli.show import echo_lines, print_json
from platform_sim.conformance.reports import as_json, terminal
from platform_sim.conformance.run import Target, run
from platform_sim.conformance.scenes.scene import Mode
from platform_sim.partners.http_send import HttpSend


@click.command()
@click.argument("url", default="")
@click.option("--manifest", "file", type=click.Path(path_type=Path, dir_okay=False), default="addon-manifest.json")
@click.option("--plan", "plans", multiple=True, help="A plan's slug; several for plan changes. [default: test]")
@click.option("--client-secret", help="With which the partner exchanges grants.")
@click.option("--port", default=5100, show_default=True, help="Of the private platform that the partner calls back.")
@click.option("--quick", "mode", flag_value="quick", help="Only what takes a moment.")
@click.option("--deep", "mode", flag_value="deep", help="All there is.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json_", is_flag=True, help="Print JSON.")
def command(
    url: str,
    file: Path,
    plans: tuple[str, ...],
    client_secret: str | None,
    port: int,
    mode: str | None,
    seed: int,
    as_json_: bool,
) -> int:
    """Check a partner by the rules of the add-on partner contract.

    It runs at URL, else where its manifest says.
    """
    manifest: dict[str, Any] = read_manifest(file)
    target = Target(manifest, plans or ("test",), url, client_secret, port)
    report = run(target, HttpSend(), mode=Mode[(mode or "default").upper()], seed=seed)
    if report.absent:
        where = url or "the address that the manifest gives"
        raise EnvironmentProblem(f"{report.absent}: start it at {where}, or name another URL after `check`")
    if as_json_:
        print_json(as_json.value(report))
    else:
        echo_lines(list(terminal.lines(report)))
    return FINDINGS if report.findings or report.leaks else 0
