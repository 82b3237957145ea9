"""`install.py compile|release BUILD_DIR`: the work of this buildpack's scripts. A program; starts node and npm.

Dependencies are installed with those for development, the scripts `heroku-postbuild` or `build` run, and what only
development needs is removed again, as on Heroku.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from platform_sim.core.model import json_text

PROFILE = """\
export PATH="$HOME/.heroku/node/bin:$HOME/node_modules/.bin:$PATH"
export NODE_ENV="${NODE_ENV:-production}"
export NPM_CONFIG_UPDATE_NOTIFIER="${NPM_CONFIG_UPDATE_NOTIFIER:-false}"
"""

_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies")
_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
_OTHER_LOCKS = ("yarn.lock", "pnpm-lock.yaml")


class CannotBuild(Exception):
    """The app cannot be built here; the message says why and what to do."""


def main(step: str, app: Path) -> int:
    """`compile` or `release` the app in `app`; returns the exit status."""
    try:
        package = read_package(app)
        if step == "compile":
            compile_app(package, app)
        elif can_start(package, app):
            say("default_process_types:\n  web: npm start")
    except CannotBuild as error:
        for line in str(error).splitlines():
            say(f" !     {line}")
        return 1
    return 0


def compile_app(package: dict[str, Any], app: Path) -> None:
    """Install, build, prune, and say how a dyno finds it. Raises CannotBuild."""
    need_node()
    if not can_start(package, app) and not (app / "Procfile").is_file():
        raise CannotBuild(
            "There is no Procfile, no scripts.start in package.json and no server.js: nothing could be started.\n"
            "Add a Procfile with a line like 'web: node index.js', or a start script, and push again."
        )
    if any(package.get(name) for name in _DEPENDENCIES):
        install(app)
    else:
        say("-----> No dependencies in package.json")
    scripts = package.get("scripts")
    scripts = scripts if isinstance(scripts, dict) else {}
    wanted = next((name for name in ("heroku-postbuild", "build") if scripts.get(name)), None)
    if wanted:
        say(f"-----> Running the script '{wanted}'")
        run(["npm", "run", wanted], app, f"The script '{wanted}' of package.json failed.")
    if package.get("devDependencies"):
        say("-----> Removing what only development needs")
        run(["npm", "prune", "--omit=dev"], app, "npm could not remove devDependencies.")
    link_programs(app)


def link_programs(app: Path) -> None:
    """Let a dyno find the Node of this machine, which need not be where a plain system path looks."""
    folder = app / ".heroku" / "node" / "bin"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("node", "npm", "npx"):
        if found := shutil.which(name):
            (folder / name).symlink_to(Path(found).absolute())
    (app / ".profile.d").mkdir(exist_ok=True)
    (app / ".profile.d" / "nodejs.sh").write_text(PROFILE, encoding="utf-8")


def install(app: Path) -> None:
    """`npm ci` where there is a lock file, else `npm install`."""
    if other := next((name for name in _OTHER_LOCKS if (app / name).is_file()), None):
        say(f"       Note: {other} is not read, npm chooses the versions.")
    command = "ci" if any((app / name).is_file() for name in _LOCKS) else "install"
    say(f"-----> Installing dependencies with npm {command}")
    run(["npm", command], app, "The dependencies in package.json could not be installed.")


def need_node() -> None:
    """Say which Node is used. Raises CannotBuild if there is none."""
    missing = [name for name in ("node", "npm") if not shutil.which(name)]
    if missing:
        raise CannotBuild(
            f"This is a Node.js app, and this machine has no {' and no '.join(missing)} on PATH.\n"
            "Install Node.js with npm (nodejs.org, or your system's packages), restart the platform and push again."
        )
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    say(f"-----> Using Node.js {version.removeprefix('v')}, the one of this machine")


def read_package(app: Path) -> dict[str, Any]:
    """package.json. Raises CannotBuild if it is no JSON object."""
    try:
        package = json_text.read((app / "package.json").read_text(encoding="utf-8"))
    except ValueError as error:
        raise CannotBuild(f"package.json is not valid JSON: {error}.\nCorrect it and push again.") from None
    if not isinstance(package, dict):
        raise CannotBuild("package.json is not a JSON object.\nCorrect it and push again.")
    return package


def can_start(package: dict[str, Any], app: Path) -> bool:
    """Whether `npm start` would start something."""
    scripts = package.get("scripts")
    return bool(isinstance(scripts, dict) and scripts.get("start")) or (app / "server.js").is_file()


def run(command: list[str], app: Path, failure: str) -> None:
    """Run in the app's folder and show what it says. Raises CannotBuild with `failure`."""
    with subprocess.Popen(
        command, cwd=app, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            say(f"       {line.rstrip()}".rstrip())
    if process.returncode:
        raise CannotBuild(f"{failure}\nThe lines above say why. Correct it and push again.")


def say(text: str) -> None:
    """A line of output, at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
