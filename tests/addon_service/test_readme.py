"""The map tells the truth, and the program keeps to itself."""

import ast
import re
from pathlib import Path

from flask import Flask

PACKAGE = Path(__file__).parents[2] / "addon_service"
README = (PACKAGE / "README.md").read_text()


def test_every_route_is_in_the_readme_and_no_other(app: Flask) -> None:
    real = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    told = {line.split("`")[1].partition("?")[0] for line in README.splitlines() if re.match(r"\| `[A-Z]+ /", line)}
    assert told == real


def test_every_file_is_in_the_table_of_rooms() -> None:
    files = {path.name for path in PACKAGE.rglob("*.py")} - {"__init__.py", "errors.py", "manifest.py"}
    assert {name for name in files if f"`{name}`" not in README} == set()


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return {name.split(".")[0] for name in found}


def test_rooms_keep_to_what_they_may_touch() -> None:
    may = {
        "os": {"settings.py", "folder.py", "__main__.py", "embedded.py"},
        "requests": {"platform_client.py"},
        "sqlite_utils": {"store.py"},
        "cryptography": {"vault.py"},
        "uuid": {"clock.py", "web.py"},
        "secrets": {"clock.py", "folder.py"},
        "socket": {"__main__.py", "embedded.py"},
        "random": set(),
        "subprocess": {"embedded.py"},
        "psutil": {"embedded.py"},
        "psycopg": {"postgres.py", "postgres_data.py"},
        "pymysql": {"mysql.py"},
        "time": set(),
        "platform_sim": set(),
    }
    for path in PACKAGE.rglob("*.py"):
        for name in _imports(path) & set(may):
            assert path.name in may[name], f"{path.name} may not import {name}"


def test_only_the_clock_asks_for_the_time_and_only_settings_reads_the_environment() -> None:
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        assert path.name == "clock.py" or "datetime.now" not in text, path
        assert path.name == "settings.py" or not re.search(r"os\.(environ|getenv)", text.replace("`os.environ`", "")), (
            path
        )
