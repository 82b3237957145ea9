"""What an operator says is read whole or refused, each mistake with its place."""

from typing import Any

import pytest

from platform_sim.core.model.catalog import MOST_CENTS, PlanSpec, ServiceSpec, read_plan, read_service

EVERYTHING: dict[str, Any] = {
    "state": "beta",
    "local": "http://localhost:5300",
    "abilities": ["fresh_grants"],
    "client_secret": "s3cret",
    "plans": [
        {"name": "test"},
        {
            "name": "pro",
            "cents": 900,
            "human_name": "Pro",
            "description": "For work",
            "state": "hidden",
            "default": True,
            "passes": ["ann@example.com"],
            "actions": [{"label": "Rotate", "action": "rotate", "requires_owner": True}],
        },
    ],
}


def test_everything_that_can_be_said() -> None:
    spec, mistakes = read_service(EVERYTHING)
    assert mistakes == []
    action = {"label": "Rotate", "action": "rotate", "requires_owner": True}
    pro = PlanSpec("pro", 900, "Pro", "For work", "hidden", True, ("ann@example.com",), (action,))
    assert spec == ServiceSpec("beta", "http://localhost:5300", ("fresh_grants",), "s3cret", (PlanSpec("test"), pro))


def test_nothing_said_leaves_everything() -> None:
    assert read_service({}) == (ServiceSpec(), [])
    assert read_service(dict.fromkeys(EVERYTHING)) == (ServiceSpec(), [])


BAD: list[tuple[Any, str]] = [
    ([], "this must be an object, not a list."),
    ({"stat": "ga"}, "stat is not a field here; there are state, local, abilities, client_secret, plans."),
    ({"state": "gamma"}, "state must be one of alpha, beta, ga, shutdown, not 'gamma'."),
    ({"state": 1}, "state must be one of alpha, beta, ga, shutdown, not a number."),
    ({"abilities": "fresh_grants"}, "abilities must be a list, not a string."),
    ({"abilities": ["fly"]}, "abilities[0] must be one of"),
    ({"client_secret": 5}, "client_secret must be a text that is not blank, of at most 1000 characters, not a number."),
    ({"client_secret": " "}, "client_secret must be a text that is not blank"),
    ({"plans": {}}, "plans must be a list, not an object."),
    ({"plans": ["test"]}, "plans[0] must be an object, not a string."),
    ({"plans": [{}]}, "plans[0].name is missing."),
    ({"plans": [{"name": "a b"}]}, "plans[0].name must be a slug"),
    ({"plans": [{"name": "a"}, {"name": "a"}]}, "plans[1].name is the slug of an earlier plan in this list."),
    ({"plans": [{"name": "a", "default": True}, {"name": "b", "default": True}]}, "plans must not have two plans with"),
    ({"plans": [{"name": "a", "price": 5}]}, "plans[0].price is not a field here; there are name, cents,"),
    ({"plans": [{"name": "a", "cents": "cheap"}]}, "plans[0].cents must be a whole number from 0 to"),
    ({"plans": [{"name": "a", "cents": True}]}, "plans[0].cents must be a whole number from 0 to"),
    ({"plans": [{"name": "a", "cents": MOST_CENTS + 1}]}, "plans[0].cents must be a whole number from 0 to"),
    ({"plans": [{"name": "a", "default": "yes"}]}, "plans[0].default must be true or false."),
    ({"plans": [{"name": "a", "state": "public "}]}, "plans[0].state must be one of invite-only, hidden, public"),
    ({"plans": [{"name": "a", "passes": ["ann"]}]}, "plans[0].passes[0] must be an e-mail address."),
    ({"plans": [{"name": "a", "passes": "a@b.c"}]}, "plans[0].passes must be a list, not a string."),
    ({"plans": [{"name": "a", "actions": [{"action": "x"}]}]}, "plans[0].actions[0].label is missing."),
    ({"plans": [{"name": "a", "actions": [{"label": "x"}]}]}, "plans[0].actions[0] must have `action`"),
    (
        {"plans": [{"name": "a", "actions": [{"label": "x", "action": "y", "url": "http://z"}]}]},
        "plans[0].actions[0] must have `action`",
    ),
    (
        {"plans": [{"name": "a", "actions": [{"label": "x", "url": "javascript:1"}]}]},
        "plans[0].actions[0].url must be a URL with http or https.",
    ),
    (
        {"plans": [{"name": "a", "actions": [{"label": "x", "action": "y", "id": "7"}]}]},
        "plans[0].actions[0].id must be a uuid",
    ),
]


@pytest.mark.parametrize(("given", "sentence"), BAD, ids=[sentence for _, sentence in BAD])
def test_a_mistake_is_told_with_its_place(given: Any, sentence: str) -> None:
    spec, [mistake] = read_service(given)
    assert str(mistake).startswith(sentence), str(mistake)
    assert str(mistake).endswith(".")
    assert spec == ServiceSpec()


def test_all_mistakes_are_told_at_once() -> None:
    given = {"state": "x", "plans": [{"cents": -1}]}
    _, mistakes = read_service(given)
    assert [mistake.path for mistake in mistakes] == ["state", "plans[0].name", "plans[0].cents"]


def test_a_secret_is_never_quoted() -> None:
    _, mistakes = read_service({"client_secret": "hunter2\x00"})
    assert "hunter2" not in str(mistakes[0])


@pytest.mark.parametrize("place", ["http://localhost:5300", "https://127.0.0.1", "http://[::1]:80", ""])
def test_good_places(place: str) -> None:
    assert read_service({"local": place}) == (ServiceSpec(local=place), [])


BAD_PLACES = [
    *(
        "localhost:5300",
        "http://",
        "http://x/",
        "http://x/path",
        "http://x?a=b",
        "http://x#a",
        "http://u:p@x",
        "ftp://x",
    ),
    *("http://a b", "http://é", "http://x:99999", "http://[::1", "http://x\n", 5),
]


@pytest.mark.parametrize("place", BAD_PLACES)
def test_bad_places(place: Any) -> None:
    _, [mistake] = read_service({"local": place})
    assert mistake.path == "local"


def test_a_plans_slug_never_changes() -> None:
    assert read_plan({"cents": 5, "name": "pro"}, "pro") == (PlanSpec("pro", 5), [])
    assert read_plan({"cents": 5}, "pro") == (PlanSpec("pro", 5), [])
    _, [mistake] = read_plan({"name": "gold"}, "pro")
    assert str(mistake) == "name must be pro: a plan's slug never changes; add another plan instead."
