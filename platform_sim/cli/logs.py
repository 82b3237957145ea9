"""`platform-sim logs`: an app's log, as text or as one JSON object a line."""

import re

import click

from platform_sim.cli.client import Client
from platform_sim.cli.log_reader import read_log
from platform_sim.cli.options import app_option, asks_platform
from platform_sim.cli.show import print_json_line

LINE = re.compile(r"(?P<at>\S+) (?P<source>[^\s\[]+)\[(?P<dyno>[^\]]*)\]: (?P<text>.*)", re.DOTALL)
"""`<timestamp> <source>[<dyno>]: <message>` (platform-api §7)."""


def as_object(line: str) -> dict[str, str]:
    """`{"at", "source", "dyno", "text"}`; a line in another form has `text` only."""
    found = LINE.fullmatch(line)
    return found.groupdict() if found else {"text": line}


@click.command
@app_option()
@click.option("-n", "--num", type=click.IntRange(min=0), default=100, show_default=True, help="How many lines back.")
@click.option("-t", "--tail", is_flag=True, help="Stay and show new lines as they come.")
@click.option("-d", "--dyno", metavar="DYNO", help="Only this dyno or process type, such as web.1 or web.")
@click.option("-s", "--source", type=click.Choice(["app", "heroku"]), help="Only lines of this source.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line and nothing else.")
@asks_platform
def command(
    client: Client, app: str, num: int, tail: bool, dyno: str | None, source: str | None, as_json: bool
) -> None:
    """Show the log of an app."""
    for line in read_log(client, app, lines=num, tail=tail, dyno=dyno, source=source):
        if as_json:
            print_json_line(as_object(line))
        else:
            click.echo(line)
