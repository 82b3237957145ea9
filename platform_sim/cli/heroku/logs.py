"""`heroku logs` (heroku-cli §4)."""

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.log_reader import read_log
from platform_sim.cli.options import app_option, asks_platform


@click.command
@app_option()
@click.option("-n", "--num", type=click.IntRange(min=0), default=100, help="How many lines back.")
@click.option("-d", "--dyno-name", "dyno", metavar="DYNO", help="Only this dyno.")
@click.option("-p", "--process-type", "kind", metavar="TYPE", help="Only dynos of this type.")
@click.option("-s", "--source", metavar="SOURCE", help="Only lines of this source: app or heroku.")
@click.option("-t", "--tail", is_flag=True, help="Stay and show new lines as they come.")
@asks_platform
def index(
    client: Client, app: str, num: int, dyno: str | None, kind: str | None, source: str | None, tail: bool
) -> None:
    """Show an app's log."""
    client.get(route("apps", app), variant="sdk")
    for line in read_log(client, app, lines=num, tail=tail, dyno=dyno or kind, source=source):
        click.echo(line)
