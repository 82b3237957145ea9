"""`install.py BUILD_DIR CACHE_DIR`: the work of this buildpack's bin/compile. A program; the interpreter that
runs it is the one the app gets.

Makes the environment in BUILD_DIR/.heroku/python with uv if it is on PATH, else with pip, or takes it from CACHE_DIR if
nothing the app asks for has changed. Settings of package indexes come from the environment and go straight to the
installer.
"""

import compileall
import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from platform_sim.engines.build.packs.python.relocate import relocate
    from platform_sim.engines.build.packs.python.requirements import CannotInstall, Plan, key, read
else:  # started as a program: its folder is the first on the import path
    from relocate import relocate
    from requirements import CannotInstall, Plan, key, read

PROFILE = """\
export PATH="$HOME/.heroku/python/bin:$PATH"
export PYTHONUNBUFFERED=1
export PYTHONPATH="${PYTHONPATH-$HOME}"
"""

_NOISE = ("Looking in ", "WARNING: Location ", "[notice]")
_NO_MATCH = re.compile(r"(?:No matching distribution found for|there (?:is|are) no versions? of) ([^\s,]+)")  # pip, uv


def main(app: Path, cache: Path) -> int:
    """Install for the app in `app`; returns the exit status."""
    version = ".".join(map(str, sys.version_info[:3]))
    say(f"-----> Using Python {version}, the one the platform runs on")
    note_other_version(app, version)
    try:
        plan = read(app)
        made = make_environment(plan, app, cache / "python")
    except CannotInstall as error:
        problem(str(error))
        return 1
    if made:
        write_profile(app)
    return 0 if made else 1


def make_environment(plan: Plan, app: Path, cache: Path) -> bool:
    """Put the environment to its place, from `cache` or new; False if it could not be installed."""
    environment, kept = app / ".heroku" / "python", cache / key(plan, app)
    shutil.rmtree(environment, ignore_errors=True)
    environment.parent.mkdir(exist_ok=True)
    if kept.is_dir():
        say(f"-----> Using the environment of an earlier build: {plan.title} has not changed")
        shutil.copytree(kept, environment, symlinks=True)
        return True
    create(environment, with_pip=not plan.nothing and not installer())
    if plan.nothing:
        say(f"-----> No requirements in {plan.title}")
    elif not install(plan, app, environment):
        return False
    relocate(environment, app)
    # The path in compiled files is only shown in tracebacks; there it should be where Heroku runs apps.
    compileall.compile_dir(environment / "lib", quiet=2, workers=0, stripdir=str(app), prependdir="/app")
    keep(environment, kept)
    return True


def create(environment: Path, with_pip: bool) -> None:
    """An empty environment; with a pip of its own only where there is no other way to install."""
    try:
        venv.EnvBuilder(with_pip=with_pip, symlinks=True).create(environment)
    except subprocess.CalledProcessError:
        raise CannotInstall(
            "There is nothing to install with: no uv on PATH, no pip and no ensurepip in this Python.\n"
            "Install uv, or Python's venv package, on this machine and push again."
        ) from None


def keep(environment: Path, kept: Path) -> None:
    """Copy the environment to the cache for the next build, in the place of older ones."""
    shutil.rmtree(kept.parent, ignore_errors=True)
    kept.parent.mkdir(parents=True)
    partial = kept.with_name("partial")
    shutil.copytree(environment, partial, symlinks=True)
    partial.rename(kept)


def install(plan: Plan, app: Path, environment: Path) -> bool:
    """Run the installer and show what it says; False, with the reason, if it fails."""
    python, name = environment / "bin" / "python", installer() or "pip"
    with tempfile.TemporaryDirectory() as scratch:
        if name == "uv" and plan.locked:
            command = ["env", f"UV_PROJECT_ENVIRONMENT={environment}", "uv", "sync", "--python", str(python)]
            command += ["--locked", "--no-default-groups", "--no-editable"]
        elif name == "uv":
            command = ["uv", "pip", "install", "--python", str(python), *_arguments(plan, app, Path(scratch))]
        else:
            start = (
                [sys.executable, "-m", "pip", "--python", str(python)] if installer() else [str(python), "-m", "pip"]
            )
            command = [*start, "install", "--no-compile", *_arguments(plan, app, Path(scratch))]
        say(f"-----> Installing what {plan.title} asks for with {name}")
        said = run(command, app)
    if said is None:
        return True
    missing = [name for line in said for name in _NO_MATCH.findall(line)]
    what = f": no version of {missing[0]} was found that fits" if missing else ""
    problem(f"Error: what {plan.title} asks for could not be installed{what}.")
    problem(
        "The lines above say why. Correct the name or version, or make its package index reachable, and push again."
    )
    return False


def run(command: list[str], app: Path) -> list[str] | None:
    """Run an installer in the app's folder, its lines indented; None if it worked, else the lines."""
    said: list[str] = []
    with subprocess.Popen(
        command, cwd=app, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.rstrip())
            if not line.startswith(_NOISE):
                say(f"       {line.rstrip()}")
    return said if process.returncode else None


def write_profile(app: Path) -> None:
    """What a dyno sources at its start, and what the next buildpack sources now."""
    folder = app / ".profile.d"
    folder.mkdir(exist_ok=True)
    (folder / "python.sh").write_text(PROFILE, encoding="utf-8")
    path = shlex.quote(str(app / ".heroku" / "python" / "bin"))
    (Path(__file__).parent / "export").write_text(f"export PATH={path}:$PATH\n", encoding="utf-8")


def note_other_version(app: Path, version: str) -> None:
    """Say so if the app asks for another Python: there is no other here."""
    for name in (".python-version", "runtime.txt"):
        file = app / name
        if file.is_file():
            asked = file.read_text(encoding="utf-8", errors="replace").strip().removeprefix("python-")
            if asked and not f"{version}.".startswith(f"{asked}."):
                say(f"       Note: {name} asks for {asked}; here every app runs on {version}.")
            return


def installer() -> str:
    """ "uv", "pip", or "" if this interpreter has neither at hand."""
    if shutil.which("uv"):
        return "uv"
    return "pip" if importlib.util.find_spec("pip") else ""


def say(text: str) -> None:
    """A line of output, at once."""
    print(text, flush=True)


def problem(text: str) -> None:
    """` !     text`, for each line of it."""
    for line in text.splitlines():
        say(f" !     {line}")


def _arguments(plan: Plan, app: Path, scratch: Path) -> list[str]:
    """What both pip and uv understand after `install`."""
    arguments: list[str] = []
    if plan.requirements is None:
        arguments += ["-r", plan.title]
    elif plan.requirements:
        (scratch / "requirements.txt").write_text("\n".join(plan.requirements), encoding="utf-8")
        arguments += ["-r", str(scratch / "requirements.txt")]
    if plan.constraints:
        (scratch / "constraints.txt").write_text("\n".join(plan.constraints), encoding="utf-8")
        arguments += ["-c", str(scratch / "constraints.txt")]
    if plan.project:  # built from a copy: a build leaves files of its own beside the source
        shutil.copytree(app, scratch / "project", symlinks=True, ignore=shutil.ignore_patterns(".heroku"))
        arguments.append(str(scratch / "project"))
    return arguments


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
