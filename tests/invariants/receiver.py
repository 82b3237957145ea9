"""Receives webhooks, well or badly, and keeps what it got."""

import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .behaviour import Killed
from .partner import answer, no_answer

HOST = "hooks.example"
MOODS = ("ok", "500", "410", "timeout", "killed")


@dataclass(frozen=True)
class Received:
    """One attempt, `at` that time. `taken`: it was answered with 2xx, and the platform lived to hear it."""

    request: PartnerRequest
    at: datetime
    taken: bool
    delivery: str
    event: str
    event_at: datetime

    @property
    def hook(self) -> str:
        """The path of the subscription's URL."""
        return urlsplit(self.request.url).path


class Receiver:
    """Every subscription's URL ends here; its path is the subscription's own."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.moods: dict[str, list[str]] = {}
        """How the next ones are taken, by path; then all well."""

    def receive(self, request: PartnerRequest, at: datetime) -> PartnerAnswer:
        """Keep it, and answer in the path's next mood."""
        moods = self.moods[urlsplit(request.url).path]
        mood = moods.pop(0) if moods else "ok"
        told = json.loads(request.body or b"")
        ids = told["webhook_metadata"]
        since = datetime.fromisoformat(told["created_at"])
        self.received.append(Received(request, at, mood == "ok", ids["delivery"]["id"], told["id"], since))
        if mood == "killed":
            raise Killed
        if mood == "timeout":
            return no_answer("timeout")
        return answer(200 if mood == "ok" else int(mood))
