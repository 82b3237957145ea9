"""Somebody who goes through the lessons by what they print, in a shell; and what a browser does for them."""

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from platform_sim.demo.login import Form, fresh_form
from platform_sim.loopback import free_port

from ..processes.customer import Customer
from ..processes.up import outer_environment
from ..processes.waiting import LONGEST, wait_until

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PORT = "5300"
OPEN = "heroku addons:open"


@dataclass
class Learner:
    """Stands in the customer's folder, which has a ready file. The example's partner gets a free port."""

    customer: Customer
    partner: int = 0
    """The process of the example's partner, once it runs."""
    login: str = ""
    """The time of the last login to a partner's dashboard."""

    @property
    def folder(self) -> Path:
        """Where it stands."""
        return self.customer.folder

    def __post_init__(self) -> None:
        self.port = str(free_port())
        shutil.copytree(EXAMPLES, self.folder / "docs" / "examples")
        manifest = self.folder / "docs" / "examples" / "addon-manifest.json"
        manifest.write_text(manifest.read_text().replace(PORT, self.port))

    def type(self, line: str) -> "subprocess.CompletedProcess[str]":
        """A line in a shell; `$!` is kept of what it leaves behind."""
        known = outer_environment(self.folder) | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PLATFORM_SIM_READY": str(self.folder / "ready.json"),
            "PORT": self.port,
        }
        script = f'{line}\ncode=$?; echo "$!" > background; exit $code'
        return subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=known,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
            check=False,
        )

    def must(self, line: str) -> str:
        """One that succeeds; -> what it printed."""
        done = self.type(line)
        assert done.returncode == 0, f"{line}\n{done.stdout}"
        return done.stdout

    def lesson(self, number: int) -> Any:
        """As it is told now."""
        return self.customer.api("GET", "/sim/lessons")["lessons"][number - 1]

    def learn(self, number: int) -> None:
        """Do what the lesson says, and try what it asks."""
        before = self.lesson(number)
        assert not before["done"], before["found"]
        for line in before["commands"]:
            if OPEN in line:
                self._browse(self.must(f"{line} --show-url").strip(), rotates="Rotate" in before["then"])
            else:
                self.must(line)
            self.partner = int((self.folder / "background").read_text().strip() or self.partner)
        wait_until(f"lesson {number} has happened", lambda: self.lesson(number)["done"])
        if number < 8:  # the last one leaves a partner that is away
            self.must(before["try"])

    def _browse(self, link: str, rotates: bool) -> None:
        """Follow the link into the partner's dashboard, and press the button there."""
        with requests.Session() as browser:
            browser.trust_env = False
            found: list[Form] = []

            def is_another() -> bool:
                found[:] = [fresh_form(browser, link)]
                return found[0].fields["timestamp"] != self.login

            # Of one second there is one login: the partner takes the same one again for a replay.
            wait_until("a login of another second", is_another)
            [form] = found
            self.login = form.fields["timestamp"]
            page = browser.post(form.action, form.fields)
            assert page.ok, page.text
            if rotates:
                (action,) = re.findall(r'<form[^>]*action="([^"]*/rotate)"', page.text)
                (csrf,) = re.findall(r'name="csrf" value="([^"]+)"', page.text)
                assert browser.post(urljoin(page.url, action), {"csrf": csrf}).ok

    def ends(self) -> None:
        """Stop the example's partner."""
        if self.partner:
            os.kill(self.partner, signal.SIGTERM)
            self.partner = 0
