"""Who may import whom: the three programs share only HTTP, and the rooms of the platform keep their doors shut."""

import pytest

from .sources import PROGRAMS, Source, all_sources, imports, is_part_of, sources

OURS = "platform_sim"
ROOMS: dict[str, tuple[str, ...]] = {
    "core/model": (),
    "core/errors.py": (),
    "core/clock.py": (),
    "core/store": ("core.model", "core.clock"),
    "core/roles.py": ("core.model", "core.store"),
    "core/access.py": ("core.model", "core.errors", "core.store", "core.roles"),
    "core/actions": ("core.model", "core.errors", "core.store", "core.roles", "core.access"),
    "core/public": ("core.model", "core.store", "core.roles", "core.actions"),
    "core": (),
    "engines/__init__.py": (),
    "setting_kinds.py": ("core.model",),
    "settings.py": ("core.model", "setting_kinds"),
    "services_file.py": ("core.model", "partners"),
    "claim.py": (),
    "loopback.py": (),
    "processes.py": (),
    "partners": ("core.model",),
    "web/dashboard": (
        "core",
        "web.answers",
        "web.context",
        "web.keeping",
        "web.late",
        "web.passing",
        "web.received",
        "web.stopwatch",
        "web.sso.browser",
    ),
    "web": ("core",),
    "conformance/home.py": ("assemble", "conformance", "core", "options", "partners"),
    "conformance": ("core.model", "partners"),
    "coverage/links.py": ("conformance.calls", "core.errors", "core.model", "web.api.matching", "web.api.routes"),
    "coverage": ("conformance", "core.clock", "core.model", "partners"),
    "watched.py": ("core", "options", "partners.http_send", "web.context"),
    "cassettes/repeat.py": ("cassettes", "conformance.home", "conformance.seen", "core.model", "partners"),
    "cassettes": ("conformance.calls", "conformance.seen", "core.model", "partners"),
    "options.py": ("core.model", "partners.contract", "settings"),
    "assemble.py": (
        *("claim", "core", "engines", "machinery", "options", "partners", "scenarios.glue", "settings", "snapshots"),
        *("watched", "web"),
    ),
    "machinery.py": ("core", "engines", "options", "partners", "scenarios.glue"),
    # What a platform is made of, and what a start makes of it; the state of its clock and who the customer is.
    "snapshots": ("core",),
    "tenants.py": ("assemble", "core", "engines.router", "options", "settings", "web.server", "web.tenants"),
    "demo": ("settings",),
    "stand_ins": ("core.model.json_text", "partners"),
    "scenarios": ("core.model", "core.clock", "loopback", "partners", "stand_ins"),
    "cli": (
        *("assemble", "claim", "conformance", "demo", "options", "partners.http_send", "services_file", "settings"),
        *(
            "cassettes",
            "core.model.json_text",
            "core.model.moments",
            "core.model.snapshots",
            "partners.manifest_check",
            "scenarios",
            "snapshots",
            "tenants",
        ),
        *("coverage", "testing"),
    ),
    # Partners as the platform calls them and the checker starts them, and what two commands print: a test shows no
    # timeline of its own.
    "testing": (
        *("assemble", "cli.env", "cli.timeline", "conformance.launcher", "options", "partners", "scenarios"),
        *("cassettes", "core.model.snapshots", "coverage", "loopback", "settings", "stand_ins"),
    ),
    "__main__.py": ("cli",),
    "__init__.py": (),
}
"""Room -> what it may import of ours besides itself; the first room that holds a file counts."""
ENGINE = ("core", "loopback", "partners", "processes")
"""What each engine may import; never another engine. An engine is a folder in `engines`."""


def room_of(source: Source) -> str | None:
    """The first room of the table that holds the file, or the engine's own folder."""
    folders = source.path.split("/")
    if folders[1] == "engines" and len(folders) > 3:
        return "/".join(folders[1:3])
    return next((room for room in ROOMS if source.within(f"{OURS}/{room}")), None)


def forbidden_arrows(source: Source) -> list[str]:
    """Imports that cross a wall."""
    found = []
    room = room_of(source) if source.program == OURS else None
    own = f"{OURS}." + (room or "").removesuffix(".py").replace("/", ".")
    allowed = [f"{OURS}.{name}" for name in ROOMS.get(room, ENGINE)] if room else []
    for line, name in imports(source):
        program = name.split(".")[0]
        if program not in PROGRAMS or (program == source.program != OURS):
            continue
        target = name if program == OURS else program
        if source.program != OURS or program != OURS or not is_part_of(target, own, *allowed):
            found.append(f"{source.path}:{line} imports {name}")
    return found


def test_every_file_of_the_platform_lies_in_a_room() -> None:
    assert [s.path for s in sources(OURS) if room_of(s) is None] == []


def test_no_import_crosses_a_wall() -> None:
    assert [arrow for source in all_sources() for arrow in forbidden_arrows(source)] == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("platform_sim/core/model/apps.py", "from platform_sim.core.store import Database"),
        ("platform_sim/core/model/apps.py", "from platform_sim.core import store"),
        ("platform_sim/core/store/session.py", "from platform_sim.core.actions import apps"),
        ("platform_sim/core/actions/apps.py", "from platform_sim.core.public import apps"),
        ("platform_sim/core/actions/apps.py", "import platform_sim.settings"),
        ("platform_sim/core/public/apps.py", "import platform_sim.web"),
        ("platform_sim/partners/client.py", "from platform_sim.core.store import Snapshot"),
        ("platform_sim/partners/client.py", "from platform_sim.core import actions"),
        ("platform_sim/engines/dynos/supervisor.py", "from platform_sim.engines.router import edge"),
        ("platform_sim/engines/dynos/supervisor.py", "from platform_sim.web.context import Doors"),
        ("platform_sim/engines/dynos/supervisor.py", "from ..router.edge import Edge"),
        ("platform_sim/engines/dynos/supervisor.py", "from platform_sim import assemble"),
        ("platform_sim/web/app.py", "from platform_sim.engines.logs import hub"),
        ("platform_sim/web/app.py", "from platform_sim.partners import manifest"),
        ("platform_sim/web/dashboard/apps.py", "from platform_sim.web.api.handlers import apps"),
        ("platform_sim/web/dashboard/apps.py", "from platform_sim.web.sso.blueprint import sso_blueprint"),
        ("platform_sim/web/dashboard/logs.py", "from platform_sim.engines.logs.hub import LogHub"),
        ("platform_sim/web/app.py", "def f():\n    import platform_sim.assemble"),
        ("platform_sim/conformance/run.py", "from platform_sim.core.actions import sso"),
        ("platform_sim/cli/main.py", "from platform_sim.core.clock import Clock"),
        ("platform_sim/demo/story.py", "from platform_sim.assemble import Platform"),
        ("platform_sim/assemble.py", "from platform_sim.cli import main"),
        ("platform_sim/testing/apps.py", "from platform_sim.core.store import Database"),
        ("platform_sim/scenarios/play.py", "from platform_sim.testing import Heroku"),
        ("platform_sim/scenarios/play.py", "from platform_sim.core.store import Database"),
        ("platform_sim/testing/apps.py", "from platform_sim.cli.client import Client"),
        ("platform_sim/assemble.py", "from addon_service import service"),
        ("addon_service/web.py", "from platform_sim.core.clock import Clock"),
        ("addon_service/web.py", "import sample_app.web"),
        ("sample_app/web.py", "import platform_sim"),
        ("sample_app/web.py", "from addon_service import clock"),
    ],
)
def test_the_rule_catches(path: str, line: str) -> None:
    assert len(forbidden_arrows(Source(path, line))) == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("platform_sim/core/store/session.py", "from platform_sim.core.store.tables import TABLES"),
        ("platform_sim/core/store/session.py", "from .tables import TABLES"),
        ("platform_sim/core/actions/apps.py", "from platform_sim.core.actions import releases"),
        ("platform_sim/engines/logs/hub.py", "from platform_sim.core.model.seams import LogSink"),
        ("platform_sim/engines/logs/hub.py", "from platform_sim.engines.logs import format"),
        ("platform_sim/partners/client.py", "from platform_sim.core.model.sso import resource_token"),
        ("platform_sim/web/app.py", "from platform_sim.core import access"),
        ("platform_sim/web/app.py", "from platform_sim.web.dashboard.application import Annex"),
        ("platform_sim/web/dashboard/apps.py", "from platform_sim.web.sso.browser import browsing_customer"),
        ("platform_sim/assemble.py", "from platform_sim import settings"),
        ("addon_service/web.py", "from addon_service.clock import Clock"),
        ("addon_service/addons/base.py", "from ..clock import Clock"),
        ("sample_app/web.py", "import flask"),
    ],
)
def test_the_rule_lets_pass(path: str, line: str) -> None:
    assert forbidden_arrows(Source(path, line)) == []
