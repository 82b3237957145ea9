"""No secret survives masking, and what is no secret can still be read."""

import base64
import json

import pytest

from platform_sim.core.model.masking import HIDDEN, MARKED, marker, masked_url
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.mask import BODY_LIMIT, masked_body, masked_text
from platform_sim.partners.wire import marked_exchange, masked_exchange

PASSWORD, CODE, URL = "the-password", "0aa1-grant-code", "mysql://user:s3cret-word@db.example/x"
BASIC = "Basic " + base64.b64encode(f"acme:{PASSWORD}".encode()).decode()
REQUEST_BODY = {
    "uuid": "u-1",
    "options": {"from": "postgres://me:old-secret@db.example/1"},
    "oauth_grant": {"code": CODE, "expires_at": "soon", "type": "authorization_code"},
    "log_input_url": "https://token:t.12345678@logs.example/logs",
    "log_drain_token": "d.87654321",
    "logplex_token": "d.87654321",
}
SECRETS = [
    PASSWORD,
    CODE,
    URL,
    "s3cret-word",
    BASIC.split()[1],
    "old-secret",
    "t.12345678",
    "d.87654321",
    "key-of-acme",
]


def request() -> PartnerRequest:
    headers = {"Authorization": BASIC, "Accept": "application/json"}
    return PartnerRequest("POST", "https://u:url-secret@p.example/x", headers, json.dumps(REQUEST_BODY).encode(), 25)


ECHO = f"<pre>Authorization: {BASIC}\npassword={PASSWORD} code={CODE} drain=d.87654321 https://a:url-secret@x/</pre>"
BODIES = [
    json.dumps({"id": "7", "config": {"ACME_URL": URL}, "message": f"use {URL} and {PASSWORD}"}),
    json.dumps({"config": [{"name": "ACME_URL", "value": URL}]}),
    json.dumps({"config": URL, "error": {"headers": {"authorization": BASIC}, "body": REQUEST_BODY}}),
    json.dumps({"id": "7", "config": {"ACME_URL": URL}})[:-12],
    '{"id": "7", "config": {"ACME_URL": "' + URL,
    "{'id': '7', 'config': {'ACME_URL': '" + URL + "', 'ACME_KEY': 'key-of-acme'}}",
    '{"id": "7", "config": {"ACME_KEY": "key-of-acme", "ACME_OTHER": "say \\"key-of-acme',
    '{"id"=>"7", "config"=>{"ACME_URL"=>"' + URL + '"}}',
    ECHO,
]


@pytest.mark.parametrize("body", BODIES)
def test_no_secret_survives(body: str) -> None:
    answer = PartnerAnswer(200, {"set-cookie": "sid=abcdef", "x-echo": f"{CODE} {BASIC}"}, body.encode(), 5)
    shown = masked_exchange(request(), answer)
    text = repr(shown)
    for secret in (*SECRETS, "url-secret", "sid=abcdef"):
        assert secret not in text, secret


def test_what_is_no_secret_stays() -> None:
    answer = PartnerAnswer(200, {"x-id": "1"}, BODIES[0].encode(), 5, "cut")
    shown = masked_exchange(request(), answer)
    assert (shown.method, shown.url, shown.status) == ("POST", "https://[hidden]@p.example/x", 200)
    assert (shown.problem, shown.milliseconds, shown.response_headers) == ("cut", 5, {"x-id": "1"})
    assert shown.request_headers == {"Authorization": "[hidden]", "Accept": "application/json"}
    sent = json.loads(shown.request_body)
    assert sent["uuid"] == "u-1"
    assert sent["oauth_grant"] == {"code": "[hidden]", "expires_at": "soon", "type": "authorization_code"}
    assert sent["log_input_url"] == "https://[hidden]@logs.example/logs"
    assert json.loads(shown.response_body)["config"] == {"ACME_URL": "[hidden]"}


def test_no_body_is_no_text() -> None:
    empty = PartnerRequest("DELETE", "http://p.example/u", {}, None, 25)
    shown = masked_exchange(empty, PartnerAnswer(None, {}, b"", 0, "refused connection"))
    assert (shown.request_body, shown.response_body) == ("", "")


def test_long_bodies_are_cut() -> None:
    text = masked_body(b"a" * 100_000)
    assert len(text) < BODY_LIMIT + 100
    assert text.endswith("(cut here, 100000 bytes in all)")


@pytest.mark.parametrize("body", [b"\xff\x00\xfe", b"[" * 50_000, b'{"a": "\\ud800"}', b"null", b'"x"', b"{", b"1e999"])
def test_any_bytes_become_text_that_can_be_kept(body: bytes) -> None:
    masked_body(body).encode()


URLS = [
    ("https://a.example/x", "https://a.example/x"),
    ("https://u:p@a.example/x?y=1", "https://[hidden]@a.example/x?y=1"),
    ("https://u:p@p@a.example/", "https://[hidden]@a.example/"),
    ("see https://u@a/ and http://b/@c", "see https://[hidden]@a/ and http://b/@c"),
    ("https://a/x?token=t1&b=2&api_key=k#f", "https://a/x?token=[hidden]&b=2&api_key=[hidden]#f"),
]


@pytest.mark.parametrize(("given", "shown"), URLS)
def test_urls(given: str, shown: str) -> None:
    assert masked_url(given) == shown


def test_short_values_do_not_eat_words() -> None:
    assert masked_text("on and on", {"on"}) == "on and on"
    assert (
        masked_text("the secret and the secret-er one", {"secret", "secret-er"}) == "the [hidden] and the [hidden] one"
    )


@pytest.mark.parametrize("body", BODIES)
def test_marks_hold_no_secret_either_and_stand_where_something_is_hidden(body: str) -> None:
    shown = marked_exchange(request(), PartnerAnswer(200, {}, body.encode(), 5), marker("key"))
    for secret in (*SECRETS, "url-secret"):
        assert secret not in repr(shown.marked), secret
    for name, text in shown.marked.items():
        assert MARKED.sub(HIDDEN, text) == getattr(shown, name)


def test_half_a_character_has_a_mark_too() -> None:
    """JSON can hold it, and a partner that answers so must not break the job that keeps its answer."""
    answer = PartnerAnswer(200, {}, b'{"config": {"A": "\\ud800"}, "message": "the half of \\ud800 secret"}', 5)
    marked = marked_exchange(request(), answer, marker("key")).marked
    assert MARKED.search(json.loads(marked["response_body"])["config"]["A"])


def test_the_same_secret_has_the_same_mark_wherever_it_stands() -> None:
    answer = PartnerAnswer(200, {}, json.dumps({"config": {"A": CODE, "B": "another"}}).encode(), 5)
    marked = marked_exchange(request(), answer, marker("key")).marked
    sent, said = json.loads(marked["request_body"]), json.loads(marked["response_body"])
    assert sent["oauth_grant"]["code"] == said["config"]["A"] != said["config"]["B"]
    assert sent["log_drain_token"] == sent["logplex_token"] != sent["oauth_grant"]["code"]
    assert marked != marked_exchange(request(), answer, marker("other")).marked, "who has not the key cannot compare"
    assert marked_exchange(PartnerRequest("GET", "http://p/x", {}, None, 1), answer, marker("key")).marked.keys() == {
        "response_body"
    }
