"""`/sim/snapshot`: the file goes out and comes in as it is; what cannot be used changes nothing."""

import json
from collections.abc import Iterator

import pytest

from platform_sim.testing import Heroku

from .control_api import hold
from .world import Populated

PATHS = [("GET", "/sim/snapshot"), ("POST", "/sim/snapshot")]


@pytest.fixture(scope="module")
def heroku() -> Iterator[Heroku]:
    with Heroku(seed=5, settings={"snapshot_size_limit": 300_000}) as made:
        made.clock.freeze()
        made.app("shop").set_config(WORD="before")
        yield made


def call(heroku: Heroku, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    """One request of the customer's; what it is asked and answers is held to the control API's document."""
    headers = {"Authorization": f"Bearer {heroku.token}"}
    answer = heroku.doors.sent(method, f"{heroku.url}{path}", headers, body)
    hold(method, path, None, answer.status, {"Content-Type": answer.headers["content-type"]}, answer.body)
    return answer.status, answer.body


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_only_customers_operate(method: str, path: str, full: Populated) -> None:
    full.lets_in_customers_only(method, path)


def test_out_and_in_again(heroku: Heroku) -> None:
    status, file = call(heroku, "GET", "/sim/snapshot?secrets=true&logs=1")
    assert (status, file) == (200, heroku.snapshot(secrets=True, files=False, logs=True))
    heroku.app("shop").set_config(WORD="after")
    status, told = call(heroku, "POST", "/sim/snapshot", file)
    assert (status, json.loads(told)["apps"], json.loads(told)["token"]) == (200, 1, heroku.token)
    assert heroku.app("shop").config == {"WORD": "before"}
    assert call(heroku, "GET", "/sim/snapshot?secrets=true&logs=1")[1] == file


def test_without_secrets_the_token_that_asks_goes_on_working(heroku: Heroku) -> None:
    file = call(heroku, "GET", "/sim/snapshot")[1]
    told = json.loads(call(heroku, "POST", "/sim/snapshot", file)[1])
    assert (told["token"], told["new_secrets"] > 1) == (heroku.token, True)
    assert call(heroku, "GET", "/sim/snapshot") == (200, file)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "no snapshot in what was sent"),
        (b"x" * 100, 422, "Nothing was restored: this is no snapshot"),
        (b"x" * 300_001, 413, "at most 300000"),
    ],
)
def test_what_cannot_be_used_changes_nothing(heroku: Heroku, body: bytes, status: int, words: str) -> None:
    before = heroku.snapshot()
    found, answer = call(heroku, "POST", "/sim/snapshot", body)
    assert (found, words in json.loads(answer)["message"]) == (status, True)
    assert heroku.snapshot() == before


def test_a_flag_is_true_or_false(heroku: Heroku) -> None:
    status, answer = call(heroku, "GET", "/sim/snapshot?secrets=perhaps")
    assert (status, json.loads(answer)["message"]) == (422, "secrets is 'perhaps': say true or false.")
