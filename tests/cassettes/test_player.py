"""The partner's side: a recorded partner in tests of people who have no other."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_sim.cassettes.tape import BadCassette, written
from platform_sim.stand_ins.wsgi import call
from platform_sim.testing import Cassette, Heroku, Refused

from ..zoo.partner import MANIFEST
from .conftest import Json


@pytest.fixture(scope="module")
def heroku() -> Iterator[Heroku]:
    with Heroku(seed=5) as made:
        yield made


def playing(heroku: Heroku, content: Json, **values: str) -> Cassette:
    cassette = Cassette.load(content, values=values)
    heroku.register(MANIFEST, plans=("test", "big", "huge"), partner=cassette)
    return cassette


def ask_partner(cassette: Cassette, method: str, path: str, content: Json) -> Json:
    """As anybody may: no credentials are looked at."""
    body = json.dumps(content).encode()
    found: Json = call(cassette, method, f"http://zoo.example{path}", {"Content-Type": "application/json"}, body).json
    return found


def test_a_recorded_life_is_lived_again_under_another_uuid_with_its_calls(heroku: Heroku, recorded: Json) -> None:
    cassette = playing(heroku, recorded)
    app = heroku.app("again")
    for _ in range(2):
        addon = app.addons.create("zoo:test", options={"size": "small"})
        addon.wait()
        assert addon.uuid not in written(recorded)
        assert addon.config == {"ZOO_URL": "https://zoo.example/zoo_url-1", "ZOO_KEY": "ZOO_KEY-1-of-a-cassette"}
        addon.change_plan("zoo:big")
        assert addon.config["ZOO_URL"] == "https://zoo.example/zoo_url-2"
        assert (cassette.resources, heroku.leaks()) == ({addon.uuid}, [])
        addon.destroy()
        assert (addon.state, cassette.resources, heroku.leaks()) == ("gone", set(), [])
    assert (cassette.settle(), cassette.problems) == (True, [])


def test_the_new_exchanges_are_those_of_the_cassette(heroku: Heroku, recorded: Json) -> None:
    again = heroku.cassette("zoo")
    kept = ("from", "follows")
    shown = [{name: each[name] for name in kept} | {"body": each["answer"]["body"]} for each in again["exchanges"][:6]]
    uuids = [each["addons"][0]["id"] for each in (again, recorded)]
    wanted = [{name: each[name] for name in kept} | {"body": each["answer"]["body"]} for each in recorded["exchanges"]]
    assert json.loads(json.dumps(shown).replace(*uuids)) == wanted


def test_what_was_never_recorded_is_refused_with_what_came_and_what_is_nearest(heroku: Heroku, recorded: Json) -> None:
    cassette = playing(heroku, recorded)
    app = heroku.app("strict")
    with pytest.raises(Refused) as told:
        app.addons.create("zoo:huge")
    assert (told.value.status, told.value.message) == (
        422,
        "This cassette of zoo has no answer to POST /heroku/resources with the plan 'huge'. "
        "The nearest that was recorded is POST /heroku/resources with the plan 'test'.",
    )
    addon = app.addons.create("zoo:test")
    addon.wait()
    addon.change_plan("zoo:big")
    with pytest.raises(Refused, match=r"PUT .* 'huge'. The nearest that was recorded is PUT .* 'big'"):
        addon.change_plan("zoo:huge")
    assert addon.sign_in().status == 422
    assert len(cassette.problems) == 3
    addon.destroy()


def test_values_may_be_given_and_the_same_request_again_gets_the_same_answer(heroku: Heroku, recorded: Json) -> None:
    cassette = playing(heroku, recorded, ZOO_URL="postgres://here/", **{"ZOO_KEY 1": "key"})
    addon = heroku.app("given").addons.create("zoo:test")
    addon.wait()
    assert addon.config == {"ZOO_URL": "postgres://here/", "ZOO_KEY": "key"}
    for _ in range(2):
        said = ask_partner(cassette, "PUT", f"/heroku/resources/{addon.uuid}", {"plan": "big"})
        assert said == {"config": {"ZOO_URL": "postgres://here/", "ZOO_KEY": "key"}, "message": "You are on big."}
    addon.destroy()


def test_what_the_partner_did_of_its_own_is_done_when_it_is_asked_for(heroku: Heroku, content: Json) -> None:
    rotation = json.loads(json.dumps(content["exchanges"][2]))
    rotation |= {"number": 50, "follows": None}
    rotation["request"]["body"]["config"][1]["value"] = "{{ZOO_KEY 7}}"
    content["exchanges"].append(rotation)
    cassette = playing(heroku, content)
    addon = heroku.app("rotating").addons.create("zoo:test")
    addon.wait()
    assert cassette.settle()
    assert (cassette.act(addon.uuid), cassette.settle()) == (1, True)
    assert (addon.config["ZOO_KEY"], cassette.problems) == ("ZOO_KEY-7-of-a-cassette", [])
    addon.destroy()


def test_a_call_that_does_not_end_as_recorded_is_told(
    heroku: Heroku, content: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform_sim.cassettes.calls.PATIENCE", 0.0)
    content["exchanges"][2]["request"]["body"]["config"][0]["name"] = "UNDECLARED"
    cassette = playing(heroku, content)
    addon = heroku.app("odd").addons.create("zoo:test")
    assert cassette.settle()
    assert f"the call PATCH /addons/{addon.uuid}/config ended with 422, recorded was 200" in cassette.problems
    addon.destroy()


def test_an_answer_that_never_came_is_no_answer_of_the_partners(heroku: Heroku, content: Json) -> None:
    content["exchanges"][4]["answer"]["status"] = None
    content["exchanges"][4]["problem"] = "timeout"
    playing(heroku, content)
    addon = heroku.app("unlucky").addons.create("zoo:test")
    addon.wait()
    with pytest.raises(Refused, match="no answer here: timeout"):
        addon.change_plan("zoo:big")
    addon.destroy()


def test_a_file_is_loaded_and_a_bad_one_is_named(recorded: Json, tmp_path: Path) -> None:
    file = tmp_path / "zoo.json"
    file.write_text(written(recorded))
    assert Cassette.load(file).tape.service == "zoo"
    file.write_text("{}")
    with pytest.raises(BadCassette, match=r"zoo\.json: it is no cassette"):
        Cassette.load(str(file))
