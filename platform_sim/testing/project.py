"""What a project says for all its tests: ini keys, the options that mirror them, and marks of one test.

Loaded in every run of pytest, so nothing of ours that is heavy is imported.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from platform_sim import testing

if TYPE_CHECKING:
    from platform_sim.testing.joins import Joining, Service

MARKERS = (
    "platform_sim_seed(number): ids, names and tokens of this test's Heroku repeat",
    "platform_sim_settings(name=value, ...): settings of this test's Heroku, as in docs/settings.md",
    "heroku_leaks_ok: this test may leave resources that only one side knows",
)
SEED, SETTINGS, MANIFEST, PARTNER, PLANS, HOLDS, CLI, LEAKS_OK = (
    f"platform_sim_{name}"
    for name in ("seed", "settings", "manifest", "partner", "plans", "holds", "heroku_cli", "leaks_ok")
)
KEYS: dict[str, tuple[Literal["args"] | None, str, str]] = {
    SEED: (None, "NUMBER", "ids, names and tokens of each Heroku repeat"),
    MANIFEST: (None, "FILE", "your add-on's manifest: it is registered in each Heroku"),
    PARTNER: (
        None,
        "PARTNER",
        "your add-on's partner: `package.module:app`, `package.module:make()`, a URL, or a command that starts it",
    ),
    PLANS: ("args", "PLANS", "its plans: names or NAME=CENTS, the first the default (free)"),
    HOLDS: (
        None,
        "PLACE",
        "`package.module:function` that is given the partner and returns the uuids which it holds, for leaks",
    ),
    CLI: (None, "PROGRAM", "the heroku CLI (else HEROKU_CLI of the environment, else `heroku` on the PATH)"),
}
"""Ini key -> type, what its option takes, sentence. The option of `platform_sim_seed` is `--platform-sim-seed`."""
COVERAGE, COVERAGE_HTML, FAIL_UNDER, COVERAGE_API, COVERAGE_SCRIPTED = (
    f"platform_sim_{name}" for name in ("coverage", "coverage_html", "fail_under", "coverage_api", "coverage_scripted")
)
"""What their options are kept by (docs/coverage.md); no ini keys, since they are of a run."""
OBJECT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(\(\))?")
"""`package.module:name`, a call of it with `()`."""


def add_options(parser: pytest.Parser) -> None:
    """The keys, and a group of options that mirror them; an option wins."""
    group = parser.getgroup("platform-sim", "a Heroku for each test (docs/testing.md)")
    for key, (kind, takes, sentence) in KEYS.items():
        parser.addini(key, sentence, type=kind, default=[] if kind else "")
        group.addoption(_option(key), metavar=takes, default=None, help=sentence)
    sentence = "settings of each Heroku, as `name = value`; the option may come several times"
    parser.addini(SETTINGS, sentence, type="linelist", default=[])
    group.addoption("--platform-sim-setting", dest=SETTINGS, metavar="NAME=VALUE", action="append", help=sentence)
    sentence = "tests may leave leaks"
    parser.addini(LEAKS_OK, sentence, type="bool", default=False)
    group.addoption(_option(LEAKS_OK), action="store_true", default=None, help=sentence)
    _add_coverage(group)


def _add_coverage(group: Any) -> None:
    group.addoption(
        "--platform-sim-coverage",
        dest=COVERAGE,
        action="store_true",
        help="say what of the partner contract the tests have touched",
    )
    group.addoption(
        "--platform-sim-coverage-html", dest=COVERAGE_HTML, metavar="DIR", help="the same, and write it there as a page"
    )
    group.addoption(
        "--platform-sim-fail-under",
        dest=FAIL_UNDER,
        type=float,
        metavar="N",
        help="the run fails if that is less than N percent",
    )
    group.addoption(
        "--platform-sim-coverage-api",
        dest=COVERAGE_API,
        action="store_true",
        help="count all links of the Platform API too, as customers use them",
    )
    group.addoption(
        "--platform-sim-coverage-scripted",
        dest=COVERAGE_SCRIPTED,
        action="store_true",
        help="count services whose partners are scripted ones or cassettes, too",
    )


def wants_coverage(config: pytest.Config) -> bool:
    """Whether the run shall say what of the contract it has touched."""
    wanted = config.getoption(COVERAGE) or config.getoption(COVERAGE_HTML) is not None
    return wanted or config.getoption(FAIL_UNDER) is not None


def header(config: pytest.Config) -> str | None:
    """One line of what was said, the seed first; nothing for a project that has said nothing."""
    said = {key: _said(config, key) for key in (*KEYS, SETTINGS)}
    if not any(said.values()):
        return None
    told = {SEED: said[SEED] or "none"} | {key: value for key, value in said.items() if value}
    shown = [(key.removeprefix("platform_sim_"), _words(value)) for key, value in told.items()]
    return "platform-sim: " + ", ".join(f"{name} {value}" for name, value in shown)


def repeats(item: pytest.Item) -> str:
    """How the Heroku of a test is made once more, for reports."""
    if (number := seed(item)) is not None:
        return f"seed {number}"
    return "no seed: ids, names and tokens repeat with --platform-sim-seed=NUMBER"


def seed(item: Any) -> int | None:
    """Of a test: its mark's, else the option's, else the project's."""
    mark = item.get_closest_marker(SEED)
    given = mark.args[0] if mark is not None and mark.args else _said(item.config, SEED)
    try:
        return None if given in ("", None) else int(given)
    except ValueError:
        raise pytest.UsageError(f"platform_sim_seed is {given!r}: it must be a whole number") from None


def settings(item: Any) -> dict[str, Any]:
    """Of a test: the project's, with the options' over them, with its marks' over these."""
    found: dict[str, Any] = {}
    for line in [*item.config.getini(SETTINGS), *(item.config.getoption(SETTINGS) or [])]:
        name, equals, value = line.partition("=")
        if not equals:
            raise pytest.UsageError(f"platform_sim_settings has the line {line!r}: write it as `name = value`")
        found[name.strip()] = value.strip()
    for mark in reversed(list(item.iter_markers(SETTINGS))):
        found |= mark.kwargs
    return found


def leaks_ok(item: pytest.Item) -> bool:
    """Whether a test may leave leaks, by its mark or for all."""
    return item.get_closest_marker("heroku_leaks_ok") is not None or bool(_said(item.config, LEAKS_OK))


def cli(config: pytest.Config) -> str | None:
    """The heroku CLI that was named."""
    return _said(config, CLI) or None


def services(config: pytest.Config, set_variable: Callable[[str, str], None]) -> "Iterator[Service]":
    """The project's own, if it has named a manifest. What a process would be told is set as variables of the
    environment before an application is loaded or made."""
    manifest, partner, holds = (_said(config, key) for key in (MANIFEST, PARTNER, HOLDS))
    if not manifest:
        if partner or holds:
            raise pytest.UsageError(f"{PARTNER if partner else HOLDS} needs {MANIFEST}: the file of the manifest")
        return
    said_here = config.getoption(MANIFEST, default=None) is not None
    file = (config.invocation_params.dir if said_here else _home(config)) / manifest
    if not file.is_file():
        raise pytest.UsageError(f"{MANIFEST}: there is no file {file}")
    given = _said(config, PLANS) or ["free"]
    plans = given.split() if isinstance(given, str) else given
    if holds and OBJECT.fullmatch(holds) is None:
        raise pytest.UsageError(f"{HOLDS} is {holds!r}: write it as package.module:function")
    joining = _partner(partner, set_variable) if partner else None
    yield testing.Service(file, joining, plans, partial(_asked, holds) if holds else None)


def _asked(words: str, partner: Any) -> Any:
    return _found(HOLDS, words)(partner)


def _partner(words: str, set_variable: Callable[[str, str], None]) -> "Joining":
    if words.startswith(("http://", "https://")):
        return words
    if OBJECT.fullmatch(words) is None:
        command: Joining = testing.Command(words)
        return command

    def make(told: Any) -> Any:
        for variable, value in told.items():
            set_variable(variable, value)
        return _found(PARTNER, words)

    factory: Joining = testing.Factory(make)
    return factory


def _found(key: str, words: str) -> Any:
    """What `package.module:name` names; called where parentheses follow."""
    module, _, name = words.partition(":")
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as problem:
        raise pytest.UsageError(f"{key}: {problem}; install your package, or set `pythonpath = .`") from problem
    for part in name.removesuffix("()").split("."):
        if not hasattr(found, part):
            raise pytest.UsageError(f"{key}: {module} has no {name.removesuffix('()')}")
        found = getattr(found, part)
    return found() if name.endswith("()") else found


def _home(config: pytest.Config) -> Path:
    """Where the project's settings stand."""
    return config.inipath.parent if config.inipath else config.rootpath


def _option(key: str) -> str:
    return "--" + key.replace("_", "-")


def _said(config: pytest.Config, key: str) -> Any:
    given = config.getoption(key, default=None)
    return config.getini(key) if given is None else given


def _words(value: Any) -> str:
    return str(value) if isinstance(value, str) else " ".join("".join(str(each).split()) for each in value)
