"""The scene: the reference partner beside a running platform, and the sample app as a git repository."""

import json
import secrets
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platform_sim.demo.programs import Program, SceneProblem, run
from platform_sim.demo.talk import Talk, wait_until
from platform_sim.settings import environment

__all__ = ["Scene", "SceneProblem"]

SAMPLE_APP = Path(__file__).parents[2] / "sample_app"
APP = "sample-app"
PLANS = (("test", 0), ("basic", 500), ("premium", 2500))


class Scene:
    """Partner and app for the platform at `url`. Leaves `folder` behind only as long as it is open."""

    def __init__(self, url: str, token: str, folder: Path) -> None:
        self.url = url
        self.token = token
        self.folder = folder
        self.talk = Talk(url, token)
        self.partner: Program | None = None
        self.partner_url = ""
        self.secrets = {
            "ADDON_PASSWORD": secrets.token_hex(16),
            "ADDON_SSO_SALT": secrets.token_hex(16),
            "ADDON_CLIENT_SECRET": secrets.token_hex(16),
        }

    def __enter__(self) -> "Scene":
        return self

    def __exit__(self, *_: object) -> None:
        if self.partner:
            self.partner.stop()
        self.talk.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_partner(self, given_up: threading.Event | None = None) -> str:
        """Start the reference partner on a free port; -> its URL."""
        arguments = [sys.executable, "-m", "addon_service", "--port", "0", "--data", str(self.folder / "partner")]
        known = environment() | self.secrets | {"HEROKU_API_URL": self.url, "HEROKU_ID_URL": self.url}
        self.partner = Program("addon_service", arguments, self.folder, known)
        self.partner_url = str(self.partner.ready(given_up)["url"])
        return self.partner_url

    def manifest(self) -> Path:
        """The partner's manifest as a file, secrets included."""
        known = environment() | self.secrets | {"PUBLIC_URL": self.partner_url}
        arguments = [sys.executable, "-m", "addon_service", "--data", str(self.folder / "manifest-data"), "manifest"]
        file = self.folder / "addon-manifest.json"
        file.write_text(run(arguments, known))
        file.chmod(0o600)
        return file

    def register(self) -> str:
        """Register manifest, plans and client secret, as the partner's operator does; -> what was printed."""
        secret_file = self.folder / "client-secret"
        secret_file.write_text(self.secrets["ADDON_CLIENT_SECRET"])
        secret_file.chmod(0o600)
        plans = [part for name, cents in PLANS for part in ("--plan", f"{name}={cents}")]
        return self.platform_sim(
            "addons", "register", str(self.manifest()), *plans, "--client-secret-file", str(secret_file)
        )

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

    def repository(self) -> Path:
        """A fresh git repository with the sample app."""
        target = self.folder / "app"
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
        apps = {app["name"] for app in self.talk.api("GET", "/apps")}
        if APP not in apps:
            self.heroku("apps:create", APP)
            yield f"pushing the sample app as {APP} ..."
            self.push(self.repository(), APP)
            self.heroku("ps:scale", "worker=1", "-a", APP)
            yield self.heroku("addons:create", "exceptions:test", "-a", APP).strip()
        self.all_up(APP, 2)
        yield f"the app answers at {self.talk.api('GET', f'/apps/{APP}')['web_url']}"
