"""The Node buildpack: real builds with stand-ins for node and npm."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from platform_sim.engines.build.request import BuildFailed

from ..making import Bench, tools

pytestmark = pytest.mark.processes

NODE = 'echo "v20.1.0"'
NPM = 'echo "npm $*"; if [ "$1" = run ] && [ "$2" = build ]; then echo broken; exit 1; fi'


@pytest.fixture
def node(bench: Bench) -> dict[str, dict[str, str]]:
    """An environment with a node and an npm that only say how they were called."""
    return {"environment": {"PATH": tools(bench.root / "bin", "sh", "env", "dirname", node=NODE, npm=NPM)}}


def _npm(bench: Bench) -> list[str]:
    return [line.strip() for line in bench.said if line.startswith("       npm ")]


def _in_dyno(home: Path, command: str) -> str:
    env = {"PATH": "/no/such/folder", "HOME": str(home)}
    command = f'. "$HOME/.profile.d/nodejs.sh"; {command}'
    done = subprocess.run(["/bin/sh", "-c", command], env=env, check=True, capture_output=True, text=True)
    return done.stdout


def _package(**content: Any) -> dict[str, str]:
    return {"package.json": json.dumps(content)}


def test_an_app_with_a_start_script_needs_no_procfile(bench: Bench, node: dict[str, dict[str, str]]) -> None:
    built = bench.build(_package(scripts={"start": "node x.js"}), **node)
    assert built.process_types == {"web": "npm start"}
    assert "-----> Using Node.js 20.1.0, the one of this machine" in bench.said
    assert "-----> No dependencies in package.json" in bench.said
    assert "       Default types for buildpack -> web" in bench.said
    assert _in_dyno(built.folder, "node; npm start; echo $NODE_ENV") == "v20.1.0\nnpm start\nproduction\n"
    assert _npm(bench) == []


def test_server_js_is_started_without_a_script(bench: Bench, node: dict[str, dict[str, str]]) -> None:
    assert bench.build({**_package(), "server.js": ""}, **node).process_types == {"web": "npm start"}


def test_a_procfile_is_enough(bench: Bench, node: dict[str, dict[str, str]]) -> None:
    built = bench.build({**_package(), "Procfile": "web: node x.js"}, **node)
    assert built.process_types == {"web": "node x.js"}


@pytest.mark.parametrize(
    ("files", "package", "calls"),
    [
        ({}, {"dependencies": {"x": "1"}}, ["npm install"]),
        ({"package-lock.json": "{}"}, {"dependencies": {"x": "1"}}, ["npm ci"]),
        ({}, {"devDependencies": {"x": "1"}}, ["npm install", "npm prune --omit=dev"]),
        ({}, {"scripts": {"build": "x", "heroku-postbuild": "x"}}, ["npm run heroku-postbuild"]),
    ],
)
def test_npm_is_called(
    bench: Bench, node: dict[str, dict[str, str]], files: dict[str, str], package: dict[str, Any], calls: list[str]
) -> None:
    bench.build({**_package(**package), **files, "Procfile": "web: x"}, **node)
    assert _npm(bench) == calls


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"package.json": "{"}, "package.json is not valid JSON"),
        ({"package.json": "[]"}, "package.json is not a JSON object"),
        (_package(scripts=["start"]), "There is no Procfile, no scripts.start in package.json and no server.js"),
        ({**_package(scripts={"build": "x"}), "Procfile": "web: x"}, "The script 'build' of package.json failed."),
    ],
)
def test_an_app_that_cannot_be_built(
    bench: Bench, node: dict[str, dict[str, str]], files: dict[str, str], said: str
) -> None:
    with pytest.raises(BuildFailed):
        bench.build(files, **node)
    assert f" !     {said}" in bench.text
    assert " !     Push rejected, failed to compile Node.js app." in bench.said


def test_a_machine_without_node_is_told(bench: Bench) -> None:
    path = tools(bench.root / "bin", "sh", "env", "dirname")
    with pytest.raises(BuildFailed):
        bench.build(_package(scripts={"start": "x"}), environment={"PATH": path})
    assert " !     This is a Node.js app, and this machine has no node and no npm on PATH." in bench.said
    assert "nodejs.org" in bench.text
