"""Requests as the real CLI sends them, pages, and every way in which an answer can be wrong."""

import socket

import click
import pytest

from platform_sim.cli import client as room
from platform_sim.cli.client import Client, route
from platform_sim.cli.failures import ApiError, EnvironmentProblem
from platform_sim.cli.find import Place

from .fake_api import TOKEN, FakeApi, someone_who


@pytest.fixture
def client(api: FakeApi) -> Client:
    return Client(Place(api.url, TOKEN))


def test_a_get_carries_version_and_token_and_no_body(api: FakeApi, client: Client) -> None:
    api.on("GET /account", {"email": "dev@example.com"})
    assert client.get("/account", variant="sdk", accept_expansion="plan") == {"email": "dev@example.com"}
    headers = api.last("GET /account").headers
    assert headers["accept"] == "application/vnd.heroku+json; version=3.sdk"
    assert headers["accept-expansion"] == "plan"
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert "content-type" not in headers
    assert "content-length" not in headers


def test_a_body_is_json(api: FakeApi, client: Client) -> None:
    api.on("PATCH /apps/a/config-vars", {"A": "ü"})
    assert client.patch("/apps/a/config-vars", {"A": "ü", "B": None}) == {"A": "ü"}
    assert api.body_of("PATCH /apps/a/config-vars") == {"A": "ü", "B": None}
    assert api.last("PATCH /apps/a/config-vars").headers["content-type"] == "application/json"


def test_pages_are_read_to_the_end(api: FakeApi, client: Client) -> None:
    api.on("GET /apps", [1, 2], 206, Next_Range="id ]2..; max=2")
    api.on("GET /apps", [3, 4], 206, Next_Range="id ]4..; max=2")
    api.on("GET /apps", [5], 200)
    assert client.get("/apps") == [1, 2, 3, 4, 5]
    assert [asked.headers.get("range") for asked in api.asked] == [None, "id ]2..; max=2", "id ]4..; max=2"]


def test_who_asks_for_one_page_gets_one(api: FakeApi, client: Client) -> None:
    api.on("GET /apps/a/releases", [9], 206, Next_Range="version ]9..")
    assert client.get("/apps/a/releases", range="version ..; order=desc,max=1") == [9]
    assert len(api.asked) == 1


def test_an_empty_answer_is_none(api: FakeApi, client: Client) -> None:
    api.on("DELETE /apps/a/dynos", b"", 202)
    assert client.delete("/apps/a/dynos") is None


def test_an_error_in_herokus_form(api: FakeApi, client: Client) -> None:
    api.fails("GET /apps/a", 404, "not_found", "Couldn't find that app.", resource="app")
    with pytest.raises(ApiError, match=r"^Couldn't find that app\.$") as caught:
        client.get("/apps/a")
    assert (caught.value.status, caught.value.id, caught.value.body["resource"]) == (404, "not_found", "app")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "no such add-on"}, "no such add-on"),
        ({"error": {"base": ["id is missing", "name is short"]}}, "id is missing\nname is short"),
        ({"id": "x"}, "HTTP Error 422 for POST http://"),
        (None, "HTTP Error 422 for POST http://"),
        ([1], "HTTP Error 422 for POST http://"),
        (b"<h1>Sorry</h1>", "<h1>Sorry</h1>"),
    ],
)
def test_errors_in_other_forms(api: FakeApi, client: Client, body: object, words: str) -> None:
    api.on("POST /x", body, 422)
    with pytest.raises(ApiError) as caught:
        client.post("/x", {})
    assert words in str(caught.value)


def test_a_wrong_token_says_where_a_right_one_is(api: FakeApi, client: Client) -> None:
    api.fails("GET /account", 401, "unauthorized", "Invalid credentials provided.")
    with pytest.raises(ApiError, match="does not accept this token; `platform-sim env` prints its own"):
        client.get("/account")


def test_an_answer_that_is_not_json_is_no_platforms(api: FakeApi, client: Client) -> None:
    api.on("GET /account", b"<html>")
    with pytest.raises(EnvironmentProblem, match="not JSON: is it a platform"):
        client.get("/account")


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(EnvironmentProblem) as caught:
            Client(Place(url, TOKEN)).get("/account")
    assert str(caught.value) == f"no platform answers at {url}: start one with `platform-sim up`"


@pytest.mark.parametrize("says", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n["])
def test_someone_else_there(says: bytes) -> None:
    with someone_who(says) as url, pytest.raises(EnvironmentProblem, match="is it a platform"):
        Client(Place(url, TOKEN)).get("/account")


def test_someone_who_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "TIMEOUT", 0.05)
    with (
        someone_who(b"", then_silent=True) as url,
        pytest.raises(EnvironmentProblem, match=r"did not answer GET /x within 0\.05 s"),
    ):
        Client(Place(url, TOKEN)).get("/x")


def test_a_stream_elsewhere_is_not_opened(client: Client) -> None:
    with (
        pytest.raises(EnvironmentProblem, match="not on this machine: it was not opened"),
        client.stream("https://logs.example.com/x", {}, 1),
    ):
        pass


def test_a_stream_gets_no_token(api: FakeApi, client: Client) -> None:
    api.on("GET /logs/secret?a=1", b"text")
    with client.stream(f"{api.url}/logs/secret?a=1", {"Accept": "text/event-stream"}, 5) as answer:
        assert answer.read() == b"text"
    assert "authorization" not in api.asked[0].headers


def test_parts_of_a_path_are_escaped() -> None:
    assert route("apps", "a/b ?#", "~") == "/apps/a%2Fb%20%3F%23/~"


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_would_make_it_another_path(name: str) -> None:
    with pytest.raises(click.UsageError, match="is no name that the platform could know"):
        route("apps", name)
