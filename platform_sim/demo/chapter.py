"""What the chapters of the story share: the app, the add-on, and ways to look at both sides."""

from typing import Any

from platform_sim.demo.narrator import Narrator
from platform_sim.demo.scene import Scene
from platform_sim.demo.talk import wait_until

APP = "curious-otter"


class Chapter:
    """One add-on's part of the story; `service` is its slug, `secret` the name of its password."""

    def __init__(self, scene: Scene, narrator: Narrator, service: str, secret: str) -> None:
        self.scene = scene
        self.narrator = narrator
        self.service = service
        self.secret = secret
        self.addon: dict[str, Any] = {}

    def partner(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the partner's operator."""
        answer = self.scene.talk.session.request(
            method,
            self.scene.partner_url + path,
            json=body,
            auth=(self.service, self.scene.secrets[self.secret]),
            timeout=60,
        )
        self.narrator.check(f"the partner answers {method} {path.split('/')[-1]}", answer.ok, answer.text[:500])
        return answer.json()

    def calls_of_partner(self) -> list[Any]:
        """What the platform has asked of the partner so far; not the events that it told."""
        return [each for each in self.scene.talk.api("GET", "/sim/exchanges") if each["party"] == "partner"]

    def partners_line(self, words: str) -> None:
        """A line of the partner's own in the app's log."""
        begin = f"app[{self.service}]: source={self.addon['name']} "

        def found() -> list[str]:
            return [line for line in self.app_log().splitlines() if begin in line and words in line]

        wait_until("the partner's line is in the app's log", found)
        self.narrator.quote("log", found()[-1:])
        self.narrator.check("the partner has said so in the app's own log", found())

    def app_log(self) -> str:
        """The app's log."""
        return self.scene.platform_sim("logs", "-a", APP, "-n", "500")

    def version(self) -> int:
        """Of the newest release."""
        newest = self.scene.talk.api("GET", f"/apps/{APP}/releases", Range="version ..; order=desc,max=1")
        return int(newest[0]["version"])

    def config(self) -> dict[str, str]:
        """The app's config vars."""
        found: dict[str, str] = self.scene.talk.api("GET", f"/apps/{APP}/config-vars")
        return found
