"""Every answer that the Platform API gives in this process, seen as it goes out, and the published schema for it."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any
from unittest.mock import patch

import jsonschema
from flask import Request, Response

from platform_sim.core.errors import PlatformError
from platform_sim.web.api.dispatch import Dispatch
from platform_sim.web.api.matching import find

SHARED = Path(__file__).parents[3] / "shared"
SCHEMA = SHARED / "reference" / "platform-api-schema.json"


@dataclass(frozen=True)
class Exchange:
    """A request by its row of the table, and the answer."""

    method: str
    path: str
    status: int
    body: Any
    expanded: bool
    """Whether the caller asked for more than the schema has (`Accept-Expansion`)."""
    by_cli: bool


@dataclass
class Exchanges:
    """In order. `after`: what is to be done once, in a thread, when a request was answered."""

    seen: list[Exchange] = field(default_factory=list)
    after: dict[str, Callable[[], None]] = field(default_factory=dict)
    threads: list[Thread] = field(default_factory=list)

    def note(self, request: Request, response: Response) -> None:
        """Called with each."""
        try:
            rows = find(request.path).rows
        except PlatformError:
            return
        row = rows.get("GET" if request.method == "HEAD" else request.method)
        if row is None or request.method == "HEAD":
            return
        body = response.get_json(silent=True) if response.data else None
        by_cli = request.headers.get("User-Agent", "").startswith("heroku-cli")
        expanded = "Accept-Expansion" in request.headers or "Accept-Inclusion" in request.headers
        self.seen.append(Exchange(row.method, row.path, response.status_code, body, expanded, by_cli))
        then = self.after.pop(f"{row.method} {row.path}", None)
        if then is not None:
            thread = Thread(target=then)
            thread.start()
            self.threads.append(thread)


@contextmanager
def watched() -> Iterator[Exchanges]:
    """While this is open, what the API answers is noted."""
    exchanges, whole = Exchanges(), Dispatch.run

    def run(self: Dispatch, request: Request) -> Response:
        response = whole(self, request)
        exchanges.note(request, response)
        return response

    with patch.object(Dispatch, "run", run):
        yield exchanges
    for thread in exchanges.threads:
        thread.join()


def faults(exchanges: Exchanges) -> list[str]:
    """What is wrong by the published schema, with strictProperties; our own URLs are not Heroku's. Empty without it."""
    if not SCHEMA.exists():
        return []
    found = []
    for each in exchanges.seen:
        validator = _validators().get((each.method, each.path))
        if validator is None or each.status >= 300 or each.body is None:
            continue
        found += [
            f"{each.method} {each.path}: {error.json_path}: {error.message[:160]}"
            for error in validator.iter_errors(each.body)
            if not (each.expanded and error.validator in ("strictProperties", "additionalProperties"))
            and (error.validator != "pattern" or not _checker().LOCAL_URLS.intersection(error.path))
        ]
    return sorted(set(found))


@cache
def _checker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_schema", SHARED / "tools" / "check_platform_schema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _validators() -> dict[tuple[str, str], Any]:
    checker = _checker()
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"]
    kind = jsonschema.validators.extend(jsonschema.Draft4Validator, {"strictProperties": checker.strict_properties})
    return {
        (link.method, link.path): kind(
            {"definitions": definitions, "allOf": [link.schema]}, format_checker=jsonschema.FormatChecker()
        )
        for link in checker.read_links(definitions)
    }
