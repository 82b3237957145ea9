"""engines/build/buildpacks: where they come from, and the interface."""

import subprocess
from pathlib import Path

import pytest

from platform_sim.engines.build.request import BuildFailed, UsedBuildpack

from .making import PATH, Bench, buildpack

pytestmark = pytest.mark.processes

APP = {"Procfile": "web: run"}


def _repository(folder: Path, **scripts: str) -> str:
    """A buildpack as a git repository on this disk; returns the commit."""
    buildpack(folder, **scripts)
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.test", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], [*identity, "commit", "-qm", "one"], ["tag", "v1"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    head = subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    (folder / "bin" / "compile").write_text("#!/bin/sh\necho newer\n", encoding="utf-8")
    subprocess.run(["git", "-C", str(folder), *identity, "commit", "-qam", "two"], check=True)
    return head.stdout.strip()


def test_compile_gets_the_three_folders_and_the_environment(bench: Bench) -> None:
    pack = buildpack(
        bench.root / "pack",
        detect='echo "Folder of $(ls "$1")"',
        compile=(
            'cat "$1/Procfile" "$3/KEY"; echo; ls "$2"; touch "$2/kept"; echo "$STACK $SOURCE_VERSION $PIP_INDEX_URL"'
        ),
    )
    changes = {
        "buildpacks": (str(pack),),
        "config_vars": {"KEY": "value", "bad/name": "x", "..": "x"},
        "source_version": "abc123",
        "environment": {"PATH": PATH, "PIP_INDEX_URL": "https://me:secret@host/simple"},
    }
    bench.build(APP, **changes)
    built = bench.build(APP, **changes)
    assert built.buildpacks == (UsedBuildpack(str(pack), "Folder of Procfile"),)
    start = bench.said.index("-----> Folder of Procfile app detected")
    assert bench.said[start + 1 : start + 4] == ["web: runvalue", "kept", "heroku-24 abc123 https://***@host/simple"]
    assert "does not see" not in bench.text
    assert bench.text.count("buildpacks do not see the config var") == 2


def test_config_vars_are_no_environment_and_not_in_the_slug(bench: Bench) -> None:
    pack = buildpack(bench.root / "pack", compile='echo "SECRET=${SECRET:-unset}"')
    built = bench.build(APP, buildpacks=(str(pack),), config_vars={"SECRET": "hidden value"})
    assert "SECRET=unset" in bench.text
    assert "hidden value" not in bench.text
    assert [path.name for path in built.folder.iterdir()] == ["Procfile"]


def test_scripts_without_executable_bits_run(bench: Bench) -> None:
    pack = buildpack(bench.root / "pack", compile="#!/usr/bin/env sh\necho compiled")
    for script in (pack / "bin").iterdir():
        script.chmod(0o644)
    assert bench.build(APP, buildpacks=(str(pack),)).process_types == {"web": "run"}
    assert "compiled" in bench.said


def test_what_one_exports_the_next_ones_have(bench: Bench) -> None:
    here = 'export FROM="$FROM one"'
    one = buildpack(bench.root / "one", compile=f'echo \'{here}\' > "$(dirname "$0")/../export"')
    two = buildpack(bench.root / "two", compile='echo "two has$FROM"')
    three = buildpack(bench.root / "a third", compile='echo "three has$FROM"')
    bench.build(APP, buildpacks=(str(one), str(two), str(three)))
    assert "two has one" in bench.said
    assert "three has one" in bench.said
    assert not (one / "export").exists()
    start = bench.said.index("-----> Using buildpacks:")
    assert bench.said[start + 1 : start + 4] == [f"       1. {one}", f"       2. {two}", f"       3. {three}"]


def test_default_process_types_come_from_the_last_and_the_procfile_wins(bench: Bench) -> None:
    one = buildpack(bench.root / "one", release="echo 'default_process_types: {clock: tick}'")
    yaml = "default_process_types:\n  web: default\n  console: shell\naddons: [x]\nconfig_vars: {A: b}"
    two = buildpack(bench.root / "two", release=f"echo '{yaml}'")
    built = bench.build(APP, buildpacks=(str(one), str(two)))
    assert dict(built.process_types) == {"web": "run", "console": "shell"}
    assert "       Procfile declares types -> web" in bench.said
    assert "       Default types for buildpack -> console" in bench.said
    assert bench.text.count("are not applied") == 2


@pytest.mark.parametrize(
    ("scripts", "said"),
    [
        ({"detect": "exit 1"}, "App not compatible with buildpack: {pack}"),
        ({"compile": "echo broken >&2; exit 4"}, "Push rejected, failed to compile Test app."),
        ({"release": "echo ': ['"}, "bin/release of {pack} did not write YAML"),
        ({"release": "echo '[a]'"}, "wrote YAML that is no mapping"),
        ({"release": "echo 'default_process_types: web'"}, "default_process_types is no mapping"),
        ({"release": "echo 'default_process_types: {web: 3}'"}, "'web' is no process type with a command"),
        ({"release": "exit 2"}, "bin/release of {pack} ended with exit status 2"),
        ({"compile": "#!/no/such/interpreter"}, "bin/compile of {pack} cannot be started"),
    ],
)
def test_a_buildpack_that_does_not_work_fails_the_build(bench: Bench, scripts: dict[str, str], said: str) -> None:
    pack = buildpack(bench.root / "pack", **scripts)
    with pytest.raises(BuildFailed):
        bench.build(APP, buildpacks=(str(pack),))
    assert said.format(pack=pack) in bench.text
    assert bench.said[-2:] == ["", " !     Push failed"]


def test_a_folder_without_scripts_is_no_buildpack(bench: Bench) -> None:
    (bench.root / "pack" / "bin").mkdir(parents=True)
    with pytest.raises(BuildFailed, match="is no buildpack: it has no bin/detect"):
        bench.build(APP, buildpacks=(str(bench.root / "pack"),))


@pytest.mark.parametrize("form", ["file://{folder}#v1", "{folder}#v1", "file://{folder}#{commit}", "{folder}#main"])
def test_a_git_url_with_a_ref(bench: Bench, form: str) -> None:
    folder = bench.root / "repository"
    commit = _repository(folder, compile="echo older")
    bench.build(APP, buildpacks=(form.format(folder=folder, commit=commit),))
    assert ("newer" if form.endswith("main") else "older") in bench.said


def test_a_git_url_without_a_ref_is_its_head(bench: Bench) -> None:
    _repository(bench.root / "work", compile="echo older")
    bare = bench.root / "pack.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(bench.root / "work"), str(bare)], check=True)
    bench.build(APP, buildpacks=(f"file://{bare}",))
    assert "newer" in bench.said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("heroku/ruby", "is not built in.\n !     Use one of heroku/python, heroku/nodejs, heroku/procfile, a folder"),
        ("what is this", "is no name, folder or git URL"),
        ("https://host.invalid/pack.tgz", "is an archive"),
        ("file:///no/such/folder.git", "cannot be fetched"),
        ("https://host.invalid/pack#--upload-pack=x", "is no branch, tag or commit"),
        ("--upload-pack=x", "is no name, folder or git URL"),
    ],
)
def test_what_cannot_be_a_buildpack_is_named(bench: Bench, name: str, said: str) -> None:
    with pytest.raises(BuildFailed):
        bench.build(APP, buildpacks=(name,))
    assert said in bench.text


def test_a_built_in_pack_by_its_urn(bench: Bench) -> None:
    built = bench.build(APP, buildpacks=("urn:buildpack:heroku/procfile",))
    assert built.buildpacks == (UsedBuildpack("urn:buildpack:heroku/procfile", "Procfile"),)
