"""A platform with one of everything for a browser to look at: rows as they are, a clock that stands, no engine."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route

from platform_sim.core.model.apps import App
from platform_sim.web.app import create_web
from platform_sim.web.server import ControlServer

from .. import support
from ..web.world import Populated, new_world, populate

STREAMS = re.compile(r"/logs/|/log-sessions/|/live\b")


class Site:
    """Its doors at a port of their own."""

    def __init__(self, full: Populated, port: int) -> None:
        self.full = full
        self.url = f"http://localhost:{port}"

    def go(self, window: Page, path: str) -> None:
        """Open a page. What the edge would stream is silent: nothing happens here."""
        window.route(STREAMS, _silent)
        window.goto(self.url + path)


def _silent(route: Route) -> None:
    if route.request.resource_type == "eventsource":
        route.fulfill(content_type="text/event-stream", body=":\n\n")
    else:
        route.continue_()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """For tests that change nothing."""
    world = new_world(tmp_path_factory.mktemp("site"))
    full = populate(world)
    with world.database.transaction() as tx:
        for app in tx.all(App, name="other"):
            ended = support.end_addon(tx, world.customer, support.new_addon(tx, world.customer, app))
            waits = support.new_pending_addon(tx, world.customer, app)
    assert world.call("POST", "/apps", {"name": "asked-for"}).status_code == 201
    full.paths |= {"waits": waits.name, "ended": ended.id}
    server = ControlServer(create_web(world.doors), 1_000_000)
    server.start()
    yield Site(full, server.address[1])
    server.close()
    world.database.close()
