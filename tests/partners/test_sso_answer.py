"""What is kept and shown of an answer to a login: cookies by name, redirects without what they give away."""

import pytest

from platform_sim.partners.contract import FORM, PartnerAnswer, PartnerRequest
from platform_sim.partners.mask import masked_body
from platform_sim.partners.sso_answer import bare, cookie_header, cookies, led_to, stays_here
from platform_sim.partners.wire import masked_exchange

REQUEST = PartnerRequest("POST", "http://localhost:5200/sso", {"Content-Type": FORM}, b"id=7&token=abcdef01", 1.0)


def answer(status: int = 302, **headers: str) -> PartnerAnswer:
    return PartnerAnswer(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"", 1)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", []),
        ("a=1", [("a", "1", ())]),
        ("a=1; HttpOnly, b=2;Secure", [("a", "1", ("HttpOnly",)), ("b", "2", ("Secure",))]),
        ("a=; Expires=Wed, 21 Oct 2026 07:28:00 GMT", [("a", "", ("Expires=Wed, 21 Oct 2026 07:28:00 GMT",))]),
        ("nothing", [("nothing", "", ())]),
        (",,;;", [(",,", "", ())]),
    ],
)
def test_cookies_come_apart(header: str, found: list[object]) -> None:
    assert [(each.name, each.value, each.flags) for each in cookies(answer(set_cookie=header))] == found


def test_they_go_back_without_their_flags() -> None:
    assert cookie_header(answer(set_cookie="a=1; HttpOnly, b=2; Path=/")) == "a=1; b=2"


@pytest.mark.parametrize(
    ("status", "location", "to"),
    [
        (302, "/dash", "http://localhost:5200/dash"),
        (303, "next?x=1", "http://localhost:5200/next?x=1"),
        (302, "//other.example/x", "http://other.example/x"),
        (307, "/dash", None),
        (200, "/dash", None),
        (302, "http://[", None),
        (302, "mailto:a@example.com", None),
    ],
)
def test_where_a_browser_would_go(status: int, location: str, to: str | None) -> None:
    assert led_to(REQUEST, answer(status, location=location)) == to


@pytest.mark.parametrize(
    ("asked", "to", "stays"),
    [
        ("http://localhost:5200/sso", "http://127.0.0.1:9/x", True),
        ("http://localhost:5200/sso", "https://partner.localhost/x", True),
        ("http://localhost:5200/sso", "http://evil.example/", False),
        ("http://localhost:5200/sso", "file://localhost/etc", False),
        ("https://partner.example/sso", "http://localhost:5100/", False),
    ],
)
def test_only_from_here_to_here_is_followed(asked: str, to: str, stays: bool) -> None:
    assert stays_here(PartnerRequest("POST", asked, {}, None, 1.0), to) is stays


def test_a_redirect_shows_names_only() -> None:
    assert bare("/d?session=abc&x=#frag") == "/d?session=[hidden]&x=[hidden]#[hidden]"
    assert bare("https://me:pw@host.example:8/p") == "https://[hidden]@host.example:8/p"
    assert bare("http://[") == "[hidden]"


def test_a_form_is_masked_by_its_names_also_where_the_answer_repeats_it() -> None:
    shown = masked_exchange(REQUEST, PartnerAnswer(403, {}, b"no: abcdef01, and salt-salt", 1), {"salt-salt"})
    assert (shown.request_body, shown.response_body) == ("id=7&token=[hidden]", "no: [hidden], and [hidden]")


def test_fields_of_a_page_lose_their_values() -> None:
    page = b"<input type=hidden value='abc'><INPUT VALUE=\"d e\" name=x><input value=f><p value=g>"
    shown = '<input type=hidden value="[hidden]"><INPUT VALUE="[hidden]" name=x><input value="[hidden]"><p value=g>'
    assert masked_body(page) == shown
