"""`addons manifest`: the registry on the command line."""

import json
from pathlib import Path

import pytest

from .conftest import Run
from .fake_api import FakeApi

MANIFEST = {"id": "acme", "api": {"password": "pa55", "$base": 1}}
PULL = "GET /api/v3/addons/acme/current_manifest"
LIST = "GET /sim/services/acme/manifests"
DIFF = "POST /sim/services/acme/manifests/differences"
VERSIONS = [
    {"id": "two", "created_at": "2026-01-02T03:04:05Z", "contents": {"id": "acme", "name": "Two"}},
    {"id": "one", "created_at": "2026-01-01T03:04:05Z", "contents": {"id": "acme", "name": "One"}},
]


def test_pull_writes_what_was_pushed_for_its_owner_only(api: FakeApi, run: Run, alone: Path) -> None:
    api.on(PULL, {"contents": MANIFEST})
    (alone / "addon-manifest.json").write_text("old")
    result = run("addons", "manifest", "pull", "acme")
    assert result.stdout == "Wrote addon-manifest.json, which holds secrets: do not commit it\n"
    assert json.loads((alone / "addon-manifest.json").read_text()) == MANIFEST
    assert (alone / "addon-manifest.json").stat().st_mode & 0o777 == 0o600
    run("addons", "manifest", "pull", "acme", "--out", "other.json")
    assert json.loads((alone / "other.json").read_text()) == MANIFEST


def test_the_registry_words_its_errors_in_its_own_way(api: FakeApi, run: Run) -> None:
    api.on(PULL, {"error": "The add-on acme belongs to another account."}, 403)
    result = run("addons", "manifest", "pull", "acme")
    assert (result.exit_code, result.stderr) == (1, "Error: The add-on acme belongs to another account.\n")


def test_the_history(api: FakeApi, run: Run) -> None:
    api.on(LIST, VERSIONS)
    assert run("addons", "manifest", "history", "acme").stdout.splitlines() == [
        "  Manifest   Created at",
        " ─────────────────────────────────",
        "  two        2026-01-02T03:04:05Z",
        "  one        2026-01-01T03:04:05Z",
    ]
    shown = json.loads(run("addons", "manifest", "history", "acme", "--json").stdout)
    assert shown[0] == {"id": "two", "created_at": "2026-01-02T03:04:05Z"}


def test_one_version_or_the_current_one(api: FakeApi, run: Run) -> None:
    api.on(LIST, VERSIONS)
    api.on(f"{LIST}/one", VERSIONS[1])
    assert json.loads(run("addons", "manifest", "show", "acme").stdout) == VERSIONS[0]["contents"]
    assert json.loads(run("addons", "manifest", "show", "acme", "one").stdout) == VERSIONS[1]["contents"]


def test_differences_are_a_finding(api: FakeApi, run: Run, alone: Path) -> None:
    (alone / "addon-manifest.json").write_text(json.dumps(MANIFEST))
    api.on(DIFF, ["--- stored", "+++ given", "-a", "+b"])
    result = run("addons", "manifest", "diff")
    assert (result.exit_code, result.stdout) == (1, "--- stored\n+++ given\n-a\n+b\n")
    assert api.body_of(DIFF) == {"contents": MANIFEST}
    assert json.loads(run("addons", "manifest", "diff", "--json").stdout)[3] == "+b"


@pytest.mark.parametrize(
    ("words", "shown"), [([], "addon-manifest.json is what is registered\n"), (["--json"], "[]\n")]
)
def test_no_differences(api: FakeApi, run: Run, alone: Path, words: list[str], shown: str) -> None:
    (alone / "addon-manifest.json").write_text(json.dumps(MANIFEST))
    api.on(DIFF, [])
    result = run("addons", "manifest", "diff", *words)
    assert (result.exit_code, result.stdout) == (0, shown)


def test_a_file_that_is_not_there(run: Run) -> None:
    result = run("addons", "manifest", "diff")
    assert result.exit_code == 2
    assert "addon-manifest.json" in result.stderr
