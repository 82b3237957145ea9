"""The whole of "How Add-ons Work" by clicking, with the three programs as processes: nothing is typed in a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from platform_sim.demo.scene import SAMPLE_APP, Scene

from ..processes.customer import Customer, fetch, tarball
from ..processes.up import Up
from ..processes.waiting import wait_until
from ..stories.wheelhouse import offline
from .looking import check

APP = "clicked"
ADDON = "exceptions-by-hand"


@dataclass(frozen=True)
class Stage:
    """The running programs, and the archive that a person has made."""

    scene: Scene
    archive: Path

    def resources(self) -> list[dict[str, Any]]:
        """What the partner still has."""
        credentials = ("exceptions", self.scene.secrets["ADDON_PASSWORD"])
        found = fetch("GET", f"{self.scene.partner_url}/admin/resources", auth=credentials).json()
        return [each for each in found if each["state"] != "deprovisioned"]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Platform and partner, which has been registered."""
    sources = [path for path in SAMPLE_APP.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    archive = tmp_path / "app.tar.gz"
    archive.write_bytes(tarball({str(path.relative_to(SAMPLE_APP)): path.read_text() for path in sources}))
    with Up(tmp_path, "--memory", environment=offline(tmp_path / "wheels")) as up:
        ready = up.start()
        with Scene(ready["url"], ready["token"], tmp_path / "scene") as scene:
            scene.start_partner()
            scene.register()
            yield Stage(scene, archive)


class Person:
    """Clicks, and sees what a page says."""

    def __init__(self, window: Page, stage: Stage) -> None:
        self.window, self.stage = window, stage

    def main(self, name: str) -> None:
        """Another part of the dashboard."""
        self.window.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()

    def tab(self, name: str) -> None:
        """A tab of the app, by way of the list of apps."""
        if not self.window.url.startswith(f"{self.stage.scene.url}/dashboard"):
            self.window.goto(self.stage.scene.url)
        self.main("Apps")
        self.window.get_by_role("link", name=APP, exact=True).click()
        self.window.get_by_role("navigation", name="App").get_by_role("link", name=name).click()

    def press(self, name: str) -> None:
        """A button of the page."""
        self.window.get_by_role("button", name=name, exact=True).click()

    def told(self, words: str) -> None:
        """What was done is said on the next page."""
        expect(self.window.locator(".said[role=status]")).to_contain_text(words)

    def newest_release(self) -> str:
        """As the Deploy tab has it."""
        self.tab("Deploy")
        return self.window.locator("section[aria-labelledby=releases] tbody tr").first.inner_text()

    def all_up(self) -> None:
        """The dynos run what was released last; then the app's own page."""
        newest = self.newest_release().split()[0]

        def ask() -> bool:
            self.tab("Resources")
            dynos = self.window.locator("section[aria-labelledby=formation] li").all_inner_texts()
            return dynos == [f"{name}.1 up Basic, runs {newest}" for name in ("web", "worker")]

        wait_until(f"web and worker are up on {newest}", ask)
        self.open_app()

    def open_app(self) -> None:
        """Its own page."""
        self.tab("Overview")
        self.window.get_by_role("link", name="Open app").click()


def test_the_whole_story(stage: Stage, window: Page) -> None:
    person = Person(window, stage)
    deploy(person)
    install(person)
    use(person)
    rotate(person)
    upgrade(person)
    override(person)
    roll_back(person)
    destroy(person)


def deploy(person: Person) -> None:
    window = person.window
    window.goto(person.stage.scene.url)
    window.get_by_label("Name, or nothing").fill(APP)
    person.press("Create app")
    person.told(f"{APP} was created.")
    person.tab("Deploy")
    window.get_by_label("of the app's folder").set_input_files(person.stage.archive)
    window.get_by_label("Version").fill("first")
    person.press("Deploy")
    person.told("is being built")
    expect(window.get_by_text("looks again")).to_be_visible()
    expect(window.get_by_role("heading", name="has said")).to_be_visible()
    check(window)
    expect(window.get_by_text("looks again")).to_have_count(0)
    expect(window.locator("section[aria-labelledby=builds] li").first).to_contain_text("succeeded first → v3")
    expect(window.locator("pre.log")).to_contain_text("is live.")
    person.tab("Resources")
    window.get_by_label("Dynos of worker").fill("1")
    person.press("Scale worker")
    person.all_up()
    expect(window.get_by_text("no add-on yet").first).to_be_visible()


def install(person: Person) -> None:
    """While a second window shows the timeline, which fills by itself."""
    window = person.window
    person.tab("Resources")
    live = window.context.new_page()
    live.goto(f"{person.stage.scene.url}/dashboard/timeline")
    expect(live.locator("#how")).to_contain_text("Live")
    expect(live.locator("#trees")).not_to_contain_text("/heroku/resources")
    person.main("Marketplace")
    window.locator(".cards").get_by_role("link").first.click()
    window.get_by_role("combobox", name="App").fill(APP)
    window.get_by_role("combobox", name="Plan").select_option("test")
    window.get_by_text("Name and options").click()
    window.get_by_label("Name of the add-on").fill(ADDON)
    window.get_by_label("Options for the partner").fill("colour=green")
    window.locator("form.stack button.go").click()
    person.told(f"{ADDON} is installed.")
    expect(window.locator("h2 .state")).to_have_text("provisioned")
    action = live.locator("#trees > section", has_text="POST /dashboard/marketplace/exceptions/install")
    for words in ("POST /heroku/resources", "release v", "web.1 is up"):
        expect(action).to_contain_text(words)
    check(live)
    live.close()
    person.tab("Settings")
    row = window.get_by_role("row").filter(has_text="EXCEPTIONS_URL")
    expect(row.get_by_role("link", name=ADDON)).to_be_visible()
    assert f"@ref:{ADDON} completed provisioning, setting EXCEPTIONS_URL." in person.newest_release()
    person.all_up()


def use(person: Person) -> None:
    """The app's own page writes and reads through the add-on; so does the worker."""
    window = person.window
    person.open_app()
    expect(window.locator(".state.ok")).to_have_text("in use")
    window.get_by_label("Write an exception").fill("from the browser")
    person.press("Write")
    expect(window.locator("ol")).to_contain_text("from the browser")
    check(window)
    person.tab("Logs")
    expect(window.locator("#lines")).to_contain_text("worker wrote exception")


def rotate(person: Person) -> None:
    """In the partner's own dashboard, to which a click on the add-on leads."""
    window = person.window
    person.tab("Resources")
    window.get_by_role("link", name="Open EXCEPTIONS").click()
    expect(window.get_by_role("heading", level=1)).to_have_text(ADDON)
    assert window.url.startswith(person.stage.scene.partner_url)
    expect(window.get_by_text("Logged in through Heroku as you@example.com")).to_be_visible()
    expect(window.get_by_text("from the browser").first).to_be_visible()
    check(window)
    person.press("Rotate credentials")
    expect(window.get_by_text("New credentials are made")).to_be_visible()
    wait_until("the partner's release", lambda: "Update EXCEPTIONS by exceptions" in person.newest_release())
    person.all_up()
    expect(window.locator(".state.ok")).to_have_text("in use")


def change_plan(person: Person, plan: str) -> None:
    person.tab("Resources")
    person.window.get_by_role("link", name=ADDON).click()
    person.window.get_by_role("combobox", name="Plan").select_option(plan)
    person.press("Change plan")
    person.told("has another plan")
    person.all_up()
    expect(person.window.get_by_text(f"Plan {plan}:")).to_be_visible()


def upgrade(person: Person) -> None:
    change_plan(person, "basic")


def override(person: Person) -> None:
    """A person's own value for the add-on's var breaks the app, until the add-on's next change sets it again."""
    window = person.window
    person.tab("Settings")
    window.get_by_label("Name", exact=True).fill("EXCEPTIONS_URL")
    window.get_by_label("Value", exact=True).fill("http://127.0.0.1:9/accounts/mine")
    window.get_by_label("even if an add-on has set it").check()
    person.press("Set")
    person.told("EXCEPTIONS_URL is set.")
    expect(window.get_by_role("row").filter(has_text="EXCEPTIONS_URL")).to_contain_text("overridden by a person")
    person.all_up()
    expect(window.get_by_text("found, but not usable now (away)")).to_be_visible()
    change_plan(person, "premium")
    person.tab("Settings")
    expect(window.get_by_text("overridden by a person")).to_have_count(0)


def roll_back(person: Person) -> None:
    person.tab("Deploy")
    offered = person.window.get_by_role("button", name="Roll back to v")
    offered.first.click()
    person.told("Rollback to v")
    assert "Rollback to v" in person.newest_release()
    person.all_up()


def destroy(person: Person) -> None:
    window = person.window
    person.tab("Resources")
    window.get_by_role("link", name=ADDON).click()
    window.get_by_label("Name of the add-on").fill(ADDON)
    person.press("Destroy add-on")
    person.told(f"{ADDON} is destroyed.")
    expect(window.get_by_role("link", name=ADDON)).to_have_count(0)
    person.tab("Settings")
    expect(window.get_by_text("EXCEPTIONS_URL")).to_have_count(0)
    person.all_up()
    expect(window.get_by_text("no add-on yet").first).to_be_visible()
    assert person.stage.resources() == []
    scene = person.stage.scene
    assert Customer(scene.url, scene.token, person.stage.archive.parent).api("GET", "/addons") == []
