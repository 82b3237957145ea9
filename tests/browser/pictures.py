"""`make screenshots`: the pictures of the documentation, of a story that is always the same."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from platform_sim.assemble import Options, Platform
from platform_sim.demo.scene import SAMPLE_APP, Scene

from ..processes.customer import Customer
from ..processes.up import outer_environment
from ..processes.waiting import wait_until
from ..rules.sources import ROOT
from ..stories.wheelhouse import offline
from .windows import launched

PICTURES = ROOT / "docs" / "pictures"
APP = "shop"
SEED = 7
WIDTH, HEIGHT = 1200, 760
MOST = 150_000
"""Bytes of a picture."""
STILL = r"""() => {
    for (const each of document.querySelectorAll("time")) each.textContent = "2026-03-01 12:00:00";
    for (const each of document.querySelectorAll("small, span"))
        if (/^\d+ ms$/.test(each.textContent)) each.textContent = "3 ms";
    document.activeElement.blur();
}"""
"""What would be another at each run."""


@contextmanager
def stage(folder: Path, port: int) -> Iterator[Customer]:
    """A platform at its usual port with the reference partner, on which the sample app runs."""
    known = outer_environment(folder) | offline(folder / "wheels")
    (folder / "scratch").mkdir()
    with ExitStack() as stack:
        platform = stack.enter_context(Platform(Options(port=port, seed=SEED, environment=known)))
        (folder / "scene").mkdir()
        (folder / "scene" / "partner-port").write_text("5200")
        scene = stack.enter_context(Scene(platform.url, platform.token, folder / "scene"))
        scene.start_partner()
        scene.register()
        scene.register("database")
        customer = Customer(platform.url, platform.token, folder)
        customer.api("POST", "/apps", {"name": APP})
        sources = [path for path in SAMPLE_APP.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        customer.deploy(APP, {str(path.relative_to(SAMPLE_APP)): path.read_text() for path in sources})
        one = {"quantity": 1}
        wait_until("it is released", lambda: customer.ask("PATCH", f"/apps/{APP}/formation/worker", one).ok)
        customer.up(APP, 2)
        yield customer


def take(window: Page, name: str, height: int = HEIGHT) -> None:
    """What the window shows, as a file that is small enough."""
    window.set_viewport_size({"width": WIDTH, "height": height})
    window.evaluate(STILL)
    made = window.screenshot(animations="disabled")
    assert len(made) < MOST, f"{name}.png would have {len(made)} bytes"
    (PICTURES / f"{name}.png").write_bytes(made)
    print(f"docs/pictures/{name}.png  {len(made):,} bytes")


def story(window: Page, live: Page, customer: Customer) -> None:
    """Install the add-ons by clicking, the last one while another window shows what follows from it."""
    dashboard = f"{customer.url}/dashboard"
    window.goto(f"{dashboard}/marketplace?app={APP}")
    take(window, "marketplace", 480)
    install(window, customer, "exceptions")
    live.goto(f"{dashboard}/timeline")
    expect(live.locator("#how")).to_contain_text("Live")
    install(window, customer, "database")
    action = live.locator("#trees > section", has_text="marketplace/database/install")
    expect(action).to_contain_text("worker.1 is up")
    action.evaluate("each => each.parentElement.prepend(each)")
    take(live, "timeline", 912)
    window.goto(f"{dashboard}/apps/{APP}")
    take(window, "app")
    window.goto(f"{dashboard}/operator/sso?addon=exceptions-{APP}")
    for experiment in ("Valid login", "Stale"):
        window.get_by_role("button", name=experiment).click()
        expect(window.locator("tr", has_text=experiment)).to_contain_text("as expected")
    take(window, "sso-lab")


def install(window: Page, customer: Customer, service: str) -> None:
    """From the marketplace; the partner may take its time."""
    window.goto(f"{customer.url}/dashboard/marketplace/{service}?app={APP}")
    window.get_by_text("Name and options").click()
    window.get_by_label("Name of the add-on").fill(f"{service}-{APP}")
    window.get_by_role("button", name="Install").click()
    expect(window.locator("h2 .state")).to_have_text("provisioned")
    customer.up(APP, 2)


def main() -> None:
    """All pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pictures-") as name, launched() as browser:
        folder = Path(name)
        with stage(folder, int(os.environ.get("PORT", "5100"))) as customer:
            context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            story(context.new_page(), context.new_page(), customer)
            context.close()


if __name__ == "__main__":
    sys.exit(main())
