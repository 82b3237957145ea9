"""YAML to plain values with the place of each: only what JSON knows, no aliases, no tags, no name twice. Pure."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from platform_sim.scenarios.problems import BadScenario, Notes, Path, Place, Problem

LONGEST = 500_000
"""Characters of a file."""
DEEPEST = 40
"""Levels of a file."""
_YAML = "tag:yaml.org,2002:"
_PLAIN = {
    "null": ("~|null|", ["~", "n", ""]),
    "bool": ("true|false", list("tf")),
    "int": (r"-?(?:0|[1-9][0-9]*)", list("-0123456789")),
    "float": (r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?", list("-0123456789")),
}
"""Of the plain words of YAML those that JSON has, too: `on`, `no`, `12:30`, `010` and dates stay texts."""


class _NotTaken(yaml.MarkedYAMLError):
    """It is YAML, and not taken."""


def _mark(event: yaml.Event) -> Any:
    return event.start_mark


class _Loader(yaml.SafeLoader):
    """Finds no types but those of JSON, no aliases, and nothing deep: each could make a short file a very long one."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """See `yaml.composer`."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _NotTaken(None, None, "an alias (*name) is not taken here: write the value out", _mark(event))
        if self.depth > DEEPEST:
            raise _NotTaken(None, None, f"lies deeper than {DEEPEST} levels", _mark(event))
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


_Loader.yaml_implicit_resolvers = {}
for _name, (_form, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(_YAML + _name, re.compile(rf"^(?:{_form})$"), _first)


@dataclass(frozen=True)
class Source:
    """What a file holds. `notes`: the place of each value, and what is wrong so far."""

    value: Any
    notes: Notes


def read(file: str, text: str) -> Source:
    """BadScenario for what is no YAML at all; names that stand twice and the like are noted."""
    if len(text) > LONGEST:
        raise BadScenario(file, [Problem(Place(), f"has more than {LONGEST} characters")])
    notes = Notes({}, {})
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as problem:
        what = " ".join(filter(None, (problem.context, problem.problem)))
        own = "" if isinstance(problem, _NotTaken) else "is not YAML: "
        raise BadScenario(file, [Problem(_place(problem.problem_mark or problem.context_mark), own + what)]) from None
    except yaml.reader.ReaderError as problem:
        before = text[: problem.position]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        what = f"has the character {text[problem.position]!r}, which YAML does not take"
        raise BadScenario(file, [Problem(place, what)]) from None
    except (yaml.YAMLError, RecursionError) as problem:
        raise BadScenario(file, [Problem(Place(), f"is not YAML: {str(problem)[:200]}")]) from None
    value = None if node is None else _value(node, (), notes)
    return Source(value, notes)


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else Place()


def _value(node: yaml.Node, path: Path, notes: Notes) -> Any:
    notes.marks[path] = _place(node.start_mark)
    kind = node.tag.removeprefix(_YAML)
    if isinstance(node, yaml.MappingNode) and kind == "map":
        return _mapping(node, path, notes)
    if isinstance(node, yaml.SequenceNode) and kind == "seq":
        return [_value(each, (*path, number), notes) for number, each in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, kind, path, notes)
    notes.add(path, f"has the tag {node.tag}, which is not known here")
    return None


def _mapping(node: yaml.MappingNode, path: Path, notes: Notes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, below in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        notes.keys[(*path, name)] = _place(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            notes.add((*path, name), "a name must be a text", key=True)
        elif name in found:
            notes.add((*path, name), f"the name {name!r} stands here twice", key=True)
        found[name] = _value(below, (*path, name), notes)
    return found


def _scalar(node: yaml.ScalarNode, kind: str, path: Path, notes: Notes) -> Any:
    text: str = node.value
    if kind == "str":
        return text
    if kind == "null":
        return None
    if kind == "bool" and text in ("true", "false"):
        return text == "true"
    try:
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        pass
    notes.add(path, f"has the tag {node.tag}, which is not known here")
    return None
