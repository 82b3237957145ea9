"""The entry point: the table of all commands, and the one place that turns failures into words and exit codes."""

import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from platform_sim.cli.failures import INTERNAL, INTERRUPTED, USAGE, Failure
from platform_sim.cli.lazy import Lazy, LazyGroup
from platform_sim.settings import environment


def _row(module: str, help: str, attribute: str = "command") -> Lazy:
    return Lazy(f"platform_sim.cli.{module}", attribute, help)


COMMANDS = {
    "up": _row("up", "Start a platform and stay until it is stopped."),
    "demo": _row("demo", "Run the whole story on free ports, tell it, and clean up."),
    "env": _row("env", "Print the variables that point the heroku CLI and git at the platform."),
    "status": _row("status", "Show the platform, its apps, dynos, add-ons and services."),
    "wait": _row("wait", "Wait until nothing is left to do and all dynos are up."),
    "clock": _row("clock", "Show the platform's clock, stop it, let it run, and move it.", "group"),
    "fault": _row(
        "fault", "Let things go wrong on purpose: the next ones of a kind, or by chance with a seed.", "group"
    ),
    "snapshot": _row("snapshot.group", "Keep the whole platform in a file, put it back, compare two.", "group"),
    "addons": _row("addons", "Register and list add-on services.", "group"),
    "users": _row(
        "users",
        "Make customers, give them tokens and passwords, suspend them, and make a browser one of them.",
        "group",
    ),
    "incidents": _row("incidents", "Say that something is wrong with the platform, and that it is over.", "group"),
    "run": _row("run", "Play scenario files, each step as its file says, and judge what comes of it."),
    "export": _row("export", "Write services, apps, add-ons, config and users as a scenario file."),
    "new": _row("new", "Write an add-on partner to start from.", "group"),
    "check": _row("check", "Check a partner by the rules of the add-on partner contract."),
    "explain": _row("explain", "Say what a rule of `check` asks, why, and what to do."),
    "logs": _row("logs", "Show the log of an app."),
    "events": _row("events", "Show what happened, in order."),
    "exchanges": _row("exchanges", "Show what platform and partners said to each other."),
    "timeline": _row("timeline", "Show what followed from what: calls, releases, dynos, first requests."),
    "learn": _row("learn", "Learn how add-ons work: eight lessons, each checked by what was recorded."),
    "coverage": _row("coverage", "Show what of the partner contract a platform has touched."),
    "cassette": _row("cassette", "Record what is said with a partner, and play either side of it again.", "group"),
    "reset": _row("reset", "Destroy all apps and add-ons; services stay."),
    "doctor": _row("doctor", "Check that this machine has what a platform needs."),
    "heroku": _row("heroku.group", "The customer's commands, with the words of the real heroku CLI.", "group"),
}


class Root(LazyGroup):
    """The group whose `main` ends with the exit codes of design §5, whoever calls it."""

    def main(self, args: Sequence[str] | None = None, *extra: Any, **more: Any) -> Any:
        """Run and exit; an unforeseen error is 4 and prints its trace, for it is a bug of ours."""
        more["standalone_mode"] = False
        try:
            code = super().main(args, *extra, **more)
        except click.Abort:
            click.echo("Interrupted.", err=True)
            code = INTERRUPTED
        except click.ClickException as problem:
            problem.show()
            code = USAGE
        except Failure as problem:
            click.echo(f"Error: {problem}", err=True)
            code = problem.code
        except Exception:  # the last door: everything that was foreseen is above
            traceback.print_exc()
            click.echo("Error: this is a bug of platform-sim; please report the lines above.", err=True)
            code = INTERNAL
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=Root, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="platform-sim", prog_name="platform-sim")
@click.pass_context
def cli(context: click.Context) -> None:
    """Heroku's add-on world on this machine: run it, look into it, and drive it.

    Commands talk to the platform that --url names, else HEROKU_HOST with HEROKU_API_KEY, else the ready file in
    PLATFORM_SIM_READY or ./.platform-sim/ready.json. Exit codes: 0 ok, 1 findings or an error of the API, 2 usage,
    3 environment, 4 a bug of platform-sim, 130 interrupted.
    """
    if environment().get("NO_COLOR"):
        context.color = False


def main() -> None:
    """What the `platform-sim` script calls; ends the process."""
    cli.main(prog_name="platform-sim")
