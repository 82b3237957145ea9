"""Which host names can be an app's, and which wildcards cover them."""

import pytest

from platform_sim.core.model.domains import app_name_of, default_hostname, hostname_problem, wildcards_for


@pytest.mark.parametrize(
    "hostname",
    [
        "example.com",
        "www.example.com",
        "*.example.com",
        "*.a.b.example.co.uk",
        "xn--bcher-kva.example",
        "www.shop.localhost",
        "*.shop.localhost",
        "1.example.com",
        "a" * 63 + ".example.com",
        "heroku.com.example.org",
        "notheroku.com",
    ],
)
def test_good_names(hostname: str) -> None:
    assert hostname_problem(hostname) is None


@pytest.mark.parametrize(
    ("hostname", "says"),
    [
        ("", "not a host name"),
        ("example", "not a full host name"),
        ("localhost", "not a full host name"),
        ("*.localhost", "not a full host name"),
        ("*", "not a host name"),
        ("*.com", "not a full host name"),
        ("a.*.example.com", "not a host name"),
        ("*www.example.com", "not a host name"),
        ("-a.example.com", "not a host name"),
        ("a-.example.com", "not a host name"),
        ("a_b.example.com", "not a host name"),
        ("a..example.com", "not a host name"),
        ("www.example.com.", "not a host name"),
        ("www.example.com\n", "not a host name"),
        ("www.example.com:80", "not a host name"),
        ("http://www.example.com", "not a host name"),
        ("a" * 64 + ".example.com", "not a host name"),
        ("a." * 126 + "ab", "not a host name"),
        ("bücher.example", "xn--"),
        ("127.0.0.1", "an address"),
        ("heroku.com", "belongs to Heroku"),
        ("api.heroku.com", "belongs to Heroku"),
        ("*.herokuapp.com", "belongs to Heroku"),
        ("x.herokudns.com", "belongs to Heroku"),
        ("shop.localhost", "www.shop.localhost"),
    ],
)
def test_bad_names_say_what_is_wrong(hostname: str, says: str) -> None:
    problem = hostname_problem(hostname)
    assert problem is not None
    assert says in problem


def test_the_wildcards_of_a_name_are_the_closest_first() -> None:
    assert wildcards_for("a.b.example.com") == ("*.b.example.com", "*.example.com")
    assert wildcards_for("example.com") == ()
    assert wildcards_for("localhost") == ()
    assert wildcards_for("*.example.com") == ("*.example.com",)


def test_a_default_name_holds_the_app_s_name() -> None:
    assert default_hostname("acme") == "acme.localhost"
    assert app_name_of("acme.localhost") == app_name_of("acme.herokuapp.com") == "acme"
    assert app_name_of("www.example.com") is None
