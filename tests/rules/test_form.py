"""The form of every file: it says what it is, it is small, it hides no import."""

import ast
from collections.abc import Iterator

import pytest

from .sources import Source, all_sources, nodes, sources

MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 50
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
"""`file:function` -> why it is better in one piece. Empty is how it should be."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: Source) -> Iterator[Function]:
    """Every function and method of a file, nested ones too."""
    return (n for n in nodes(source) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))


def without_docstring(source: Source) -> list[str]:
    """Files that do not say what they are; of an `__init__` that is the room and its permission."""
    return [] if ast.get_docstring(source.tree) else [source.path]


def too_long(source: Source) -> list[str]:
    """A file or a function that is longer than it should be."""
    found = []
    lines = source.text.count("\n")
    if lines > MOST_LINES_OF_A_FILE and source.path not in LONG_FILES:
        found.append(f"{source.path} has {lines} lines")
    for function in functions(source):
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > MOST_LINES_OF_A_FUNCTION and f"{source.path}:{function.name}" not in LONG_FUNCTIONS:
            found.append(f"{source.path}:{function.lineno} {function.name} has {length} lines")
    return found


def hidden_imports(source: Source) -> list[str]:
    """Imports inside a function. Most files have none that is indented, and their functions are not looked through."""
    if all(n.col_offset == 0 for n in nodes(source) if isinstance(n, (ast.Import, ast.ImportFrom))):
        return []
    return [
        f"{source.path}:{node.lineno} in {function.name}"
        for function in functions(source)
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]


def undocumented(source: Source) -> list[str]:
    """Public functions and methods without a docstring."""
    return [f"{source.path}:{node.lineno} {node.name}" for node in _public(source.tree)]


def _public(scope: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    for node in scope.body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        if isinstance(node, ast.ClassDef):
            yield from _public(node)
        elif ast.get_docstring(node) is None:
            yield node


def test_every_file_says_what_it_is() -> None:
    assert [found for source in all_sources() for found in without_docstring(source)] == []


def test_every_room_says_what_it_is() -> None:
    rooms = {source.path.rsplit("/", 1)[0] for source in sources("platform_sim")}
    described = {s.path.removesuffix("/__init__.py") for s in sources("platform_sim") if s.path.endswith("__init__.py")}
    assert sorted(rooms - described) == []


def test_files_and_functions_are_small() -> None:
    assert [found for source in all_sources() for found in too_long(source)] == []


def test_no_exception_is_left_over() -> None:
    paths = {source.path for source in all_sources()}
    named = {f"{s.path}:{f.name}" for s in all_sources() for f in functions(s)}
    assert set(LONG_FILES) <= paths
    assert set(LONG_FUNCTIONS) <= named


def test_no_import_hides_in_a_function() -> None:
    assert [found for source in all_sources() for found in hidden_imports(source)] == []


def test_every_public_function_of_the_platform_has_a_docstring() -> None:
    assert [found for source in sources("platform_sim") for found in undocumented(source)] == []


def test_the_rules_catch() -> None:
    assert without_docstring(Source("a.py", "x = 1\n"))
    assert without_docstring(Source("a/__init__.py", ""))
    assert too_long(Source("a.py", "x = 1\n" * 301))
    assert too_long(Source("a.py", "def f():\n" + "    x = 1\n" * 50))
    assert too_long(Source("a.py", "class A:\n    async def f(self):\n" + "        x = 1\n" * 50))
    assert hidden_imports(Source("a.py", "def f():\n    import os\n"))
    assert hidden_imports(
        Source("a.py", "class A:\n    def f(self):\n        if x:\n            from os import path\n")
    )
    assert undocumented(Source("a.py", "def f(): ..."))
    assert undocumented(Source("a.py", "async def f(): ..."))
    assert undocumented(Source("a.py", "class A:\n    def f(self): ..."))


@pytest.mark.parametrize(
    "text",
    [
        "def _f(): ...",
        "class _A:\n    def f(self): ...",
        "class A:\n    def _f(self): ...\n    def __init__(self): ...",
        'def f():\n    """Say."""\n    def g(): ...',
    ],
)
def test_the_rule_of_docstrings_lets_pass(text: str) -> None:
    assert undocumented(Source("a.py", text)) == []


def test_the_rules_of_size_let_pass() -> None:
    assert too_long(Source("a.py", '"""Say."""\n' + "x = 1\n" * 299)) == []
    assert too_long(Source("a.py", "def f():\n" + "    x = 1\n" * 49)) == []
    assert hidden_imports(Source("a.py", "import os\nif x:\n    import sys\n")) == []
