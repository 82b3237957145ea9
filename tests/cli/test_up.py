"""`platform-sim up`: what it says to whoever started it. The running process is tested in tests/processes."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from platform_sim.assemble import Platform
from platform_sim.cli.main import cli
from platform_sim.cli.up import env_hint, own_name
from platform_sim.options import Options
from platform_sim.testing import Heroku


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in; the shell finds a `platform-sim`."""
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "platform-sim"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_in_the_default_folder_env_needs_no_option(here: Path) -> None:
    known = here / ".platform-sim" / "ready.json"
    assert env_hint([known]).endswith('eval "$(platform-sim env)"')
    assert env_hint([Path("other.json"), Path(".platform-sim/ready.json")]).endswith('eval "$(platform-sim env)"')


def test_elsewhere_the_ready_file_is_named(here: Path) -> None:
    words = env_hint([Path("my data/ready.json")])
    assert words.endswith("eval \"$(platform-sim env --ready-file 'my data/ready.json')\"")


def test_without_a_ready_file_it_says_how_to_get_one(here: Path) -> None:
    assert "--ready-file FILE" in env_hint([])


def test_a_services_file_with_mistakes_starts_nothing(here: Path) -> None:
    (here / "services.yaml").write_text("services:\n  - manifest: no.json\n    state: gamma\n")
    result = CliRunner().invoke(cli, ["up", "--services", "services.yaml", "--port", "0"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        "Error: services.yaml:2: services[0].manifest names no.json, which cannot be read: No such file or directory; "
        "names are relative to this file.",
        "services.yaml:3: services[0].state must be one of alpha, beta, ga, shutdown, not 'gamma'.",
    ]
    assert not (here / ".platform-sim").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--memory", "--frozen-at", "soon"), "'soon' is no time: write it as in 2026-03-01T12:00:00Z"),
        (("--memory", "--frozen-at", "2026-03-01T12:00:00"), "has no time zone"),
        (("--memory", "--frozen-at", "9999-12-31T23:59:59Z"), "is no time for a clock: it goes from the year 1970 to"),
        (("--frozen-at", "2026-03-01T12:00:00Z"), "--frozen-at needs --memory"),
    ],
)
def test_a_clock_that_cannot_stand_there_starts_nothing(here: Path, words: tuple[str, ...], why: str) -> None:
    result = CliRunner().invoke(cli, ["up", "--port", "0", *words])
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in " ".join(result.stderr.split())
    assert not (here / ".platform-sim").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--tenant-ports", "5101-5200"), "--tenant-ports goes with --tenants"),
        (("--tenants", "--tenant-ports", "5200-5101"), "'5200-5101' is no range of ports: write it as in 5101-5200"),
        (("--tenants", "--tenant-ports", "0-70000"), "is no range of ports"),
        (("--tenants", "--seed", "7"), "--seed is of one platform"),
        (("--tenants", "--data", "x"), "--data is of one platform"),
        (("--tenants", "--demo"), "--demo is of one platform"),
        (("--tenants", "--coverage"), "--coverage is of one platform"),
    ],
)
def test_options_of_one_platform_do_not_start_many(here: Path, words: tuple[str, ...], why: str) -> None:
    result = CliRunner().invoke(cli, ["up", "--port", "0", *words])
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in " ".join(result.stderr.split())


def test_a_snapshot_that_does_not_fit_starts_nothing(here: Path) -> None:
    with Heroku(seed=3) as heroku:
        (here / "kept").write_bytes(heroku.snapshot(secrets=True))
    (here / "damaged").write_bytes((here / "kept").read_bytes()[:-50])
    with Platform(Options(here / "there")):
        pass
    cases = [
        ("there is a platform in", "--snapshot", "kept", "--data", "there"),
        ("goes on with the seed 3: leave out --seed 4", "--snapshot", "kept", "--memory", "--seed", "4"),
        ("has its own clock", "--snapshot", "kept", "--memory", "--frozen-at", "2026-03-01T12:00:00Z"),
        ("damaged: this is no snapshot", "--snapshot", "damaged", "--memory"),
    ]
    for why, *words in cases:
        result = CliRunner().invoke(cli, ["up", "--port", "0", *words])
        assert (result.exit_code, result.stdout, why in result.stderr) == (3, "", True), result.stderr
    assert not (here / ".platform-sim").exists()


def test_the_program_is_named_by_its_place_where_the_shell_does_not_find_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(here / "bin" / "python"))
    monkeypatch.setenv("PATH", str(here))
    assert own_name() == "./bin/platform-sim"
    monkeypatch.chdir(here / "bin")
    assert own_name() == "./platform-sim"
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    assert own_name() == str(here / "bin" / "platform-sim")
    monkeypatch.setattr(sys, "executable", str(here / "nowhere" / "python"))
    assert own_name() == "platform-sim"
