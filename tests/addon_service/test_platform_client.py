"""Calls to Heroku: shapes on the wire, and what comes of each answer."""

import json
from pathlib import Path

import pytest
import requests

from addon_service import platform_client
from addon_service.errors import PlatformFailed
from addon_service.platform_client import (
    Answer,
    LogInputPlace,
    PlatformClient,
    Request,
    TokenRefused,
    log_input_place,
    reason,
    send_over_http,
)

from .around import TOKEN
from .heroku import START, FakeHeroku, said, served


def _client(heroku: FakeHeroku) -> PlatformClient:
    return PlatformClient("http://api.test", "http://id.test", 5, heroku)


def test_an_exchange_is_a_form_to_the_id_host() -> None:
    sent: list[Request] = []

    def send(request: Request) -> Answer:
        sent.append(request)
        return FakeHeroku()(request)

    tokens = PlatformClient("http://api.test", "http://id.test", 5, send).exchange("grant-1", "client-secret-1")
    assert (tokens.access, tokens.refresh, tokens.expires_in) == ("HRKU-access-1", "HRKU-refresh-1", 28800)
    assert (sent[0].method, sent[0].url) == ("POST", "http://id.test/oauth/token")
    assert sent[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sent[0].body == b"grant_type=authorization_code&code=grant-1&client_secret=client-secret-1"


def test_a_refresh_sends_the_refresh_token(heroku: FakeHeroku) -> None:
    client = _client(heroku)
    tokens = client.exchange("grant-1", "client-secret-1")
    assert client.refresh(tokens.refresh or "", "client-secret-1").access == "HRKU-access-2"
    assert heroku.calls[-1][2] == {
        "grant_type": "refresh_token",
        "refresh_token": "HRKU-refresh-1",
        "client_secret": "client-secret-1",
    }


def test_a_call_is_bearer_version_3_and_json() -> None:
    sent: list[Request] = []

    def send(request: Request) -> Answer:
        sent.append(request)
        return said(200, [])

    answer = PlatformClient("http://api.test", "", 5, send).call("tok", "PATCH", "/addons/x/config", {"config": []})
    assert answer.json() == []
    assert sent[0].url == "http://api.test/addons/x/config"
    assert sent[0].headers == {
        "Accept": "application/vnd.heroku+json; version=3",
        "Authorization": "Bearer tok",
        "Content-Type": "application/json",
    }
    assert json.loads(sent[0].body) == {"config": []}
    assert "tok" not in repr(sent[0])


def test_a_refusal_is_told_with_herokus_words(heroku: FakeHeroku) -> None:
    with pytest.raises(TokenRefused, match="401: OAuth authorization invalid."):
        _client(heroku).exchange("unknown", "client-secret-1")


@pytest.mark.parametrize("status", [500, 503, 408, 429])
def test_a_passing_failure_is_not_an_answer(heroku: FakeHeroku, status: int) -> None:
    heroku.next = [said(status, {}), said(status, {})]
    with pytest.raises(PlatformFailed, match=str(status)):
        _client(heroku).exchange("grant-1", "client-secret-1")
    with pytest.raises(PlatformFailed, match=str(status)):
        _client(heroku).call("tok", "GET", "/addons")


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b"{}", b'{"access_token": "a", "refresh_token": "r", "expires_in": "soon"}', b"[" * 10000]
    + [b'{"access_token": "", "expires_in": 5}', b'{"access_token": "a", "expires_in": true}']
    + [b'{"access_token": "a", "refresh_token": 5, "expires_in": 5}', b'{"access_token": "a", "expires_in": -1}'],
)
def test_a_token_answer_that_makes_no_sense_is_a_failure(heroku: FakeHeroku, body: bytes) -> None:
    heroku.next = [Answer(200, body)]
    with pytest.raises(PlatformFailed, match="token endpoint"):
        _client(heroku).exchange("grant-1", "client-secret-1")


def test_reasons_are_found_and_short() -> None:
    assert reason(said(404, {"message": "Couldn't find that."})) == "Couldn't find that."
    assert reason(Answer(404, b"\xff")) == "no reason given"
    assert len(reason(said(404, {"message": "x" * 999}))) == 200


def test_over_a_real_socket_the_same_happens(heroku: FakeHeroku) -> None:
    with served(heroku) as url:
        client = PlatformClient(url, url, 60)
        tokens = client.exchange("grant-1", "client-secret-1")
        answer = client.call(tokens.access, "PATCH", "/addons/x/config", {"config": [{"name": "A", "value": "b"}]})
        assert answer.json() == [{"name": "A", "value": "b"}]
        assert client.call(tokens.access, "GET", "/apps/x").status == 404
    with pytest.raises(PlatformFailed, match="is Heroku running there"):
        client.call(tokens.access, "GET", "/apps/x")


def test_a_netrc_of_the_developer_does_not_replace_our_token(
    heroku: FakeHeroku, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me@example.com password real-token\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    heroku.access = "ours"
    heroku.pages["/account"] = (200, {"ok": True})
    with served(heroku) as url:
        assert requests.get(f"{url}/account", timeout=60).status_code == 401, "the trap is no longer there"
        assert PlatformClient(url, url, 60).call("ours", "GET", "/account").json() == {"ok": True}


def test_a_redirect_is_not_followed(heroku: FakeHeroku) -> None:
    heroku.next = [Answer(302, b"")]
    with served(heroku) as url:
        assert send_over_http(Request("GET", f"{url}/x", 60, {})).status == 302
    assert heroku.paths() == ["GET /x"]


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_client, "LONGEST_ANSWER", 10)
    with served(lambda request: Answer(200, b"x" * 11)) as url, pytest.raises(PlatformFailed, match="more than 10"):
        send_over_http(Request("GET", f"{url}/x", 60, {}))


def test_what_heroku_does_not_have_is_an_answer_and_not_a_failure(heroku: FakeHeroku) -> None:
    heroku.next = [said(501, {"id": "not_simulated", "message": "Not yet."})]
    assert reason(_client(heroku).call("x", "GET", "/teams/acme")) == "Not yet."


class TestLogInput:
    @pytest.mark.parametrize(
        ("url", "place"),
        [
            ("https://token:t.1@logs.test/logs", LogInputPlace("https://logs.test/logs", "token", "t.1")),
            ("http://u%40:p%3A@[::1]:81/a?b=c#d", LogInputPlace("http://[::1]:81/a?b=c", "u@", "p:")),
            ("https://logs.test/logs", None),
            ("https://token@logs.test/logs", None),
            ("syslog://token:t.1@logs.test", None),
            ("https://token:t.1@logs.test:x/", None),
            ("https://[::1", None),
            ("", None),
        ],
    )
    def test_a_url_is_taken_apart(self, url: str, place: LogInputPlace | None) -> None:
        assert log_input_place(url) == place

    def test_over_a_real_socket_a_line_arrives_with_its_length(self, heroku: FakeHeroku) -> None:
        with served(heroku) as url:
            target = url.replace("://", f"://token:{TOKEN}@") + "/logs"
            assert PlatformClient(url, url, 60).write_log(target, "exceptions", START, "zwölf €").status == 204
        headers, body = heroku.around.written[0]
        assert headers["Content-Length"] == str(len(body))
        assert "Transfer-Encoding" not in headers
        assert heroku.around.lines() == ["zwölf €"]

    def test_the_password_is_in_no_problem_s_text(self) -> None:
        with pytest.raises(PlatformFailed) as problem:
            PlatformClient("", "", 1).write_log("http://token:t.secret@127.0.0.1:9/logs", "exceptions", START, "x")
        assert "t.secret" not in str(problem.value)

    def test_what_is_no_url_is_as_good_as_not_found(self, heroku: FakeHeroku) -> None:
        assert _client(heroku).write_log("rubbish", "exceptions", START, "x").status == 404
