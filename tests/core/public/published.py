"""The published schema as a judge of our JSON, where it lies beside the project; it is not ours to keep."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker, ValidationError, validators

SCHEMA = Path(__file__).parents[3].parent / "shared" / "reference" / "platform-api-schema.json"
OUR_HOSTS = {"web_url", "git_url"}
"""Their patterns know Heroku's own hosts only."""


def needs_schema() -> pytest.MarkDecorator:
    """Skip where the schema is not at hand."""
    return pytest.mark.skipif(not SCHEMA.is_file(), reason="the published schema is not beside the project")


def _strict(validator: Any, strict: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`strictProperties` of the interagent hyper-schema: all declared properties, and no others."""
    declared = schema.get("properties")
    if strict and declared and validator.is_type(instance, "object"):
        for name in sorted(set(declared) ^ set(instance)):
            yield ValidationError(f"{name!r} is missing or not declared")


@cache
def _definitions() -> dict[str, Any]:
    return dict(json.loads(SCHEMA.read_text())["definitions"])


def problems(resource: str, body: Any) -> list[str]:
    """What the schema has against `body` as a `resource`."""
    root = {"definitions": _definitions(), "allOf": [{"$ref": f"#/definitions/{resource}"}]}
    judge = validators.extend(Draft4Validator, {"strictProperties": _strict})(  # type: ignore[no-untyped-call]
        root, format_checker=FormatChecker()
    )
    return [
        f"{error.json_path}: {error.message}"
        for error in judge.iter_errors(body)
        if not (error.validator == "pattern" and OUR_HOSTS.intersection(error.path))
    ]


def declared(resource: str) -> set[str]:
    """The names of a resource's properties."""
    return set(_definitions()[resource]["properties"])
