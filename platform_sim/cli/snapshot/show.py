"""`platform-sim snapshot show`: what is in a file. Needs no platform."""

from pathlib import Path

import click

from platform_sim.cli.options import json_option
from platform_sim.cli.show import echo_lines, print_json
from platform_sim.cli.snapshot.reading import opened_file
from platform_sim.snapshots.telling import told


@click.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def command(file: Path, as_json: bool) -> None:
    """Say what is in FILE, once it has been checked. Exit code 1 if it is no snapshot that can be used here."""
    with opened_file(file) as snapshot:
        found = told(snapshot)
    if as_json:
        print_json(found)
        return
    seed = "no seed" if found["seed"] is None else f"seed {found['seed']}"
    clock = f"{found['now']}, {'frozen' if found['frozen'] else 'running'}, {seed}"
    rows = ", ".join(f"{count} {name}" for name, count in found["rows"].items())
    beside = [name for name in ("secrets", "logs") if found[name]]
    lines = [clock, f"with {' and '.join(beside)}" if beside else "without secrets and logs", rows]
    echo_lines(lines + [_line(each) for each in found["files"]])


def _line(named: dict[str, str]) -> str:
    return f"{named['kind']} of {named['of']}, {named['digest'][:12]}, {named['where'] or 'in the file'}"
