"""`app.json`: what an app wants to be set up with, read and checked. Plain values.

https://devcenter.heroku.com/articles/app-json-schema
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_sim.core.model import json_text
from platform_sim.core.model.places import dyno_size
from platform_sim.core.model.places import stack as stack_named
from platform_sim.core.model.values import CONFIG_VAR, PROCESS_TYPE, kind

FILE = "app.json"
OVERRIDABLE = ("addons", "buildpacks", "env", "formation", "scripts", "stack", "success_url")
"""What a section of `environments` may say otherwise."""
MERGED = ("env", "formation", "scripts")
"""Of these a section changes the keys that it names; of the others it says the whole."""


class ManifestProblem(ValueError):
    """An app.json that cannot be used; `errors` are sentences."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class WantedVar:
    """A config var. Without a value it is generated, or somebody has to give it if it is required."""

    name: str
    value: str | None = None
    required: bool = True
    generated: bool = False


@dataclass(frozen=True)
class WantedAddon:
    """An add-on: `service` or `service:plan`, the name of its attachment, and options as strings."""

    plan: str
    name: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WantedDynos:
    """How a process type is to be scaled; None: as it comes."""

    quantity: int | None = None
    size: str | None = None


@dataclass(frozen=True)
class Manifest:
    """A whole app.json for one environment."""

    env: tuple[WantedVar, ...] = ()
    addons: tuple[WantedAddon, ...] = ()
    buildpacks: tuple[str, ...] = ()
    formation: Mapping[str, WantedDynos] = field(default_factory=dict)
    postdeploy: str | None = None
    predestroy: str | None = None
    success_url: str | None = None
    stack: str | None = None


def read_manifest(raw: bytes, environment: str = "") -> Manifest:
    """The manifest in an app.json, with what `environments` says of this one; ManifestProblem with all that is wrong.

    What only describes an app (`name`, `logo`, `keywords`, ...) is not looked at, as at Heroku.
    """
    try:
        said = json_text.read(raw.decode("utf-8-sig"))
    except ValueError:
        raise ManifestProblem([f"{FILE} is not valid JSON"]) from None
    if not isinstance(said, dict):
        raise ManifestProblem([f"{FILE} must be an object, not {kind(said)}"])
    reading = _Reading(_for_environment(said, environment))
    made = reading.manifest()
    if reading.errors:
        raise ManifestProblem(reading.errors)
    return made


def _for_environment(said: dict[str, Any], environment: str) -> dict[str, Any]:
    sections = said.get("environments")
    section = sections.get(environment) if isinstance(sections, dict) and environment else None
    if not isinstance(section, dict):
        return said
    named = {key: value for key, value in section.items() if key in OVERRIDABLE}
    for key in MERGED:
        if isinstance(named.get(key), dict) and isinstance(said.get(key), dict):
            named[key] = said[key] | named[key]
    return said | named


class _Reading:
    """One pass over an app.json that collects every error."""

    def __init__(self, said: dict[str, Any]) -> None:
        self._said = said
        self.errors: list[str] = []

    def manifest(self) -> Manifest:
        """All of it; worth something only without errors."""
        scripts = self._object("scripts")
        return Manifest(
            env=tuple(self._var(name, value) for name, value in self._object("env").items()),
            addons=tuple(self._addon(each) for each in self._list("addons")),
            buildpacks=tuple(self._buildpack(each) for each in self._list("buildpacks")),
            formation={name: self._dynos(name, value) for name, value in self._object("formation").items()},
            postdeploy=self._text("scripts.postdeploy", scripts.get("postdeploy")),
            predestroy=self._text("scripts.pr-predestroy", scripts.get("pr-predestroy")),
            success_url=self._text("success_url", self._said.get("success_url")),
            stack=self._stack(),
        )

    def _wrong(self, sentence: str) -> None:
        self.errors.append(sentence)

    def _object(self, key: str) -> dict[str, Any]:
        value = self._said.get(key)
        if value is not None and not isinstance(value, dict):
            self._wrong(f"{key} must be an object, not {kind(value)}")
        return value if isinstance(value, dict) else {}

    def _list(self, key: str) -> list[Any]:
        value = self._said.get(key)
        if value is not None and not isinstance(value, list):
            self._wrong(f"{key} must be a list, not {kind(value)}")
        return value if isinstance(value, list) else []

    def _text(self, key: str, value: Any) -> str | None:
        if value is None or (isinstance(value, str) and "\x00" not in value):
            return value if value and value.strip() else None
        self._wrong(f"{key} must be a string, not {kind(value)}")
        return None

    def _var(self, name: str, said: Any) -> WantedVar:
        if CONFIG_VAR.fullmatch(name) is None:
            self._wrong(f"env: {name[:128]!r} is not a config var name")
        if not isinstance(said, dict):
            said = {"value": said}
        value, generator = said.get("value"), said.get("generator")
        if generator not in (None, "secret"):
            self._wrong(f"env.{name}.generator: there is only `secret`")
        if isinstance(value, bool | int | float):
            value = json.dumps(value)
        return WantedVar(
            name,
            value if isinstance(value, str) else self._text(f"env.{name}.value", value),
            required=said.get("required", True) is not False,
            generated=generator == "secret",
        )

    def _addon(self, said: Any) -> WantedAddon:
        if isinstance(said, str):
            said = {"plan": said}
        plan = said.get("plan") if isinstance(said, dict) else None
        if not isinstance(plan, str) or not plan:
            self._wrong("addons: each is `service:plan`, or an object with a `plan`")
            return WantedAddon("")
        options = said.get("options") or {}
        if not isinstance(options, dict):
            self._wrong(f"addons: the options of {plan} must be an object, not {kind(options)}")
            options = {}
        given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in options.items()}
        return WantedAddon(plan, self._text(f"addons: as of {plan}", said.get("as")), given)

    def _buildpack(self, said: Any) -> str:
        url = said.get("url") if isinstance(said, dict) else said
        if not isinstance(url, str) or not url:
            self._wrong("buildpacks: each is an object with a `url`")
            return ""
        return url

    def _dynos(self, name: str, said: Any) -> WantedDynos:
        if PROCESS_TYPE.fullmatch(name) is None:
            self._wrong(f"formation: {name[:128]!r} is not a process type")
        if not isinstance(said, dict):
            self._wrong(f"formation.{name} must be an object, not {kind(said)}")
            return WantedDynos()
        quantity = said.get("quantity")
        if quantity is not None and (isinstance(quantity, bool) or not isinstance(quantity, int)):
            self._wrong(f"formation.{name}.quantity must be a whole number")
            quantity = None
        size = self._text(f"formation.{name}.size", said.get("size"))
        if size is not None and dyno_size(size) is None:
            self._wrong(f"formation.{name}.size: there is no dyno size {size[:64]!r}")
        return WantedDynos(quantity, size)

    def _stack(self) -> str | None:
        stack = self._text("stack", self._said.get("stack"))
        if stack is not None and stack_named(stack) is None:
            self._wrong(f"stack: there is no {stack[:64]!r} here")
        return stack
