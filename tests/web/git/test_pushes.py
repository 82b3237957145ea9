"""Real git against the real server: pushes that build, pushes that are refused, clones, nothing left behind."""

import io
import os
import socket
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from platform_sim.core.actions.releases import current_release
from platform_sim.core.model.apps import App, Build

from ... import support
from ...processes.waiting import wait_until
from ..world import playing
from .pushing import Clone, Site, client_environment, gits, heads, new_clone, none_left, releases

pytestmark = pytest.mark.processes


def test_a_push_builds_what_was_pushed_and_shows_it(site: Site, clone: Clone) -> None:
    commit = clone.commit("app.py", "print('x')\n")
    with playing(site.world, build=site.succeed):
        done = clone.git("push", site.url("acme"), "main")
    assert done.returncode == 0, done.stdout
    shown = [line.rstrip() for line in done.stdout.splitlines()]
    expected = [
        "remote: Compressing source files... done.",
        "remote: Building source:",
        "remote:",
        "remote: -----> Python app detected",
        "remote:        Released v3",
        "remote:",
        "remote: Verifying deploy... done.",
    ]
    at = shown.index(expected[0])
    assert shown[at : at + len(expected)] == expected
    assert any("[new branch]      main -> main" in line for line in shown)
    assert releases(site)[-1] == f"Deploy {commit[:8]}"
    with site.world.database.snapshot() as rows:
        (build,) = rows.all(Build)
    assert (build.source_version, build.source_description) == (commit, "Add app.py ✓")
    with tarfile.open(fileobj=io.BytesIO(site.sources[0]), mode="r:gz") as archive:
        assert archive.getnames() == ["Procfile", "app.py"]
    assert heads(clone, site) == {"refs/heads/main": commit}


def test_a_push_makes_the_repository_of_the_app_larger(site: Site, clone: Clone) -> None:
    clone.commit("noise", os.urandom(5000).hex())
    with playing(site.world, build=site.succeed):
        clone.git("push", site.url("acme"), "main")

    def size() -> int | None:
        return site.world.get("/apps/acme")["repo_size"]  # type: ignore[no-any-return]

    assert wait_until("the repository is weighed", size) > 5000


def test_a_second_push_and_master_too(site: Site, clone: Clone) -> None:
    with playing(site.world, build=site.succeed):
        assert clone.git("push", site.url("acme"), "main").returncode == 0
        again = clone.git("push", site.url("acme"), "main")
        assert (again.returncode, "up-to-date" in again.stdout) == (0, True)
        for path in (site.world.doors.layout.root / "sources").iterdir():
            path.unlink()
        commit = clone.commit("more.py", "")
        assert clone.git("push", site.url("acme"), "HEAD:refs/heads/master").returncode == 0
    assert releases(site)[-1] == f"Deploy {commit[:8]}"


def test_a_failed_build_refuses_the_push_and_leaves_no_trace(site: Site, clone: Clone) -> None:
    site.output = [" !     No matching buildpack"]
    with playing(site.world, build=site.fail):
        done = clone.git("push", site.url("acme"), "main")
    assert done.returncode != 0
    shown = [line.rstrip() for line in done.stdout.splitlines()]
    at = shown.index("remote:  !     No matching buildpack")
    last = ["remote:", "remote: Verifying deploy...", "remote:", "remote: !\tPush rejected to acme.", "remote:"]
    assert shown[at + 1 : at + 6] == last
    assert "! [remote rejected] main -> main (pre-receive hook declined)" in done.stdout
    assert heads(clone, site) == {}
    assert releases(site) == ["Initial release", "Enable Logplex"]


def test_a_source_that_is_too_large_is_refused_with_a_sentence(site: Site, clone: Clone) -> None:
    rules = site.world.database.rules
    site.world.database.rules = replace(rules, source_size_limit=2000)
    (clone.folder / "large").write_bytes(os.urandom(5000))
    clone.git("add", "large")
    clone.git("commit", "-q", "-m", "large")
    done = clone.git("push", site.url("acme"), "main")
    assert done.returncode != 0
    assert "at most 2000 are taken." in done.stdout
    assert heads(clone, site) == {}


def test_a_clone_has_what_was_pushed(site: Site, clone: Clone, tmp_path: Path) -> None:
    with playing(site.world, build=site.succeed):
        clone.git("push", site.url("acme"), "main")
    copied = clone.git("clone", "-q", site.url("acme"), str(tmp_path / "copy"))
    assert copied.returncode == 0, copied.stdout
    assert (tmp_path / "copy" / "Procfile").read_text() == "web: serve\n"
    assert clone.git("fetch", site.url("acme"), "main").returncode == 0


def test_an_app_can_be_named_by_its_id(site: Site, clone: Clone) -> None:
    with site.world.database.snapshot() as rows:
        app = rows.find(App, name="acme")
    assert app is not None
    assert clone.git("push", site.url(app.id), "main:topic").returncode == 0
    assert set(heads(clone, site)) == {"refs/heads/topic"}


def test_a_large_push_comes_in_pieces(site: Site, clone: Clone) -> None:
    """Beyond git's buffer a request has no length (chunked)."""
    (clone.folder / "large").write_bytes(os.urandom(3_000_000))
    clone.commit("Procfile", "web: other\n")
    clone.git("add", "large")
    clone.git("commit", "-q", "-m", "large")
    assert clone.git("push", site.url("acme"), "main:topic").returncode == 0
    assert set(heads(clone, site)) == {"refs/heads/topic"}


REFUSED = {
    "a missing app": ("nothing", "", "remote: Couldn't find that app."),
    "no credentials": ("acme", None, "could not read Username"),
    "a wrong token": ("acme", "wrong", "Authentication failed"),
    "a stranger's app": ("acme", "stranger", "remote: Couldn't find that app."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_who_may_not_push_is_told_why(case: str, site: Site, clone: Clone) -> None:
    app, token, said = REFUSED[case]
    who = site.world.strangers_token if token == "stranger" else token
    with site.world.nothing_written():
        done = clone.git("push", site.url(app, token=who), "main")
    assert done.returncode != 0
    assert said in done.stdout
    assert site.world.token not in done.stdout
    assert not (site.world.doors.layout.git).exists()


def test_an_error_of_the_api_is_shown(site: Site, clone: Clone) -> None:
    """The hook is a client like others: here its account has no request left."""
    rules = site.world.database.rules
    site.world.database.rules = replace(rules, rate_limit=1, rate_limit_per_minute=1)
    site.world.call("GET", "/account")
    done = clone.git("push", site.url("acme"), "main")
    assert done.returncode != 0
    assert "remote:  !     Your account reached the API rate limit" in done.stdout
    assert heads(clone, site) == {}


def test_output_that_breaks_off_is_no_success(site: Site, clone: Clone) -> None:
    site.stream = lambda secret: iter([b"-----> Python app detected\n"])  # type: ignore[method-assign]
    done = clone.git("push", site.url("acme"), "main")
    assert done.returncode != 0
    assert "the build goes on" in done.stdout


def test_a_hook_that_cannot_reach_the_platform_says_so(site: Site, clone: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    site.world.doors.addresses = site.world.doors.addresses.__class__(f"http://127.0.0.1:{port}")
    done = clone.git("push", site.url("acme"), "main")
    assert done.returncode != 0
    assert "remote:  !     The platform does not answer as it should" in done.stdout
    assert "Traceback" not in done.stdout


def test_git_ends_when_the_one_who_pushes_has_gone(site: Site, clone: Clone) -> None:
    """It is killed in the middle of its build; when the build has something to say, nobody listens."""
    push = subprocess.Popen(
        ["git", "push", site.url("acme"), "main"],
        cwd=clone.folder,
        env=client_environment(clone.folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while True:
        seen = site.world.database.version
        with site.world.database.snapshot() as rows:
            build = rows.find(Build)
        if build is not None:
            break
        assert site.world.database.wait_for_change(seen, 20) != seen
    assert gits()
    os.killpg(push.pid, 9)
    push.wait()
    site.output = [f"line {n} " + "x" * 1000 for n in range(2000)]
    with playing(site.world, build=site.succeed):
        assert none_left()
    with site.world.database.snapshot() as rows:
        assert current_release(rows, build.app_id).version == 3


def test_pushes_to_several_apps_at_once(site: Site, tmp_path: Path) -> None:
    names = [f"app-{n}" for n in range(3)]
    with site.world.database.transaction() as tx:
        for name in names:
            support.new_app(tx, site.world.customer, name)
    clones = [new_clone(tmp_path / name) for name in names]
    pushes = [
        subprocess.Popen(
            ["git", "push", "-q", site.url(name), "main:topic"],
            cwd=clone.folder,
            env=client_environment(clone.folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name, clone in zip(names, clones, strict=True)
    ]
    assert [push.wait(60) for push in pushes] == [0, 0, 0]
    for name, clone in zip(names, clones, strict=True):
        assert set(heads(clone, site, name)) == {"refs/heads/topic"}
