"""`platform-sim fault`: say what is to go wrong on purpose, see whether it has, and end it."""

from collections.abc import Iterator
from typing import Any

import click

from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import ApiError
from platform_sim.cli.options import asks_platform, json_option
from platform_sim.cli.show import echo_lines, plural, print_json, table

Json = dict[str, Any]
FOREVER = "forever"
SHOWN = 8
"""Characters of an id: enough to name it."""


@click.group
def group() -> None:
    """Let things go wrong on purpose: the next ones of a kind, or by chance with a seed."""


@group.command("list")
@json_option
@asks_platform
def list_(client: Client, as_json: bool) -> None:
    """List what is to go wrong, and what has."""
    found = client.get("/sim/faults")
    if as_json:
        print_json(found)
    elif not found:
        click.echo("No faults.")
    else:
        rows = [
            [each["id"][:SHOWN], each["kind"], _match(each), _amount(each), str(each["acted"]), _left(each)]
            for each in found
        ]
        echo_lines(table(["Id", "Kind", "Of", "Amount", "Acted", "Left"], rows))


@group.command
@json_option
@asks_platform
def kinds(client: Client, as_json: bool) -> None:
    """List what can go wrong, and what each kind can be narrowed to."""
    found = client.get("/sim/faults/kinds")
    if as_json:
        print_json(found)
        return
    for each in found:
        amount = each["amount"]
        counted = f"; --amount: {amount['unit']}, usually {amount['usual']:g}" if amount else ""
        echo_lines([each["name"], f"  {each['sentence']}", f"  {', '.join(each['match']) or '-'}{counted}"])


@group.command
@click.argument("kind")
@click.argument("match", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--times", default="1", show_default=True, metavar="N", help="How many go wrong; or forever.")
@click.option("--amount", type=float, help="Seconds, status or per cent, as the kind has it; else its usual one.")
@json_option
@asks_platform
def add(client: Client, kind: str, match: tuple[str, ...], times: str, amount: float | None, as_json: bool) -> None:
    """Let the next ones of KIND go wrong: only those of which each KEY is VALUE, which may hold * for any text.

    `platform-sim fault kinds` lists the kinds and their keys.
    """
    wish: Json = {"kind": kind, "match": dict(_pair(each) for each in match), "times": _times(times)}
    made = client.post("/sim/faults", wish if amount is None else wish | {"amount": amount})
    if as_json:
        print_json(made)
    else:
        echo_lines([_line(made), *_not_there(client, made["match"])])


@group.command
@click.argument("fault")
@json_option
@asks_platform
def remove(client: Client, fault: str, as_json: bool) -> None:
    """Remove a fault, by its id or the beginning of it."""
    gone = client.delete(route("sim", "faults", fault))
    if as_json:
        print_json(gone)
    else:
        click.echo(f"Removed: {gone['kind']}, which has acted {plural(gone['acted'], 'time')}")


@group.command
@json_option
@asks_platform
def clear(client: Client, as_json: bool) -> None:
    """Remove all faults, a profile's too."""
    gone = client.delete("/sim/faults")
    if as_json:
        print_json(gone)
    else:
        click.echo(f"Removed: {plural(gone['removed'], 'fault')}")


@group.command
@click.argument("name")
@click.option("--seed", type=int, help="Decides when something goes wrong; else one is drawn, and shown.")
@json_option
@asks_platform
def profile(client: Client, name: str, seed: int | None, as_json: bool) -> None:
    """Let things go wrong by chance, as the profile NAME has it: gentle or rough.

    With the same seed the same calls go wrong again. It is in place of the profile before; `clear` ends it.
    """
    made = client.post("/sim/faults/profile", {"name": name} | ({} if seed is None else {"seed": seed}))
    if as_json:
        print_json(made)
        return
    rows = [[each["kind"], f"{each['chance']:g}", _amount(each)] for each in made["faults"]]
    echo_lines([f"{made['name']}, --seed {made['seed']}", *table(["Kind", "Chance", "Amount"], rows)])


def _pair(given: str) -> tuple[str, str]:
    key, found, value = given.partition("=")
    if not found or not key:
        raise click.UsageError(f"{given!r} is not KEY=VALUE, as in service=myaddon")
    return key, value


def _times(given: str) -> int | None:
    if given == FOREVER:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > SHOWN or not int(given):
        raise click.UsageError(f"--times {given}: give a number, or {FOREVER}; 1 is the least")
    return int(given)


def _line(fault: Json) -> str:
    times = "until it is removed" if fault["times"] is None else plural(fault["times"], "time")
    of = f" of {_match(fault)}" if fault["match"] else ""
    amount = f" ({_amount(fault)})" if fault["amount"] is not None else ""
    return f"{fault['id'][:SHOWN]}: {fault['kind']}{amount}{of}, {times}"


def _match(fault: Json) -> str:
    return " ".join(f"{key}={value}" for key, value in sorted(fault["match"].items())) or "any"


def _amount(fault: Json) -> str:
    return "" if fault["amount"] is None else f"{fault['amount']:g}"


def _not_there(client: Client, match: dict[str, str]) -> Iterator[str]:
    """Names that nothing has yet: they may be meant for later, or mistyped."""
    for key, place in (("service", ("sim", "services")), ("app", ("apps",))):
        name = match.get(key, "*")
        if "*" not in name:
            try:
                client.get(route(*place, name))
            except ApiError as refusal:
                if refusal.status == 404:
                    yield f"No {key} is named {name} yet."


def _left(fault: Json) -> str:
    if fault["chance"] is not None:
        return f"{fault['origin']}, {fault['chance']:g}"
    return FOREVER if fault["left"] is None else str(fault["left"])
