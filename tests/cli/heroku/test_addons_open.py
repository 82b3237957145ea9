"""`addons:open`: which page is opened (heroku-cli §7)."""

import click
import pytest

from .. import shapes
from ..conftest import Run
from ..fake_api import FakeApi

RESOLVE = "POST /actions/addons/resolve"
ATTACHMENT = "POST /actions/addon-attachments/resolve"


def test_open_by_attachment(api: FakeApi, heroku: Run) -> None:
    api.on(ATTACHMENT, [shapes.attachment()])
    result = heroku("addons:open", "FAKEDB", "-a", "alpha", "--show-url")
    assert (result.exit_code, result.stdout) == (0, "http://localhost:5100/sso/att/FAKEDB\n")
    assert api.body_of(ATTACHMENT) == {"addon_attachment": "FAKEDB", "app": "alpha"}
    assert api.last(ATTACHMENT).headers["accept-inclusion"] == "addon:plan,config_vars"
    assert api.lines == [ATTACHMENT]


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ([], "http://localhost:5100/sso/fakedb-round-123"),
        (["-a", "alpha"], "http://localhost:5100/sso/att/FAKEDB"),
        (["-a", "gamma"], "http://localhost:5100/sso/fakedb-round-123"),
    ],
)
def test_open_by_add_on_goes_through_the_apps_own_attachment(
    api: FakeApi, heroku: Run, words: list[str], url: str
) -> None:
    api.fails(ATTACHMENT, 404, "not_found", "Couldn't find that.", resource="add_on attachment")
    api.on(RESOLVE, [shapes.addon()])
    api.on("GET /addons/id-of-fakedb-round-123/addon-attachments", [shapes.attachment()])
    assert heroku("addons:open", "x", *words, "--show-url").stdout == f"{url}\n"


def test_open_opens_the_browser(api: FakeApi, heroku: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", opened.append)
    api.on(ATTACHMENT, [shapes.attachment()])
    result = heroku("addons:open", "FAKEDB")
    assert result.stdout == "Opening http://localhost:5100/sso/att/FAKEDB...\n"
    assert opened == ["http://localhost:5100/sso/att/FAKEDB"]


def test_open_of_nothing_says_what_the_api_says(api: FakeApi, heroku: Run) -> None:
    api.on(ATTACHMENT, [])
    api.fails(RESOLVE, 404, "not_found", "Couldn't find that add-on.", resource="add_on")
    assert heroku("addons:open", "x", "--show-url").exit_code == 1
    api.fails(ATTACHMENT, 500, "internal_server_error", "Broken.")
    api.fails(ATTACHMENT, 500, "internal_server_error", "Broken.")
    assert "Broken." in heroku("addons:open", "x").stderr + heroku("addons:open", "x").stderr
