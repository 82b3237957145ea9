"""How commands print: JSON, tables, aligned pairs. Knows nothing of the platform."""

import json
import sys
from collections.abc import Mapping, Sequence

import click

from platform_sim.cli.failures import Failure

Cell = str | Sequence[str]
"""Text, or several lines under one another."""

GAP = "   "


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_json_line(value: object) -> None:
    """One JSON document on one line, for lists that may be long or never end."""
    click.echo(json.dumps(value, ensure_ascii=False))


def table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[str]:
    """A table as the real CLI lays it out: two spaces, three between columns, a rule under the header."""
    tall = [[[cell] if isinstance(cell, str) else list(cell) for cell in row] for row in rows]
    widths = [
        max([len(title), *(len(line) for row in tall for line in row[index])]) for index, title in enumerate(header)
    ]
    rule = " " + "─" * (sum(widths) + len(GAP) * (len(widths) - 1) + 2)
    lines = [_line(header, widths), rule]
    for row in tall:
        for number in range(max(len(cell) for cell in row)):
            lines.append(_line([cell[number] if number < len(cell) else "" for cell in row], widths))
    return lines


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return ("  " + GAP.join(padded)).rstrip()


def pairs(values: Mapping[str, Cell], *, end: str = ":") -> list[str]:
    """`Name:  value` lines with the values under one another; a value of several lines is indented."""
    width = max((len(name) for name in values), default=0) + len(end) + 1
    lines = []
    for name, value in values.items():
        first, *rest = [value] if isinstance(value, str) else (list(value) or [""])
        lines.append(((name + end).ljust(width) + first).rstrip())
        lines += [" " * width + line for line in rest]
    return lines


def echo_lines(lines: Sequence[str]) -> None:
    """Each line on stdout."""
    for line in lines:
        click.echo(line)


def asked(question: str) -> str:
    """What the user types after `question`; works with piped input too.

    Raises Failure at the end of the input: nobody is there to answer.
    """
    click.echo(question, nl=False, err=True)
    answer = sys.stdin.readline()
    if not answer:
        click.echo(err=True)
        raise Failure("nobody answered: nothing was done")
    return answer.strip()


def plural(count: int, noun: str) -> str:
    """`1 app`, `2 apps`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
