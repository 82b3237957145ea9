"""engines/build/builder: whole builds, and what a customer reads of them."""

import hashlib
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from platform_sim.engines.build import slug
from platform_sim.engines.build.builder import build, build_environment
from platform_sim.engines.build.request import (
    BuildCancelled,
    BuildFailed,
    BuildLimits,
    BuildRequest,
    BuildTimedOut,
    UsedBuildpack,
)

from .making import Bench, buildpack

pytestmark = pytest.mark.processes

APP = {"Procfile": "web: run\nworker: work", "data/x": "x"}


def _nothing_left(request: BuildRequest) -> None:
    assert not request.work_dir.exists()
    assert not request.slug_dir.exists()


def test_the_whole_output_of_a_first_build(bench: Bench) -> None:
    built = bench.build(APP)
    assert bench.said == [
        "-----> Building on the Heroku-24 stack",
        "-----> Determining which buildpack to use for this app",
        "-----> Procfile app detected",
        "-----> Nothing to install",
        "-----> Discovering process types",
        "       Procfile declares types -> web, worker",
        "",
        "-----> Compressing...",
        f"       Done: {built.size / 1024:.1f}K",
    ]


def test_a_later_build_names_its_buildpack(bench: Bench) -> None:
    bench.build(APP, first_build=False, stack="heroku-22")
    assert bench.said[:3] == [
        "-----> Building on the Heroku-22 stack",
        "-----> Using buildpack: heroku/procfile",
        "-----> Procfile app detected",
    ]


def test_the_slug_is_the_app_and_says_what_it_is(bench: Bench) -> None:
    request = bench.request(APP)
    built = bench.run(request)
    assert built.folder == request.slug_dir
    assert list(built.process_types.items()) == [("web", "run"), ("worker", "work")]
    assert built.buildpacks == (UsedBuildpack("heroku/procfile", "Procfile"),)
    assert (built.folder / "data" / "x").read_text() == "x"
    with (bench.root / "slug.tgz").open("wb") as file:
        slug.pack(built.folder, file)
    packed = (bench.root / "slug.tgz").read_bytes()
    assert (built.size, built.checksum) == (len(packed), f"SHA256:{hashlib.sha256(packed).hexdigest()}")
    assert not request.work_dir.exists()


def test_slugignore_and_git_are_gone_before_the_buildpack_looks(bench: Bench) -> None:
    pack = buildpack(bench.root / "pack", compile='ls -A "$1"; mkdir "$1/.git"')
    built = bench.build({**APP, ".slugignore": "data", ".git/config": "x"}, buildpacks=(str(pack),))
    assert "-----> Deleting 1 files matching .slugignore patterns." in bench.said
    assert {path.name for path in built.folder.iterdir()} == {"Procfile", ".slugignore"}
    assert "data" not in bench.said
    assert ".git" not in bench.said


def test_two_languages_are_pointed_out(bench: Bench) -> None:
    with pytest.raises(BuildFailed):
        bench.build({"requirements.txt": "", "package.json": "{}"})
    assert (
        " !     Warning: more than one buildpack fits: heroku/python, heroku/nodejs. The first is used." in bench.said
    )
    assert "-----> Python app detected" in bench.said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"README": "hello"}, "No buildpack fits this app"),
        ({"requirements.txt": ""}, "There is no Procfile, and Python apps have no default process types"),
        ({"Procfile": "\n"}, "The Procfile is empty"),
        ({"Procfile": "web run"}, "Procfile line 1: 'web run' is not '<type>: <command>'"),
        ({"../Procfile": "web: run"}, "would be written outside the app's folder"),
    ],
)
def test_an_app_that_cannot_be_built(bench: Bench, files: dict[str, str], said: str) -> None:
    request = bench.request(files)
    with pytest.raises(BuildFailed) as caught:
        bench.run(request)
    assert said in str(caught.value)
    assert f" !     {str(caught.value).splitlines()[0]}" in bench.said
    assert bench.said[-2:] == ["", " !     Push failed"]
    _nothing_left(request)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (BuildLimits(source_bytes=1_000), "larger than 1000 bytes"),
        (BuildLimits(source_files=1), "more than 1 files"),
        (BuildLimits(slug_bytes=50), "is too large"),
    ],
)
def test_bounds(bench: Bench, limits: BuildLimits, said: str) -> None:
    request = bench.request(APP, limits=limits)
    with pytest.raises(BuildFailed, match=said):
        bench.run(request)
    _nothing_left(request)


def test_a_build_that_takes_too_long_is_ended(bench: Bench) -> None:
    pack = buildpack(bench.root / "pack", compile="sleep 1000")
    request = bench.request(APP, buildpacks=(str(pack),), timeout=0.5)
    with pytest.raises(BuildTimedOut):
        bench.run(request)
    assert " !     The build took longer than 0.5 seconds." in bench.said
    _nothing_left(request)


def test_a_build_can_be_cancelled(bench: Bench) -> None:
    pack = buildpack(bench.root / "pack", compile="echo compiling; sleep 1000")
    cancelled = threading.Event()
    request = bench.request(APP, buildpacks=(str(pack),), cancelled=cancelled)
    said: list[str] = []

    def write(line: str) -> None:
        said.append(line)
        if line == "compiling":
            cancelled.set()

    with pytest.raises(BuildCancelled):
        build(request, write)
    assert said[-3:] == [" !     The build was canceled.", "", " !     Build canceled"]
    _nothing_left(request)


def test_a_reader_that_went_away_leaves_nothing_behind(bench: Bench) -> None:
    request = bench.request(APP)

    def write(line: str) -> None:
        raise ConnectionResetError(line)

    with pytest.raises(OSError):
        build(request, write)
    _nothing_left(request)


def test_a_folder_in_use_is_left_alone(bench: Bench) -> None:
    request = bench.request(APP)
    bench.run(request)
    with pytest.raises(ValueError, match="exists"):
        bench.run(request)
    other = replace(request, slug_dir=bench.root / "other", work_dir=request.slug_dir)
    with pytest.raises(ValueError, match="is not empty"):
        bench.run(other)
    assert (request.slug_dir / "Procfile").exists()


def test_scratch_files_of_scripts_go_with_the_build(bench: Bench) -> None:
    pack = buildpack(bench.root / "pack", compile='touch "$TMPDIR/left" "$HOME/left"; echo "$TMPDIR $HOME"')
    bench.build(APP, buildpacks=(str(pack),))
    folders = next(line for line in bench.said if line.startswith(str(bench.root))).split()
    assert len(folders) == 2
    assert not any(Path(folder).exists() for folder in folders)


def test_credentials_in_a_buildpack_url_are_shown_nowhere(bench: Bench) -> None:
    with pytest.raises(BuildFailed) as caught:
        bench.build(APP, buildpacks=("https://me:secret@host.invalid/pack.tgz",))
    assert "secret" not in bench.text + str(caught.value)
    assert "***@host.invalid" in bench.text


def test_a_build_sees_of_the_platforms_environment_what_it_needs() -> None:
    outer = {
        "PATH": "/bin",
        "HOME": "/home/x",
        "PIP_INDEX_URL": "i",
        "UV_INDEX": "u",
        "npm_config_registry": "n",
        "https_proxy": "p",
        "SSL_CERT_FILE": "c",
        "PLATFORM_SIM_SEED": "1",
        "HEROKU_API_KEY": "k",
        "AWS_SECRET_ACCESS_KEY": "k",
        "PYTHONPATH": "x",
        "VIRTUAL_ENV": "x",
        "NODE_ENV": "x",
    }
    kept = {"PATH", "HOME", "PIP_INDEX_URL", "UV_INDEX", "npm_config_registry", "https_proxy", "SSL_CERT_FILE"}
    assert set(build_environment(outer)) == kept
