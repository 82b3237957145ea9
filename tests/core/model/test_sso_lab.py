"""The experiments of the SSO lab as data: what each changes, what is expected, what is said of an answer."""

import hashlib
from dataclasses import replace

import pytest

from platform_sim.core.model.sso import OF_A_GET, SALT, TOKENS, WINDOW, Entry, SsoTarget, resource_token
from platform_sim.core.model.sso_lab import EXPERIMENTS, NOBODYS, Experiment, fields, judge, offered, subject_of

POST, GET = SsoTarget("post", "http://localhost:5200/sso"), SsoTarget("get", "http://localhost:5200/r/7")
ME = Entry("uuid-1", "7", "user-1", "ada@example.com", "shop", "front", "nav")
OTHER = replace(ME, resource_id="uuid-2", partners_id="8")
NOW = 1_700_000_000
BY_NAME = {each.name: each for each in EXPERIMENTS}
GOOD = fields(BY_NAME["valid"], POST, ME, None, "salt", NOW)


def changed(name: str, other: Entry | None = OTHER) -> set[str]:
    """The fields in which an experiment differs from a good login."""
    made = fields(BY_NAME[name], POST, ME, other, "salt", NOW)
    return {field for field in GOOD if made.get(field) != GOOD[field]}


@pytest.mark.parametrize("rule", TOKENS, ids=lambda rule: rule.name)
def test_a_token_is_what_its_rule_says(rule: object) -> None:
    assert rule in TOKENS
    for each in TOKENS:
        text = ":".join("salt" if name == SALT else GOOD[name] for name in each.strings)
        assert GOOD[each.name] == hashlib.new(each.digest.replace("-", ""), text.encode()).hexdigest()


SIGNATURES = {rule.name for rule in TOKENS}


@pytest.mark.parametrize(
    ("name", "differs"),
    [
        ("valid", set()),
        ("stale", SIGNATURES | {"timestamp"}),
        ("future", SIGNATURES | {"timestamp"}),
        ("token", SIGNATURES),
        ("user", {"email"}),
        ("replay", set()),
        ("resource", {"resource_id", "id"}),
        ("deleted", SIGNATURES | {"resource_id", "id"}),
        ("no-token", SIGNATURES),
        ("no-time", {"timestamp"}),
    ],
)
def test_an_experiment_changes_this_and_nothing_else(name: str, differs: set[str]) -> None:
    assert changed(name) == differs


def test_every_experiment_is_in_the_test_before() -> None:
    assert len(BY_NAME) == len(EXPERIMENTS) == 10


def test_stale_is_older_than_the_window_and_signed_for_that_time() -> None:
    made = fields(BY_NAME["stale"], POST, ME, None, "salt", NOW)
    assert NOW - int(made["timestamp"]) > WINDOW
    assert made["resource_token"] == resource_token("uuid-1", "salt", made["timestamp"])


def test_without_another_resource_the_id_of_none_is_sent() -> None:
    made = fields(BY_NAME["resource"], POST, ME, None, "salt", NOW)
    assert (made["resource_id"], made["id"]) == (NOBODYS, NOBODYS)
    assert subject_of(BY_NAME["resource"], ME, OTHER) == OTHER


def test_a_spoiled_token_looks_like_one() -> None:
    made = fields(BY_NAME["token"], POST, ME, None, "salt", NOW)
    for name in SIGNATURES:
        assert len(made[name]) == len(GOOD[name])
        int(made[name], 16)


def test_the_oldest_partners_are_sent_no_more_than_they_know() -> None:
    assert set(fields(BY_NAME["valid"], GET, ME, None, "salt", NOW)) == set(OF_A_GET)
    names = [each.name for each in offered(GET, has_deleted=False)]
    assert "user" not in names
    assert "deleted" not in names
    assert len(offered(POST, has_deleted=True)) == len(EXPERIMENTS)


REFUSED, OPENED = "it refuses, as it should", "it lets the user in"


@pytest.mark.parametrize(
    ("name", "statuses", "landed", "verdict", "words"),
    [
        ("valid", [302], 200, "right", "expects a session, and 302, 303 or 200 (§5.4)"),
        ("valid", [200], None, "right", "lets the user in, as it should"),
        ("valid", [302], 403, "wrong", "leads to a page that answers 403"),
        ("valid", [403], None, "wrong", "refuses a good login"),
        ("valid", [201], None, "nearly", "another status"),
        ("valid", [500], None, "wrong", "it failed"),
        ("valid", [None], None, "none", "no whole answer"),
        ("stale", [403], None, "right", REFUSED),
        ("stale", [401], None, "nearly", "another status"),
        ("stale", [302], None, "wrong", f"{OPENED}; anybody could do that"),
        ("stale", [200], None, "wrong", "whatever the page says"),
        ("stale", [503], None, "wrong", "it failed"),
        ("future", [302], None, "open", "The contract leaves this open (§5.4)"),
        ("user", [302], None, "open", "the older tokens do not cover the user"),
        ("user", [403], None, "right", REFUSED),
        ("replay", [302, 403], None, "right", REFUSED),
        ("replay", [302, 302], None, "open", "strict partners keep a list"),
        ("replay", [403, 403], None, "none", "its repeat says nothing"),
        ("replay", [302], None, "none", "no whole answer"),
        ("resource", [404], None, "right", REFUSED),
        ("deleted", [410], None, "right", REFUSED),
        ("deleted", [403], None, "nearly", "another status"),
        ("no-token", [400], None, "right", REFUSED),
        ("no-time", [403], None, "right", REFUSED),
    ],
)
def test_the_verdict(name: str, statuses: list[int | None], landed: int | None, verdict: str, words: str) -> None:
    found, sentence = judge(BY_NAME[name], statuses, landed)
    assert found == verdict
    assert words in sentence


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda each: each.name)
def test_what_it_says_is_whole(experiment: Experiment) -> None:
    assert experiment.change.endswith(".")
    assert experiment.section in ("5.3", "5.4")
    assert experiment.is_to_enter == (experiment.name in ("valid",))
