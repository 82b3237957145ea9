"""A folder is a permission: what may be touched, and where. Every exception has a reason, and is really needed."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from .sources import PROGRAMS, Source, all_sources, attributes, imports, is_part_of, nodes

Uses = Callable[[Source], Iterator[tuple[int, str]]]
"""Line and name of each use of a capability in a source."""


@dataclass(frozen=True)
class Capability:
    """Something that only some places may do. `programs`: where the rule holds at all."""

    name: str
    uses: Uses
    places: tuple[str, ...]
    programs: tuple[str, ...] = ("platform_sim",)
    exceptions: dict[str, str] = field(default_factory=dict)
    """File -> why it may, too."""


def importing(*modules: str) -> Uses:
    """Imports of these modules or of something in them."""

    def uses(source: Source) -> Iterator[tuple[int, str]]:
        return ((line, name) for line, name in imports(source) if is_part_of(name, *modules))

    return uses


def naming(*names: str) -> Uses:
    """`module.attribute` in the code, or the same by `from module import attribute`."""
    wanted = set(names)

    def uses(source: Source) -> Iterator[tuple[int, str]]:
        yield from ((line, name) for line, name in attributes(source) if name in wanted)
        yield from ((line, name) for line, name in imports(source) if name in wanted)

    return uses


def either(*kinds: Uses) -> Uses:
    """All uses of all kinds."""
    return lambda source: (use for kind in kinds for use in kind(source))


SQL = re.compile(
    r"\s*(SELECT\s+[\w*\"].*\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX)\s|PRAGMA\s)",
    re.DOTALL,
)


def sql_text(source: Source) -> Iterator[tuple[int, str]]:
    """Strings that begin like an SQL statement."""
    for node in nodes(source):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield node.lineno, node.value.strip()[:40]


TIME_AND_CHANCE = either(
    importing("secrets", "random"),
    naming(
        *(f"datetime.{n}" for n in ("now", "utcnow", "today")),
        "date.today",
        *(f"time.{n}" for n in ("time", "time_ns", "localtime", "gmtime", "ctime", "asctime")),
        *(f"uuid.{n}" for n in ("uuid1", "uuid4")),
        "os.urandom",
    ),
)
ENVIRONMENT = naming("os.environ", "os.environb", "os.getenv", "os.putenv", "os.unsetenv")
REQUESTS = importing("requests", "urllib3", "httpx", "aiohttp")
HTTP_CLIENT = importing("http.client", "urllib.request")
PROCESSES = either(
    importing("subprocess", "multiprocessing", "pty"),
    naming(*(f"os.{n}" for n in ("system", "popen", "fork", "forkpty", "posix_spawn", "posix_spawnp"))),
    naming(*(f"os.{kind}{how}" for kind in ("exec", "spawn") for how in ("l", "le", "lp", "v", "ve", "vp", "vpe"))),
)

HOOK = "a program of its own that git starts, with the standard library only"
DICE = "takes the dice as an argument; core/clock throws them"
CAPABILITIES = (
    Capability("SQL", either(importing("sqlite3", "sqlite_utils"), sql_text), ("platform_sim/core/store",)),
    Capability("Flask", importing("flask", "werkzeug", "waitress"), ("platform_sim/web",)),
    Capability(
        "requests",
        REQUESTS,
        ("platform_sim/partners", "platform_sim/engines/webhooks", "platform_sim/engines/drains", "platform_sim/demo"),
        exceptions={
            "platform_sim/engines/build/tarballs.py": "fetches a source that a build or setup names, from this machine"
        },
    ),
    Capability(
        "http.client",
        HTTP_CLIENT,
        ("platform_sim/cli", "platform_sim/partners"),
        exceptions={
            "platform_sim/web/git/hook.py": HOOK,
            "platform_sim/scenarios/http.py": "asks a platform by its address, and visits pages of this machine",
        },
    ),
    Capability(
        "processes",
        PROCESSES,
        ("platform_sim/engines/dynos", "platform_sim/engines/build", "platform_sim/web/git"),
        exceptions={
            "platform_sim/demo/programs.py": "starts the three programs as anybody would, and ends them",
            "platform_sim/scenarios/programs.py": "starts the programs that a scenario names, and ends them",
            "platform_sim/conformance/launcher.py": "starts the partner that is checked, and ends it",
            "platform_sim/conformance/guard.py": "a shell that ends the partner when whoever started it was killed",
            "platform_sim/testing/heroku_cli.py": "runs the heroku CLI for a test, to its end",
        },
    ),
    Capability(
        "the environment",
        ENVIRONMENT,
        ("platform_sim/settings.py",),
        exceptions={"platform_sim/web/git/hook.py": HOOK},
    ),
    Capability(
        "time and chance",
        TIME_AND_CHANCE,
        ("platform_sim/core/clock.py",),
        exceptions={
            "platform_sim/cli/new.py": "makes up the secrets of a partner that it writes, outside of any platform",
            "platform_sim/core/model/names.py": DICE,
            "platform_sim/core/store/session.py": DICE,
            "platform_sim/demo/login.py": "forges a login that is old by the wall clock, outside of any platform",
            "platform_sim/demo/scene.py": "makes up the secrets of the partner that it starts, outside of any platform",
        },
    ),
    Capability("the partner's environment", ENVIRONMENT, ("addon_service/settings.py",), ("addon_service",)),
    Capability("the partner's requests", REQUESTS, ("addon_service/platform_client.py",), ("addon_service",)),
    Capability(
        "the partner's time and chance",
        TIME_AND_CHANCE,
        ("addon_service/clock.py",),
        ("addon_service",),
        {"addon_service/folder.py": "makes the secrets of a new folder, before there is a service with a clock"},
    ),
    Capability("the app's environment", ENVIRONMENT, ("sample_app/resource.py",), ("sample_app",)),
    Capability("the app's HTTP", either(REQUESTS, HTTP_CLIENT), ("sample_app/resource.py",), ("sample_app",)),
)
CORE_TOUCHES_NOTHING = Capability(
    "sockets, processes and threads' loops",
    either(
        PROCESSES,
        REQUESTS,
        HTTP_CLIENT,
        importing("socket", "socketserver", "ssl", "asyncio", "selectors", "http", "select"),
    ),
    (),
)


def misuses(capability: Capability, source: Source) -> list[str]:
    """Uses of a capability where it is not allowed."""
    if source.program not in capability.programs or source.within(*capability.places, *capability.exceptions):
        return []
    return [f"{source.path}:{line} uses {name} ({capability.name})" for line, name in capability.uses(source)]


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda c: c.name)
def test_a_capability_is_used_where_it_is_allowed(capability: Capability) -> None:
    assert [use for source in all_sources() for use in misuses(capability, source)] == []


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda c: c.name)
def test_no_exception_is_left_over(capability: Capability) -> None:
    named = [source for source in all_sources() if source.path in capability.exceptions]
    assert {source.path for source in named if any(capability.uses(source))} == set(capability.exceptions)
    assert all(len(reason) > 20 for reason in capability.exceptions.values())


def test_core_touches_nothing_outside() -> None:
    core = [source for source in all_sources() if source.within("platform_sim/core")]
    assert len(core) > 30
    assert [use for source in core for use in misuses(CORE_TOUCHES_NOTHING, source)] == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SQL", "import sqlite3"),
        ("SQL", "from sqlite_utils import Database"),
        ("SQL", "rows.execute('SELECT * FROM app')"),
        ("SQL", "rows.execute(f'DELETE FROM {table}')"),
        ("SQL", "sql = '''\n  UPDATE app SET name = 1'''"),
        ("Flask", "from flask import Flask"),
        ("Flask", "import werkzeug.serving"),
        ("requests", "import requests"),
        ("http.client", "from urllib import request"),
        ("http.client", "from urllib.request import urlopen"),
        ("http.client", "import http.client"),
        ("processes", "import subprocess"),
        ("processes", "from subprocess import run"),
        ("processes", "import os\nos.system('ls')"),
        ("processes", "from os import execvpe"),
        ("the environment", "import os\nos.environ['A']"),
        ("the environment", "import os\nos.getenv('A')"),
        ("the environment", "from os import environ"),
        ("time and chance", "from datetime import datetime\ndatetime.now()"),
        ("time and chance", "import datetime\ndatetime.datetime.utcnow()"),
        ("time and chance", "import datetime\ndatetime.date.today()"),
        ("time and chance", "import time\ntime.time()"),
        ("time and chance", "from time import time"),
        ("time and chance", "from uuid import uuid4"),
        ("time and chance", "import uuid\nuuid.uuid1()"),
        ("time and chance", "import secrets"),
        ("time and chance", "from random import choice"),
        ("time and chance", "import os\nos.urandom(8)"),
    ],
)
def test_a_rule_catches(name: str, code: str) -> None:
    [capability] = [c for c in CAPABILITIES if c.name == name]
    assert misuses(capability, Source("platform_sim/engines/jobs/new.py", code))
    assert misuses(capability, Source(f"{capability.places[0]}/new.py", code)) == []


@pytest.mark.parametrize("program", PROGRAMS[1:])
def test_the_other_programs_read_the_environment_in_one_place_too(program: str) -> None:
    code = "import os\nos.environ.get('A')"
    assert [c.name for c in CAPABILITIES if misuses(c, Source(f"{program}/new.py", code))] != []


@pytest.mark.parametrize("code", ["import socket", "import asyncio", "from http import server", "import subprocess"])
def test_the_rule_of_core_catches(code: str) -> None:
    assert misuses(CORE_TOUCHES_NOTHING, Source("platform_sim/core/new.py", code))


@pytest.mark.parametrize(
    "code",
    [
        "import time\ntime.monotonic()",
        "now = clock.now()",
        "text = 'Select a plan, please'",
        "from datetime import datetime\ndatetime.fromisoformat('2026-01-01')",
        "import os\nos.path.join('a', 'b')",
        "from urllib.parse import quote",
        "from http import HTTPStatus",
        "import uuid\nuuid.UUID('x')",
    ],
)
def test_the_rules_let_pass(code: str) -> None:
    assert [use for c in CAPABILITIES for use in misuses(c, Source("platform_sim/engines/jobs/new.py", code))] == []
