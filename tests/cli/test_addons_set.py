"""`addons set`, `plan`, `reset-secret`: what is sent, what is shown."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from platform_sim.cli.addons_set import PLAN_STATES, STATES
from platform_sim.core.model.addons import PLAN_STATES as KNOWN_PLAN_STATES
from platform_sim.core.model.addons import ServiceState

from . import shapes
from .conftest import Run
from .fake_api import FakeApi

CHANGE = "PUT /sim/services/fakedb"
PLAN = "PUT /sim/services/fakedb/plans/pro"
RESET = "POST /sim/services/fakedb/client-secret"


def test_the_words_are_those_of_the_platform() -> None:
    assert get_args(ServiceState) == STATES
    assert tuple(KNOWN_PLAN_STATES) == PLAN_STATES


SET: list[tuple[list[str], Any]] = [
    (["--state", "ga"], {"state": "ga"}),
    (["--ability", "fresh_grants", "--ability", "x"], {"abilities": ["fresh_grants", "x"]}),
    (["--no-abilities"], {"abilities": []}),
    (["--local", "http://localhost:1"], {"local": "http://localhost:1"}),
    (["--no-local", "--state", "beta"], {"local": "", "state": "beta"}),
]


@pytest.mark.parametrize(("words", "sent"), SET)
def test_only_what_is_said_is_sent(api: FakeApi, run: Run, words: list[str], sent: Any) -> None:
    api.on(CHANGE, shapes.service(abilities=["a", "b"]))
    result = run("addons", "set", "fakedb", *words)
    assert api.body_of(CHANGE) == sent
    assert result.stdout == "fakedb is alpha, called at https://acme.example/heroku/resources, may a, b\n"


def test_set_as_json_is_the_service(api: FakeApi, run: Run) -> None:
    api.on(CHANGE, shapes.service())
    assert json.loads(run("addons", "set", "fakedb", "--state", "ga", "--json").stdout) == shapes.service()


@pytest.mark.parametrize("words", [[], ["--state", "gamma"]])
def test_nothing_or_nonsense_is_a_usage_error(api: FakeApi, run: Run, words: list[str]) -> None:
    assert run("addons", "set", "fakedb", *words).exit_code == 2
    assert api.lines == []


PLANS: list[tuple[list[str], Any]] = [
    ([], {}),
    (["--price", "0"], {"cents": 0}),
    (["--state", "hidden", "--default"], {"state": "hidden", "default": True}),
    (["--human-name", "Pro", "--description", "For work"], {"human_name": "Pro", "description": "For work"}),
    (["--pass", "a@x.y", "--pass", "b@x.y"], {"passes": ["a@x.y", "b@x.y"]}),
    (["--no-passes"], {"passes": []}),
    (["--actions", "actions.json"], {"actions": [{"label": "Rotate", "action": "rotate"}]}),
]


@pytest.mark.parametrize(("words", "sent"), PLANS)
def test_only_what_is_said_of_a_plan_is_sent(api: FakeApi, run: Run, alone: Path, words: list[str], sent: Any) -> None:
    (alone / "actions.json").write_text(json.dumps([{"label": "Rotate", "action": "rotate"}]))
    made = shapes.offer("pro", 900, state="invite-only", passes=["ann@example.com"])
    api.on(PLAN, made, 201)
    result = run("addons", "plan", "fakedb:pro", *words)
    assert api.body_of(PLAN) == sent
    assert result.stdout == "fakedb: pro ($9/month, invite-only); invited: ann@example.com\n"
    assert json.loads(run("addons", "plan", "fakedb:pro", "--json").stdout) == made


@pytest.mark.parametrize("name", ["fakedb", ":pro", "fakedb:", ""])
def test_a_plan_is_named_with_its_service(run: Run, name: str) -> None:
    result = run("addons", "plan", name, "--price", "5")
    assert result.exit_code == 2
    assert "must be SERVICE:PLAN" in result.stderr


@pytest.mark.parametrize("words", [["--price", "-1"], ["--state", "open"], ["--actions", "nothing.json"]])
def test_nonsense_about_a_plan(run: Run, words: list[str]) -> None:
    assert run("addons", "plan", "fakedb:pro", *words).exit_code == 2


def test_a_secret_is_printed_once_or_written(api: FakeApi, run: Run, alone: Path) -> None:
    api.on(RESET, {"name": "fakedb", "client_secret": "n3w"})
    assert run("addons", "reset-secret", "fakedb").stdout == "New OAuth client secret of fakedb: n3w\n"
    assert json.loads(run("addons", "reset-secret", "fakedb", "--json").stdout)["client_secret"] == "n3w"
    for words in ([], ["--json"]):
        result = run("addons", "reset-secret", "fakedb", "--out", "secret", *words)
        assert "n3w" not in result.output
    assert (alone / "secret").read_text() == "n3w\n"
    assert (alone / "secret").stat().st_mode & 0o777 == 0o600


def test_a_place_that_cannot_be_written(api: FakeApi, run: Run) -> None:
    api.on(RESET, {"name": "fakedb", "client_secret": "n3w"})
    result = run("addons", "reset-secret", "fakedb", "--out", "no/such/folder")
    assert result.exit_code == 3
    assert "no/such/folder cannot be written" in result.stderr
