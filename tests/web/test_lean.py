"""What is asked without Flask's client reaches the application as the client would have it, or goes by the client."""

from collections.abc import Iterable
from typing import Any

import pytest

from . import lean
from .world import World

REQUESTS: list[tuple[str, str, dict[str, str], bytes | None]] = [
    ("GET", "/apps?x=1&y=a+b", {"Accept": "x", "Authorization": "Bearer z"}, None),
    ("POST", "/apps/a.b@c", {"Content-Type": "application/json", "Range": "id ..; max=3"}, b'{"a": 1}'),
    ("PATCH", "/a", {"Content-Type": "text/plain", "X-Http-Method-Override": "GET"}, b""),
    ("DELETE", "/a/", {"if-none-match": '"x"'}, None),
]


@pytest.mark.parametrize(("method", "path", "headers", "data"), REQUESTS)
def test_the_environment_is_that_of_the_client(
    method: str, path: str, headers: dict[str, str], data: bytes | None, world: World
) -> None:
    heard: list[dict[str, Any]] = []

    def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        heard.append({**environ, "wsgi.input": environ["wsgi.input"].read()})
        start("201 Made", [("A", "b"), ("Set-Cookie", "c=d; Path=/")])
        return [b"x", b"y"]

    world.client.application.wsgi_app = application  # type: ignore[method-assign, assignment]
    assert lean.is_plain(world.client, path, headers, data)
    with world.client.open(path, method=method, headers=headers, data=data) as response:
        expected = response.status_code, list(response.headers), response.data
    world.client.delete_cookie("c")
    status, answered, body = lean.ask(world.client, method, path, headers, data)
    assert (status, list(answered), body) == expected
    by_client, by_us = heard
    assert by_client | {"werkzeug.request": None} == by_us | {"werkzeug.request": None}
    assert world.client.get_cookie("c") is not None
    assert not lean.is_plain(world.client, path, headers, data), "it would have to send the cookie"


@pytest.mark.parametrize("path", ["//a", "http://id.localhost/", "/a b", "/%41", "/é", "/a#b", "/a?", "a", ""])
def test_other_paths_go_by_the_client(path: str, world: World) -> None:
    assert not lean.is_plain(world.client, path, {}, None)


@pytest.mark.parametrize(
    "headers", [{"Host": "a"}, {"cookie": "a=b"}, {"Content-Length": "3"}, {"Content-Type": "a/b"}, {"A": "", "a": ""}]
)
def test_other_headers_go_by_the_client(headers: dict[str, str], world: World) -> None:
    assert not lean.is_plain(world.client, "/", headers, None)
