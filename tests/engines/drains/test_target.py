"""Where a drain's URL leads."""

import pytest

from platform_sim.engines.drains.target import Target, target_of


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://logs.example.com", ("logs.example.com", 443, True, True, "/", "logs.example.com")),
        ("http://localhost:5200/a?b=c&d", ("localhost", 5200, False, True, "/a?b=c&d", "localhost:5200")),
        ("https://LOGS.Example.com/A%20b", ("logs.example.com", 443, True, True, "/A%20b", "LOGS.Example.com")),
        ("http://[::1]:1/x", ("::1", 1, False, True, "/x", "[::1]:1")),
        ("https://u:p@logs.example.com?q", ("logs.example.com", 443, True, True, "/?q", "logs.example.com")),
        ("syslog://logs.example.com", ("logs.example.com", 514, False, False, "/", "logs.example.com")),
        ("syslog+tls://logs.example.com:99", ("logs.example.com", 99, True, False, "/", "logs.example.com:99")),
    ],
)
def test_parts(url: str, parts: tuple[str, int, bool, bool, str, str]) -> None:
    target = target_of(url)
    assert (target.host, target.port, target.tls, target.http, target.place, target.authority) == parts


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("https://logs.example.com/", None),
        ("https://Aladdin:open%20sesame@logs.example.com/", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("https://addon-slug:super-secret@l/", "Basic YWRkb24tc2x1ZzpzdXBlci1zZWNyZXQ="),
        ("https://user@l/", "Basic dXNlcjo="),
        ("https://user:a:b%3A@l/", "Basic dXNlcjphOmI6"),
        ("https://user:p@ss@l/", "Basic dXNlcjpwQHNz"),
        ("https://%C3%A4:%0D%0A@l/", "Basic w6Q6DQo="),
        ("https://@l/", "Basic Og=="),
    ],
)
def test_the_user_part_becomes_basic_credentials(url: str, value: str | None) -> None:
    assert target_of(url).authorization == value


def test_a_target_shows_no_secret() -> None:
    target: Target = target_of("https://user:secret@logs.example.com/secret?secret")
    assert target.shown == "https://logs.example.com:443"
    assert repr(target) == "Target(shown='https://logs.example.com:443')"
