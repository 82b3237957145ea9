"""`platform-sim check`: is this partner right? Plays scenes to a running partner and judges it by numbered rules."""

import json
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from platform_sim.assemble import own_version
from platform_sim.cli.check_start import Starting, started
from platform_sim.cli.env_file import read_env_file
from platform_sim.cli.failures import FINDINGS, EnvironmentProblem
from platform_sim.cli.manifest_file import USUAL, read_json_file
from platform_sim.cli.progress import Progress
from platform_sim.cli.show import echo_lines, print_json
from platform_sim.conformance import baseline
from platform_sim.conformance.catalogue import RULES
from platform_sim.conformance.repeated import combined
from platform_sim.conformance.reports import as_json, html, junit, sarif, summary, terminal
from platform_sim.conformance.rule import Level, Rule
from platform_sim.conformance.run import How, Interrupted, Report, Target, run
from platform_sim.conformance.scenes.scene import Mode
from platform_sim.partners.http_send import HttpSend

PORT = 5100
FILE = click.Path(path_type=Path, dir_okay=False)


def _wanted(only: str, skip: str) -> list[Rule]:
    """The rules that are asked for; click.UsageError for a word that fits none."""
    chosen = [rule for rule in RULES if not only or _fits(rule, only)]
    for word in _words(f"{only},{skip}"):
        if not any(_fits(rule, word) for rule in RULES):
            moments = ", ".join(dict.fromkeys(rule.moment for rule in RULES))
            raise click.UsageError(f"no rule fits {word!r}: use numbers (T01), letters (T) or moments ({moments})")
    return [rule for rule in chosen if not skip or not _fits(rule, skip)]


def _fits(rule: Rule, words: str) -> bool:
    known = {rule.id.lower(), rule.id.rstrip("0123456789").lower(), rule.moment.lower()}
    return any(word.lower() in known for word in _words(words))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _known(file: Path | None) -> frozenset[str]:
    if file is None:
        return frozenset()
    try:
        return baseline.read(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise click.UsageError(f"{file} cannot be read: {problem}") from None
    except baseline.BadBaseline as problem:
        raise click.UsageError(f"{file} is no baseline: {problem}") from None


def _write(report: Report, files: Sequence[tuple[Path | None, Callable[[Report], str]]]) -> None:
    for file, form in files:
        if file is None:
            continue
        try:
            file.write_text(form(report), encoding="utf-8")
        except OSError as problem:
            raise EnvironmentProblem(f"{file} cannot be written: {problem.strerror}") from None


@click.command()
@click.argument("url", default="")
@click.option("--manifest", "file", type=FILE, default=USUAL, show_default=True)
@click.option("--plan", "plans", multiple=True, help="A plan's slug; several for plan changes.  [default: test]")
@click.option("--client-secret", help="What the partner exchanges grants with.")
@click.option("--port", type=click.IntRange(0, 65535), help="Of the private platform that the partner calls back.  "
              "[default: 5100; with --start any free one]")  # fmt: skip
@click.option("--start", metavar="CMD", help="Start the partner for the run, with a shell; its port comes from PORT.")
@click.option("--env-file", type=FILE, help="With --start: further variables of the partner, KEY=value lines.")
@click.option("--intercept", is_flag=True, help="With --start: Heroku's own names lead to the private platform.")
@click.option("--quick", "mode", flag_value="quick", help="Only what takes a moment.")
@click.option("--deep", "mode", flag_value="deep", help="All there is.")
@click.option("--only", default="", help="Rules: numbers, letters or moments, with commas.")
@click.option("--skip", default="", help="Rules that are left out.")
@click.option("--level", type=click.Choice([str(each).lower() for each in Level]), default="must", show_default=True,
              help="The least level for which the run fails.")  # fmt: skip
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same.")
@click.option(
    "--repeat", default=1, show_default=True, type=click.IntRange(1, 100), help="Runs, to find what is flaky."
)
@click.option("--baseline", "known", type=FILE, help="Findings that are known: they do not fail the run.")
@click.option("--write-baseline", type=FILE, help="Write the findings of this run as such a file.")
@click.option("--json", "to_stdout", is_flag=True, help="The report as JSON, nothing else.")
@click.option("--junit", "junit_file", type=FILE, help="Write the report as JUnit XML.")
@click.option("--sarif", "sarif_file", type=FILE, help="Write the report as SARIF.")
@click.option("--html", "html_file", type=FILE, help="Write the report as an HTML page.")
@click.option("--summary", "summary_file", type=FILE, help="Write the report as Markdown.")
def command(url: str, file: Path, to_stdout: bool, level: str, known: Path | None, **given: Any) -> int:
    """Check a partner by the rules of the add-on partner contract.

    It runs at URL, else where its manifest says.
    """
    accepted = _known(known)
    report = _played(url, file, **given)
    if report.absent:
        where = url or "the address that the manifest gives"
        raise EnvironmentProblem(f"{report.absent}; start it at {where}, or name another URL after `check`")
    if to_stdout:
        print_json(as_json.as_json(report))
    else:
        echo_lines(list(terminal.lines(report)))
    _write(
        report,
        [
            (given["junit_file"], junit.as_junit),
            (given["sarif_file"], lambda found: json.dumps(sarif.as_sarif(found, str(file), own_version()), indent=2)),
            (given["html_file"], html.as_html),
            (given["summary_file"], summary.as_summary),
            (given["write_baseline"], baseline.written),
        ],
    )
    counts = baseline.that_count(report, Level(level.upper()), accepted)
    return FINDINGS if counts or report.leaks else 0


def _played(url: str, file: Path, **given: Any) -> Report:
    start = given["start"]
    if not start and (given["env_file"] or given["intercept"]):
        raise click.UsageError("--env-file and --intercept say what a partner gets that --start starts: give --start")
    port = given["port"] if given["port"] is not None else 0 if start else PORT
    target = Target(read_json_file(file), given["plans"] or ("test",), url, given["client_secret"], port)
    how: How = {"rules": _wanted(given["only"], given["skip"]), "mode": Mode[(given["mode"] or "default").upper()]}
    more = read_env_file(given["env_file"]) if given["env_file"] else {}
    with Progress() as progress, _interrupted(progress):
        how["told"] = progress.on
        if not start:
            return _runs(target, how, **given)
        with started(Starting(start, url, more, given["intercept"]), progress.say) as hooks:
            return _runs(target, how | hooks, **given)


def _runs(target: Target, how: How, **given: Any) -> Report:
    return combined([run(target, HttpSend(), seed=given["seed"], **how) for _ in range(given["repeat"])])


@contextmanager
def _interrupted(progress: Progress) -> Iterator[None]:
    """Says what a run that was broken off has left behind. SIGTERM is as Ctrl-C: CI services send it."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except Interrupted as interruption:
        for uuid in interruption.leaks:
            progress.say(f"The partner would not delete {uuid}: it is left behind.")
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
