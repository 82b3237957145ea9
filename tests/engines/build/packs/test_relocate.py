"""packs/python/relocate: an environment without the place where it was made."""

import os
import runpy
from pathlib import Path

import pytest

from platform_sim.engines.build.packs.python.relocate import relocate


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app with a bare environment in its place."""
    environment = tmp_path / "build app" / ".heroku" / "python"
    (environment / "bin").mkdir(parents=True)
    (environment / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    (environment / "lib64").symlink_to("lib")
    (environment / "pyvenv.cfg").write_text(f"home = /usr/bin\ncommand = python -m venv {environment}\n")
    return tmp_path / "build app"


def _moved(app: Path) -> Path:
    relocate(app / ".heroku" / "python", app)
    return app.rename(app.parent / "dyno")


@pytest.mark.parametrize(
    ("start", "free"),
    [
        ("#!{env}/bin/python\n", "#!/usr/bin/env python\n"),
        ("#!{env}/bin/python3.11 -E\r\n", "#!/usr/bin/env python\n"),
        ("#!/bin/sh\n'''exec' \"{env}/bin/python\" \"$0\" \"$@\"\n' '''\n", "#!/usr/bin/env python\n"),
        ("#!/bin/sh\n'''exec' '{env}/bin/python' \"$0\" \"$@\"\n' '''\n", "#!/usr/bin/env python\n"),
        ("#!/usr/bin/perl\n", "#!/usr/bin/perl\n"),
        ("#!/bin/sh\n", "#!/bin/sh\n"),
        ("\x7fELF", "\x7fELF"),
    ],
)
def test_scripts_find_their_python_by_path(app: Path, start: str, free: str) -> None:
    environment = app / ".heroku" / "python"
    script = environment / "bin" / "tool"
    script.write_text(start.format(env=environment) + "body\n", newline="")
    script.chmod(0o755)
    relocate(environment, app)
    assert script.read_text() == free + "body\n"
    assert os.access(script, os.X_OK)


def test_an_installers_cache_is_not_written_through_a_hard_link(app: Path) -> None:
    environment = app / ".heroku" / "python"
    cached = app.parent / "cached"
    cached.write_text(f"#!{environment}/bin/python\n")
    (environment / "bin" / "tool").hardlink_to(cached)
    relocate(environment, app)
    assert str(environment) in cached.read_text()
    assert str(environment) not in (environment / "bin" / "tool").read_text()


def test_what_says_where_it_was_made_is_gone(app: Path) -> None:
    (app / ".heroku" / "python" / "bin" / "activate.fish").write_text(f"set VIRTUAL_ENV {app}")
    moved = _moved(app)
    left = [path for path in moved.rglob("*") if path.is_file() and str(app) in path.read_text()]
    assert left == []


def test_editable_installs_point_into_the_app_they_are_in(app: Path) -> None:
    packages = app / ".heroku" / "python" / "lib" / "python3.11" / "site-packages"
    (app / "src").mkdir()
    (packages / "one.pth").write_text(f"{app}/src\nimport os\n")
    (packages / "__editable___two_finder.py").write_text(f"MAPPING = {{'two': '{app}/src/two', 'app': '{app}'}}\n")
    (packages / "three.pth").write_text("relative\n")
    moved = _moved(app)
    there = moved / packages.relative_to(app)
    path = (there / "one.pth").read_text().splitlines()[0]
    assert os.path.normpath(there / path) == str(moved / "src")
    found = runpy.run_path(str(there / "__editable___two_finder.py"))["MAPPING"]
    assert found == {"two": str(moved / "src" / "two"), "app": str(moved)}
    assert (there / "three.pth").read_text() == "relative\n"
