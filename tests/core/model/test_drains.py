"""Which addresses a log drain may have, and what of them may be shown."""

import pytest

from platform_sim.core.model.drains import (
    LONGEST_URL,
    drain_port,
    drain_url_problem,
    is_loopback,
    shown_address,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://logs.example.com/drain?token=1",
        "https://user:pass@logs.example.com:8443/",
        "HTTPS://LOGS.example.com",
        "http://localhost:5200/logs",
        "http://app.localhost/",
        "http://127.0.0.1:1",
        "http://127.9.9.9/x",
        "http://[::1]:5200/x",
        "syslog://logs.example.com",
        "syslog://logs.example.com:1234",
        "syslog+tls://logs.example.com:6514",
        "https://logs.example.com/" + "x" * (LONGEST_URL - 25),
    ],
)
def test_a_good_url_has_no_problem(url: str) -> None:
    assert drain_url_problem(url) is None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "visible ASCII"),
        ("nonsense", "https, syslog"),
        ("https://", "https, syslog"),
        ("https:///path", "https, syslog"),
        ("https://logs.example.com:port/", "https, syslog"),
        ("https://logs.example.com:70000/", "https, syslog"),
        ("https://logs.example.com:0/", "https, syslog"),
        ("https://[::1/", "https, syslog"),
        ("ftp://logs.example.com/", "https, syslog"),
        ("file:///etc/passwd", "https, syslog"),
        ("javascript:alert(1)", "https, syslog"),
        ("http://logs.example.com/", "must be https"),
        ("http://localhost.example.com/", "must be https"),
        ("http://127.0.0.1.example.com/", "must be https"),
        ("http://10.0.0.1/", "must be https"),
        ("https://logs.example.com/#part", "after #"),
        ("https://logs.example.com/a b", "visible ASCII"),
        ("https://logs.example.com/\r\nX: y", "visible ASCII"),
        ("https://logs.example.com/\n", "visible ASCII"),
        ("https://lögs.example.com/", "visible ASCII"),
        ("https://logs.example.com/\x00", "visible ASCII"),
        ("https://logs.example.com/" + "x" * LONGEST_URL, "longer than 2048"),
    ],
)
def test_a_bad_url_has_a_problem_that_says_which(url: str, says: str) -> None:
    assert says in (drain_url_problem(url) or "")


@pytest.mark.parametrize(
    ("host", "local"),
    [("localhost", True), ("A.LOCALHOST", True), ("::1", True), ("127.1.2.3", True), ("0.0.0.0", False), ("", False)],
)
def test_loopback_is_known_by_its_name(host: str, local: bool) -> None:
    assert is_loopback(host) is local


@pytest.mark.parametrize(
    ("url", "port"),
    [("http://localhost", 80), ("https://x", 443), ("syslog://x", 514), ("syslog+tls://x", 6514), ("https://x:1", 1)],
)
def test_each_scheme_has_its_port(url: str, port: int) -> None:
    assert drain_port(url) == port


def test_only_scheme_host_and_port_are_shown() -> None:
    assert shown_address("https://user:secret@logs.example.com/secret?secret=1") == "https://logs.example.com:443"
    assert shown_address("http://[::1]:5200/secret") == "http://[::1]:5200"
