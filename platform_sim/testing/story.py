"""The timeline of a test: public JSON, and the tree that `platform-sim timeline` prints."""

from typing import Any

from platform_sim.cli.timeline import lines

Json = dict[str, Any]
START = ("account", "addon-service", "plan")
"""Kinds of events that are there before a test does anything."""


class Timeline(list[Json]):
    """Trees as `GET /sim/timeline` shows them, the oldest first."""

    def __str__(self) -> str:
        """As `platform-sim timeline` prints them; an empty text if nothing has happened."""
        return _printed(self)

    def newest(self, count: int) -> str:
        """The same of the last trees, for reports: without the accounts, services and plans at the very beginning."""
        return _printed(_without_start(self)[-count:])


def _without_start(trees: list[Json]) -> list[Json]:
    """Without what each test begins with: that there is an account, a service, and what it offers."""
    first = next((at for at, each in enumerate(trees) if each["details"].get("kind") not in START), len(trees))
    return trees[first:]


def _printed(trees: list[Json]) -> str:
    return "\n".join(line for tree in trees for line in (tree["started"], *lines(tree, explain=False)))
