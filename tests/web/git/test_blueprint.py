"""git's addresses in process: who is let in, to what, and that no process stays whatever the client does."""

import base64
import gzip
from pathlib import Path
from typing import Any

import pytest

from platform_sim.web.git.repositories import PATIENCE, http_backend, repository

from ... import support
from ..world import NOWHERE, Populated, World, new_world
from .pushing import ENVIRONMENT, gits, none_left

REFS = "/acme.git/info/refs?service=git-upload-pack"
pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def ready(full: Populated) -> Any:
    full.world.doors.git_environment = dict(ENVIRONMENT)
    yield
    assert none_left()


def ask(world: World, path: str, method: str = "GET", token: str = "", **more: Any) -> Any:
    basic = base64.b64encode(f"heroku:{token or world.token}".encode()).decode()
    return world.client.open(path, method=method, headers={"Authorization": f"Basic {basic}"}, **more)


def test_refs_are_shown_to_the_owner(full: Populated) -> None:
    answer = ask(full.world, REFS)
    assert (answer.status_code, answer.content_type) == (200, "application/x-git-upload-pack-advertisement")
    assert answer.data.startswith(b"001e# service=git-upload-pack\n")
    assert answer.headers["Request-Id"]
    assert "no-cache" in answer.headers["Cache-Control"]
    bearer = full.world.client.get(REFS, headers={"Authorization": f"Bearer {full.world.token}"})
    assert bearer.status_code == 200
    bearer.close()


@pytest.mark.parametrize(
    "header", [None, "Basic", "Basic %%%", "Bearer nonsense", "Basic aGVyb2t1Ondyb25n", "Digest x"]
)
def test_without_good_credentials_git_is_asked_for_them(header: str | None, full: Populated) -> None:
    for path in (REFS, "/nothing.git/info/refs?service=git-receive-pack"):
        answer = full.world.client.get(path, headers={"Authorization": header} if header else {})
        assert (answer.status_code, answer.content_type) == (401, "text/plain; charset=utf-8")
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Heroku"'
    posted = full.world.client.post("/acme.git/git-receive-pack", data=b"0000")
    assert posted.status_code == 401


def test_partners_and_strangers_see_no_repository(full: Populated) -> None:
    assert ask(full.world, REFS, token=full.partner).status_code == 403
    for path, token in ((REFS, full.world.strangers_token), ("/nothing.git/info/refs?service=git-upload-pack", "")):
        answer = ask(full.world, path, token=token)
        assert (answer.status_code, answer.text) == (404, "Couldn't find that app.\n")
    assert not full.world.doors.layout.git.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/acme.git/info/refs"),
        ("GET", "/acme.git/info/refs?service="),
        ("GET", "/acme.git/info/refs?service=git-upload-archive"),
        ("GET", "/acme.git/info/refs?service=git-receive-pack%0a"),
        ("GET", "/acme.git/info/refs?service=../x&service=git-upload-pack"),
        ("POST", "/acme.git/git-upload-archive"),
        ("POST", "/acme.git/git-receive-pack%00"),
        ("POST", "/acme.git/info"),
        ("GET", "/acme.git/HEAD"),
        ("GET", "/acme.git/config"),
        ("GET", "/acme.git/objects/info/packs"),
        ("GET", "/acme.git/../acme.git/config"),
        ("GET", "/acme.git/info/refs/../../config"),
        ("PUT", "/acme.git/config"),
        ("GET", "/acme.git"),
        ("GET", "/.git/info/refs?service=git-upload-pack"),
        ("GET", "/..%2facme.git/info/refs?service=git-upload-pack"),
        ("GET", "/%2e%2e.git/info/refs?service=git-upload-pack"),
        ("GET", "/acme%00.git/info/refs?service=git-upload-pack"),
        ("GET", f"/{NOWHERE}.git/info/refs?service=git-upload-pack"),
        ("GET", "/ACME.git/info/refs?service=git-upload-pack"),
    ],
)
def test_nothing_else_is_served(method: str, path: str, full: Populated) -> None:
    answer = ask(full.world, path, method)
    assert answer.status_code == 404
    assert not full.world.doors.layout.git.exists()


def test_an_answer_that_nobody_reads_leaves_no_git(full: Populated) -> None:
    head = ask(full.world, REFS, "HEAD")
    assert (head.status_code, head.data) == (200, b"")
    head.close()  # as servers do, whatever they have read
    unread = ask(full.world, REFS, buffered=False)
    unread.close()
    assert none_left()


def test_a_body_is_closed_once_and_for_all(full: Populated, tmp_path: Path) -> None:
    path = repository(tmp_path / "git", "some-id", ENVIRONMENT)
    environment = ENVIRONMENT | {
        "GIT_PROJECT_ROOT": str(path.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{path.name}/git-receive-pack",
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-git-receive-pack-request",
        "REMOTE_USER": "x",
        "QUERY_STRING": "",
    }

    class Waits:
        """A client that goes on sending for ever; git waits for more."""

        def read(self, size: int) -> bytes:
            return b""

    reply = http_backend(environment, Waits())  # type: ignore[arg-type]
    list(reply.body)
    reply.body.close()
    assert list(reply.body) == []
    assert PATIENCE > 0
    assert none_left()


def test_a_stubborn_git_is_killed(full: Populated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not listen to SIGTERM."""
    stubborn = tmp_path / "bin" / "git"
    stubborn.parent.mkdir()
    stubborn.write_text(
        '#!/bin/sh\ntrap "" TERM\nprintf "Content-Type: text/plain\\r\\n\\r\\nhello"\nexec 1>&-\n'
        "while :; do sleep 1; done\n"
    )
    stubborn.chmod(0o755)
    monkeypatch.setattr("platform_sim.web.git.repositories.PATIENCE", 0.2)

    class Nothing:
        def read(self, size: int) -> bytes:
            return b""

    reply = http_backend({"PATH": f"{stubborn.parent}:/usr/bin:/bin"}, Nothing())  # type: ignore[arg-type]
    assert gits()
    assert b"".join(reply.body) == b"hello"
    assert none_left()


def test_a_git_that_says_nothing_is_a_500(full: Populated, tmp_path: Path) -> None:
    broken = tmp_path / "bin" / "git"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 0\n")
    broken.chmod(0o755)
    full.world.doors.git_environment = {"PATH": f"{broken.parent}:/usr/bin:/bin"}
    assert ask(full.world, REFS).status_code == 500


def test_a_machine_without_git_says_so(full: Populated, tmp_path: Path) -> None:
    full.world.doors.git_environment = {"PATH": str(tmp_path / "empty")}
    answer = ask(full.world, REFS)
    assert (answer.status_code, answer.content_type) == (500, "text/plain; charset=utf-8")
    assert "install git" in answer.text


def test_a_compressed_request_is_read(full: Populated) -> None:
    """git compresses what it asks for (heroku-cli §6)."""
    headers = {
        "Authorization": f"Bearer {full.world.token}",
        "Content-Type": "application/x-git-upload-pack-request",
        "Content-Encoding": "gzip",
        "Git-Protocol": "version=2",
    }
    body = gzip.compress(b"0014command=ls-refs\n0000")
    answer = full.world.client.post("/acme.git/git-upload-pack", data=body, headers=headers)
    assert (answer.status_code, answer.data) == (200, b"0000")


def test_the_hook_is_put_right_each_time(tmp_path: Path) -> None:
    """The data folder may come from another place or version."""
    path = repository(tmp_path / "git", "some-id", ENVIRONMENT)
    hook = path / "hooks" / "pre-receive"
    good = hook.read_text()
    hook.write_text("#!/bin/sh\nexit 0\n")
    hook.chmod(0o644)
    assert repository(tmp_path / "git", "some-id", ENVIRONMENT) == path
    assert (hook.read_text(), hook.stat().st_mode & 0o111) == (good, 0o111)


def test_what_git_is_given_holds_no_more_than_it_needs(
    full: Populated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the environment of the platform: a hook, or a filter in a repository, could read it."""
    monkeypatch.setenv("MY_OWN_SECRET", "s3cr3t")
    spy = tmp_path / "bin" / "git"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\nenv > {tmp_path}/seen\nprintf "Content-Type: text/plain\\r\\n\\r\\n"\n')
    spy.chmod(0o755)
    repository(full.world.doors.layout.git, full.app.id, ENVIRONMENT)
    full.world.doors.git_environment = ENVIRONMENT | {"PATH": f"{spy.parent}:/usr/bin:/bin"}
    ask(full.world, REFS).close()
    seen = (tmp_path / "seen").read_text()
    assert "MY_OWN_SECRET" not in seen
    assert "HTTP_AUTHORIZATION" not in seen


def test_a_world_without_pushes_has_no_repositories(tmp_path: Path) -> None:
    world = new_world(tmp_path)
    with world.database.transaction() as tx:
        support.new_app(tx, world.customer, "acme")
    assert not world.doors.layout.git.exists()
    world.database.close()


def test_a_renamed_app_keeps_its_repository_under_the_new_name(full: Populated) -> None:
    def status(path: str) -> int:
        answer = ask(full.world, path)
        assert answer.data
        return int(answer.status_code)

    assert status(REFS) == 200
    [before] = full.world.doors.layout.git.iterdir()
    assert full.world.call("PATCH", "/apps/acme", {"name": "renamed"}).status_code == 200
    assert status(REFS) == 404
    assert status(REFS.replace("acme", "renamed")) == 200
    assert list(full.world.doors.layout.git.iterdir()) == [before]
