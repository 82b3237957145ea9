"""What every page must be: for those who see badly, use keys only or have a small window, in light and in dark."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")
NARROW, WIDE = 400, 1600
HEIGHT = 900
TOO_WIDE = """() => [...document.querySelectorAll("body, body *")]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".scroll, pre, .hide, .skip"))
    .map(each => each.outerHTML.slice(0, 120)).slice(0, 3)"""
AXE = Axe().axe_script


def check(window: Page) -> None:
    """AssertionError with what is wrong with the page as it stands. Its window is wide and light afterwards."""
    assert grave(window) == []
    window.emulate_media(color_scheme="dark")
    assert grave(window, "color-contrast") == [], "in the dark"
    window.set_viewport_size({"width": NARROW, "height": HEIGHT})
    assert too_wide(window) == []
    assert grave(window, "scrollable-region-focusable", "color-contrast") == [], "in a small window"
    window.emulate_media(color_scheme="light")
    window.set_viewport_size({"width": WIDE, "height": HEIGHT})
    assert too_wide(window) == []


def too_wide(window: Page) -> list[str]:
    """What sticks out of the window; none if the page is not wider than it."""
    if window.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        return []
    found: list[str] = window.evaluate(TOO_WIDE)
    return found or ["something"]


def grave(window: Page, *rules: str) -> list[str]:
    """What axe finds serious or critical, of all its rules or of some."""
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}
    if rules:
        options["runOnly"] = list(rules)
    if not window.evaluate("'axe' in window"):
        window.evaluate(AXE)
    found = window.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{each['id']}: {node['html'][:200]}" for each in found if each["impact"] in GRAVE for node in each["nodes"]
    ]
