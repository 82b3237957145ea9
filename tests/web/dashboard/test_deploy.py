"""An archive that is deployed in the browser: what `POST /sources`, `PUT` and `POST /builds` do, in one form."""

import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.model.apps import Build, Source
from platform_sim.core.model.records import Exchange, Job

from ..world import World, new_world, populate
from .browser import HEADERS, Browser, Page

HERE = "/dashboard/apps/acme/deploy/archive"
DATA = b"\x1f\x8b not really a tarball" * 1000
MUCH = 20_000_000
"""Bytes of an archive."""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Browser]:
    """A platform that takes archives as long as DATA, and shorter forms of every other kind."""
    world = new_world(tmp_path, source_size_limit=len(DATA), body_size_limit=2000)
    populate(world)
    yield Browser(world)
    world.database.close()


def send(browser: Browser, data: bytes = DATA, name: str = "app.tar.gz", **fields: str) -> Any:
    return browser.post(HERE, archive=(io.BytesIO(data), name), **fields)


def kept(world: World) -> list[Path]:
    return [path for path in (world.doors.layout.root / "sources").rglob("*") if path.is_file()]


def newest(world: World) -> Build:
    with world.database.snapshot() as rows:
        return rows.all(Build, desc=True, limit=1)[0]


def test_it_is_uploaded_and_built_as_by_the_api(small: Browser) -> None:
    world = small.world
    answer = send(small, version="abc123")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dashboard/apps/acme/activity")
    build = newest(world)
    with world.database.snapshot() as rows:
        source = rows.all(Source, desc=True, limit=1)[0]
        jobs = rows.all(Job, kind="build", state="todo")
    assert (build.status, build.source_version) == ("pending", "abc123")
    assert build.source_url == f"http://localhost:5100/sources/{source.secret}"
    assert [job.payload["build_id"] for job in jobs] == [build.id]
    assert kept(world) == [world.doors.layout.source(source.id)]
    assert kept(world)[0].read_bytes() == DATA


def test_it_is_in_the_ledger_without_what_was_sent(small: Browser) -> None:
    send(small)
    with small.world.database.snapshot() as rows:
        [row] = rows.all(Exchange, inbound=True)
    assert (row.status, row.url) == (303, f"http://localhost:5100{HERE}")
    assert "tarball" not in str(row)


@pytest.mark.parametrize("more", [1, 200_000])
def test_what_is_too_long_is_refused_with_the_limit_and_leaves_nothing(more: int, small: Browser) -> None:
    token = small.token()
    with small.world.nothing_written():
        answer = send(small, DATA + bytes(more), token=token)
    assert answer.status_code == 413
    assert f"{len(DATA)} " in Page(answer.text).text
    assert kept(small.world) == []


def test_other_forms_may_not_be_as_long(small: Browser) -> None:
    answer = small.post("/dashboard/apps/acme/deploy/rollback", archive=(io.BytesIO(DATA), "app.tar.gz"), release="3")
    assert answer.status_code == 413


@pytest.mark.parametrize("fields", [{}, {"archive": "app.tar.gz"}, {"archive": (io.BytesIO(b""), "")}])
def test_no_file_is_no_build(fields: dict[str, Any], small: Browser) -> None:
    token = small.token()
    with small.world.nothing_written():
        answer = small.post(HERE, token=token, **fields)
    assert (answer.status_code, "choose a .tar.gz" in answer.text) == (422, True)
    assert kept(small.world) == []


def test_without_the_pages_token_nothing_is_kept(small: Browser) -> None:
    with small.world.nothing_written():
        assert send(small, token="x").status_code == 403
    assert kept(small.world) == []


def test_an_archive_is_not_held_in_memory(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    populate(world)
    begin = f'--x\r\nContent-Disposition: form-data; name="form"\r\n\r\n{Browser(world).token()}\r\n'
    begin += '--x\r\nContent-Disposition: form-data; name="archive"; filename="a.tgz"\r\n\r\n'
    body = tmp_path / "body"
    body.write_bytes(begin.encode() + b"\0" * MUCH + b"\r\n--x--\r\n")
    headers = HEADERS | {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(body.stat().st_size)}
    with body.open("rb") as sent:
        tracemalloc.start()
        try:
            answer = world.client.post(HERE, headers=headers, input_stream=sent)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    world.database.close()
    assert (answer.status_code, [path.stat().st_size for path in kept(world)]) == (303, [MUCH])
    assert peak < MUCH / 5


def test_the_page_looks_again_until_it_is_built(small: Browser) -> None:
    world = small.world
    world.doors.output = {newest(world).output_secret: "before\n"}.__getitem__
    quiet = small.get("/dashboard/apps/acme/activity")
    send(small)
    said = "-----> <b>Building</b>\n\x1b[31mred\x1b[0m\n" + "long\n" * 2000 + "the end\n"
    world.doors.output = {newest(world).output_secret: said}.__getitem__
    page = small.get("/dashboard/apps/acme/activity")
    assert ("looks again" in quiet.text, "looks again" in page.text) == (False, True)
    assert [each["http-equiv"] for each in page.all("meta") if "http-equiv" in each] == ["refresh"]
    assert [each["src"] for each in page.all("script")] == ["/dashboard/static/waits.js"]
    assert "the end" in page.text
    assert ("Building" in page.text, page.all("b")) == (False, []), "the last part, as text"
    world.doors.output = {newest(world).output_secret: said[:100]}.__getitem__
    assert "-----> <b>Building</b> red" in small.get("/dashboard/apps/acme/activity").text
    world.doors.output = {}.__getitem__
    assert "the end" not in small.get("/dashboard/apps/acme/activity").text
