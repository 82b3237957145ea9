"""git through the whole platform, over http and over https: large pushes in pieces, clones, fetches (heroku-cli §6)."""

import os
import subprocess
from pathlib import Path

import pytest

from platform_sim.assemble import Platform

from .customer import Customer

pytestmark = pytest.mark.processes
SIZE = 6_000_000
"""Bytes: beyond git's buffer of 1 MiB, and beyond what fits into the buffers of all sockets and pipes on the way."""

TOPICS = 40
"""Branches: what a fetch of so many asks for is long enough to be compressed."""


class Git:
    """Somebody who works in `folder`, and trusts the platform's authority."""

    def __init__(self, folder: Path, platform: Platform) -> None:
        folder.mkdir()
        self.folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder.parent),
            "GIT_CONFIG_GLOBAL": str(folder.parent / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSL_CAINFO": str(platform.ca_file),
            "GIT_TRACE_CURL": str(folder.parent / "trace"),
        }

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run git; its output and errors in `stdout`."""
        return subprocess.run(
            ["git", "-c", "user.name=Me", "-c", "user.email=me@example.com", "-c", "gc.auto=0", *arguments],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )

    def head(self) -> str:
        return self("rev-parse", "HEAD").stdout.strip()


def address(platform: Platform, scheme: str, app: str) -> str:
    return f"{scheme}://x:{platform.token}@{platform.url.partition('://')[2]}/{app}.git"


@pytest.fixture
def work(tmp_path: Path, platform: Platform, customer: Customer) -> Git:
    """A repository with one commit; an app `acme` to push it to."""
    customer.api("POST", "/apps", {"name": "acme"})
    git = Git(tmp_path / "work", platform)
    git("init", "--quiet", "--initial-branch=main")
    (git.folder / "Procfile").write_text("worker: sleep 600\n")
    git("add", "--all")
    git("commit", "--quiet", "-m", "First")
    return git


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_large_app_is_pushed_in_pieces_cloned_and_fetched(
    scheme: str, work: Git, platform: Platform, customer: Customer, tmp_path: Path
) -> None:
    url = address(platform, scheme, "acme")
    (work.folder / "large").write_bytes(os.urandom(SIZE))
    work("add", "--all")
    work("commit", "--quiet", "-m", "Large")
    pushed = work("push", url, "main")
    assert pushed.returncode == 0, pushed.stdout
    assert "Verifying deploy... done." in pushed.stdout
    assert "=> Send header: Transfer-Encoding: chunked" in (tmp_path / "trace").read_text(errors="replace")
    slug = customer.api("GET", "/apps/acme/releases")[-1]["slug"]["id"]
    assert customer.api("GET", f"/apps/acme/slugs/{slug}")["size"] > SIZE
    other = Git(tmp_path / "other", platform)
    assert other("clone", "--quiet", url, ".").returncode == 0
    assert (other.folder / "large").read_bytes() == (work.folder / "large").read_bytes()
    for number in range(TOPICS):  # many wants and haves: git compresses what it asks for
        commit = work("commit-tree", "-m", f"{number}", "HEAD^{tree}").stdout.strip()
        work("update-ref", f"refs/heads/topic-{number}", commit)
    assert work("push", "--quiet", url, "refs/heads/topic-*:refs/heads/topic-*").returncode == 0
    assert other("fetch", "--quiet").returncode == 0
    assert len(other("branch", "--remotes", "--list", "*topic-*").stdout.splitlines()) == TOPICS
    assert "=> Send header: Content-Encoding: gzip" in (tmp_path / "trace").read_text(errors="replace")
    assert customer.versions("acme") == [1, 2, 3], "other branches are not deployed"


def test_pull_and_a_shallow_clone(work: Git, platform: Platform, tmp_path: Path) -> None:
    url = address(platform, "https", "acme")
    assert work("push", "--quiet", url, "main").returncode == 0
    other = Git(tmp_path / "other", platform)
    assert other("clone", "--quiet", "--depth=1", url, ".").returncode == 0
    work("commit", "--quiet", "--allow-empty", "-m", "Second")
    assert work("push", "--quiet", url, "main").returncode == 0
    assert other("pull", "--quiet", "--ff-only").returncode == 0
    assert other.head() == work.head()


def test_an_app_that_is_not_there_and_a_token_that_is_none(work: Git, platform: Platform) -> None:
    for scheme in ("http", "https"):
        missing = work("push", address(platform, scheme, "nothing"), "main")
        assert missing.returncode == 128
        assert "remote: Couldn't find that app." in missing.stdout
        assert "/nothing.git/' not found" in missing.stdout
        wrong = work("push", address(platform, scheme, "acme").replace(platform.token, "wrong"), "main")
        assert wrong.returncode == 128
        assert "remote: Invalid credentials provided." in wrong.stdout
        assert "Authentication failed" in wrong.stdout
    unasked = work("clone", platform.url + "/acme.git", "../copy")
    assert unasked.returncode == 128
    assert "could not read Username" in unasked.stdout


def test_who_does_not_trust_the_authority_pushes_nothing(work: Git, platform: Platform, customer: Customer) -> None:
    work._environment["GIT_SSL_CAINFO"] = os.devnull
    refused = work("push", address(platform, "https", "acme"), "main")
    assert refused.returncode == 128
    assert "certificate" in refused.stdout
    assert customer.versions("acme") == [1, 2]
