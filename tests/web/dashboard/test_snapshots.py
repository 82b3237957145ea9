"""The page of snapshots: a file is downloaded, and one is put in place; what cannot be used changes nothing."""

import io
import re
from typing import Any

import pytest

from platform_sim.core.actions.first_rows import EMAIL
from platform_sim.core.model.accounts import Account
from platform_sim.engines.logs.hub import LogHub
from platform_sim.engines.logs.outputs import OutputStore
from platform_sim.snapshots.album import Album

from ...snapshots.full import Keeper, begin
from .browser import Browser

HERE = "/dashboard/operator/snapshots"


@pytest.fixture
def whole(browser: Browser) -> Browser:
    """A browser of a platform that can be kept, and that has its own customer."""
    doors = browser.world.doors
    keeper = Keeper(Album(doors.database, doors.layout, LogHub(doors.database.clock.now), OutputStore()))
    doors.snapshots = keeper
    with doors.database.transaction() as tx:
        begin(tx)
    return browser


def accounts(browser: Browser) -> set[str]:
    with browser.world.database.snapshot() as rows:
        return {each.email for each in rows.all(Account)}


def taken(browser: Browser, **fields: str) -> bytes:
    """What the form gives to be kept."""
    answer: Any = browser.post(f"{HERE}/take", **fields)
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == "attachment; filename=platform.snapshot"
    file: bytes = answer.data
    answer.close()
    return file


def add(browser: Browser, email: str) -> None:
    with browser.world.database.transaction() as tx:
        now = tx.now()
        tx.insert(Account(tx.uuid("account", email), email, None, now, now))


def test_a_file_goes_out_and_comes_in(whole: Browser) -> None:
    before = accounts(whole)
    file = taken(whole, secrets="yes")
    add(whole, "later@example.com")
    assert accounts(whole) == before | {"later@example.com"}
    page = whole.do(f"{HERE}/restore", sure="yes", file=(io.BytesIO(file), "any"))
    assert re.search(r"Restored: \d apps, 1 add-ons\. ", page.text)
    assert accounts(whole) == before
    assert EMAIL in before


def test_without_secrets_it_says_how_many_were_made(whole: Browser) -> None:
    file = taken(whole)
    assert "Secrets made anew: " in whole.do(f"{HERE}/restore", sure="yes", file=(io.BytesIO(file), "any")).text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "choose the file of a snapshot"),
        ({"file": (io.BytesIO(b"x"), "")}, "choose the file of a snapshot"),
        ({"file": (io.BytesIO(b""), "any")}, "There is no snapshot in what was sent"),
        ({"file": (io.BytesIO(b"x" * 100), "any")}, "Nothing was restored: this is no snapshot"),
    ],
)
def test_what_cannot_be_used_changes_nothing(whole: Browser, fields: dict[str, Any], why: str) -> None:
    before = accounts(whole)
    answer = whole.post(f"{HERE}/restore", sure="yes", **fields)
    assert (answer.status_code in (400, 422), why in answer.text) == (True, True)
    assert accounts(whole) == before


def test_nobody_restores_by_one_click(whole: Browser) -> None:
    file = taken(whole, secrets="yes")
    add(whole, "later@example.com")
    answer = whole.post(f"{HERE}/restore", file=(io.BytesIO(file), "any"))
    assert (answer.status_code, "say that everything is to be replaced" in answer.text) == (422, True)
    assert "later@example.com" in accounts(whole)


def test_without_a_platform_there_is_none(browser: Browser) -> None:
    assert browser.post(f"{HERE}/take").status_code == 501
