"""Makes a virtual environment work wherever it is moved to. Changes files below that environment only.

The slug is built in one folder, moved to another and linked into the folder of every dyno, so nothing in it may say
where it was built.
"""

import os
import re
from pathlib import Path

SHEBANG = b"#!/usr/bin/env python\n"

# Both forms installers write: the plain line, and the one for paths that are too long or hold a blank.
_PLAIN = re.compile(rb"\A#!([^\n]*?)\r?\n")
_WRAPPED = re.compile(rb"\A#!/bin/sh\n'''exec' ([^\n]*)\n' '''\n")


def relocate(environment: Path, app: Path) -> None:
    """Take the path `app`, where it was built, out of the `environment` below it."""
    for script in (environment / "bin").iterdir():
        if script.name.lower().startswith("activate"):
            script.unlink()
        elif script.is_file() and not script.is_symlink():
            _free_script(script, environment)
    for packages in environment.glob("lib*/python*/site-packages"):
        if not packages.parent.parent.is_symlink():
            for file in [*packages.glob("*.pth"), *packages.glob("__editable__*.py")]:
                _free_link(file, app)
    settings = environment / "pyvenv.cfg"
    lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if not line.startswith("command")), encoding="utf-8")


def _free_script(script: Path, environment: Path) -> None:
    content = script.read_bytes()
    for form in (_WRAPPED, _PLAIN):
        start = form.match(content)
        if start and os.fsencode(environment) in start[1]:
            _rewrite(script, SHEBANG + content[start.end() :])
            return


def _free_link(file: Path, app: Path) -> None:
    """The marks that editable installs leave: a line with a path (.pth), or a finder with paths as strings (.py)."""
    content = file.read_text(encoding="utf-8")
    if str(app) not in content:
        return
    up = os.path.relpath(app, file.parent)
    if file.suffix == ".pth":
        changed = re.sub(rf"^{re.escape(str(app))}", up, content, flags=re.MULTILINE)
    else:
        here = "__import__('os').path.dirname(__import__('os').path.abspath(__file__))"
        literal = rf"'{re.escape(str(app))}(/[^'\n]*)?'"
        changed = re.sub(
            literal, lambda path: f"__import__('os').path.normpath({here} + '/{up}{path[1] or ''}')", content
        )
    _rewrite(file, changed.encode())


def _rewrite(file: Path, content: bytes) -> None:
    """Put a new file in the place of the old one, which may be a hard link into an installer's cache."""
    new = file.with_name(file.name + ".new")
    new.write_bytes(content)
    new.chmod(file.stat().st_mode)
    new.replace(file)
