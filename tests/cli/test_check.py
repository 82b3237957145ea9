"""`check`: a partner on a real socket, the exit codes, and the files that are written."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..zoo.animals_end import Forgets, NeverLetsGo
from ..zoo.partner import MANIFEST, SECRET, Right
from ..zoo.serve import served
from .conftest import Run

pytestmark = pytest.mark.processes


@pytest.fixture
def manifest(alone: Path) -> Path:
    file = alone / "addon-manifest.json"
    file.write_text(json.dumps(MANIFEST))
    return file


@pytest.fixture
def url(request: pytest.FixtureRequest, manifest: Path) -> Iterator[str]:
    """Of a partner of the kind that a test asks for."""
    with served(request.param()) as found:
        yield found


WORDS = ("--port", "0", "--plan", "test", "--plan", "big", "--client-secret", SECRET, "--quick")


@pytest.mark.parametrize("url", [Right], indirect=True)
def test_without_findings_it_is_0(url: str, run_alone: Run) -> None:
    result = run_alone("check", url, *WORDS, "--only", "manifest,T,D")
    assert result.exit_code == 0, result.output
    assert "  ok    T01  A provisioning request without credentials is answered with 401." in result.stdout
    assert result.stdout.splitlines()[-1].endswith("Seed 1.")


@pytest.mark.parametrize("url", [NeverLetsGo], indirect=True)
def test_with_findings_it_is_1_and_every_report_is_written(url: str, run_alone: Run, alone: Path) -> None:
    files = {"--junit": "j.xml", "--sarif": "s.sarif", "--html": "h.html", "--summary": "s.md", "--write-baseline": "b"}
    words = [word for pair in files.items() for word in pair]
    result = run_alone("check", url, *WORDS, "--only", "D", *words)
    assert result.exit_code == 1
    assert "FAIL D01 (MUST, partner-api §2.11, DC)" in result.stdout
    assert all("D01" in (alone / name).read_text() for name in files.values())
    again = run_alone("check", url, *WORDS, "--only", "D", "--baseline", "b", "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout)["counts"]["fail"] == 1


@pytest.mark.parametrize("url", [Forgets], indirect=True)
def test_warnings_count_when_they_are_asked_to(url: str, run_alone: Run) -> None:
    assert run_alone("check", url, *WORDS, "--only", "D").exit_code == 0
    assert run_alone("check", url, *WORDS, "--only", "D", "--level", "should").exit_code == 1
    assert run_alone("check", url, *WORDS, "--only", "D", "--skip", "d04", "--level", "should").exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--only", "Z99"], "no rule fits 'Z99'"),
        (["--baseline", "none"], "none cannot be read"),
        (["--baseline", "addon-manifest.json"], "is no baseline"),
        (["--manifest", "none.json"], "none.json cannot be read"),
        (["--level", "x"], "must"),
    ],
)
def test_what_was_typed_wrongly_is_2(words: list[str], says: str, manifest: Path, run_alone: Run) -> None:
    result = run_alone("check", *words)
    assert result.exit_code == 2
    assert says in result.output


def test_a_rule_is_explained(run_alone: Run) -> None:
    result = run_alone("explain", "t01")
    assert result.exit_code == 0
    assert result.stdout.startswith("T01  A provisioning request without credentials is answered with 401.")
    assert "Fix: " in result.stdout
    assert run_alone("explain", "X01").exit_code == 2


def test_a_manifest_that_is_not_there_is_asked_for(run_alone: Run) -> None:
    result = run_alone("check")
    assert result.exit_code == 2
    assert "name the manifest's file with --manifest" in result.output
