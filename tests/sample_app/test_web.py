"""sample_app/web: the page, its form and its JSON."""

import pytest
from flask.testing import FlaskClient

from sample_app.resource import fingerprint
from sample_app.web import create_app

from .conftest import TOKEN, FakeExceptions, config

JSON = {"Accept": "application/json"}


def _client(url: str | None = None, release: str | None = None) -> FlaskClient:
    return create_app(config(url, release)).test_client()


def test_without_an_add_on_the_page_names_the_command() -> None:
    page = _client().get("/", headers={"Host": "acme.localhost:5100"}).text
    assert "no add-on yet" in page
    assert "heroku addons:create exceptions -a acme" in page
    assert "<form" not in page


@pytest.mark.parametrize(
    ("host", "app"),
    [("acme.localhost", "acme"), ("acme.herokuapp.com", "acme"), ("127.0.0.1:81", "APP"), ("localhost:81", "APP")],
)
def test_the_command_names_the_app_if_the_host_does(host: str, app: str) -> None:
    status = _client().get("/status.json", headers={"Host": host}).json
    assert status is not None
    assert status["addons"]["exceptions"] == {"state": "none", "command": f"heroku addons:create exceptions -a {app}"}


def test_status_without_an_add_on() -> None:
    status = _client().get("/status.json").json
    assert status is not None
    assert (status["dyno"], status["release"], status["url_fingerprint"]) == ("web.1", None, None)
    assert status["last_exceptions"] == []


def test_with_the_add_on_the_page_writes_and_reads_back(fake: FakeExceptions) -> None:
    client = _client(fake.url)
    assert "Nothing stored yet" in client.get("/").text
    answer = client.post("/exceptions", data={"message": " <b>it broke</b> "})
    assert (answer.status_code, answer.location) == (303, "/?exception=e1")
    page = client.get(answer.location).text
    assert "Wrote exception <code>e1</code>" in page
    assert "&lt;b&gt;it broke&lt;/b&gt;" in page
    assert "Plan test: 1 of 1000" in page
    assert fake.stored[0] == {
        "id": "e1",
        "type": "Page",
        "message": "<b>it broke</b>",
        "app": "web.1",
        "created_at": "2026-01-01T00:00:00Z",
    }


def test_status_with_the_add_on_holds_no_credential(fake: FakeExceptions) -> None:
    client = _client(fake.url, release="v4")
    for number in range(12):
        client.post("/exceptions", json={"type": "T", "message": f"m{number}"}, headers=JSON)
    answer = client.get("/status.json")
    assert answer.json is not None
    assert answer.json["addons"]["exceptions"] == {"state": "ok", "plan": "test", "limit": 1_000, "stored": 12}
    assert [item["message"] for item in answer.json["last_exceptions"]] == [f"m{number}" for number in range(11, 1, -1)]
    assert (answer.json["release"], answer.json["url_fingerprint"]) == ("v4", fingerprint(fake.url))
    assert TOKEN not in answer.text + client.get("/").text


def test_json_is_answered_with_json(fake: FakeExceptions) -> None:
    answer = _client(fake.url).post("/exceptions", json={"message": "m", "type": "T"}, headers=JSON)
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["id"] == "e1"


@pytest.mark.parametrize(
    ("fault", "kind", "status"),
    [((500, b""), "away", 503), ((401, b""), "retired", 503), ((402, b""), "full", 402), ((200, b"x"), "odd", 502)],
)
def test_a_partner_in_trouble_is_shown_and_breaks_nothing(
    fake: FakeExceptions, fault: tuple[int, bytes], kind: str, status: int
) -> None:
    fake.fault = fault
    client = _client(fake.url)
    page = client.get("/")
    assert page.status_code == 200
    assert f"not usable now ({kind})" in page.text
    assert TOKEN not in page.text
    shown = client.get("/status.json").json
    assert shown is not None
    assert (shown["addons"]["exceptions"]["state"], shown["last_exceptions"]) == (kind, [])
    assert shown["addons"]["exceptions"]["message"]
    answer = client.post("/exceptions", data={"message": "m"})
    assert (answer.status_code, answer.location) == (303, f"/?problem={kind}")
    assert 'role="alert"' in client.get(answer.location).text
    answer = client.post("/exceptions", data={"message": "m"}, headers=JSON)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["id"] == kind


def test_writing_without_an_add_on() -> None:
    answer = _client().post("/exceptions", data={"message": "m"}, headers=JSON)
    assert answer.status_code == 409
    assert "heroku addons:create exceptions" in answer.text
    assert _client().post("/exceptions", data={"message": "m"}).location == "/?problem=none"


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"message": ""}},
        {"data": {}},
        {"data": {"message": "x" * 1_001}},
        {"json": ["x"]},
        {"json": {"message": 3}},
        {"data": "{", "content_type": "application/json"},
    ],
)
def test_a_message_that_cannot_be_written_is_refused_before_the_add_on(
    fake: FakeExceptions, sent: dict[str, object]
) -> None:
    answer = _client(fake.url).post("/exceptions", headers=JSON, **sent)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["id"] == "empty"
    assert fake.asked == []


def test_an_address_cannot_make_the_page_say_anything() -> None:
    page = _client().get("/?problem=Send+money&exception=<script>&row=<script>").text
    assert "money" not in page
    assert "<script>" not in page


def test_health_does_not_ask_the_add_on(fake: FakeExceptions) -> None:
    assert _client(fake.url).get("/healthz").text == "ok\n"
    assert fake.asked == []


def test_what_was_written_is_in_the_log_too_on_one_line(
    fake: FakeExceptions, capsys: pytest.CaptureFixture[str]
) -> None:
    message = "it broke\nin two lines " + "x" * 300
    assert _client(fake.url).post("/exceptions", data={"message": message}, headers=JSON).status_code == 201
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("wrote exception e1: it broke in two lines xxx")
    assert len(line) == len("wrote exception e1: ") + 200
