"""Plays transcripts: runs each command, and writes what it printed below it.

`python -m tests.heroku_cli.play [NAME...]` writes transcripts anew (`make transcripts`); then read them: what stands
there is what the tests hold the platform to.
"""

import json
import re
import shlex
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from .exchanges import faults
from .stage import Stage, on_stage
from .transcript import Step, calmed, parse, shown, written

FOLDER = Path(__file__).with_name("transcripts")
CALLS = Path(__file__).with_name("calls.json")

PROCESSES = re.compile(r"^heroku (run|login|logout|git|local|pg:psql|logs .*--tail|auth:log|config:edit|repl)")
"""Commands that open a terminal, start programs or end the process: these run as processes."""


@dataclass
class Played:
    """What a play found out: `problems` with the API's answers, and the `calls` that each command made."""

    problems: list[str] = field(default_factory=list)
    calls: dict[str, set[str]] = field(default_factory=dict)


def play(steps: list[Step], folder: Path) -> Played:
    """Run each step; it gets what it says this time."""
    found = Played()
    with on_stage(folder) as stage:
        for step in steps:
            line = named(stage, step)
            before = len(stage.exchanges.seen)
            if step.act:
                stage.act(line)
            elif step.command:
                step.said = said(stage, line)
                # One that fails may leave a second question open: whether that is asked in time differs.
                if line.startswith("heroku ") and not (step.said and step.said[-1].startswith("? ")):
                    made = {f"{each.method} {each.path}" for each in stage.exchanges.seen[before:] if each.by_cli}
                    found.calls.setdefault(line.split()[1], set()).update(made)
        found.problems = faults(stage.exchanges)
    return found


def named(stage: Stage, step: Step) -> str:
    """The line with what `% set` has found in it."""
    return re.sub(r"\{([A-Z]\w*)\}", lambda found: stage.names[found[1]], step.command or step.act)


def said(stage: Stage, command: str) -> list[str]:
    """Run it; -> what stands below it."""
    if command.startswith("heroku ") and not PROCESSES.match(command) and not re.search("[|<>&]", command):
        answer = stage.cli.run(*shlex.split(command)[1:])
    else:
        answer = stage.cli.shell(command)
    port = stage.customer.port
    return shown(answer, lambda text: calmed(text, port, stage.cli.environment["HOME"]))


def main(names: list[str]) -> int:
    """Write them anew; 1 if an answer was not as the schema says."""
    calls, wrong = read_calls() if names else {}, 0
    for file in sorted(FOLDER.glob("*.txt")):
        if names and file.stem not in names:
            continue
        steps = parse(file.read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = play(steps, Path(folder))
            finally:
                file.write_text(written(steps), encoding="utf-8")
        for command, made in found.calls.items():
            calls[command] = sorted({*made, *calls.get(command, [])})
        print(file.name, *found.problems, sep="\n  ")
        wrong += len(found.problems)
    CALLS.write_text(json.dumps(calls, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 1 if wrong else 0


def read_calls() -> dict[str, list[str]]:
    """Which links of the API each command has been seen to use."""
    found: dict[str, list[str]] = json.loads(CALLS.read_text(encoding="utf-8")) if CALLS.exists() else {}
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
