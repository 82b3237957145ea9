"""`platform-sim cassette play`: the platform's side of a cassette, played to a real partner."""

from pathlib import Path
from typing import Any

import click

from platform_sim.cassettes.repeat import Outcome, Repeat
from platform_sim.cassettes.tape import Tape
from platform_sim.cli.cassette_file import A_FILE, read_tape
from platform_sim.cli.check_start import Starting, started
from platform_sim.cli.failures import FINDINGS, EnvironmentProblem
from platform_sim.cli.manifest_file import USUAL, read_manifest
from platform_sim.cli.options import json_option
from platform_sim.cli.progress import Progress
from platform_sim.cli.show import echo_lines, plural, print_json
from platform_sim.conformance.home import Home, another_seed
from platform_sim.partners.http_send import HttpSend
from platform_sim.partners.manifest_check import sentences

PORT = 5100


@click.command
@click.argument("file", type=A_FILE)
@click.option("--manifest", type=click.Path(path_type=Path, dir_okay=False), default=USUAL, show_default=True)
@click.option("--url", default="", help="Where the partner is, else where its manifest says.")
@click.option("--client-secret", help="What the partner exchanges grants with.")
@click.option("--port", type=click.IntRange(0, 65535), help="Of the private platform that the partner calls back.  "
              "[default: 5100; with --start any free one]")  # fmt: skip
@click.option("--start", metavar="CMD", help="Start the partner for this, with a shell; its port comes from PORT.")
@click.option("--patience", default=10.0, show_default=True, help="Seconds for what the partner does by itself.")
@json_option
def command(file: Path, manifest: Path, as_json: bool, **given: Any) -> int:
    """Ask a partner again what it was asked, and compare its answers.

    Compared are statuses, the form of bodies, names, plain values, and which calls come back. Exit code 1 if something
    is different.
    """
    tape, contents = read_tape(file), read_manifest(manifest)
    if wrong := sentences("error", contents):
        raise click.UsageError(f"{manifest} has mistakes: {' '.join(wrong[:3])}")
    with Progress() as progress:
        if given["start"]:
            with started(Starting(given["start"], given["url"]), progress.say) as hooks:
                outcome = _played(tape, contents, hooks["ready"], progress, **given)
        else:
            outcome = _played(tape, contents, lambda _: None, progress, **given)
    if outcome.absent:
        raise EnvironmentProblem(
            f"{outcome.absent} at {given['url'] or 'the address that the manifest gives'}: start it"
        )
    _tell(tape, outcome, as_json)
    return FINDINGS if outcome.different or outcome.left else 0


def _played(tape: Tape, manifest: dict[str, Any], ready: Any, progress: Progress, **given: Any) -> Outcome:
    port = given["port"] if given["port"] is not None else 0 if given["start"] else PORT
    home = Home(
        manifest,
        tape.plans or ["test"],
        HttpSend(),
        local=given["url"],
        client_secret=given["client_secret"],
        port=port,
        seed=another_seed(),
    )
    with home:
        ready(home)
        return Repeat(tape, home, given["patience"]).play(progress.on)


def _tell(tape: Tape, outcome: Outcome, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(tape, outcome))
        return
    lines = []
    for each in outcome.compared:
        word = "sent" if each.unjudged else "DIFF" if each.says else "same"
        lines.append(f"  {word}  {each.number}  {each.request}" + (f": {each.unjudged}" if each.unjudged else ""))
        lines += [f"          {sentence}" for sentence in each.says]
    lines += [f"  left out  {sentence}" for sentence in outcome.not_repeated]
    lines += [f"  left behind  {sentence}" for sentence in outcome.left]
    lines += [f"Not all of it was recorded: {tape.missing}."] if tape.missing else []
    count = len(outcome.different)
    told = "none is different" if not count else f"{count} {'is' if count == 1 else 'are'} different"
    echo_lines([*lines, f"{plural(len(outcome.compared), 'request')} to {tape.service} sent again, {told}."])


def _as_json(tape: Tape, outcome: Outcome) -> dict[str, Any]:
    return {
        "service": tape.service,
        "compared": [
            {
                "exchange": each.number,
                "addon": each.about,
                "request": each.request,
                "status": each.status,
                "differences": list(each.says),
                "not_judged": each.unjudged or None,
            }
            for each in outcome.compared
        ],
        "left_out": outcome.not_repeated,
        "left_behind": outcome.left,
        "missing": tape.missing,
    }
