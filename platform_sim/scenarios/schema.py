"""The JSON Schema of scenario files, made of the table: for editors, and for whoever writes them by program.

`python -m platform_sim.scenarios.schema` prints docs/scenario.schema.json.
"""

import json
import sys
from typing import Any

from platform_sim.scenarios.matching import Matcher
from platform_sim.scenarios.shapes import Obj
from platform_sim.scenarios.table import DOCUMENT, EXPECT, STEP, VERBS

Json = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
PLACE = "https://platform-sim.example/scenario.schema.json"


def schema() -> Json:
    """The whole schema. It is as strict as the check, but for references and saved values."""
    fields = {name: {"description": field.sentence} | field.kind.schema() for name, field in STEP.items()}
    fields["expect"] = {"description": STEP["expect"].sentence, "$ref": "#/$defs/expect"}
    verbs = {name: {"description": verb.sentence} | verb.kind.schema() for name, verb in VERBS.items()}
    step: Json = {
        "type": "object",
        "properties": fields | verbs,
        "additionalProperties": False,
        "oneOf": [{"required": [name]} for name in VERBS],
    }
    found = Obj(DOCUMENT).schema()
    found["properties"]["steps"] = {
        "description": DOCUMENT["steps"].sentence,
        "type": "array",
        "items": {"$ref": "#/$defs/step"},
    }
    head = {"$schema": DRAFT, "$id": PLACE, "title": "A scenario of Platform Sim"}
    return {**head, **found, "$defs": {"step": step, "expect": EXPECT.schema(), "matcher": Matcher().schema()}}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=1) + "\n")
