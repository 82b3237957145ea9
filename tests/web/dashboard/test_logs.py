"""The page of a log: its last lines as text, whatever they look like, and a session for what comes."""

import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from shutil import which

import pytest

from platform_sim.core.model.apps import LogSessionRow
from platform_sim.core.model.seams import LogSource
from platform_sim.web.dashboard import words
from platform_sim.web.dashboard.application import STATIC

from ... import support
from ..world import Populated
from .browser import Browser, Page

HERE = "/dashboard/apps/acme/logs"
ANSI = "\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2J\x08bell\x07 \x9b1mwide \x1b(Bplain"


@dataclass(frozen=True)
class Line:
    text: str
    at: datetime = field(default=support.START)
    source: LogSource = "app"
    dyno: str = "web.1"


def says(full: Populated, *texts: str) -> None:
    full.world.doors.lines = lambda app_id: [Line(text) for text in texts] if app_id == full.app.id else []


def test_the_last_lines_are_shown(full: Populated) -> None:
    says(full, *(f"line {number}." for number in range(150)))
    page = Browser(full.world).get(HERE)
    assert "2026-03-01 12:00:00 app[web.1]: line 149." in page.text
    assert "line 50." in page.text
    assert "line 49." not in page.text
    assert HERE in page.links(), "without scripts one asks again"
    assert "Nothing has been said yet." in Browser(full.world).get("/dashboard/apps/other/logs").text


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "</pre><img src=x onerror=alert(1)>", "&lt;b&gt;", "{{ 7 * 7 }}", "'\"><!--"]
)
def test_a_line_that_looks_like_html_is_text(text: str, full: Populated) -> None:
    says(full, text)
    page = Browser(full.world).get(HERE)
    assert f"app[web.1]: {text}" in "".join(page.words)
    assert [given["src"] for given in page.all("script")] == ["/dashboard/static/logs.js"]
    assert page.all("img") == []


def test_terminal_codes_are_not_shown(full: Populated) -> None:
    says(full, ANSI)
    text = Browser(full.world).answer(HERE).text
    assert "app[web.1]: red bell wide plain" in text
    assert not any(code in text for code in "\x1b\x07\x08\x9b")


def test_a_very_long_line_is_cut(full: Populated) -> None:
    says(full, *["x" * 10_000] * 100)
    assert len(Browser(full.world).answer(HERE).data) < 50_000


def test_the_script_gets_a_session_that_it_can_follow(full: Populated) -> None:
    browser = Browser(full.world)
    answer = browser.post(f"{HERE}/session")
    assert answer.status_code == 201
    with full.world.database.snapshot() as rows:
        (made,) = rows.all(LogSessionRow)
    assert answer.json == {"path": f"/logs/{made.secret}"}
    assert (made.app_id, made.tail, made.lines) == (full.app.id, True, 100)
    form = browser.get(HERE).forms[0]
    assert form.fields["form"] == browser.token(), "the script sends what the form holds"


def test_looking_at_the_page_writes_nothing(full: Populated) -> None:
    with full.world.nothing_written():
        Browser(full.world).get(HERE)


def test_the_script_takes_out_the_same_codes_and_makes_no_html() -> None:
    script = (STATIC / "logs.js").read_text()
    assert words._ESCAPES.pattern in script.replace(r"[ -\/]", "[ -/]")
    assert "innerHTML" not in script
    assert "textContent" in script


@pytest.mark.skipif(which("node") is None, reason="no Node here to read the script with")
def test_the_script_can_be_read() -> None:
    subprocess.run(["node", "--check", str(STATIC / "logs.js")], check=True)


def test_a_page_of_an_app_named_by_id_works(full: Populated) -> None:
    page: Page = Browser(full.world).get(f"/dashboard/apps/{full.app.id}/logs")
    assert "acme" in page.text
