"""What a cassette holds, and what is said of a file that is none."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from platform_sim.cassettes.tape import BadCassette, checked, read, written

from ..zoo.partner import PASSWORD, SALT, SECRET
from .conftest import Json


def sent(content: Json, number: int) -> Any:
    return content["exchanges"][number - 1]["request"]["body"]


def test_both_directions_are_in_it_in_order_with_what_followed_from_what(recorded: Json) -> None:
    told = [
        (each["from"], each["request"]["method"], each["answer"]["status"], each["follows"])
        for each in recorded["exchanges"]
    ]
    assert told == [
        ("platform", "POST", 202, None),
        ("partner", "POST", 200, 1),
        ("partner", "PATCH", 200, 1),
        ("partner", "POST", 200, 1),
        ("platform", "PUT", 200, None),
        ("platform", "DELETE", 204, None),
    ]
    assert recorded["service"]["base_url"] == "https://zoo.example/heroku/resources"
    assert recorded["addons"] == [{"id": sent(recorded, 1)["uuid"], "name": sent(recorded, 1)["name"]}]


def test_no_secret_is_in_it_and_the_same_one_has_the_same_placeholder(recorded: Json) -> None:
    text = written(recorded)
    assert [each for each in (SECRET, PASSWORD, SALT, "zoo.example/test/", "zoo.example/big/") if each in text] == []
    assert "[hidden" not in text
    assert sent(recorded, 1)["oauth_grant"]["code"] == sent(recorded, 2)["code"] == "{{code 1}}"
    first = {each["name"]: each["value"] for each in sent(recorded, 3)["config"]}
    after = recorded["exchanges"][4]["answer"]["body"]["config"]
    assert first == {"ZOO_URL": "{{ZOO_URL 1}}", "ZOO_KEY": "{{ZOO_KEY 1}}"}
    assert after == {"ZOO_URL": "{{ZOO_URL 2}}", "ZOO_KEY": "{{ZOO_KEY 1}}"}, "the plan is in the URL, not in the key"


def test_what_is_written_is_read(recorded: Json) -> None:
    tape = read(written(recorded))
    assert (tape.service, tape.plans, len(tape.exchanges)) == ("zoo", ["test", "big"], 6)
    assert tape == checked(recorded)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: c.update(format="har"), 'it is no cassette: "format" must be'),
        (lambda c: c.update(version=2), "its version is 2, and this program reads version 1"),
        (lambda c: c.pop("exchanges"), "exchanges: is missing"),
        (lambda c: c["service"].update(name=7), "service.name: must be a text, is a number"),
        (
            lambda c: c["exchanges"][1].update(follows=5),
            r"exchanges\[1\].follows: no earlier exchange has the number 5",
        ),
        (
            lambda c: c["exchanges"][1].update(number=True),
            r"exchanges\[1\].number: must be a whole number, is a boolean",
        ),
        (lambda c: c["exchanges"][1].update(number=1), "two of them have the same number"),
        (lambda c: c["exchanges"][2]["answer"].update(status="2"), r"exchanges\[2\].answer.status: must be a whole nu"),
        (lambda c: c["exchanges"][2]["answer"].update(status=99), r"exchanges\[2\].answer.status: must be from 100 to"),
        (
            lambda c: c["exchanges"][2]["answer"].update(status=600),
            r"exchanges\[2\].answer.status: must be from 100 to",
        ),
        (
            lambda c: c["exchanges"][2]["answer"]["headers"].update(age=7),
            r"answer.headers.age: must be a text, is a nu",
        ),
        (lambda c: c["exchanges"].append(3), r"exchanges\[6\]: must be an object, is a number"),
        (
            lambda c: c["exchanges"][0].update({"from": "me"}),
            r"exchanges\[0\].from: must be \"platform\" or \"partner\"",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(content: Json, change: Callable[[Json], None], says: str) -> None:
    change(content)
    with pytest.raises(BadCassette, match=says):
        read(json.dumps(content))


def test_what_is_no_json_is_said_to_be_none() -> None:
    with pytest.raises(BadCassette, match="it is not JSON"):
        read("format: cassette")
