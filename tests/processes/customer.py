"""A customer of a running platform: its API over HTTP, apps in a browser, git."""

import io
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from .partner import TinyPartner
from .up import outer_environment
from .waiting import wait_until

ACCEPT = "application/vnd.heroku+json; version=3"
SECONDS = 300.0


def fetch(method: str, url: str, **more: Any) -> requests.Response:
    """One request over a connection of its own, whatever proxies the machine has."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, **{"timeout": SECONDS, "allow_redirects": False, **more})


@dataclass(frozen=True)
class Customer:
    """`folder` takes the repositories that are pushed."""

    url: str
    token: str
    folder: Path

    @property
    def port(self) -> int:
        """The platform's."""
        return urlsplit(self.url).port or 0

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """A call of the API, whatever comes of it."""
        known = {"Accept": ACCEPT, "Authorization": f"Bearer {self.token}"}
        return fetch(method, self.url + path, json=body, headers=known | headers)

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A call that must succeed; -> its JSON."""
        answer = self.ask(method, path, body, **headers)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def page(self, app: str, path: str = "/", method: str = "GET", **more: Any) -> requests.Response:
        """A request to an app by its host name."""
        headers = {"Host": f"{app}.localhost:{self.port}"} | more.pop("headers", {})
        return fetch(method, f"http://127.0.0.1:{self.port}{path}", headers=headers, **more)

    def register(self, partner: TinyPartner, *plans: str) -> None:
        """What the partner's operator does: push the manifest, name plans and secret."""
        self.api("POST", f"/api/v3/addons/{partner.slug}/manifests", {"contents": partner.manifest})
        body = {"plans": [{"name": name} for name in plans or ("test",)], "client_secret": partner.secret}
        self.api("PUT", f"/sim/services/{partner.slug}", body)

    def versions(self, app: str) -> list[int]:
        """Of its releases, oldest first."""
        return [each["version"] for each in self.api("GET", f"/apps/{app}/releases", Range="version ..; max=1000")]

    def up(self, app: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait until exactly `count` dynos of its formation are there, all up on the newest release; -> them."""

        def ask() -> list[dict[str, Any]]:
            newest = self.versions(app)[-1]
            dynos = [d for d in self.api("GET", f"/apps/{app}/dynos") if d["type"] not in ("run", "release")]
            fine = all(each["state"] == "up" and each["release"]["version"] == newest for each in dynos)
            return dynos if fine and len(dynos) == count else []

        return wait_until(f"{count} dynos of {app} are up on its newest release", ask)

    def log(self, app: str) -> str:
        """The app's log so far."""
        session = self.api("POST", f"/apps/{app}/log-sessions", {"lines": 1500})
        return fetch("GET", session["logplex_url"]).text

    def push(self, app: str, files: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        """Commit `files` as the whole app and `git push` it; -> how that ended, with all it printed."""
        where = self.folder / "repositories" / app
        where.mkdir(parents=True, exist_ok=True)
        if not (where / ".git").exists():
            self._git(where, "init", "--quiet", "--initial-branch=main")
        for old in where.iterdir():
            if old.is_file():
                old.unlink()
        for name, text in files.items():
            (where / name).write_text(text)
        self._git(where, "add", "--all")
        self._git(where, "commit", "--quiet", "--allow-empty", "-m", "A change")
        return self._git(where, "push", f"http://git:{self.token}@127.0.0.1:{self.port}/{app}.git", "main", check=False)

    def _git(self, where: Path, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        known = outer_environment(self.folder) | {
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_TERMINAL_PROMPT": "0",
        }
        return subprocess.run(
            ["git", "-c", "user.name=You", "-c", "user.email=you@example.com", *arguments],
            cwd=where,
            env=known,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=check,
        )

    def build(self, app: str, files: Mapping[str, str]) -> dict[str, Any]:
        """Start a build from an uploaded tarball, as CI services do; -> the build as it was started."""
        source = self.api("POST", "/sources")["source_blob"]
        assert fetch("PUT", source["put_url"], data=tarball(files)).ok
        body = {"source_blob": {"url": source["get_url"], "version": "0123456789ab"}}
        started: dict[str, Any] = self.api("POST", f"/apps/{app}/builds", body)
        return started

    def built(self, app: str, build: Mapping[str, Any]) -> str:
        """Wait until a build has ended; -> its status."""

        def ask() -> str:
            status = str(self.api("GET", f"/apps/{app}/builds/{build['id']}")["status"])
            return "" if status == "pending" else status

        return wait_until("the build has ended", ask)

    def deploy(self, app: str, files: Mapping[str, str]) -> None:
        """A build that must succeed."""
        build = self.build(app, files)
        assert self.built(app, build) == "succeeded", fetch("GET", build["output_stream_url"]).text


def tarball(files: Mapping[str, str]) -> bytes:
    """The files as a .tar.gz."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            data = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()
