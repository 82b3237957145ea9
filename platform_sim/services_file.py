"""The services that an operator wants to be there from the start, in a file of YAML or JSON: `up --services FILE`.

Reads that file, and the manifests and secrets that it names. Every mistake is told with its line; nothing is applied.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from platform_sim.core.model import json_text
from platform_sim.core.model.catalog import (
    SERVICE,
    TEXT,
    Mistake,
    Read,
    ServiceSeed,
    ServiceSpec,
    check,
    list_of,
    read_fields,
)
from platform_sim.core.model.values import kind
from platform_sim.partners.manifest_check import errors

__all__ = ["BadServicesFile", "ServiceSeed", "read_services"]

FILE_NAME = check(lambda value: isinstance(value, str) and value.strip() != "", "the name of a file")


class BadServicesFile(ValueError):
    """A file that cannot be used; the message has a line for each mistake, with where it stands and what is wanted."""


def read_services(path: Path) -> list[ServiceSeed]:
    """The services of a file; BadServicesFile with everything that is wrong with it."""
    text = _text_of(path)
    given, lines = _parsed(path, text)
    if not isinstance(given, dict):
        raise BadServicesFile(f"{path}: must hold an object with the list `services`, not {kind(given)}")
    notes: list[Mistake] = []
    fields: dict[str, Read] = {"services": list_of(_Seed(path.parent))}
    seeds = list(read_fields("", given, notes, fields, ("services",)).get("services", ()))
    if not notes:
        notes = _twice(seeds)
    if notes:
        told = sorted((_line(lines, note.path), note) for note in notes)
        raise BadServicesFile("\n".join(f"{path}:{line}: {note}" if line else f"{path}: {note}" for line, note in told))
    return seeds


class _Seed:
    """Reads one item of `services`; `folder` is where the files are that it names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, path: str, value: Any, notes: list[Mistake]) -> ServiceSeed | None:
        """See `Read`."""
        fields = SERVICE | {"manifest": self._manifest, "client_secret_file": self._secret}
        read = read_fields(path, value, notes, fields, ("manifest",))
        manifest, secret = read.pop("manifest", None), read.pop("client_secret_file", None)
        if secret is not None and "client_secret" in read:
            notes.append(
                Mistake(f"{path}.client_secret_file", "must not stand beside client_secret: one of them is enough")
            )
        if notes or manifest is None:
            return None
        return ServiceSeed(manifest, ServiceSpec(**({"client_secret": secret} if secret else {}) | read))

    def _manifest(self, path: str, value: Any, notes: list[Mistake]) -> Any:
        """The manifest itself, or the name of its file."""
        if isinstance(value, dict):
            place, manifest = path, value
        else:
            text = self._file(path, value, notes)
            if text is None:
                return None
            place = f"{path} ({value})"
            try:
                manifest = json_text.read(text)
            except ValueError as problem:
                notes.append(Mistake(path, f"names {value}, which is not JSON: {problem}"))
                return None
        for finding in errors(manifest):
            at = f"{path}.{finding.path}" if place == path and finding.path else place
            notes.append(Mistake(at, f"cannot be registered: {finding.sentence.rstrip('.')} ({finding.id})"))
        return manifest

    def _secret(self, path: str, value: Any, notes: list[Mistake]) -> Any:
        text = self._file(path, value, notes)
        return None if text is None else TEXT(path, text.strip(), notes)

    def _file(self, path: str, value: Any, notes: list[Mistake]) -> str | None:
        before = len(notes)
        FILE_NAME(path, value, notes)
        if len(notes) > before:
            return None
        try:
            return Path(self._folder, value).read_text(encoding="utf-8")
        except (OSError, ValueError) as problem:
            why = problem.strerror if isinstance(problem, OSError) else "it is not text"
            notes.append(Mistake(path, f"names {value}, which cannot be read: {why}; names are relative to this file"))
            return None


def _twice(seeds: list[ServiceSeed]) -> list[Mistake]:
    slugs = [seed.manifest["id"] for seed in seeds]
    return [
        Mistake(f"services[{index}].manifest", f"is of {slug}, as an earlier one is: a service stands here once")
        for index, slug in enumerate(slugs)
        if slug in slugs[:index]
    ]


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise BadServicesFile(f"{path}: cannot be read: {problem.strerror}") from None
    except ValueError:
        raise BadServicesFile(f"{path}: is not text in UTF-8") from None


def _parsed(path: Path, text: str) -> tuple[Any, dict[str, int]]:
    """What the file holds, and the line of each place in it (`services[0].state`)."""
    try:
        given = json_text.read(text, pairs=_each_once)
    except json_text.TooDeep as problem:
        raise BadServicesFile(f"{path}: cannot be read: {problem}") from None
    except ValueError:
        return _parsed_yaml(path, text)
    try:
        return given, _lines(yaml.compose(text, Loader=PlainLoader))
    except (yaml.YAMLError, RecursionError):
        return given, {}


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; ValueError for a name that stands twice: as YAML it is told where."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _parsed_yaml(path: Path, text: str) -> tuple[Any, dict[str, int]]:
    try:
        node = yaml.compose(text, Loader=PlainLoader)
        lines = _lines(node)
        return yaml.load(text, Loader=PlainLoader), lines
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise BadServicesFile(f"{path}:{line}: is neither JSON nor YAML: {problem.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise BadServicesFile(f"{path}: is neither JSON nor YAML: {problem}") from None


class PlainLoader(yaml.SafeLoader):
    """YAML that makes only what JSON knows: a date stays text, and a name stands once in an object."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Like that of all loaders, but a second value under the same name is an error, not the one that counts."""
        seen = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key, yaml.ScalarNode) or key.value in seen:
                raise yaml.MarkedYAMLError(problem="a name stands here twice, or is none", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if not tag.endswith((":timestamp", ":merge", ":value"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _lines(node: Any, path: str = "") -> dict[str, int]:
    return dict(_places(node, path)) if node is not None else {}


def _places(node: Any, path: str) -> Iterator[tuple[str, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{path}.{key.value}" if path else str(key.value)
            yield from _places(value, below)
            yield below, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _places(value, f"{path}[{index}]")


def _line(lines: dict[str, int], place: str) -> int:
    """Where it stands; of a place that is not there, the line of what should hold it. 0 if nobody knows."""
    place = place.partition(" ")[0]
    while place and place not in lines:
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return lines.get(place, 0)
