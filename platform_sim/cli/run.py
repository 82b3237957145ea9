"""`platform-sim run`: scenario files are played and judged."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from platform_sim import testing
from platform_sim.cli import timeline
from platform_sim.cli.failures import FINDINGS, USAGE, EnvironmentProblem
from platform_sim.cli.find import find
from platform_sim.cli.options import platform_options
from platform_sim.cli.show import echo_lines, plural, print_json
from platform_sim.scenarios import report
from platform_sim.scenarios.document import Document, load
from platform_sim.scenarios.http import Remote
from platform_sim.scenarios.play import Outcome, Player, is_platforms_own
from platform_sim.scenarios.problems import BadScenario, Place, Problem
from platform_sim.scenarios.report import Played, Telling
from platform_sim.settings import environment

FILE = click.Path(exists=True, path_type=Path)
END = ".scenario.yaml"


@click.command
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option(
    "--on",
    type=click.Choice(["private", "running"]),
    default="private",
    show_default=True,
    help="A platform of its own, which goes with it, or the one that runs.",
)
@click.option("--check", "only_check", is_flag=True, help="Only read the files; play nothing.")
@click.option("--keep", is_flag=True, help="Leave a platform of its own running until Ctrl-C.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a JUnit report.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@platform_options
@click.pass_context
def command(
    context: click.Context,
    /,
    files: tuple[Path, ...],
    on: str,
    only_check: bool,
    keep: bool,
    junit: Path | None,
    as_json: bool,
    **place: Any,
) -> None:
    """Play scenario files, each step as its file says, and judge what comes of it.

    FILE may be a folder: all its *.scenario.yaml are played. Exit code 1 if something is not as expected, 2 if a file
    cannot be used: each mistake is told with its line.
    """
    if any(place.values()) and on == "private":
        raise click.UsageError("--url, --token and --ready-file are for --on running")
    files = _in_folders(files)
    if keep and (on == "running" or len(files) > 1):
        raise click.UsageError("--keep is for one file on a platform of its own; what runs already stays anyway")
    documents = _read(files, on, as_json)
    if only_check:
        if not as_json:
            click.echo(f"{plural(len(documents), 'file')} can be played.")
        context.exit(0)
    with _ends_by_term():
        played = [_play(document, on, keep, as_json, place) for document in documents]
    if junit is not None:
        _write(junit, report.as_junit(played))
    if as_json:
        print_json(report.as_json(played))
    context.exit(FINDINGS if any(each.failure for each in played) else 0)


def _in_folders(given: tuple[Path, ...]) -> tuple[Path, ...]:
    """With the scenario files of a folder, and of those in it, in its place, as pytest finds them."""
    found: list[Path] = []
    for each in given:
        below = sorted(each.rglob(f"*{END}")) if each.is_dir() else [each]
        if not below:
            raise click.UsageError(f"{each} is a folder in which no file ends with {END}: name a file")
        found += below
    return tuple(found)


@contextlib.contextmanager
def _ends_by_term() -> Iterator[None]:
    """SIGTERM is as Ctrl-C: what was started ends with the command."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _read(files: tuple[Path, ...], on: str, as_json: bool) -> list[Document]:
    """All of them, or exit code 2 with every mistake of every file."""
    found, wrong = [], []
    for file in files:
        try:
            document = load(file)
            if on == "running" and (own := is_platforms_own(document)):
                place = document.marks.get((own[0],), Place())
                raise BadScenario(
                    str(file),
                    [Problem(place, f"{own[0]!r} is for a platform of its own: play it without --on running")],
                )
            found.append(document)
        except BadScenario as bad:
            wrong.append((str(file), bad))
        except OSError as problem:
            raise EnvironmentProblem(f"{file} cannot be read: {problem.strerror}") from None
    if wrong:
        _tell_wrong(wrong, as_json)
    return found


def _tell_wrong(wrong: list[tuple[str, BadScenario]], as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"file": file, "line": each.place.line, "column": each.place.column, "problem": each.what}
                for file, bad in wrong
                for each in bad.problems
            ]
        )
    for _, bad in wrong:
        click.echo(str(bad), err=True)
    raise click.exceptions.Exit(USAGE)


def _play(document: Document, on: str, keep: bool, as_json: bool, place: dict[str, Any]) -> Played:
    outcomes: list[Outcome] = []
    telling = Telling(document.title, document.file)
    if not as_json:
        echo_lines(telling.head())
    try:
        with _player(document, on, place) as player:
            for outcome in player.play():
                outcomes.append(outcome)
                if not as_json:
                    _tell(telling, outcome)
            if keep:
                _stay(player)
    except BadScenario as bad:
        _tell_wrong([(document.file, bad)], as_json)
    played = Played(document.file, document.title, tuple(outcomes))
    if not as_json:
        click.echo()
        click.secho(report.end(played), bold=True)
    return played


@contextlib.contextmanager
def _player(document: Document, on: str, place: dict[str, Any]) -> Iterator[Player]:
    if on == "private":
        with testing.on_private(document) as (player, _):
            yield player
        return
    found = find(environment(), **place)
    remote = Remote(found.url, found.token)
    with contextlib.closing(remote), Player(document, remote, environment()) as player:
        yield player


def _tell(telling: Telling, outcome: Outcome) -> None:
    for line in telling.lines(outcome):
        bold = line[:1].isdigit()
        click.secho(line, bold=bold, fg="green" if line.lstrip().startswith("ok:") and not bold else None)
    if outcome.state == "failed" and outcome.timeline:
        click.echo("      the timeline, the newest last:")
        for tree in outcome.timeline:
            for line in timeline.lines(tree, explain=False):
                click.echo(f"        {report.plain(line)}")


def _stay(player: Player) -> None:
    platform = player.scene.platform
    click.echo(f"\nThe platform runs on at {platform.url} with the token {platform.token}; Ctrl-C ends it.", err=True)
    never = threading.Event()
    with contextlib.suppress(KeyboardInterrupt):
        while not never.wait(1.0):
            pass


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise EnvironmentProblem(f"{file} cannot be written: {problem.strerror}") from None
