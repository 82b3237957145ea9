"""`platform-sim timeline`: what followed from what, as a tree, from `/sim/timeline` (docs/timeline.md)."""

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from platform_sim.cli.client import Client
from platform_sim.cli.failures import EnvironmentProblem, Failure
from platform_sim.cli.log_reader import HEADERS, EventReader
from platform_sim.cli.options import asks_platform
from platform_sim.cli.show import echo_lines, print_json, print_json_line

PARTIES = ("customer", "platform", "partner", "app", "webhook")
LIVE = "/sim/timeline/live"
SHOWN = 10
"""Trees that are shown when nobody says how many."""
MOST = 1000
"""As many as the platform tells at once."""
GONE = 12
"""How often in a row the stream may break off before the platform is taken to be gone."""
Json = dict[str, Any]


def lines(tree: Json, explain: bool, head: str = "", below: str = "") -> Iterator[str]:
    """A line a step with what followed from it under it; with `explain` its meaning, and where that is written."""
    yield head + words(tree)
    children = tree["children"]
    if explain:
        yield f"{below}{'│' if children else ' '}    {meaning(tree)}"
    for number, child in enumerate(children, 1):
        last = number == len(children)
        yield from lines(child, explain, f"{below}{'└─ ' if last else '├─ '}", f"{below}{'   ' if last else '│  '}")


def words(step: Json) -> str:
    """`customer → platform  POST /apps/acme/addons  201  35 ms`."""
    told = step["details"]
    parts = [f"{step['from']} → {step['to']}" if step["from"] != step["to"] else step["from"], step["title"]]
    if step["kind"] == "exchange":
        parts.append(str(told["status"] or told["problem"] or "..."))
    if step["milliseconds"] is not None:
        parts.append(f"{step['milliseconds']} ms")
    return "  ".join(parts)


def meaning(step: Json) -> str:
    """In words, and where the protocol tells of it."""
    section = step["section"]
    if not section:
        return str(step["sentence"])
    place = section if section.startswith("docs/") else f"docs/partner-contract.md, {section}"
    return f"{step['sentence']} ({place})"


def follow(client: Client, wish: dict[str, str], cursor: str) -> Iterator[Json]:
    """Steps as they come, until the reader stops; over broken connections too, from where it was."""
    reader, failed = EventReader(), 0
    reader.last_id = cursor
    query = f"?{urlencode(wish)}" if wish else ""
    while True:
        headers = {**HEADERS, "Authorization": f"Bearer {client.place.token}", "Last-Event-ID": reader.last_id}
        try:
            with client.stream(client.place.url + LIVE + query, headers, None) as answer:
                if answer.status != 200:
                    raise Failure(f"The timeline cannot be followed: {answer.status} {answer.reason}")
                failed = 0
                yield from map(json.loads, reader.read(answer))
        except (EnvironmentProblem, OSError, http.client.HTTPException) as problem:
            failed += 1
            if failed >= GONE:
                raise EnvironmentProblem(f"the timeline broke off ({problem!r}): does the platform run?") from None
        time.sleep(reader.retry)


class Growing:
    """Says how deep each step stands that comes: its parent came before it."""

    def __init__(self, trees: list[Json]) -> None:
        self._depth: dict[str, int] = {}
        self._told: set[tuple[str, bool]] = set()
        for tree in trees:
            self._know(tree, 0)

    def _know(self, tree: Json, depth: int) -> None:
        self._depth[tree["id"]] = depth
        self._told.add((tree["id"], tree["open"]))
        for child in tree["children"]:
            self._know(child, depth + 1)

    def line(self, step: Json, explain: bool) -> list[str]:
        """Its lines, none if they have been told; an exchange is told when it begins and when it is answered."""
        if (step["id"], step["open"]) in self._told:
            return []
        self._told.add((step["id"], step["open"]))
        parent = step["parent"]
        depth = self._depth.setdefault(step["id"], self._depth.get(parent, -1) + 1 if parent else 0)
        shown = ["   " * depth + words(step)]
        return [*shown, "   " * depth + "     " + meaning(step)] if explain else shown


@click.command
@click.option("-f", "--follow", "stay", is_flag=True, help="Stay and show each step as it comes.")
@click.option("--last", is_flag=True, help="Only the newest action.")
@click.option("-a", "--app", metavar="APP", help="Only what concerns this app (of a destroyed one: its id).")
@click.option("--addon", metavar="ADDON", help="Only what concerns this add-on, by name or id.")
@click.option("--party", type=click.Choice(PARTIES), help="Only actions in which this party has a part.")
@click.option("--explain", is_flag=True, help="Say what each step means, and where the protocol tells of it.")
@click.option("--har", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the exchanges to a file that browsers can open.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else; with --follow a line a step.")
@asks_platform
def command(
    client: Client,
    stay: bool,
    last: bool,
    app: str | None,
    addon: str | None,
    party: str | None,
    explain: bool,
    har: Path | None,
    as_json: bool,
) -> None:
    """Show what followed from what: calls, releases, dynos, first requests."""
    wish = {name: value for name, value in (("app", app), ("addon", addon), ("party", party)) if value}
    shown = 1 if last else SHOWN
    # Who stays has to know where what is still to come belongs, also what began before that which is shown.
    query = urlencode(wish | {"limit": str(MOST if stay else shown)})
    if har is not None:
        _write_har(har, client.get(f"/sim/timeline.har?{query}"))
        return
    found = client.get(f"/sim/timeline?{query}")
    if not as_json:
        for tree in found["trees"][-shown:]:
            click.echo(tree["started"])
            echo_lines(list(lines(tree, explain)))
    elif not stay:
        print_json(found)
    if stay:
        _stay(client, wish, found, explain, as_json)


def _stay(client: Client, wish: dict[str, str], found: Json, explain: bool, as_json: bool) -> None:
    growing = Growing(found["trees"])
    for step in follow(client, wish, found["cursor"]):
        if as_json:
            print_json_line(step)
        else:
            echo_lines(growing.line(step, explain))


def _write_har(file: Path, log: Json) -> None:
    try:
        file.write_text(json.dumps(log, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as problem:
        raise EnvironmentProblem(f"{file} cannot be written: {problem.strerror}") from None
    click.echo(f"{len(log['log']['entries'])} exchanges written to {file}")
