"""Snapshots of a Heroku of a test: taken, put in place, begun with; a second one that begins as the first is."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from platform_sim.assemble import Platform
from platform_sim.cassettes.player import Player
from platform_sim.core.model.snapshots import Wanted
from platform_sim.options import Options
from platform_sim.stand_ins.leaks import Holds, Service
from platform_sim.stand_ins.partner import Partner
from platform_sim.testing.joins import Joined, Joins


@contextmanager
def _opened(snapshot: bytes | Path) -> Iterator[IO[bytes]]:
    if isinstance(snapshot, bytes):
        yield io.BytesIO(snapshot)
        return
    with Path(snapshot).open("rb") as file:
        yield file


def begun(options: Options, snapshot: bytes | Path | None) -> Platform:
    """A platform, not yet started, that is empty or as a snapshot says. BadSnapshot, or OSError for a file."""
    if snapshot is None:
        return Platform(options)
    with _opened(snapshot) as source:
        return Platform(replace(options, snapshot=source))


def taken(platform: Platform, *, secrets: bool, files: bool, logs: bool) -> bytes:
    """A snapshot of now."""
    target = io.BytesIO()
    platform.take(target, Wanted(secrets, files, logs))
    return target.getvalue()


def restored(platform: Platform, snapshot: bytes | Path) -> None:
    """Put it in place of all. BadSnapshot, or OSError for a file."""
    with _opened(snapshot) as source:
        platform.restore(source)


def follow(
    joined: Mapping[str, Joined],
    services: Mapping[str, Service],
    joins: Joins,
    url: str,
    attach: Callable[[str, Joined, Holds | None], None],
) -> None:
    """The partners of one Heroku for its fork: a copy of each scripted one, the others themselves. One that plays a
    cassette stays behind: its place in the tape is the first Heroku's."""
    for slug, each in joined.items():
        if isinstance(each.app, Player):
            continue
        app, holds = each.app, services[slug].holds
        if isinstance(app, Partner):
            app, holds = app.copy(), None
        attach(slug, joins.join(app, each.manifest, "" if app else each.url, each.client_secret, url), holds)
