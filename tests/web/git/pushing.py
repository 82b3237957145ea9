"""A platform's doors on a real port with streams of build output, and a git client with a home of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from platform_sim.core.actions import jobs
from platform_sim.core.actions.builds import BuiltSlug, fail_build, finish_build
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import Build, Release
from platform_sim.core.model.records import Job
from platform_sim.core.store import Transaction
from platform_sim.web.server import ControlServer

from ..world import World

ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "LANG": "C.UTF-8",
}


@dataclass
class Site:
    """`output` is what builds say; `sources` what they were given."""

    world: World
    port: int
    output: list[str] = field(default_factory=lambda: ["-----> Python app detected", "       Released v3"])
    sources: list[bytes] = field(default_factory=list)

    def url(self, app: str, *, token: str | None = "") -> str:
        """Where git pushes; `token` "" the customer's, None no credentials."""
        who = "" if token is None else f"heroku:{token or self.world.token}@"
        return f"http://{who}127.0.0.1:{self.port}/{app}.git"

    def succeed(self, tx: Transaction, job: Job) -> None:
        """A build that works."""
        build = self._take(tx, job)
        finish_build(tx, build, BuiltSlug("folder", {"web": "serve"}, "Python", ("heroku/python",), 10, "SHA256:00"))
        jobs.finish(tx, job, {"ok": True})

    def fail(self, tx: Transaction, job: Job) -> None:
        """A build that does not."""
        fail_build(tx, self._take(tx, job))
        jobs.finish(tx, job, {"ok": False}, failed=True)

    def _take(self, tx: Transaction, job: Job) -> Build:
        build = tx.get(Build, job.payload["build_id"])
        (path,) = (self.world.doors.layout.root / "sources").glob("*.tgz")
        self.sources.append(path.read_bytes())
        return build

    def stream(self, secret: str) -> Iterator[bytes]:
        """A build's output, whole when the build has ended."""
        while True:
            seen = self.world.database.version
            with self.world.database.snapshot() as rows:
                build = rows.find(Build, output_secret=secret)
            if build is None or build.status != "pending":
                break
            self.world.database.wait_for_change(seen, 30)
        for line in self.output:
            yield (line + "\n").encode()


@contextmanager
def served(world: World) -> Iterator[Site]:
    """The doors under the server that a platform has."""
    app = world.client.application
    web = app.wsgi_app
    site = Site(world, 0)

    def with_streams(environ: dict[str, Any], start: Any) -> Any:
        path = environ["PATH_INFO"]
        if path.startswith("/streams/"):
            start("200 OK", [("Content-Type", "text/plain")])
            return site.stream(path.removeprefix("/streams/"))
        return web(environ, start)

    app.wsgi_app = with_streams  # type: ignore[method-assign, assignment]
    server = ControlServer(app, world.database.rules.source_size_limit)
    site.port = server.address[1]
    world.doors.addresses = Addresses(f"http://127.0.0.1:{site.port}")
    world.doors.git_environment = dict(ENVIRONMENT)
    server.start()
    try:
        yield site
    finally:
        server.close()
        app.wsgi_app = web  # type: ignore[method-assign]


@dataclass
class Clone:
    """A working copy with one commit on `main`."""

    folder: Path

    def git(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run git here; its output and its errors in `stdout`."""
        return subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=client_environment(self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=120,
        )

    def commit(self, name: str, content: str) -> str:
        """A file in a commit; -> its id."""
        (self.folder / name).write_text(content)
        self.git("add", name)
        self.git("commit", "-q", "-m", f"Add {name} ✓")
        return self.git("rev-parse", "HEAD").stdout.strip()


def client_environment(home: Path) -> dict[str, str]:
    """What a git client sees: nobody's configuration, no questions."""
    who = {f"GIT_{role}_{what}": "x@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return ENVIRONMENT | who | {"HOME": str(home), "GIT_TERMINAL_PROMPT": "0", "NO_PROXY": "*"}


def new_clone(folder: Path) -> Clone:
    folder.mkdir()
    clone = Clone(folder)
    clone.git("init", "-q", "--initial-branch=main")
    clone.commit("Procfile", "web: serve\n")
    return clone


def gits() -> list[psutil.Process]:
    """Git and hooks that this process has started and that have not ended."""
    return psutil.Process().children(recursive=True)


def none_left() -> bool:
    """Whether all of them end."""
    return not psutil.wait_procs(gits(), timeout=120)[1]


def releases(site: Site) -> list[str]:
    """What they say of themselves, oldest first."""
    with site.world.database.snapshot() as rows:
        return [release.description for release in rows.all(Release)]


def heads(clone: Clone, site: Site, app: str = "acme") -> dict[str, str]:
    """What the server has: ref -> commit."""
    lines = clone.git("ls-remote", site.url(app)).stdout.splitlines()
    return {ref: commit for commit, ref in (line.split("\t") for line in lines) if ref != "HEAD"}
