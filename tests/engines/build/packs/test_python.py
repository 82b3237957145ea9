"""The Python buildpack as a whole: real builds, without network."""

import shutil
import subprocess
from pathlib import Path

import pytest

from platform_sim.engines.build.request import BuildFailed

from ..making import Bench, tools, wheel

pytestmark = pytest.mark.processes

TOOLS = ("sh", "env", "dirname", "tr", "git")
NAME, WHEEL = wheel("tinytool", "1.0", "import sys\ndef main():\n    print('tinytool in', sys.prefix)\n")
APP: dict[str, str | bytes] = {
    "Procfile": "web: tinytool",
    "requirements.txt": "--no-index\n--find-links wheels\ntinytool>=1\n",
    f"wheels/{NAME}": WHEEL,
}


@pytest.fixture
def plain(bench: Bench) -> dict[str, dict[str, str]]:
    """An environment in which there is no uv."""
    return {"environment": {"PATH": tools(bench.root / "bin", *TOOLS)}}


def _in_dyno(slug: Path, home: Path, command: str) -> str:
    """What `command` prints as a dyno runs it: files copied, `.heroku` a link into the slug."""
    shutil.copytree(slug, home, symlinks=True, ignore=shutil.ignore_patterns(".heroku"))
    (home / ".heroku").symlink_to(slug / ".heroku")
    script = f'for file in "$HOME"/.profile.d/*.sh; do . "$file"; done; {command}'
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    done = subprocess.run(["/bin/sh", "-c", script], env=env, cwd=home, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_an_installed_tool_runs_in_a_dyno(bench: Bench, plain: dict[str, dict[str, str]]) -> None:
    built = bench.build(APP, **plain)
    assert "       Successfully installed tinytool-1.0" in bench.said
    home = bench.root / "dyno with a blank"
    command = 'tinytool; echo "$PYTHONUNBUFFERED"; python -c "import sys; print(sys.prefix)"'
    assert _in_dyno(built.folder, home, command).splitlines() == [
        f"tinytool in {home}/.heroku/python",
        "1",
        f"{home}/.heroku/python",
    ]
    packages = next((built.folder / ".heroku" / "python" / "lib").glob("python*/site-packages"))
    assert list(packages.glob("__pycache__/tinytool*.pyc"))
    binaries = [path for path in built.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert [path for path in binaries if str(bench.root).encode() in path.read_bytes()] == []


def test_unchanged_requirements_are_taken_from_the_cache(bench: Bench, plain: dict[str, dict[str, str]]) -> None:
    bench.build(APP, **plain)
    built = bench.build(APP, **plain, first_build=False)
    assert "-----> Using the environment of an earlier build: requirements.txt has not changed" in bench.said
    assert "Installing" not in bench.text
    assert "tinytool in" in _in_dyno(built.folder, bench.root / "dyno", "tinytool")


def test_a_requirement_that_cannot_be_installed(bench: Bench, plain: dict[str, dict[str, str]]) -> None:
    with pytest.raises(BuildFailed):
        bench.build({**APP, "requirements.txt": "--no-index\nnosuchthing==9\n"}, **plain)
    text = bench.text
    assert "       ERROR: No matching distribution found for nosuchthing==9" in text
    assert " !     Error: what requirements.txt asks for could not be installed: no version of nosuchthing==9" in text
    assert bench.said[-3:] == [" !     Push rejected, failed to compile Python app.", "", " !     Push failed"]
    assert list((bench.root / "cache" / "python").glob("*")) == []


def test_index_settings_reach_pip_and_are_not_shown(bench: Bench, plain: dict[str, dict[str, str]]) -> None:
    url = "http://me:secret@127.0.0.1:9/simple"
    settings = {**plain["environment"], "PIP_INDEX_URL": url, "PIP_RETRIES": "0", "PIP_TIMEOUT": "1"}
    with pytest.raises(BuildFailed):
        bench.build({**APP, "requirements.txt": "nosuchthing\n"}, environment=settings)
    assert "nosuchthing" in bench.text
    assert "secret" not in bench.text


FAKE_UV = 'echo "uv $*" | sed "s#/[^ ]*/##g"; echo "index $UV_DEFAULT_INDEX"'


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"requirements.txt": "x"}, "uv pip install --python python -r requirements.txt"),
        (
            {"pyproject.toml": "[project]\ndependencies=['x']", "uv.lock": ""},
            "uv sync --python python --locked --no-default-groups --no-editable",
        ),
        ({"pyproject.toml": "[project]\ndependencies=['x']"}, "uv pip install --python python -r requirements.txt"),
    ],
)
def test_uv_is_used_where_it_is(bench: Bench, files: dict[str, str], command: str) -> None:
    path = tools(bench.root / "bin", *TOOLS, "sed", uv=FAKE_UV)
    environment = {"PATH": path, "PIP_INDEX_URL": "https://host/simple"}
    bench.build({"Procfile": "web: x", **files}, environment=environment)
    assert f"       {command}" in bench.said
    assert "       index https://host/simple" in bench.said


def test_uv_that_fails_fails_the_build(bench: Bench) -> None:
    path = tools(bench.root / "bin", *TOOLS, uv="echo 'cause: there is no version of x==9 and you require it'; exit 1")
    with pytest.raises(BuildFailed):
        bench.build({"Procfile": "web: x", "requirements.txt": "x==9"}, environment={"PATH": path})
    assert "no version of x==9 was found that fits" in bench.text


def test_an_app_without_requirements_gets_python_at_once(bench: Bench, plain: dict[str, dict[str, str]]) -> None:
    built = bench.build({"Procfile": "web: x", "requirements.txt": "", ".python-version": "2.7\n"}, **plain)
    assert "-----> No requirements in requirements.txt" in bench.said
    assert "Note: .python-version asks for 2.7; here every app runs on 3." in bench.text
    printed = _in_dyno(built.folder, bench.root / "dyno", "python -c 'import sys; print(sys.prefix)'")
    assert printed == f"{bench.root}/dyno/.heroku/python"


def test_what_the_pack_cannot_do_is_said(bench: Bench, plain: dict[str, dict[str, str]]) -> None:
    with pytest.raises(BuildFailed):
        bench.build({"Procfile": "web: x", "Pipfile": ""}, **plain)
    assert " !     A Pipfile alone is not supported." in bench.said


def test_the_next_buildpack_has_python_on_its_path(bench: Bench, plain: dict[str, dict[str, str]]) -> None:
    (bench.root / "pack" / "bin").mkdir(parents=True)
    (bench.root / "pack" / "bin" / "detect").write_text("echo After")
    (bench.root / "pack" / "bin" / "compile").write_text("python -c 'import sys; print(sys.prefix)'")
    packs = ("heroku/python", str(bench.root / "pack"))
    request = bench.request({"Procfile": "web: x", "requirements.txt": ""}, buildpacks=packs, **plain)
    bench.run(request)
    assert f"{request.work_dir}/app/.heroku/python" in bench.said
