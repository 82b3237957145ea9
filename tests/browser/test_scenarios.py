"""Scenario files in a browser: mistakes with their lines, steps that are watched, and the demo's whole story."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ..processes.up import Up
from ..stories.wheelhouse import offline
from .looking import check
from .windows import Complaints

PAGE = "/dashboard/operator/scenarios"
FAILS = """scenario: It fails
steps:
- create app: hasty
  expect: {releases: {hasty: 3}}
- create app: never
"""
STORY_MS = 180_000.0


@pytest.fixture
def up(tmp_path: Path) -> Iterator[str]:
    """Where a platform runs that has nothing."""
    with Up(tmp_path, "--memory", environment=offline(tmp_path / "wheels")) as running:
        yield str(running.start()["url"])


def test_one_is_mended_played_and_watched(up: str, window: Page, tmp_path: Path, complaints: Complaints) -> None:
    window.goto(up + PAGE)
    check(window)
    window.get_by_label("Or its text").fill(FAILS.replace("create app: hasty", "creat app: hasty"))
    window.get_by_role("button", name="Play").click()
    expect(window.locator(".wrong[role=alert]")).to_contain_text("pasted.yaml:3:3 'creat app' is no verb; did you mean")
    expect(window.get_by_label("Or its text")).to_have_value(FAILS.replace("create app: hasty", "creat app: hasty"))
    check(window)
    file = tmp_path / "mine.scenario.yaml"
    file.write_text(FAILS)
    window.get_by_label("A file").set_input_files(file)
    window.get_by_role("button", name="Play").click()
    expect(window.get_by_role("heading", name="It fails")).to_be_visible()
    expect(window.locator("dl.facts")).to_contain_text("failed")
    problem = window.locator("pre.message")
    expect(problem).to_contain_text("mine.scenario.yaml:4:23: expected that hasty has 3 releases; it is 2")
    window.get_by_text("The newest of the timeline").click()
    expect(window.locator("pre.log")).to_contain_text("POST /apps  201")
    check(window)
    complaints.forgive("422")


def test_the_whole_story_of_the_demo(up: str, window: Page) -> None:
    window.goto(up + PAGE)
    window.get_by_role("link", name="demo", exact=True).click()
    window.get_by_role("button", name="Play").click()
    expect(window.get_by_role("heading", name="How add-ons work")).to_be_visible()
    expect(window.locator(".waits[role=status]")).to_contain_text("It is being played.")
    expect(window.locator("tbody")).to_contain_text("A customer creates an app")
    facts = window.locator("dl.facts")
    expect(facts).to_contain_text("passed", timeout=STORY_MS)
    expect(window.locator("tbody th[scope=rowgroup]")).to_have_count(22)
    assert window.locator("tbody td .state", has_text="failed").count() == 0
    check(window)
