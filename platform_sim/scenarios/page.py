"""`python -m platform_sim.scenarios.page` prints docs/scenario-reference.md: all that there is, from the table."""

import sys
from collections.abc import Iterator, Mapping

from platform_sim.scenarios.kinds import Choice, Kind
from platform_sim.scenarios.matching import MATCHERS
from platform_sim.scenarios.shapes import Either, Field, ListOf, MapOf, Obj
from platform_sim.scenarios.table import APP_WISH, DOCUMENT, EXPECT, PARTNER, SERVICE_WISH, STEP, VERBS

HEAD = """# Scenario files: all there is

This page is made of the table that also checks the files. How to use them: [scenarios.md](scenarios.md). The same as
JSON Schema, for editors: [scenario.schema.json](scenario.schema.json).
"""
LONGEST = 90
"""Characters of the words for what may stand in a field."""


def as_markdown() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    yield from _table("Sections of a file", DOCUMENT)
    yield from _table("A service", SERVICE_WISH.fields)
    yield from _table("Its partner, if it is an object", _object(PARTNER).fields)
    yield from _table("An app", _object(APP_WISH).fields)
    yield from _table("A step, beside its verb", STEP)
    yield "## Verbs\n"
    for name, verb in sorted(VERBS.items()):
        alone = f" `{verb.short}` may stand alone." if verb.short else ""
        yield f"### `{name}`\n\n{verb.sentence}{alone}\n"
        shape = _object(verb.kind)
        if shape.fields:
            yield from _rows(shape.fields, shape.required)
    yield from _table("Expectations", EXPECT.fields)
    yield "## Matchers\n"
    yield "A value alone has to be equal (of a text or message: a part of it). In an object all have to fit:\n"
    yield "| | |\n|---|---|"
    for name, (words, _) in MATCHERS.items():
        yield f"| `{name}` | {words} ... |"


def _table(title: str, fields: Mapping[str, Field]) -> Iterator[str]:
    yield f"## {title}\n"
    yield from _rows(fields, ())


def _rows(fields: Mapping[str, Field], required: tuple[str, ...]) -> Iterator[str]:
    yield "| | | |\n|---|---|---|"
    for name, field in fields.items():
        needed = " (needed)" if name in required else ""
        yield f"| `{name}` | {_words(field.kind)}{needed} | {field.sentence} |"
    yield ""


def _words(kind: Kind) -> str:
    if isinstance(kind, ListOf):
        return f"a list of: {_words(kind.item)}"
    if isinstance(kind, MapOf):
        return f"{kind.what} to: {_words(kind.item)}"
    if isinstance(kind, Either):
        return " or ".join(dict.fromkeys(map(_words, kind.kinds)))
    if isinstance(kind, Choice) and len(kind.words) > LONGEST:
        return f"one of {len(kind.names)} words"
    return kind.words.replace("|", "\\|")


def _object(kind: Kind) -> Obj:
    kinds = kind.kinds if isinstance(kind, Either) else (kind,)
    return next((each for each in kinds if isinstance(each, Obj)), Obj({}))


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
