"""The control API as an OpenAPI 3.1 document, made from the table; served at `/sim/openapi.json`."""

from collections.abc import Mapping, Sequence
from typing import Any

from platform_sim.web.sim.table.row import TEXT, Row, Schema, ref
from platform_sim.web.sim.table.rows import ERROR, SCHEMAS, SUBJECTS

Json = dict[str, Any]
PATH = "/sim/openapi.json"
ABOUT = (
    "What an operator of Platform Sim does with it: state, history, services and plans, customers, the clock. Apart "
    "from everything that Heroku has. Dates are the platform's own time."
)
_WORDS = {
    400: "The body cannot be read",
    401: "There is no good token in the Authorization header",
    403: "The token is a partner's, or limited",
    404: "What is named does not exist",
    409: "It cannot be done as things stand",
    413: "The body is too large",
    422: "Something in it cannot be used; the message says what",
}


def document(
    base: str,
    version: str,
    subjects: Mapping[str, Sequence[Row]] = SUBJECTS,
    schemas: Mapping[str, Schema] = SCHEMAS,
) -> Json:
    """`base`: the platform's address; `version`: of this package; `subjects` and `schemas`: the table it is of."""
    paths: dict[str, Json] = {}
    for subject, rows in subjects.items():
        for row in rows:
            paths.setdefault(row.template, {})[row.method.lower()] = _operation(row, subject)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Platform Sim: the control API", "version": version or "0", "description": ABOUT},
        "servers": [{"url": base}],
        "security": [{"token": []}, {"basic": []}],
        "tags": [{"name": subject} for subject in subjects],
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR, **schemas},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A customer's API token."},
                "basic": {"type": "http", "scheme": "basic", "description": "The token as password, any user."},
            },
        },
    }


def _operation(row: Row, subject: str) -> Json:
    made: Json = {
        "operationId": _name(row),
        "tags": [subject],
        "summary": row.sentence,
        "responses": {str(status): _answer(row) for status in row.status}
        | {str(status): _problem(status) for status in row.problems},
    }
    if row.more:
        made["description"] = row.more
    if row.open:
        made["security"] = []
    if parameters := [_variable(name) for name in row.variables] + [_query(*each) for each in row.query.items()]:
        made["parameters"] = parameters
    if row.body is not None:
        required = "required" in row.body or "properties" not in row.body
        made["requestBody"] = {"required": required, "content": {row.takes: {"schema": row.body}}}
    return made


def _name(row: Row) -> str:
    """`GET /sim/users/{user}/code` is `getUsersUserCode`."""
    parts = row.path.removeprefix("/sim/").replace(".", "/").replace("-", "/").replace("<", "").replace(">", "")
    return row.method.lower() + "".join(part.rpartition(":")[2].capitalize() for part in parts.split("/"))


def _answer(row: Row) -> Json:
    if row.answer is None:
        return {"description": row.sentence}
    return {"description": row.sentence, "content": {row.media: {"schema": row.answer}}}


def _problem(status: int) -> Json:
    return {"description": _WORDS[status], "content": {"application/json": {"schema": ref("Error")}}}


def _variable(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": TEXT}


def _query(name: str, sentence: str) -> Json:
    schema: Schema = TEXT
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": sentence}
