"""The platform's side: the same partner answers as recorded, and of a changed one it is said what has changed."""

from collections.abc import Callable
from typing import Any

from platform_sim.cassettes.repeat import Outcome, Repeat
from platform_sim.cassettes.tape import checked
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from ..zoo.partner import Answer, Held, Right, Slow
from .conftest import Json, home_of

PATIENCE = 0.3


def repeated(content: Json, kind: Callable[[], Right], patience: float = PATIENCE) -> Outcome:
    with home_of(kind(), seed=2) as home:
        return Repeat(checked(content), home, patience).play()


def says(outcome: Outcome) -> dict[int, tuple[str, ...]]:
    return {each.number: each.says for each in outcome.different}


class Renamed(Slow):
    """A config var has another name, in its answers and calls."""

    def config(self, held: Held) -> dict[str, str]:
        return {name.replace("KEY", "TOKEN"): value for name, value in super().config(held).items()}

    manifest = Slow.manifest | {"api": Slow.manifest["api"] | {"config_vars": ["ZOO_URL", "ZOO_TOKEN"]}}


class Wordy(Slow):
    """Its answers say something else."""

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        answer = super().change_plan(uuid, order)
        return Answer(200, answer.content | {"message": ["You", "are", "on", "big."], "id": 7})


class Refuses(Slow):
    """No plan changes any more, and no DELETE."""

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        return Answer(422, {"message": "Not any more."})

    def deprovision(self, uuid: str) -> Answer:
        return Answer(503, {})


class Silent(Slow):
    """Never says that it is done."""

    def report(self, held: Held) -> None:
        return None


def test_the_same_partner_answers_as_recorded(recorded: Json) -> None:
    outcome = repeated(recorded, Slow, patience=10.0)
    assert [(each.number, each.status) for each in outcome.compared] == [(1, 202), (5, 200), (6, 204)]
    assert (outcome.different, outcome.not_repeated, outcome.left) == ([], [], [])


def test_another_name_of_a_config_var_is_told_where_it_is_answered_and_where_it_is_called(recorded: Json) -> None:
    found = says(repeated(recorded, Renamed))
    assert "it did not call PATCH /addons/{id}/config for ZOO_KEY, ZOO_URL" in found[1]
    assert found[5] == ("`config`: ZOO_KEY is gone", "`config`: ZOO_TOKEN is new")


def test_types_and_new_keys_are_told(recorded: Json) -> None:
    found = says(repeated(recorded, Wordy, patience=10.0))
    assert found == {5: ("body: id is new", "`message`: recorded was a string, now it is a list")}


def test_what_an_answer_has_caused_is_looked_at_also_if_it_has_other_words(recorded: Json) -> None:
    assert says(repeated(recorded, Greets))[1] == (
        '`message`: recorded was "Your zoo is being built.", now it is "Hello."',
        "it did not call POST /addons/{id}/actions/provision",
    )


def test_another_status_is_told_with_the_partners_words_and_what_stays_is_told_too(recorded: Json) -> None:
    outcome = repeated(recorded, Refuses, patience=10.0)
    assert says(outcome) == {
        5: ("status: recorded was 200, now it is 422: Not any more.",),
        6: ("status: recorded was 204, now it is 503",),
    }


def test_a_call_that_does_not_come_is_told(recorded: Json) -> None:
    assert says(repeated(recorded, Silent))[1] == ("it did not call POST /addons/{id}/actions/provision",)


def test_a_partner_that_calls_where_it_did_not_is_told(content: Json) -> None:
    content["exchanges"] = [each for each in content["exchanges"] if each["number"] in (1, 2, 4, 5, 6)]
    assert says(repeated(content, Slow, patience=10.0)) == {
        1: ("it called PATCH /addons/{id}/config for ZOO_KEY, ZOO_URL, which was not recorded",)
    }


def test_what_comes_later_is_waited_for(content: Json) -> None:
    content["exchanges"] = [each for each in content["exchanges"] if each["number"] < 4]
    assert says(repeated(content, Silent, patience=10.0)) == {}


def test_a_retry_has_the_same_bytes(content: Json) -> None:
    content["exchanges"] = [content["exchanges"][0], content["exchanges"][0] | {"number": 2}]
    partner = Remembers()
    with home_of(partner, seed=2) as home:
        Repeat(checked(content), home, PATIENCE).play()
    assert len(partner.orders) == 2
    assert partner.orders[0] == partner.orders[1]


def test_retries_are_sent_as_they_were_and_what_cannot_be_sent_is_listed(content: Json) -> None:
    again = [content["exchanges"][0] | {"number": 7}, content["exchanges"][5] | {"number": 8}]
    again[0]["answer"] = again[1]["answer"] = {"status": 410, "headers": {}, "body": None}
    stray = content["exchanges"][5] | {"number": 9, "addon": "5aa0755c-43c0-4e81-b7ed-97052f6f22d4"}
    content["exchanges"] += [*again, stray]
    outcome = repeated(content, Slow, patience=10.0)
    assert [(each.number, each.status) for each in outcome.compared][3:] == [(7, 410), (8, 410)]
    assert outcome.not_repeated == [
        "9 DELETE /heroku/resources/5aa0755c-43c0-4e81-b7ed-97052f6f22d3: the order of its add-on was not recorded"
    ]


def unanswered(exchange: Json, number: int, problem: str) -> Json:
    """The same without an answer."""
    none = {"status": None, "headers": {}, "body": None}
    return exchange | {"number": number, "answer": none, "problem": problem}


def test_what_was_recorded_through_an_outage_is_sent_once_and_only_what_was_answered_is_judged(content: Json) -> None:
    order, *calls, change, end = content["exchanges"]
    lost = [unanswered(order, -1, "timeout"), unanswered(order, 0, "refused connection")]
    ends = [unanswered(end, 6, "refused connection"), unanswered(end, 7, "timeout"), end | {"number": 8}]
    content["exchanges"] = [*lost, order, *calls, unanswered(change, 5, "cut"), *ends]
    outcome = repeated(content, Slow, patience=10.0)
    assert [(each.number, each.status, each.unjudged) for each in outcome.compared] == [
        (1, 202, ""),
        (5, 200, "recorded was no answer (cut)"),
        (8, 204, ""),
    ]
    assert (outcome.different, len(outcome.not_repeated)) == ([], 4)
    assert outcome.not_repeated[0].endswith(": it had no answer (timeout); 0 is its repeat")


def test_what_has_reached_nobody_is_not_sent(content: Json) -> None:
    change = content["exchanges"][4]
    content["exchanges"][4] = unanswered(change, 5, "refused connection")
    outcome = repeated(content, Slow, patience=10.0)
    assert [each.number for each in outcome.compared] == [1, 6]
    assert outcome.not_repeated[0].endswith(": it has reached nobody (refused connection)")


def test_what_was_made_is_deleted_at_the_end(content: Json) -> None:
    content["exchanges"] = content["exchanges"][:4]
    partner = Slow()
    with home_of(partner, seed=3) as home:
        outcome = Repeat(checked(content), home, 10.0).play()
    assert (outcome.different, outcome.left) == ([], [])
    assert [held.dead for held in partner.held.values()] == [True]
    assert (
        repeated(content, Refuses, 10.0).left[0].endswith("was made for this run, and the partner would not delete it")
    )


class Greets(Silent):
    """And its first answer has other words."""

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        answer = super().begin(held, order, is_new)
        return Answer(202, answer.content | {"message": "Hello."})


class Remembers(Slow):
    """Keeps the bodies of orders."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[bytes | None] = []

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        self.orders += [request.body] if request.method == "POST" else []
        return super().__call__(request)


class Nobody(Slow):
    """Does not run."""

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        return PartnerAnswer(None, {}, b"", 0, "refused connection")


def test_one_that_is_not_there_is_told_at_once(recorded: Json) -> None:
    outcome = repeated(recorded, Nobody)
    assert (outcome.absent, outcome.compared) == ("nobody answers (refused connection)", [])
