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
PLANS = [shapes.offer("test", default=True), shapes.offer("pro", 950)]


@pytest.fixture
def manifest(api: FakeApi, alone: Path) -> str:
    """The manifest's file; the platform takes it."""
    (alone / "manifest.json").write_text(json.dumps(MANIFEST))
    api.on(PUSH, {"contents": MANIFEST}, 201)
    api.on(CHANGE, shapes.service("exceptions", *PLANS))
    api.on("GET /sim/services/exceptions/client-secret", {"name": "exceptions", "client_secret": "s3cret"})
    return "manifest.json"


def test_the_manifest_goes_to_the_registry_as_the_plugin_sends_it(api: FakeApi, run: Run, manifest: str) -> None:
    result = run("addons", "register", manifest)
    assert (result.exit_code, result.stdout) == (0, "Registered exceptions with test (free), pro ($9.50/month)\n")
    assert api.lines == [PUSH, CHANGE]
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
        "plans": [
            {"name": "test", "cents": 0, "state": "public"},
            {"name": "pro", "cents": 950, "state": "public"},
        ],
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


def test_where_it_is_called_what_it_may_and_its_stage(api: FakeApi, run: Run, manifest: str) -> None:
    calls = {"base_url": "http://localhost:5300/heroku/resources"}
    moved = shapes.service("exceptions", *PLANS, local="http://localhost:5300", calls=calls)
    api.on(CHANGE, moved)
    words = ["--local", "http://localhost:5300", "--state", "beta", "--ability", "fresh_grants", "--ability", "x"]
    run("addons", "register", manifest, *words)
    result = run("addons", "register", manifest, *words)
    assert result.stdout == (
        "Registered exceptions with test (free), pro ($9.50/month), called at http://localhost:5300/heroku/resources\n"
    )
    assert api.body_of(CHANGE) == {
        "state": "beta",
        "abilities": ["fresh_grants", "x"],
        "local": "http://localhost:5300",
    }
    assert api.body_of(PUSH) == {"contents": MANIFEST}, "the manifest itself stays as it is"


def test_an_address_that_was_said_is_taken_away(api: FakeApi, run: Run, manifest: str) -> None:
    api.on(CHANGE, shapes.service("exceptions", *PLANS))
    assert run("addons", "register", manifest, "--no-local").exit_code == 0
    assert api.body_of(CHANGE) == {"local": ""}
    for words in (("addons", "register", manifest), ("addons", "set", "exceptions")):
        result = run(*words, "--no-local", "--local", "http://localhost:1")
        assert (result.exit_code, "exclude each other" in result.stderr) == (2, True)


def test_what_is_doubtful_is_told_beside_the_output(api: FakeApi, run: Run, manifest: str) -> None:
    pushed = {"contents": MANIFEST, "warnings": ["`plans` is not read. (M39)"]}
    api.on(PUSH, pushed, 201)
    run("addons", "register", manifest)
    result = run("addons", "register", manifest, "--json")
    assert result.stderr == "Warning: `plans` is not read. (M39)\n"
    assert json.loads(result.stdout)["name"] == "exceptions"


def test_the_list(api: FakeApi, run: Run) -> None:
    plans = [shapes.offer(), shapes.offer("pro", 900), shapes.offer("vip", state="hidden")]
    api.on("GET /sim/services", [shapes.service("fakedb", *plans, addons=2)])
    assert run("addons", "list").stdout.splitlines() == [
        "  Service   State   Plans                                             Add-ons",
        " ─────────────────────────────────────────────────────────────────────────────",
        "  fakedb    alpha   test (free), pro ($9/month), vip (free, hidden)   2",
    ]
    [listed] = json.loads(run("addons", "list", "--json").stdout)
    assert listed["live"] == 2
    assert listed["plans"][2] == {"name": "vip", "cents": 0, "state": "hidden"}


def test_no_services(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/services", [])
    assert "No services: register one" in run("addons", "list").stdout
    assert run("addons", "list", "--json").stdout == "[]\n"


SHOWN = """\
Name:      fakedb (Fakedb)
State:     beta
Owner:     you@example.com
Called at: https://acme.example/heroku/resources
           https://acme.example/sso
Abilities: fresh_grants
Add-ons:   1

  Plan             Price      Offered to    Plan passes       Actions
 ─────────────────────────────────────────────────────────────────────
  test (default)   free       All Users
  pro              $9/month   Invite Only   ann@example.com   Rotate
                                            bob@example.com
"""


def test_one_service(api: FakeApi, run: Run) -> None:
    pro = shapes.offer(
        "pro",
        900,
        offered="Invite Only",
        passes=["ann@example.com", "bob@example.com"],
        actions=[{"label": "Rotate"}],
    )
    service = shapes.service("fakedb", shapes.offer(default=True), pro, state="beta", abilities=["fresh_grants"])
    api.on("GET /sim/services/fakedb", service)
    assert run("addons", "show", "fakedb").stdout == SHOWN
    assert json.loads(run("addons", "show", "fakedb", "--json").stdout) == service


def test_a_service_that_nobody_knows(api: FakeApi, run: Run) -> None:
    api.fails("GET /sim/services/nothing", 404, "not_found", "Couldn't find that add-on service.")
    result = run("addons", "show", "nothing")
    assert (result.exit_code, result.stderr) == (1, "Error: Couldn't find that add-on service.\n")
