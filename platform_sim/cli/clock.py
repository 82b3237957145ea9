"""`platform-sim clock`: read the platform's clock, stop it, let it run, move it."""

from typing import Any

import click

from platform_sim.cli.client import Client
from platform_sim.cli.failures import Failure
from platform_sim.cli.find import find
from platform_sim.cli.options import asks_platform, json_option, platform_options
from platform_sim.cli.show import echo_lines, plural, print_json
from platform_sim.core.model.moments import ahead
from platform_sim.settings import environment

Json = dict[str, Any]
MOST = 20
"""Things that came due are listed; of more these."""


@click.group(invoke_without_command=True)
@json_option
@platform_options
@click.pass_context
def group(context: click.Context, /, as_json: bool, **place: Any) -> None:
    """Show the platform's clock, stop it, let it run, and move it.

    All that waits goes by this clock: tokens and grants, deadlines, pauses before something is tried again.
    """
    if context.invoked_subcommand is None:
        _tell(Client(find(environment(), **place)).get("/sim/clock"), as_json)
    elif as_json or any(place.values()):
        # Else another platform's clock would be moved than the one that was named.
        raise click.UsageError(f"put the options after {context.invoked_subcommand}")


@group.command
@click.option("--at", metavar="TIME", help="A later time, as in 2026-03-01T12:00:00Z; else now.")
@json_option
@asks_platform
def freeze(client: Client, at: str | None, as_json: bool) -> None:
    """Stop the clock, until it is moved or let run."""
    _tell(client.post("/sim/clock/freeze", {} if at is None else {"at": at}), as_json)


@group.command
@json_option
@asks_platform
def resume(client: Client, as_json: bool) -> None:
    """Let the clock run on from where it stands."""
    _tell(client.post("/sim/clock/resume", {}), as_json)


@group.command
@click.argument("length")
@json_option
@asks_platform
def advance(client: Client, length: str, as_json: bool) -> None:
    """Move the clock forward at once, by LENGTH: 90s, 5m, 9h, 2w, 1d12h.

    What comes due is begun after that; `clock run --until` lets each thing be done at its own time.
    """
    _tell(client.post("/sim/clock/advance", {"by": length}), as_json)


@group.command
@click.option("--until", metavar="TIME", default="idle", show_default=True, help="A time, or idle.")
@json_option
@asks_platform
def run(client: Client, until: str, as_json: bool) -> None:
    """Move the clock from one thing that is due to the next, each being done before it goes on.

    Until nothing waits but deadlines for what may not happen, or until a time. Exit code 1 if that is not reached
    within 1000 moves and 25 seconds; run it again to go on.
    """
    found = client.post("/sim/clock/run", {"until": until})
    _tell(found, as_json)
    if not found["done"] and as_json:
        raise click.exceptions.Exit(Failure.code)
    if not found["done"]:
        moves = plural(found["moves"], "move")
        raise Failure("\n  ".join([f"not done after {moves}; run it again to go on. Left:", *found["left"]]))


def _tell(found: Json, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    came = found.get("came_due", [])
    lines = [f"{found['now']}, {_how(found)}"]
    lines += [f"came due: {_line(each)}" for each in came[:MOST]]
    lines += [f"came due: {len(came) - MOST} more"] if len(came) > MOST else []
    if found["next"]:
        lines.append(f"next: {_line(found['next'])}")
    echo_lines(lines)


def _how(found: Json) -> str:
    return "frozen" if found["frozen"] else f"running, {ahead(found['offset'])}"


def _line(due: Json) -> str:
    return f"{due['kind']} of {due['name'] or due['subject']}, {due['due']}"
