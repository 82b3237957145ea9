"""Holds what the doors of `/sim` are asked and answer to the document that describes them: `World.call` asks it."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from platform_sim.web.sim.openapi import document

DOCUMENT = document("http://localhost", "0")


@cache
def _validator(name: str) -> Validator:
    """Of a schema given as JSON."""
    schema = json.loads(name) | {"components": DOCUMENT["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def validate(schema: Any, value: Any, where: str) -> None:
    """Fails with the place of each difference."""
    errors = _validator(json.dumps(schema)).iter_errors(value)
    found = [f"{where}{error.json_path[1:]}: {error.message}" for error in errors]
    assert found == [], found


@cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Fixed paths before those with a variable in the same place."""
    paths = sorted(DOCUMENT["paths"].items(), key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", path).replace(".", r"\.")), found) for path, found in paths]


def operation(method: str, path: str) -> dict[str, Any] | None:
    """What the document says of it."""
    plain = path.partition("?")[0]
    found = next((item for pattern, item in _patterns() if pattern.fullmatch(plain)), {})
    made: dict[str, Any] | None = found.get(method.lower())
    return made


def hold(method: str, path: str, sent: bytes | None, status: int, headers: Mapping[str, str], answer: bytes) -> None:
    """Fails if an answer, or a body that was taken, is none that the document tells of."""
    if method == "OPTIONS":
        return  # Flask's own
    known = operation(method, path)
    if known is None:
        assert status in (401, 403, 404, 405), f"{method} {path} is not in the table (platform_sim/web/sim/table)"
        return
    where = f"{method} {path} {status}"
    assert str(status) in known["responses"], f"{where} is not among its answers in the table"
    content = known["responses"][str(status)].get("content", {})
    media = headers["Content-Type"].partition(";")[0]
    assert media in content, where
    if media != "application/json":
        return
    validate(content[media]["schema"], json.loads(answer), where)
    taken = known.get("requestBody", {"content": {}})["content"]
    if sent and status < 300 and "application/json" in taken:
        validate(taken["application/json"]["schema"], json.loads(sent), f"{where}, body")
    assert not sent or status >= 300 or "requestBody" in known or json.loads(sent) == {}, f"{where} reads no body"
