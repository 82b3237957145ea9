"""The exact requests of the partner contract."""

import base64
import json
from typing import Any

from platform_sim.partners.client import PartnerClient
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.orders import Grant, ProvisionOrder, Resource

MANIFEST: dict[str, Any] = {
    "id": "addon-slug",
    "api": {
        "password": "super-secret",
        "production": {"base_url": "https://acme.example/heroku/resources"},
        "version": "3",
    },
}
ORDER = ProvisionOrder(
    uuid="01234567-89ab-cdef-0123-456789abcdef",
    name="acme-inc-primary-database",
    plan="basic",
    region="amazon-web-services::us-east-1",
    callback_url="http://localhost:5100/addons/01234567-89ab-cdef-0123-456789abcdef",
    options={"foo": "bar", "baz": "true"},
    grant=Grant("c0de", "2026-01-01T00:05:00Z"),
)
RESOURCE = Resource("u-1", provider_id="7", heroku_id="app123@heroku.com")
ANSWER = PartnerAnswer(200, {}, b"{}", 1)


class Recorder:
    def __init__(self) -> None:
        self.requests: list[PartnerRequest] = []

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        self.requests.append(request)
        return ANSWER


def test_provision() -> None:
    send = Recorder()
    call = PartnerClient(send, timeout=25).provision(MANIFEST, ORDER)
    assert (call.answer, call.request) == (ANSWER, send.requests[0])
    request = call.request
    assert (request.method, request.url, request.timeout) == ("POST", "https://acme.example/heroku/resources", 25)
    assert request.headers == {
        "Accept": "application/vnd.heroku-addons+json; version=3",
        "Authorization": "Basic YWRkb24tc2x1ZzpzdXBlci1zZWNyZXQ=",
        "Content-Type": "application/json",
        "User-Agent": "platform-sim",
    }
    assert request.body == (
        b'{"uuid":"01234567-89ab-cdef-0123-456789abcdef","name":"acme-inc-primary-database","plan":"basic",'
        b'"region":"amazon-web-services::us-east-1",'
        b'"callback_url":"http://localhost:5100/addons/01234567-89ab-cdef-0123-456789abcdef",'
        b'"options":{"baz":"true","foo":"bar"},'
        b'"oauth_grant":{"code":"c0de","expires_at":"2026-01-01T00:05:00Z","type":"authorization_code"}}'
    )


def test_without_grant_and_with_logs() -> None:
    send = Recorder()
    order = ProvisionOrder(
        "u", "n", "p", "r", "c", {}, None, log_input_url="https://token:t.1@l/logs", log_drain_token="d.1"
    )
    PartnerClient(send).provision(MANIFEST, order)
    body = json.loads(send.requests[0].body or b"")
    assert (body["oauth_grant"], body["options"]) == (None, {})
    assert body["log_input_url"] == "https://token:t.1@l/logs"
    assert (body["log_drain_token"], body["logplex_token"]) == ("d.1", "d.1")


def test_change_plan_and_deprovision_address_the_uuid() -> None:
    send = Recorder()
    client = PartnerClient(send)
    client.change_plan(MANIFEST, RESOURCE, "premium")
    client.deprovision(MANIFEST, RESOURCE)
    put, delete = send.requests
    assert (put.method, put.url, put.body) == (
        "PUT",
        "https://acme.example/heroku/resources/u-1",
        b'{"plan":"premium"}',
    )
    assert (delete.method, delete.url, delete.body) == ("DELETE", put.url, None)
    assert "Content-Type" not in delete.headers


def test_a_password_may_hold_any_characters() -> None:
    send = Recorder()
    manifest = {"id": "acme", "api": {**MANIFEST["api"], "password": "pä:ss wörd"}}
    PartnerClient(send).deprovision(manifest, RESOURCE)
    value = send.requests[0].headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(value).decode() == "acme:pä:ss wörd"


def test_a_request_does_not_show_its_secrets_by_accident() -> None:
    send = Recorder()
    PartnerClient(send).provision(MANIFEST, ORDER)
    shown = repr(send.requests[0]) + repr(ORDER)
    assert "YWRkb24" not in shown
    assert "c0de" not in shown
