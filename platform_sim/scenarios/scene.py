"""What the steps of a scenario act on: the platform, who asks, the partners, and the values that were saved."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_sim.core.clock import Chance
from platform_sim.scenarios.http import Unreachable
from platform_sim.scenarios.kinds import SAVED
from platform_sim.scenarios.matching import MISSING, found_at
from platform_sim.scenarios.programs import Programs
from platform_sim.stand_ins.leaks import Service as Brought
from platform_sim.stand_ins.partner import Partner
from platform_sim.stand_ins.questions import Questions, Refused, content_of
from platform_sim.stand_ins.wsgi import Answer

Json = dict[str, Any]
SHORTEST = 6
"""Characters of a secret that is hidden in reports: a shorter one would hide common words."""


class StepFailed(Exception):
    """A step could not be done, or is not what it was expected to be; the message says what is and what was wanted."""


class LeftOut(Exception):
    """A step is about an optional service that is not there; the message says why it is not."""


@dataclass(frozen=True)
class Seen:
    """What came of an act. `status`: of an answer over HTTP, or of a program."""

    status: int | None = None
    text: str = ""
    json: Any = None
    id: str = ""
    """Of an error."""
    message: str = ""
    note: str = ""
    """What the report says of it beside the step's words."""

    @property
    def is_error(self) -> bool:
        """Whether the platform, or a partner, has said no."""
        return self.status is not None and self.status >= 400


@dataclass
class Service:
    """A service of the scenario. `url`: where its partner is, "" for where its manifest says."""

    name: str
    manifest: Json = field(repr=False)
    client_secret: str = field(default="", repr=False)
    url: str = ""
    scripted: Partner | None = None


@dataclass
class Scene:
    """One playing. `folder`: where the file lies. `scratch`: a folder that goes with the playing."""

    platform: Questions
    folder: Path
    scratch: Path
    programs: Programs
    environment: Mapping[str, str] = field(repr=False)
    """Of the programs that are started."""
    saved: dict[str, Any] = field(default_factory=dict, repr=False)
    services: dict[str, Service] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    """Optional services that are not there, and why."""
    people: dict[str, str] = field(default_factory=dict, repr=False)
    """E-mail -> token."""
    made_up: set[str] = field(default_factory=set, repr=False)
    """Random values."""
    who: str = ""
    """Whose step it is; "" for whoever plays."""
    stopped: Callable[[], bool] = field(default=lambda: False)
    """Whether whoever plays wants it to end."""
    register: Callable[[str], Seen] = field(default=lambda name: Seen())
    """Registers a service of the file."""
    chance: Chance = field(default_factory=Chance)
    held: Collection[Brought] = ()
    """Services that are there for this playing alone, and what their partners hold."""
    owed_before: Collection[str] = ()
    """Add-ons of which something was owed before the playing: none of its leaks."""

    def seen(
        self, method: str, path: str, content: Any = None, *, headers: Mapping[str, str] | None = None, whose: str = ""
    ) -> Seen:
        """Ask the platform, as whose step it is; errors are seen, too. StepFailed if it does not answer."""
        authorization = f"Bearer {self.token_of(whose or self.who)}"
        try:
            answer = self.platform.answer(method, path, content, authorization=authorization, headers=headers)
        except Unreachable as problem:
            raise StepFailed(str(problem)) from None
        return seen_in(answer)

    def must(self, method: str, path: str, content: Any = None, *, whose: str = "") -> Any:
        """The JSON of an answer; StepFailed for an error."""
        found = self.seen(method, path, content, whose=whose)
        if found.is_error:
            raise StepFailed(
                f"{method} {path.partition('?')[0]} was refused: {found.message} ({found.status} {found.id})"
            )
        return found.json

    def token_of(self, email: str) -> str:
        """A customer's token; made when it is first wanted."""
        if not email:
            return self.platform.token
        if email not in self.people:
            made = self.platform.ask("POST", f"/sim/users/{email}/tokens")
            self.people[email] = made["token"]
        return self.people[email]

    def filled(self, value: Any) -> Any:
        """With saved values in their places: alone a value stays what it is, in a text it is written out."""
        if isinstance(value, dict):
            return {self.filled(name): self.filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if not isinstance(value, str):
            return value
        alone = SAVED.fullmatch(value)
        if alone:
            return self.value(alone[1])
        return SAVED.sub(lambda found: as_text(self.value(found[1])), value).replace("$${", "${")

    def value(self, name: str) -> Any:
        """A saved value, or a part of one (`config.ACME_URL`); StepFailed if there is none."""
        if name in self.saved:
            return self.saved[name]
        first, _, rest = name.partition(".")
        found = found_at(self.saved[first], rest) if first in self.saved and rest else MISSING
        if found is MISSING:
            raise StepFailed(f"${{{name}}} has not been saved")
        return found

    def secrets(self) -> list[str]:
        """What no report may show: tokens, passwords, salts, what was made up. The longest first."""
        found = {self.platform.token, *self.people.values(), *self.made_up}
        for service in self.services.values():
            api = service.manifest.get("api", {})
            found |= {service.client_secret, str(api.get("password") or ""), str(api.get("sso_salt") or "")}
        return sorted((each for each in found if len(each) >= SHORTEST), key=len, reverse=True)

    def service(self, name: str) -> Service:
        """LeftOut for one that is optional and not there, StepFailed for one whose manifest is not known."""
        if name in self.missing:
            raise LeftOut(self.missing[name])
        if name not in self.services:
            raise StepFailed(f"the service {name} is not one of this file: of others no secret is known")
        return self.services[name]

    def partner(self, name: str) -> Partner:
        """The scripted partner of a service; StepFailed if it has another."""
        found = self.service(name).scripted
        if found is None:
            raise StepFailed(f"the partner of {name} is not scripted: only a scripted one does as it is told")
        return found


def seen_in(answer: Answer) -> Seen:
    """An answer as expectations look at it."""
    try:
        found = answer.json if answer.body else None
    except ValueError:
        found = None
    if answer.status < 400:
        return Seen(answer.status, answer.text, found)
    try:
        content_of(Answer(answer.status, {}, answer.body if isinstance(found, dict) else b"{}"))
    except Refused as refusal:
        return Seen(answer.status, answer.text, found, refusal.id, refusal.message)
    raise AssertionError("an error is refused")


def as_text(value: Any) -> str:
    """A saved value inside a text."""
    return value if isinstance(value, str) else json.dumps(value)
