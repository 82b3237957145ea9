"""The timeline of a test: public JSON, and the tree that `platform-sim timeline` prints."""

from typing import Any

from platform_sim.cli.timeline import lines

Json = dict[str, Any]


class Timeline(list[Json]):
    """Trees as `GET /sim/timeline` shows them, the oldest first."""

    def __str__(self) -> str:
        """As `platform-sim timeline` prints them; an empty text if nothing has happened."""
        return _printed(self)

    def newest(self, count: int) -> str:
        """The same of the last trees."""
        return _printed(self[-count:])


def _printed(trees: list[Json]) -> str:
    return "\n".join(line for tree in trees for line in (tree["started"], *lines(tree, explain=False)))
