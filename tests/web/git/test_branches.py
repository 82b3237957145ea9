"""Which refs are deployed, which are kept, and what can be deleted or rewritten, by real git."""

from pathlib import Path

import pytest

from platform_sim.core.model.apps import Build

from ..world import playing
from .pushing import Clone, Site, heads, releases

pytestmark = pytest.mark.processes


def test_another_branch_is_kept_without_a_build(site: Site, clone: Clone) -> None:
    done = clone.git("push", site.url("acme"), "main:refs/heads/topic", "HEAD:refs/tags/v1", "main:refs/head/main")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("remote: Pushed to branch other than [main, master], skipping build.") == 3
    assert set(heads(clone, site)) == {"refs/heads/topic", "refs/tags/v1", "refs/head/main"}
    gone = clone.git("push", site.url("acme"), ":topic")
    assert (gone.returncode, "skipping build" in gone.stdout) == (0, False)
    with site.world.database.snapshot() as rows:
        assert rows.count(Build) == 0


def test_an_annotated_tag_is_no_commit_and_nothing_is_deployed(site: Site, clone: Clone) -> None:
    """git refuses it for a branch, but only after the hook."""
    clone.git("tag", "-a", "v1", "-m", "One")
    done = clone.git("push", site.url("acme"), "v1:refs/heads/main")
    assert done.returncode != 0
    assert "Write an annotated tag as `git push heroku TAG^{}:main`." in done.stdout
    assert releases(site) == ["Initial release", "Enable Logplex"]
    with playing(site.world, build=site.succeed):
        assert clone.git("push", site.url("acme"), "v1^{}:refs/heads/main").returncode == 0


def test_a_rewritten_branch_goes_only_with_force(site: Site, clone: Clone) -> None:
    with playing(site.world, build=site.succeed):
        assert clone.git("push", site.url("acme"), "main").returncode == 0
        clone.git("commit", "-q", "--amend", "-m", "Rewritten")
        refused = clone.git("push", site.url("acme"), "main")
        assert (refused.returncode, "[rejected]" in refused.stdout) == (1, True)
        for path in (site.world.doors.layout.root / "sources").iterdir():
            path.unlink()
        assert clone.git("push", "--force", site.url("acme"), "main").returncode == 0
    commit = clone.git("rev-parse", "HEAD").stdout.strip()
    assert releases(site)[-1] == f"Deploy {commit[:8]}"
    assert heads(clone, site) == {"refs/heads/main": commit}


def test_a_clone_checks_out_what_was_deployed_last(site: Site, clone: Clone, tmp_path: Path) -> None:
    with playing(site.world, build=site.succeed):
        for number, branch in enumerate(("master", "main", "master")):
            commit = clone.commit(f"{number}", "x")
            assert clone.git("push", site.url("acme"), f"HEAD:refs/heads/{branch}").returncode == 0
            for path in (site.world.doors.layout.root / "sources").iterdir():
                path.unlink()
            copy = Clone(tmp_path / f"copy-{number}")
            clone.git("clone", "-q", site.url("acme"), str(copy.folder))
            assert copy.git("rev-parse", "HEAD", "--abbrev-ref", "HEAD").stdout.split() == [commit, branch]
    assert clone.git("push", site.url("acme"), ":main").returncode == 0, "it is master that runs"
    assert clone.git("push", site.url("acme"), ":master").returncode != 0
    assert set(heads(clone, site)) == {"refs/heads/master"}


def test_what_is_deployed_cannot_be_deleted_not_even_beside_a_good_push(site: Site, clone: Clone) -> None:
    with playing(site.world, build=site.succeed):
        clone.git("push", site.url("acme"), "main")
    before = releases(site)
    clone.commit("more.py", "")
    for refs in ([":main"], ["HEAD:refs/heads/master", ":main"]):
        done = clone.git("push", site.url("acme"), *refs)
        assert done.returncode != 0
        assert "remote:  !     refs/heads/main is what runs: it cannot be deleted." in done.stdout
    assert releases(site) == before
    assert set(heads(clone, site)) == {"refs/heads/main"}
