"""A file that somebody has loaded is played on this very platform, as that customer, and can be stopped."""

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platform_sim.core.actions import jobs, scenarios
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.records import SCENARIO, Job
from platform_sim.core.store import Database, Transaction
from platform_sim.engines.scenarios.plays import INTERRUPTED, scenario_handlers
from platform_sim.testing import Heroku, Refused
from platform_sim.testing.apps import waited_for

from ... import support
from ...processes.waiting import stopwatch

STEPS = """
scenario: Mine
services: {acme: {plans: [free], partner: scripted}}
apps: {shop: {addons: {a1: acme}}}
steps:
- run clock: idle
  expect: {json: {done: true, left: []}}
- wait until idle:
- ask: GET /account
  expect: {json: {email: EMAIL}}
"""
GRACE = 4.5
"""Wall seconds; the runner gives up after five."""
WAITS = "steps:\n- ask: GET /account\n  within: 60s\n  expect: {json: {email: nobody}}\n- create app: never\n"


@pytest.fixture(scope="module")
def heroku() -> Iterator[Heroku]:
    """One for all tests here."""
    with Heroku() as made:
        yield made


def ended(heroku: Heroku, play: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    """The playing, when it has ended."""
    found: dict[str, Any] = {}

    def is_over() -> bool:
        found.update(ask(heroku, "GET", f"/sim/scenarios/{play['id']}", token=token))
        return found["state"] in ("passed", "failed")

    assert waited_for(is_over, 60), found
    return found


def ask(heroku: Heroku, method: str, path: str, content: Any = None, token: str | None = None) -> Any:
    return heroku.doors.ask(method, path, content, authorization=f"Bearer {token or heroku.token}")


def test_it_is_played_as_the_customer_who_has_loaded_it(heroku: Heroku) -> None:
    token = heroku.ask("POST", "/sim/users", {"email": "ann@example.com"})["token"]
    text = STEPS.replace("EMAIL", "ann@example.com")
    play = ask(heroku, "POST", "/sim/scenarios", {"text": text, "name": "mine.yaml"}, token)
    assert (play["title"], play["name"], play["steps"]) == ("Mine", "mine.yaml", [])
    over = ended(heroku, play, token)
    assert (over["state"], over["problem"], [each["problem"] for each in over["steps"]]) == ("passed", "", [""] * 4)
    assert ask(heroku, "GET", "/apps/shop", token=token)["owner"]["email"] == "ann@example.com"
    assert ask(heroku, "GET", "/oauth/authorizations", token=token)[1:] == [], "its token has gone with it"
    assert heroku.ask("GET", "/sim/scenarios") == [], "a playing is its customer's"
    with pytest.raises(Refused, match="404"):
        heroku.ask("GET", f"/sim/scenarios/{play['id']}")


def test_what_is_not_as_expected_is_told_with_line_and_timeline(heroku: Heroku) -> None:
    text = "steps:\n- create app: first\n- create app: first\n- create app: second\n"
    over = ended(heroku, heroku.ask("POST", "/sim/scenarios", {"text": text}))
    assert [each["state"] for each in over["steps"]] == ["ok", "ok", "failed", "not played"]
    assert (over["state"], over["steps"][2]["line"]) == ("failed", 3)
    assert "Name is already taken" in over["steps"][2]["problem"]
    assert any("POST /apps  201" in line for line in over["steps"][2]["timeline"])


def test_a_bad_file_is_refused_with_all_its_mistakes(heroku: Heroku) -> None:
    text = "seed: 3\nsteps:\n- creat app: x\n"
    with pytest.raises(Refused, match=r"mine\.yaml:3:3: 'creat app' is no verb"):
        heroku.ask("POST", "/sim/scenarios", {"text": text, "name": "mine.yaml"})
    found = heroku.ask("POST", "/sim/scenarios/check", {"text": text})
    assert [(each["line"], each["column"]) for each in found["problems"]] == [(3, 3)]
    found = heroku.ask("POST", "/sim/scenarios/check", {"text": "scenario: x\nseed: 3\n"})
    assert found["problems"][0]["problem"].startswith("'seed' is for a platform of its own")
    assert heroku.ask("POST", "/sim/scenarios/check", {"text": "scenario: x\n"}) == {"title": "x", "problems": []}


def test_it_can_be_stopped(heroku: Heroku) -> None:
    play = heroku.ask("POST", "/sim/scenarios", {"text": WAITS})
    assert waited_for(lambda: len(heroku.ask("GET", f"/sim/scenarios/{play['id']}")["steps"]) == 1, 60)
    heroku.ask("POST", f"/sim/scenarios/{play['id']}/stop")
    over = ended(heroku, play)
    assert (over["state"], over["problem"]) == ("failed", "Somebody has stopped it.")
    with pytest.raises(Refused, match="has ended"):
        heroku.ask("POST", f"/sim/scenarios/{play['id']}/stop")


def test_a_platform_that_ends_does_not_wait_for_it() -> None:
    with stopwatch() as seconds:
        with Heroku() as heroku:
            heroku.ask("POST", "/sim/scenarios", {"text": WAITS})
            assert waited_for(lambda: heroku.ask("GET", "/sim/scenarios")[0]["state"] == "playing", 60)
            begun = seconds()
        assert seconds() - begun < GRACE, "the runner would not have waited any longer"
    names = [thread.name for thread in threading.enumerate()]
    assert not any(name.startswith("scripted-partner") for name in names)


def test_a_snapshot_without_secrets_hides_the_file(heroku: Heroku) -> None:
    text = "about: hush-hush\nsteps: [{ask: GET /account}]\n"
    ended(heroku, heroku.ask("POST", "/sim/scenarios", {"text": text}))

    def told(snapshot: bytes) -> bool:
        with zipfile.ZipFile(io.BytesIO(snapshot)) as file:
            return any(b"hush-hush" in file.read(name) for name in file.namelist())

    assert told(heroku.snapshot(secrets=True))
    assert not told(heroku.snapshot())


def loaded(database: Database, actor: Any) -> Job:
    with database.transaction() as tx:
        return scenarios.load(tx, actor, "text", "name", "title")


def claimed(database: Database) -> Job:
    with database.transaction() as tx:
        job = jobs.claim(tx, "boot", [SCENARIO])
        assert job is not None
        return job


def handler(database: Database, play: Callable[..., None]) -> Callable[[Job], None]:
    return scenario_handlers(database, Addresses("http://localhost:1"), play, threading.Event())[SCENARIO]


def test_one_that_was_cut_off_or_breaks_says_so_and_leaves_no_token(database: Database) -> None:
    tokens: list[str] = []

    def breaks(text: str, name: str, url: str, token: str, *_: Any) -> None:
        tokens.append(token)
        raise RuntimeError(f"with a secret: {token}")

    with database.transaction() as tx:
        actor = support.new_customer(tx)
    loaded(database, actor)
    handler(database, breaks)(claimed(database))
    with database.snapshot() as rows:
        (over,) = scenarios.plays(rows, actor)
    assert (over.state, over.outcome["steps"]) == ("failed", [])
    assert "RuntimeError" in over.outcome["problem"] and tokens[0] not in over.outcome["problem"]
    loaded(database, actor)
    first = claimed(database)
    with database.transaction() as tx:
        scenarios.begin(tx, first)
        jobs.take_again(tx, "another boot")
    handler(database, breaks)(claimed(database))
    with database.snapshot() as rows:
        assert scenarios.plays(rows, actor)[0].outcome["problem"] == INTERRUPTED
        assert len(tokens) == 1


def test_the_newest_are_kept(tx: Transaction, customer: Any) -> None:
    for number in range(scenarios.KEPT + 3):
        job = scenarios.load(tx, customer, "text", str(number), "title")
        jobs.finish(tx, job)
    kept = scenarios.plays(tx, customer)
    assert [job.payload["name"] for job in kept] == [str(each) for each in range(scenarios.KEPT + 2, 2, -1)]
