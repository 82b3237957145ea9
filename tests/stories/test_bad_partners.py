"""Partners that misbehave, through the whole stack: what the customer is told, and that nothing is left anywhere."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from platform_sim.assemble import Options, Platform
from platform_sim.partners import http_send
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.http_send import HttpSend

from ..processes.conftest import QUICK
from ..processes.customer import Customer
from ..processes.partner import Reply, Sent, TinyPartner, running_partner, said
from ..processes.up import outer_environment
from ..processes.waiting import wait_until

pytestmark = pytest.mark.processes

ATTEMPTS = 2


class Patience:
    """The real `Send`, whose time is over when the test says so: on a busy machine a short limit might be over before
    the partner has the request, or for an answer that comes."""

    def __init__(self) -> None:
        self.is_over: Callable[[int], bool] = lambda number: False
        """Asked again and again during a request; they are numbered from 1."""
        self._asked = 0
        self._real = HttpSend()

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        assert request.timeout == QUICK["partner_timeout"], "the time that the platform gives"
        self._asked += 1
        exchange = http_send._Exchange(request, self._real._limit, self._real._verify)
        thread = threading.Thread(target=exchange.run)
        thread.start()
        while thread.is_alive():
            thread.join(0.01)
            if self.is_over(self._asked):
                exchange.abort()
                thread.join()
        return exchange.answer()


@pytest.fixture
def patience() -> Patience:
    """Without an end, until a test says so."""
    return Patience()


@pytest.fixture
def platform(tmp_path: Path, patience: Patience) -> Iterator[Platform]:
    """One that has this patience with partners."""
    rules = QUICK | {"provision_attempts": ATTEMPTS, "plan_change_attempts": ATTEMPTS}
    with Platform(Options(environment=outer_environment(tmp_path), rules=rules, send=patience)) as started:
        yield started


@pytest.fixture
def acme(customer: Customer, partner: TinyPartner) -> Customer:
    """The customer, with an app `acme` and the partner in the marketplace."""
    customer.register(partner, "test", "pro")
    customer.api("POST", "/apps", {"name": "acme"})
    return customer


def nothing_installed(customer: Customer) -> None:
    """The customer sees no trace of the add-on."""
    assert customer.api("GET", "/addons") == []
    assert customer.api("GET", "/apps/acme/addons") == []
    assert customer.api("GET", "/apps/acme/addon-attachments") == []
    assert customer.api("GET", "/apps/acme/config-vars") == {}
    assert customer.versions("acme") == [1, 2]


def idle(customer: Customer) -> None:
    """Wait until no job is open."""
    wait_until("nothing is left to do", lambda: not any(customer.api("GET", "/sim/status")["jobs"].values()))


@dataclass(frozen=True)
class Case:
    """`reply` to POST by a partner that has made something if it `acts`; `told`: the customer's error and message."""

    reply: Reply
    told: tuple[int, str, str]
    acts: bool = True
    asked: int = 1


REFUSED, AWAY = (422, "provisioning_failed"), (503, "service_unavailable")
RIGHT: dict[str, Any] = {"id": "r1", "config": {"EXCEPTIONS_URL": "http://x"}, "message": "Welcome."}
CASES = {
    "HTML instead of JSON": Case(
        Reply(200, b"<html><body>It works!</body></html>", "text/html"), (*REFUSED, "not valid JSON")
    ),
    "JSON that is no object": Case(said([RIGHT]), (*REFUSED, "not an object")),
    "no id": Case(said({"config": RIGHT["config"]}), (*REFUSED, "without an `id`")),
    "an empty answer": Case(Reply(201), (*REFUSED, "not valid JSON")),
    "a var that is not declared": Case(
        said(RIGHT | {"config": {"EXCEPTIONS_URL": "http://x", "DATABASE_URL": "mine"}}),
        (*REFUSED, "config vars that its manifest does not declare: DATABASE_URL"),
    ),
    "a var that is no string": Case(said(RIGHT | {"config": {"EXCEPTIONS_URL": 5}}), (*REFUSED, "not strings")),
    "a redirect": Case(Reply(302), (*REFUSED, "redirect")),
    "422 with a message": Case(
        said({"message": "This plan is sold out, try pro."}, 422),
        (*REFUSED, "^This plan is sold out, try pro.$"),
        acts=False,
    ),
    "422 without a message": Case(Reply(422), (*REFUSED, "gave no reason"), acts=False),
    "403": Case(Reply(403, b"<h1>Forbidden</h1>", "text/html"), (*REFUSED, "HTTP 403"), acts=False),
    "410": Case(Reply(410), (*REFUSED, "HTTP 410"), acts=False),
    "500 each time": Case(
        Reply(500, b"Traceback..."), (*AWAY, r"failed \(HTTP 500\); it was asked 2 times"), asked=ATTEMPTS
    ),
    "503 with a message": Case(said({"message": "We are moving."}, 503), (*REFUSED, "^We are moving.$"), acts=False),
    "429 each time": Case(Reply(429), (*AWAY, "HTTP 429"), acts=False, asked=ATTEMPTS),
    "an answer that is endless": Case(Reply(200, said(RIGHT).body + b" " * 2_000_000), (*REFUSED, "too large")),
    "an answer that stops in the middle": Case(
        Reply(200, said(RIGHT).body, stalls=True), (*AWAY, "did not answer in time"), asked=ATTEMPTS
    ),
    "an answer that breaks off": Case(
        Reply(200, said(RIGHT).body, cut=True),
        (*AWAY, "closed the connection before its answer was complete"),
        asked=ATTEMPTS,
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_the_customer_is_told_and_nothing_is_left(
    acme: Customer, partner: TinyPartner, patience: Patience, case: Case
) -> None:
    partner.acts = case.acts
    if case.reply.stalls:
        patience.is_over = lambda number: number <= ATTEMPTS and len(partner.sent) >= number
    partner.answers["POST"] = lambda _: case.reply
    answer = acme.ask("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    status, error, message = case.told
    assert (answer.status_code, answer.json()["id"]) == (status, error), answer.text
    assert re.search(message, answer.json()["message"]), answer.text
    assert sorted(answer.json()) == ["id", "message"]
    nothing_installed(acme)
    idle(acme)
    posts = [each.body for each in partner.sent if each.method == "POST"]
    assert posts == [posts[0]] * case.asked, "each time the same uuid and the same bytes"
    may_have_made = case.acts or case.asked > 1
    assert partner.methods() == ["POST"] * case.asked + ["DELETE"] * may_have_made
    assert partner.living == {}, "whatever it has made it was told to delete"
    del partner.answers["POST"]
    partner.acts = True
    healed = acme.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    assert list(partner.living) == [healed["id"]], "another try is another resource"


def test_a_partner_that_does_not_answer_in_time(acme: Customer, partner: TinyPartner, patience: Patience) -> None:
    partner.before_answering.shut()
    patience.is_over = lambda number: number <= ATTEMPTS and len(partner.sent) >= number
    answer = acme.ask("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    assert (answer.status_code, answer.json()["id"]) == AWAY
    assert "did not answer in time; it was asked 2 times" in answer.json()["message"]
    nothing_installed(acme)
    partner.before_answering.open()
    idle(acme)
    assert partner.living == {}
    assert partner.methods()[:3] == ["POST", "POST", "DELETE"]


def test_a_partner_that_is_slow_once_is_asked_again_and_all_is_well(
    acme: Customer, partner: TinyPartner, patience: Patience
) -> None:
    partner.before_answering.shut()
    patience.is_over = lambda number: number == 1 and len(partner.sent) >= 1
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(acme.api, "POST", "/apps/acme/addons", {"plan": "exceptions:test"})
        wait_until("it is asked again", lambda: len(partner.sent) == 2)
        partner.before_answering.open()
        addon = asking.result()
    assert addon["state"] == "provisioned"
    assert partner.made == {addon["id"]: 1}
    assert partner.methods() == ["POST", "POST"]


def test_a_partner_that_is_not_there(acme: Customer, partner: TinyPartner) -> None:
    manifest = partner.manifest
    manifest["api"]["production"]["base_url"] = "http://127.0.0.1:9/heroku/resources"
    acme.api("POST", "/api/v3/addons/exceptions/manifests", {"contents": manifest})
    answer = acme.ask("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    assert (answer.status_code, answer.json()["id"]) == AWAY
    assert "nothing listens at its address" in answer.json()["message"]
    nothing_installed(acme)
    idle(acme)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(500), AWAY),
        (said({"message": "You store too much for that."}, 422), REFUSED),
        (Reply(200, b"<html>"), REFUSED),
        (said({"config": {"DATABASE_URL": "mine"}}), REFUSED),
    ],
    ids=["500", "422", "HTML", "undeclared"],
)
def test_a_plan_change_that_goes_wrong_leaves_the_plan(
    acme: Customer, partner: TinyPartner, reply: Reply, told: tuple[int, str]
) -> None:
    addon = acme.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    before = acme.versions("acme"), acme.api("GET", "/apps/acme/config-vars")
    partner.answers["PUT"] = lambda _: reply
    answer = acme.ask("PATCH", f"/apps/acme/addons/{addon['id']}", {"plan": "exceptions:pro"})
    assert (answer.status_code, answer.json()["id"]) == told
    assert acme.api("GET", f"/addons/{addon['id']}")["plan"]["name"] == "exceptions:test"
    assert (acme.versions("acme"), acme.api("GET", "/apps/acme/config-vars")) == before
    assert list(partner.living) == [addon["id"]]


def test_a_partner_that_fails_to_delete_is_told_until_it_has(acme: Customer, partner: TinyPartner) -> None:
    addon = acme.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    partner.answers["DELETE"] = fails(3, Reply(500))
    answer = acme.ask("DELETE", f"/apps/acme/addons/{addon['id']}")
    assert answer.status_code == 200, answer.text
    assert partner.methods() == ["POST", *["DELETE"] * 4]
    idle(acme)
    assert acme.api("GET", "/addons") == []
    assert acme.api("GET", "/apps/acme/config-vars") == {}


def test_a_partner_that_meddles_with_the_instances_of_others(acme: Customer, partner: TinyPartner) -> None:
    """Each callback with a token of its own, for a uuid that is not: nothing is found, nothing changes."""
    theirs = acme.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    with running_partner("nosy") as nosy:
        acme.register(nosy)
        own = acme.api("POST", "/apps/acme/addons", {"plan": "nosy:test"})
        token = nosy.exchange(acme.url, own["id"])
        before = acme.api("GET", "/apps/acme/config-vars"), acme.versions("acme"), acme.api("GET", "/addons")
        stranger = replace(acme, token=token)
        config = {"config": [{"name": "EXCEPTIONS_URL", "value": "http://evil"}]}
        for name in (theirs["id"], theirs["name"]):
            for method, path, body in (
                ("GET", "", None),
                ("GET", "/config", None),
                ("PATCH", "/config", config),
                ("POST", "/actions/provision", None),
                ("POST", "/actions/deprovision", None),
                ("GET", "/addon-attachments", None),
                ("GET", "/webhooks", None),
            ):
                answer = stranger.ask(method, f"/addons/{name}{path}", body)
                assert (answer.status_code, answer.json()["id"]) == (404, "not_found"), (method, path)
        assert stranger.ask("GET", "/apps/acme/config-vars").status_code == 403
        code = partner.living[theirs["id"]]["oauth_grant"]["code"]
        assert nosy.token(acme.url, code=code).status_code == 401, "with a secret of its own"
        after = acme.api("GET", "/apps/acme/config-vars"), acme.versions("acme"), acme.api("GET", "/addons")
        assert after == before
        assert partner.exchange(acme.url, theirs["id"]), "the code was not used up"


def fails(times: int, reply: Reply) -> Callable[[Sent], Reply | None]:
    """An answer that is `reply` so many times, and right from then on."""
    left = [reply] * times
    return lambda _: left.pop() if left else None
