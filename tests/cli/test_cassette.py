"""`platform-sim cassette`: the file that is written, the partner that is asked again, the exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import Result

from platform_sim.cassettes.tape import read, written

from ..cassettes.conftest import home_of, live, taken
from ..cassettes.test_repeat import Wordy
from ..zoo.partner import MANIFEST, SECRET, Right, Slow
from ..zoo.serve import served
from .conftest import Run
from .fake_api import FakeApi

PLACE = "GET /sim/services/zoo/cassette"


@pytest.fixture(scope="module")
def tape() -> str:
    with home_of(Slow()) as home:
        live(home)
        return written(taken(home))


def test_what_was_said_is_written_and_counted(api: FakeApi, run: Run, alone: Path, tape: str) -> None:
    api.on(PLACE, json.loads(tape))
    result = run("cassette", "record", "zoo.json", "--service", "zoo")
    told = "6 exchanges about 1 add-on of zoo written to zoo.json"
    assert result.stdout == f"{told}: the partner was asked 3 times, and has called 3 times.\n"
    assert read((alone / "zoo.json").read_text()).service == "zoo"
    found = json.loads(run("cassette", "record", "zoo.json", "--service", "zoo", "--json").stdout)
    api.on(f"{PLACE}?addon=zoo-one", json.loads(tape))
    assert run("cassette", "record", "zoo.json", "--service", "zoo", "--addon", "zoo-one").exit_code == 0
    assert found == {"file": "zoo.json", "exchanges": 6, "calls_back": 3, "addons": 1, "missing": None}


def test_that_something_is_missing_is_said(api: FakeApi, run: Run, tape: str) -> None:
    missing = {"missing": "exchanges from before noon are gone"}
    api.on(f"{PLACE}?since=2026-03-01T12%3A00%3A00Z", json.loads(tape) | missing)
    result = run("cassette", "record", "zoo.json", "--service", "zoo", "--since", "2026-03-01T12:00:00Z")
    assert result.stdout.endswith("Not all of it: exchanges from before noon are gone.\n")
    api.on(PLACE, json.loads(tape))
    assert run("cassette", "record", "none/zoo.json", "--service", "zoo").exit_code == 3


def played(kind: type[Right], run_alone: Run, alone: Path, tape: str, *words: str) -> Result:
    (alone / "zoo.json").write_text(tape)
    (alone / "addon-manifest.json").write_text(json.dumps(MANIFEST))
    with served(kind()) as url:
        place = ("--url", url, "--port", "0", "--client-secret", SECRET)
        return run_alone("cassette", "play", "zoo.json", *place, *words)


@pytest.mark.processes
def test_a_partner_that_answers_as_recorded_is_0(run_alone: Run, alone: Path, tape: str) -> None:
    result = played(Slow, run_alone, alone, tape, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [
        (each["exchange"], each["status"], each["differences"] or each["not_judged"] or [])
        for each in found["compared"]
    ] == [
        (1, 202, []),
        (5, 200, []),
        (6, 204, []),
    ]


@pytest.mark.processes
def test_what_is_different_is_1(run_alone: Run, alone: Path, tape: str) -> None:
    result = played(Wordy, run_alone, alone, tape)
    assert result.exit_code == 1, result.output
    assert result.stdout.splitlines() == [
        "  same  1  POST /heroku/resources with the plan 'test'",
        "  DIFF  5  PUT /heroku/resources/{id} with the plan 'big'",
        "          body: id is new",
        "          `message`: recorded was a string, now it is a list",
        "  same  6  DELETE /heroku/resources/{id}",
        "3 requests to zoo sent again, 1 is different.",
    ]


def test_where_nobody_listens_it_is_3(run_alone: Run, alone: Path, tape: str) -> None:
    (alone / "zoo.json").write_text(tape)
    (alone / "m.json").write_text(json.dumps(MANIFEST))
    words = ("cassette", "play", "zoo.json", "--manifest", "m.json", "--port", "0", "--url", "http://localhost:9")
    result = run_alone(*words)
    assert (result.exit_code, "nobody answers (refused connection) at http://localhost:9" in result.stderr) == (3, True)


@pytest.mark.parametrize("words", [("serve", "zoo.json"), ("play", "zoo.json")])
def test_what_is_no_cassette_is_2(words: tuple[str, ...], run_alone: Run, alone: Path) -> None:
    (alone / "zoo.json").write_text("{}")
    result = run_alone("cassette", *words)
    assert (result.exit_code, "zoo.json is no cassette that can be used" in result.stderr) == (2, True)


def test_a_value_without_a_name_is_2(run_alone: Run, alone: Path, tape: str) -> None:
    (alone / "zoo.json").write_text(tape)
    assert "write it as NAME=VALUE" in run_alone("cassette", "serve", "zoo.json", "--set", "x").stderr
