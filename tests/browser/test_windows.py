"""So that other tests fail for the right reason: what the browser complains of is heard."""

import pytest
from playwright.sync_api import Page

from .windows import Complaints

HERE = "http://localhost:9/"
PAGES = {
    "dialog: hello": "<script>alert('hello')</script>",
    "a word of the console": "<script>console.error('a word of the console')</script>",
    "broken": "<script>throw new Error('broken')</script>",
    "Content Security Policy": "<style>body { color: red }</style>",
    "another host was asked: http://elsewhere.example/": "<img src='http://elsewhere.example/' alt=''>",
}


@pytest.mark.parametrize("words", PAGES)
def test_what_is_not_right_is_complained_of(words: str, window: Page, complaints: Complaints) -> None:
    policy = {"Content-Security-Policy": "style-src 'none'"}
    body = f"<!doctype html><link rel=icon href=data:,>{PAGES[words]}"
    window.route(HERE, lambda route: route.fulfill(content_type="text/html", headers=policy, body=body))
    window.goto(HERE)
    complaints.forgive(words)
    complaints.clear()


def test_what_nobody_has_complained_of_is_not_forgiven(complaints: Complaints) -> None:
    with pytest.raises(AssertionError, match="422"):
        complaints.forgive("422")
