"""The scene: the reference partner beside a running platform, and the sample app as a git repository."""

import contextlib
import json
import secrets
import shutil
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from platform_sim.demo.programs import Program, SceneProblem, end_left_over, ready_file_of, run
from platform_sim.demo.talk import Talk, wait_until
from platform_sim.settings import environment

__all__ = ["NotSold", "Scene", "SceneProblem"]

SAMPLE_APP = Path(__file__).parents[2] / "sample_app"
APP = "sample-app"
PARTNER = "addon_service"
LOOK = """
import os
from database import Notes
from resource import ResourceFailed
for url in os.environ["URLS"].split():
    try:
        Notes(url).latest()
        print("ok")
    except ResourceFailed as failed:
        print(failed.kind)
"""
SECRETS = {
    "exceptions": ("ADDON_PASSWORD", "ADDON_SSO_SALT", "ADDON_CLIENT_SECRET"),
    "database": ("ADDON_DATABASE_PASSWORD", "ADDON_DATABASE_SSO_SALT", "ADDON_DATABASE_CLIENT_SECRET"),
}
"""What partner and platform share about each add-on: password, salt, client secret."""
PLANS = (("test", 0), ("basic", 500), ("premium", 2500))
PLANS_OF = {"heroku-postgresql": (("essential-0", 500), ("essential-1", 900), ("standard-0", 5000))}
"""What a service sells that is not called as it usually is, which its partner decides by a setting."""


FIRST_PLAN = "test"
"""Every new service has it (partner-api §1.5), and no plan is ever removed."""


class NotSold(SceneProblem):
    """The partner does not sell this add-on here; the message says why."""


class Scene:
    """Partner and app for the platform at `url`.

    Leaves `folder` behind only as long as it is open, unless `keep`: then the partner comes back with its secrets,
    data and port, as the platform does whose data folder it lies in. `partner`: settings of the partner.
    """

    def __init__(
        self, url: str, token: str, folder: Path, *, keep: bool = False, partner: Mapping[str, str] | None = None
    ) -> None:
        self.url = url
        self.token = token
        self.folder = folder
        self.keep = keep
        self.partner_settings = dict(partner or {})
        self.talk = Talk(url, token)
        self.partner: Program | None = None
        self.partner_url = ""
        self.secrets = self._secrets()

    def __enter__(self) -> "Scene":
        return self

    def __exit__(self, *_: object) -> None:
        if self.partner:
            self.partner.stop()
        self.talk.close()
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _secrets(self) -> dict[str, str]:
        """What partner and platform share; made once."""
        file = self.folder / "secrets.json"
        made: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        if missing := [name for names in SECRETS.values() for name in names if name not in made]:
            made |= {name: secrets.token_hex(16) for name in missing}
            write_private(file, json.dumps(made))
        return made

    def start_partner(self, given_up: threading.Event | None = None) -> str:
        """Start the reference partner, on the port it had if that is free; -> its URL."""
        end_left_over(ready_file_of(self.folder, PARTNER))
        data = self.folder / "partner"
        port_file = self.folder / "partner-port"
        port = free_port(port_file.read_text()) if port_file.exists() else 0
        arguments = [sys.executable, "-m", PARTNER, "--port", str(port), "--data", str(data)]
        given = self.secrets | self.partner_settings
        known = environment() | given | {"HEROKU_API_URL": self.url, "HEROKU_ID_URL": self.url}
        self.partner = Program(PARTNER, arguments, self.folder, known)
        self.partner_url = str(self.partner.ready(given_up)["url"])
        port_file.write_text(str(urlsplit(self.partner_url).port))
        return self.partner_url

    def manifest(self, product: str = "exceptions") -> Path:
        """The manifest of one of the partner's add-ons as a file, secrets included. NotSold if it has none here."""
        known = environment() | self.secrets | self.partner_settings | {"PUBLIC_URL": self.partner_url}
        data = ["--data", str(self.folder / "manifest-data")]
        file = self.folder / "addon-manifest.json"
        try:
            write_private(file, run([sys.executable, "-m", PARTNER, *data, "manifest", "--product", product], known))
        except SceneProblem as problem:
            _, found, reason = str(problem).partition("is not available: ")
            if found:
                raise NotSold(reason) from None
            raise
        return file

    def register(self, product: str = "exceptions") -> str:
        """Register manifest, plans and client secret, as the partner's operator does; -> what was printed. NotSold
        if the partner has no such add-on here."""
        secret_file = self.folder / "client-secret"
        write_private(secret_file, self.secrets[SECRETS[product][2]])
        manifest = self.manifest(product)
        slug = json.loads(manifest.read_text())["id"]
        sold = PLANS_OF.get(slug, PLANS)
        plans = [part for name, cents in sold for part in ("--plan", f"{name}={cents}")]
        said = self.platform_sim("addons", "register", str(manifest), *plans, "--client-secret-file", str(secret_file))
        if FIRST_PLAN not in dict(sold):
            self.platform_sim("addons", "plan", f"{slug}:{FIRST_PLAN}", "--state", "hidden")
        return said

    def shell(self) -> dict[str, str]:
        """The environment that `eval "$(platform-sim env)"` gives, without this machine's own git settings."""
        wanted = self.platform_sim_json("env", "--shell", "json")
        known = environment() | {
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_TERMINAL_PROMPT": "0",
        }
        return {k: v for k, v in (known | wanted).items() if v is not None}

    def platform_sim(self, *arguments: str) -> str:
        """Run an operator's command against this platform."""
        known = environment() | {"HEROKU_HOST": self.url, "HEROKU_API_KEY": self.token, "NO_COLOR": "1"}
        return run([sys.executable, "-m", "platform_sim", *arguments], known)

    def platform_sim_json(self, *arguments: str) -> Any:
        """The same for commands that print JSON."""
        return json.loads(self.platform_sim(*arguments))

    def heroku(self, *arguments: str) -> str:
        """Run a customer's command."""
        return self.platform_sim("heroku", *arguments)

    def look_into_databases(self, *urls: str) -> list[str]:
        """What the app's own code finds at each database URL: `ok`, or how it fails, in a word."""
        known = environment() | {"URLS": " ".join(urls), "PYTHONDONTWRITEBYTECODE": "1"}
        return run([sys.executable, "-c", LOOK], known, SAMPLE_APP).split()

    def repository(self) -> Path:
        """A fresh git repository with the sample app."""
        target = self.folder / "app"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(SAMPLE_APP, target, ignore=shutil.ignore_patterns("__pycache__"))
        git = ["git", "-c", "user.name=You", "-c", "user.email=you@example.com"]
        shell = self.shell()
        run([*git, "init", "--quiet", "--initial-branch=main"], shell, target)
        run([*git, "add", "."], shell, target)
        run([*git, "commit", "--quiet", "-m", "The sample app"], shell, target)
        return target

    def push(self, repository: Path, app: str) -> str:
        """`git push`; -> what it printed."""
        return run(["git", "push", f"{self.url}/{app}.git", "main"], self.shell(), repository)

    def dynos(self, app: str) -> list[dict[str, Any]]:
        """The app's dynos."""
        found: list[dict[str, Any]] = self.talk.api("GET", f"/apps/{app}/dynos")
        return found

    def all_up(self, app: str, count: int) -> list[dict[str, Any]]:
        """Wait until `count` dynos are up on the current release."""

        def ask() -> list[dict[str, Any]]:
            newest = self.talk.api("GET", f"/apps/{app}/releases", Range="version ..; order=desc,max=1")[0]["version"]
            dynos = self.dynos(app)
            fine = [d for d in dynos if d["state"] == "up" and d["release"]["version"] == newest]
            return fine if len(fine) == count == len(dynos) else []

        found: list[dict[str, Any]] = wait_until(f"{count} dynos of {app} up on the newest release", ask)
        return found

    def set_up(self, given_up: threading.Event | None = None) -> Iterator[str]:
        """For `up --demo`: everything in place, told in a few lines. Does nothing twice on a kept folder."""
        yield f"the reference partner listens on {self.start_partner(given_up)}"
        self.register()
        with contextlib.suppress(NotSold):
            self.register("database")
        if APP in {app["name"] for app in self.talk.api("GET", "/apps")}:
            yield from self._come_back()
        else:
            self.heroku("apps:create", APP)
            yield f"pushing the sample app as {APP} ..."
            self.push(self.repository(), APP)
            self.heroku("ps:scale", "worker=1", "-a", APP)
            yield self.heroku("addons:create", "exceptions:test", "-a", APP).strip()
            self.all_up(APP, 2)
        if self.talk.api("GET", "/sim/lessons")["begun_at"] is None:
            # What the scene has done is not the learner's; what a learner has done stays when the scene comes back.
            self.talk.api("POST", "/sim/lessons")
        yield f"the app answers at {self.talk.api('GET', f'/apps/{APP}')['web_url']}"
        yield f"look around at {self.url}/dashboard, learn at {self.url}/dashboard/learn; Ctrl-C stops it all"

    def _come_back(self) -> Iterator[str]:
        """The app is as its owner left it: with more dynos, without the add-on, or broken. None of it is a fault."""
        yield f"{APP} is there from the last time; its dynos start ..."
        try:
            self.platform_sim("wait", "-a", APP, "--timeout", "30")
        except SceneProblem as problem:
            yield f"not everything came up: {problem}"


def write_private(file: Path, text: str) -> None:
    """A file that only its owner can read, from its first moment on."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text)


def free_port(wanted: str) -> int:
    """That port, if nobody listens there; else 0, which takes any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(wanted)))
        except (OSError, OverflowError, ValueError):
            return 0
    return int(wanted)
