"""Which rows of the table a path means: a tree of segments, `{app}` matches any one. Pure; knows no platform.

Flask sees one rule for the whole API: three hundred of its own cost each new platform a tenth of a second.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote

from platform_sim.core.errors import EndpointNotFound
from platform_sim.web.api.routes import Route, table


@dataclass
class _Node:
    """One segment of paths: what follows it, and the rows that end here, by method."""

    fixed: dict[str, "_Node"] = field(default_factory=dict)
    any: "_Node | None" = None
    rows: dict[str, Route] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The rows of one path by method, and what stands in the places of its variables, in order."""

    rows: dict[str, Route]
    values: tuple[str, ...]

    def named(self, route: Route) -> dict[str, str]:
        """The path's variables under the names that this row gives them."""
        return dict(zip(route.variables, self.values, strict=True))


def tree(rows: Iterable[Route]) -> _Node:
    """Of two rows with one method and path (create and rollback of releases) the first stands for both."""
    root = _Node()
    for row in rows:
        node = root
        for part in row.path.split("/")[1:]:
            if part.startswith("{"):
                node.any = node = node.any or _Node()
            else:
                node = node.fixed.setdefault(part, _Node())
        node.rows.setdefault(row.method, row)
    return root


@cache
def _table() -> _Node:
    return tree(table())


def find(path: str, root: _Node | None = None) -> Found:
    """The rows for `/apps/shop/addons`; EndpointNotFound if the table has none. `path`: as sent, still escaped."""
    values: list[str] = []
    node = _walk(root or _table(), [unquote(part) for part in path.split("/")[1:]], 0, values)
    if node is None:
        raise EndpointNotFound
    return Found(node.rows, tuple(values))


def _walk(node: _Node, parts: list[str], at: int, values: list[str]) -> _Node | None:
    """Fixed segments go before variables; what leads nowhere is taken back."""
    if at == len(parts):
        return node if node.rows else None
    fixed = node.fixed.get(parts[at])
    end = _walk(fixed, parts, at + 1, values) if fixed else None
    if end is not None or node.any is None or not parts[at]:
        return end
    values.append(parts[at])
    end = _walk(node.any, parts, at + 1, values)
    if end is None:
        values.pop()
    return end
