"""What a row of the table is, and the words in which its bodies and answers are written: JSON Schema, as OpenAPI 3.1
has it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
ID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ANY: Schema = {}
"""Whatever there is: what a partner has sent, what a kind of event holds."""
MAP: Schema = {"type": "object"}
TEXTS: Schema = {"type": "object", "additionalProperties": TEXT}
MANIFEST: Schema = {"type": "object", "description": "A manifest, as in docs/manifest.md."}


@dataclass(frozen=True)
class Row:
    """A route: `path` as Flask has it. A body's absence means that none is read; an answer's, that none comes."""

    method: str
    path: str
    sentence: str
    """What it does, as a heading."""
    answer: Schema | None = None
    body: Schema | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    """Name of a parameter -> what it chooses; none has to be there."""
    status: tuple[int, ...] = (200,)
    """Of an answer that is no error."""
    errors: tuple[int, ...] = ()
    """Statuses of errors beyond those that follow from the rest of the row."""
    more: str = ""
    """What else has to be known, in sentences."""
    media: str = "application/json"
    takes: str = "application/json"
    """The media type of the body."""
    open: bool = False
    """Whether it answers without a token."""

    @property
    def template(self) -> str:
        """The path as OpenAPI writes it."""
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.path)

    @property
    def variables(self) -> list[str]:
        """The names in the path, in their order."""
        return re.findall(r"{(\w+)}", self.template)

    @property
    def problems(self) -> list[int]:
        """All statuses of errors."""
        found = {*self.errors}
        found |= set() if self.open else {401, 403}
        found |= {404} if self.variables else set()
        found |= {400, 413, 422} if self.body is not None else set()
        return sorted(found)


def ref(name: str) -> Schema:
    """What stands among the schemas under this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    kind = schema.get("type")
    return schema | {"type": [kind, "null"]} if isinstance(kind, str) else {"anyOf": [schema, {"type": "null"}]}


def listed(schema: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": schema}


def among(*values: str) -> Schema:
    """One of these texts."""
    return {"type": "string", "enum": list(values)}


def shown(fields: Mapping[str, Schema], **optional: Schema) -> Schema:
    """An object in an answer: all of the fields are there, of the optional ones those that apply, and no others."""
    return {
        "type": "object",
        "properties": {**fields, **optional},
        "required": list(fields),
        "additionalProperties": False,
    }


def taken(required: tuple[str, ...] = (), **fields: Schema) -> Schema:
    """An object in a body."""
    named = {"required": list(required)} if required else {}
    return {"type": "object", "properties": fields, **named}
