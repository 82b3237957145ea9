"""The exact requests of the legacy protocol, for a manifest that does not ask for version 3 (partner-api §8)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from platform_sim.partners import version_1
from platform_sim.partners.client import PartnerClient, has_address
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.orders import Grant, ProvisionOrder, Resource
from platform_sim.partners.outcome import (
    Accepted202,
    Broken,
    Gone,
    Provisioned,
    deprovision_outcome,
    provision_outcome,
)

UUID = "01234567-89ab-cdef-0123-456789abcdef"
MANIFEST: dict[str, Any] = {
    "id": "myaddon",
    "api": {"password": "secret", "production": "https://yourapp.example/", "test": "http://localhost:4567/"},
}
CALLBACK = "http://localhost:5100/vendor/apps/app123%40heroku.com"
ORDER = ProvisionOrder(
    uuid=UUID,
    name="myaddon-curly-12345",
    plan="basic",
    region="amazon-web-services::us-east-1",
    callback_url=CALLBACK,
    options={"b": "2", "a": "1"},
    grant=Grant("c0de", "2026-01-01T00:05:00Z"),
    heroku_id="app123@heroku.com",
)
RESOURCE = Resource(UUID, "7", "app123@heroku.com")


def sent(act: str, *more: Any) -> PartnerRequest:
    """The request that one method of the client makes."""
    requests: list[PartnerRequest] = []

    def send(request: PartnerRequest) -> PartnerAnswer:
        requests.append(request)
        return PartnerAnswer(200, {}, b"{}", 1)

    getattr(PartnerClient(send), act)(MANIFEST, *more)
    return requests[0]


def test_provision() -> None:
    request = sent("provision", ORDER)
    assert (request.method, request.url) == ("POST", "http://localhost:4567/heroku/resources")
    assert request.headers == {
        "Accept": "application/json",
        "Authorization": "Basic bXlhZGRvbjpzZWNyZXQ=",
        "Content-Type": "application/json",
        "User-Agent": "platform-sim",
    }
    assert json.loads(request.body or b"") == {
        "heroku_id": "app123@heroku.com",
        "plan": "basic",
        "region": "amazon-web-services::us-east-1",
        "callback_url": CALLBACK,
        "options": {"a": "1", "b": "2"},
        "logplex_token": None,
        "uuid": UUID,
        "oauth_grant": {"code": "c0de", "expires_at": "2026-01-01T00:05:00Z", "type": "authorization_code"},
    }
    assert request == sent("provision", ORDER), "a repeat has the same bytes"


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        ({"log_drain_token": "d.1"}, {"log_drain_token": "d.1", "logplex_token": "d.1"}),
        (
            {"log_input_url": "https://token:t.1@l/logs"},
            {"log_input_url": "https://token:t.1@l/logs", "logplex_token": "t.1"},
        ),
        (
            {"log_input_url": "https://token:t.1@l/logs", "log_drain_token": "d.1"},
            {"log_input_url": "https://token:t.1@l/logs", "logplex_token": "t.1", "log_drain_token": "d.1"},
        ),
    ],
)
def test_the_tokens_of_logs(logs: dict[str, Any], expected: dict[str, str]) -> None:
    body = json.loads(sent("provision", replace(ORDER, **logs)).body or b"")
    assert {k: v for k, v in body.items() if k.startswith("log")} == expected


def test_a_resource_is_addressed_by_the_partners_own_id() -> None:
    put, delete = sent("change_plan", RESOURCE, "premium"), sent("deprovision", RESOURCE)
    assert (put.method, put.url) == ("PUT", "http://localhost:4567/heroku/resources/7")
    assert json.loads(put.body or b"") == {"heroku_id": "app123@heroku.com", "plan": "premium", "uuid": UUID}
    assert (delete.method, delete.url, delete.body) == ("DELETE", put.url, None)
    strange = sent("deprovision", Resource(UUID, "a/b c?"))
    assert strange.url == "http://localhost:4567/heroku/resources/a%2Fb%20c%3F"


def test_without_the_partners_id_there_is_no_address() -> None:
    assert not has_address(MANIFEST, Resource(UUID))
    assert has_address(MANIFEST, RESOURCE)
    assert has_address(MANIFEST | {"version": "3"}, Resource(UUID))
    with pytest.raises(ValueError, match="has not told its id"):
        sent("deprovision", Resource(UUID))


def test_answers_that_were_usual_then() -> None:
    body = json.dumps({"id": 7, "config": {"MYADDON_URL": "http://x"}}).encode()
    for status in (200, 201):
        outcome = provision_outcome(PartnerAnswer(status, {}, body, 1), ["MYADDON_URL"], version=version_1)
        assert outcome == Provisioned("7", {"MYADDON_URL": "http://x"}, None, None)
    for status in (200, 204, 410):
        assert deprovision_outcome(PartnerAnswer(status, {}, b"Ok", 1), version=version_1) == Gone()


def test_202_means_later_and_its_config_comes_later_too() -> None:
    body = json.dumps({"id": 7, "config": {"MYADDON_URL": "http://x"}}).encode()
    outcome = provision_outcome(PartnerAnswer(202, {}, body, 1), ["MYADDON_URL"], version=version_1)
    assert isinstance(outcome, Accepted202)
    assert "PUT to the callback_url" in outcome.warnings[0]


def test_an_answer_that_cannot_be_used_still_tells_the_id() -> None:
    body = json.dumps({"id": 7, "config": {"OTHER": "x"}}).encode()
    outcome = provision_outcome(PartnerAnswer(200, {}, body, 1), ["MYADDON_URL"], version=version_1)
    assert isinstance(outcome, Broken) and outcome.provider_id == "7"
