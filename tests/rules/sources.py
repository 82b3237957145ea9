"""The project's own Python files, read once, as trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAMS = ("platform_sim", "addon_service", "sample_app")


@dataclass(frozen=True)
class Source:
    """One file. `path` is relative to the project, with slashes."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The file as a tree."""
        return _parsed(self.text)

    @property
    def program(self) -> str:
        """The package on top: one of PROGRAMS."""
        return self.path.split("/")[0]

    def within(self, *places: str) -> bool:
        """Whether this file is one of the places, or lies in one (a folder)."""
        return any(self.path == place or self.path.startswith(place.rstrip("/") + "/") for place in places)


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def sources(program: str) -> tuple[Source, ...]:
    """All Python files of a program that is there."""
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), path.read_text()) for path in sorted((ROOT / program).rglob("*.py"))
    )


def all_sources() -> tuple[Source, ...]:
    """The Python files of all three programs."""
    return tuple(source for program in PROGRAMS for source in sources(program))


@cache
def nodes(source: Source) -> tuple[ast.AST, ...]:
    """Everything in the file's tree, walked once for all rules."""
    return tuple(ast.walk(source.tree))


@cache
def attributes(source: Source) -> tuple[tuple[int, str], ...]:
    """Line and `owner.attribute` of every attribute in the file, of a longer chain the last two."""
    found = []
    for node in nodes(source):
        if isinstance(node, ast.Attribute) and isinstance(node.value, (ast.Name, ast.Attribute)):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            found.append((node.lineno, f"{owner}.{node.attr}"))
    return tuple(found)


@cache
def imports(source: Source) -> tuple[tuple[int, str], ...]:
    """Line and dotted name of everything that is imported anywhere in the file: `from a import b` is `a.b`."""
    return tuple(_imports(source))


def _imports(source: Source) -> Iterator[tuple[int, str]]:
    package = source.path.removesuffix(".py").removesuffix("/__init__").split("/")
    if not source.path.endswith("__init__.py"):
        package = package[:-1]
    for node in nodes(source):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def is_part_of(name: str, *modules: str) -> bool:
    """Whether a dotted name is one of the modules or lies in one."""
    return any(name == module or name.startswith(module + ".") for module in modules)
