"""What a platform itself does with scenario files, for its doors and its engine. They reach it through `glue`."""

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from platform_sim.scenarios import report
from platform_sim.scenarios.document import STORIES, Document, parse
from platform_sim.scenarios.http import Remote
from platform_sim.scenarios.play import Player, is_platforms_own
from platform_sim.scenarios.problems import BadScenario, Place, Problem

Json = dict[str, Any]
END = ".scenario.yaml"


def story_names() -> list[str]:
    """The files that come with the package, without their end."""
    return sorted(each.name.removesuffix(END) for each in STORIES.glob(f"*{END}"))


def story(name: str) -> str:
    """The text of one; LookupError if there is none of this name."""
    if name not in story_names():
        raise LookupError(name)
    return (STORIES / f"{name}{END}").read_text(encoding="utf-8")


def _document(text: str, name: str) -> Document:
    """For a platform that runs. What comes with the package lies in its own folder, all else where one has started."""
    document = parse(text, name, STORIES if name in story_names() else Path())
    if own := is_platforms_own(document):
        place = document.marks.get((own[0],), Place())
        raise BadScenario(name, [Problem(place, f"{own[0]!r} is for a platform of its own: platform-sim run FILE")])
    return document


def read(text: str, name: str) -> tuple[str, list[Json]]:
    """The title, and all mistakes with line and column."""
    try:
        return _document(text, name).title, []
    except BadScenario as bad:
        told = [{"line": e.place.line, "column": e.place.column, "problem": e.what} for e in bad.problems]
        return "", told


def play(
    text: str,
    name: str,
    url: str,
    token: str,
    told: Callable[[Json], None],
    stopped: Callable[[], bool],
    *,
    environment: Mapping[str, str],
) -> None:
    """Play a file on the platform at that address, as the customer of that token; `told` hears each step's outcome."""
    document = _document(text, name)
    remote = Remote(url, token)
    with closing(remote), Player(document, remote, environment, stopped) as player:
        for outcome in player.play():
            told(report.step(outcome) | {"timeline": report.tree_lines(outcome.timeline)})
