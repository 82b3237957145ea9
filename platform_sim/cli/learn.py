"""`platform-sim learn`: eight lessons on the running platform, from `/sim/lessons` (docs/learn.md)."""

import textwrap
from typing import Any
from urllib.parse import urlencode

import click

from platform_sim.cli.client import Client
from platform_sim.cli.failures import Failure
from platform_sim.cli.options import app_option, asks_platform, json_option
from platform_sim.cli.show import echo_lines, print_json

PATH = "/sim/lessons"
WIDTH = 92
"""Columns of a sentence; a command is never broken, so that it can be copied."""
ALL = "All eight have happened. Next: a partner or an app of your own (docs/your-own-partner.md, docs/your-own-app.md)."
Json = dict[str, Any]


def listed(course: Json) -> list[str]:
    """The head, and a line a lesson with its tick."""
    begun = course["begun_at"]
    since = f"begun at {begun}" if begun else "all that was recorded counts"
    lines = [f"Lessons on {course['app'] or 'this platform'}, {since}", ""]
    return [*lines, *(f"{_tick(each)} {each['number']} {each['title']}" for each in course["lessons"])]


def whole(lesson: Json, base: str, answer: bool) -> list[str]:
    """A lesson with its check; with `answer` also what its question leads to."""
    lines = [f"{lesson['number']}. {lesson['title']}", ""]
    for sentence in lesson["text"]:
        lines += _wrapped(sentence)
    lines += ["", "Type:", *(f"  {each}" for each in lesson["commands"])]
    if lesson["then"]:
        lines += _wrapped(lesson["then"])
    page = lesson["page"]
    lines += _wrapped(f"In the browser: {lesson['clicks']}", f"  {_address(base, page)}")
    lines += ["", *_wrapped(f"{_tick(lesson)} {lesson['found']}"), f"  Timeline: {_address(base, lesson['timeline'])}"]
    lines += ["", *_wrapped(f"A question to try: {lesson['question']}", f"  {lesson['try']}")]
    lines += (
        _wrapped(f"Answer: {lesson['answer']}") if answer else [f"  (platform-sim learn {lesson['number']} --answer)"]
    )
    return lines


def _tick(lesson: Json) -> str:
    return "[x]" if lesson["done"] else "[ ]"


def _address(base: str, path: str) -> str:
    return base + path if path.startswith("/") else path


def _wrapped(text: str, *more: str) -> list[str]:
    indent = "    " if text.startswith("[") else ""
    wrapped = textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [*wrapped, *more]


@click.command
@click.argument("number", required=False, type=click.IntRange(min=1))
@app_option(required=False)
@click.option("--answer", is_flag=True, help="Show the answer to the lesson's question too.")
@click.option("--check", is_flag=True, help="Exit with 1 unless the lesson (without a number: each) has happened.")
@click.option("--restart", is_flag=True, help="Begin anew: only what happens from now on counts.")
@json_option
@asks_platform
def command(
    client: Client, number: int | None, app: str | None, answer: bool, check: bool, restart: bool, as_json: bool
) -> None:
    """Learn how add-ons work: eight lessons, each checked by what was recorded.

    Without a number: all with their ticks, and the next one in full.
    """
    path = PATH + (f"?{urlencode({'app': app})}" if app else "")
    course: Json = client.post(path) if restart else client.get(path)
    lessons = course["lessons"]
    if number is not None and number > len(lessons):
        raise click.UsageError(f"There are lessons 1 to {len(lessons)}.")
    chosen = number or course["next"]
    if as_json:
        print_json(lessons[number - 1] if number else course)
    else:
        parts = [] if number else [*listed(course), ""]
        parts += whole(lessons[chosen - 1], client.place.url, answer) if chosen else [ALL]
        echo_lines(parts)
    wanted = lessons[number - 1 : number] if number else lessons
    missing = [str(each["number"]) for each in wanted if not each["done"]]
    if check and missing:
        raise Failure(f"not yet: lesson {', '.join(missing)}")
