"""`addons register` and `addons list`: what is sent, what is shown, and that no secret is."""

import json
from pathlib import Path

import pytest

from . import shapes
from .conftest import Run
from .fake_api import TOKEN, FakeApi

MANIFEST = {"id": "exceptions", "name": "Exceptions", "api": {"password": "pa55", "sso_salt": "sa1t"}}
PUSH = "POST /api/v3/addons/exceptions/manifests"
CHANGE = "PUT /sim/services/exceptions"
PLANS = "GET /addon-services/exceptions/plans"


@pytest.fixture
def manifest(api: FakeApi, alone: Path) -> str:
    """The manifest's file; the platform takes it."""
    (alone / "manifest.json").write_text(json.dumps(MANIFEST))
    api.on(PUSH, {"contents": MANIFEST}, 201)
    api.on(CHANGE, {"name": "exceptions", "plans": [], "client_secret": "s3cret"})
    api.on(
        PLANS,
        [shapes.plan("exceptions:pro", 950), shapes.plan("exceptions:test", 0, default=True)],
    )
    return "manifest.json"


def test_the_manifest_goes_to_the_registry_as_the_plugin_sends_it(api: FakeApi, run: Run, manifest: str) -> None:
    result = run("addons", "register", manifest)
    assert (result.exit_code, result.stdout) == (0, "Registered exceptions with test (free), pro ($9.50/month)\n")
    assert api.lines == [PUSH, CHANGE, PLANS]
    assert api.body_of(PUSH) == {"contents": MANIFEST}
    assert api.last(PUSH).headers["authorization"] == f"Bearer {TOKEN}"
    assert api.body_of(CHANGE) == {}


def test_plans_and_the_secret_of_a_file(api: FakeApi, run: Run, manifest: str, alone: Path) -> None:
    (alone / "secret").write_text("of-mine\n")
    assert (
        run(
            *["addons", "register", manifest, "--plan", "test", "--plan", "pro=950"],
            *["--client-secret-file", "secret"],
        ).exit_code
        == 0
    )
    assert api.body_of(CHANGE) == {
        "plans": [{"name": "test", "cents": 0}, {"name": "pro", "cents": 950}],
        "client_secret": "of-mine",
    }


def test_no_secret_is_shown_unless_asked_for(run: Run, manifest: str) -> None:
    for words in ([], ["--json"]):
        result = run("addons", "register", manifest, *words)
        assert not {"s3cret", "pa55", "sa1t"} & set(result.output.replace('"', " ").split())
    assert "OAuth client secret: s3cret\n" in run("addons", "register", manifest, "--show-secret").stdout
    shown = json.loads(run("addons", "register", manifest, "--show-secret", "--json").stdout)
    assert shown == {
        "name": "exceptions",
        "plans": [{"name": "test", "cents": 0}, {"name": "pro", "cents": 950}],
        "client_secret": "s3cret",
    }


def test_the_secret_can_go_to_a_file_of_its_owner(run: Run, manifest: str, alone: Path) -> None:
    (alone / "out").write_text("old")
    (alone / "out").chmod(0o644)
    result = run("addons", "register", manifest, "--client-secret-out", "out")
    assert "s3cret" not in result.output
    assert (alone / "out").read_text() == "s3cret\n"
    assert (alone / "out").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "manifest.json is not JSON"),
        ("[]", "manifest.json is no add-on manifest"),
        ("{}", "manifest.json is no add-on manifest"),
        ('{"id": 3}', "manifest.json is no add-on manifest"),
    ],
)
def test_a_file_that_is_no_manifest(run: Run, manifest: str, alone: Path, api: FakeApi, text: str, words: str) -> None:
    (alone / manifest).write_text(text)
    result = run("addons", "register", manifest)
    assert (result.exit_code, api.asked) == (2, [])
    assert words in result.stderr


@pytest.mark.parametrize("plan", ["", "=5", "pro=cheap", "pro=-1", "pro=1.5"])
def test_a_plan_that_is_none(run: Run, manifest: str, plan: str) -> None:
    result = run("addons", "register", manifest, "--plan", plan)
    assert result.exit_code == 2
    assert "must be NAME or NAME=CENTS" in result.stderr


def test_what_the_registry_finds_is_shown(api: FakeApi, run: Run, alone: Path) -> None:
    (alone / "m.json").write_text(json.dumps(MANIFEST))
    api.on(PUSH, {"error": {"base": ["api.base_url is missing", "no regions"]}}, 422)
    result = run("addons", "register", "m.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: api.base_url is missing\nno regions\n"


def test_the_list(api: FakeApi, run: Run) -> None:
    api.on("GET /addons", [shapes.addon(), shapes.addon("b"), shapes.addon("c", state="deprovisioned")])
    api.on("GET /addon-services", [{"id": "s", "name": "fakedb", "human_name": "Fakedb", "state": "alpha"}])
    api.on("GET /addon-services/s/plans", [shapes.plan("fakedb:test", 0), shapes.plan("fakedb:pro", 900)])
    assert run("addons", "list").stdout.splitlines() == [
        "  Service   State   Plans                         Add-ons",
        " ─────────────────────────────────────────────────────────",
        "  fakedb    alpha   test (free), pro ($9/month)   2",
    ]
    assert json.loads(run("addons", "list", "--json").stdout)[0]["live"] == 2


def test_no_services(api: FakeApi, run: Run) -> None:
    api.on("GET /addons", [])
    api.on("GET /addon-services", [])
    assert "No services: register one" in run("addons", "list").stdout
    assert run("addons", "list", "--json").stdout == "[]\n"
