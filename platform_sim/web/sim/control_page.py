"""docs/control-api.md from the table (`python -m platform_sim.web.sim.control_page`); a test holds them together."""

import sys
from typing import Any

from platform_sim.web.sim.table.row import Row
from platform_sim.web.sim.table.rows import SUBJECTS

HEADINGS = {
    "state": "State, history, reset",
    "clock": "The clock",
    "faults": "Faults",
    "snapshots": "Snapshots",
    "services": "Services and plans",
    "cassettes": "Cassettes",
    "scenarios": "Scenario files",
    "coverage": "Contract coverage",
    "users": "Customers",
    "history": "Timeline, incidents, lessons",
}
HEAD = """# The control API

What an operator does over HTTP, from any language. Every path begins with `/sim/`, which Heroku does not have: whatever
else a platform answers is Heroku's API. A customer's token is needed, as `Authorization: Bearer TOKEN` or as the
password of Basic; a partner's is refused. Errors look like Heroku's ([errors.md](errors.md)). Requests and answers are
JSON, but for the file of a snapshot.

The same as an OpenAPI 3.1 document, with a schema of each body and answer, is at `/sim/openapi.json`, which needs no
token. A name with `?` may be left out of a body. This page is written by `make docs`.
"""


def as_markdown() -> str:
    """The page: a table a subject."""
    lines = [HEAD]
    for subject, rows in SUBJECTS.items():
        lines += [f"## {HEADINGS[subject]}", "", "| | body | what it does |", "|---|---|---|"]
        lines += [*map(_line, rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def _line(row: Row) -> str:
    told = f"{row.sentence}. {row.more}".rstrip()
    if row.query:
        told += f" Query: {', '.join(f'`{name}`' for name in row.query)}."
    return f"| `{row.method} {row.template}` | {_body(row.body)} | {told} |"


def _body(schema: dict[str, Any] | None) -> str:
    if schema is None:
        return ""
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "contentMediaType" in schema:
        return str(schema["contentMediaType"])
    needed = schema.get("required", [])
    names = [f"`{name}`" + ("" if name in needed else "?") for name in schema["properties"]]
    return ", ".join(names) or "`{}`"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
