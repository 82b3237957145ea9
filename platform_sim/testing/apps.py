"""Apps and add-ons of a private Heroku, as a test names them. Each look asks the platform anew."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from platform_sim.partners.contract import FORM, PartnerRequest, Send
from platform_sim.stand_ins.questions import Questions, Refused, route
from platform_sim.stand_ins.wsgi import Answer, whole

__tracebackhide__ = True
Json = dict[str, Any]
STATES = ("provisioning", "provisioned", "deprovisioning", "gone")
"""Of an add-on, as `Addon.state` says them."""
PAUSE = 0.005
"""Wall seconds between two looks at something that others change."""


@dataclass(frozen=True)
class SsoForm:
    """The signed form of a login. `fields`: what the browser sends to `action`."""

    method: str
    action: str
    fields: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class World:
    """What apps and add-ons need of their platform."""

    questions: Questions
    send: Send


class App:
    """An app: its add-ons, config vars and releases."""

    def __init__(self, world: World, name: str) -> None:
        self._world, self.name = world, name
        self.addons = Addons(world, name)

    def __repr__(self) -> str:
        return f"<App {self.name}>"

    @property
    def config(self) -> dict[str, str]:
        """All config vars as they are now."""
        return dict(self._ask("GET", "config-vars"))

    def set_config(self, **changes: str | None) -> None:
        """Set config vars; None takes one away. Makes a release."""
        self._ask("PATCH", "config-vars", changes)

    @property
    def releases(self) -> list[Json]:
        """The releases as the API shows them, the oldest first."""
        return list(self._ask("GET", "releases"))

    def destroy(self) -> None:
        """Destroy it with its add-ons. Partners are told afterwards: `Heroku.settle` waits for that."""
        self._world.questions.ask("DELETE", route("apps", self.name))

    def _ask(self, method: str, what: str, content: Any = None) -> Any:
        return self._world.questions.ask(method, f"{route('apps', self.name)}/{what}", content)


class Addons(Sequence["Addon"]):
    """The add-ons of an app, as they are now."""

    def __init__(self, world: World, app: str) -> None:
        self._world, self._app = world, app

    def create(self, plan: str, *, options: Mapping[str, str] | None = None, name: str | None = None) -> "Addon":
        """Order `service:plan` and wait for the partner's answer. After a 202 the state is `provisioning`, until the
        partner says that it is done. Refused, with the partner's message, if it has not become an add-on."""
        wish = {"plan": plan, "config": dict(options or {}), "name": name}
        given = {key: value for key, value in wish.items() if value}
        made = self._world.questions.ask("POST", f"{route('apps', self._app)}/addons", given)
        return Addon(self._world, self._app, made["id"], made["name"])

    def _all(self) -> list["Addon"]:
        found = self._world.questions.ask("GET", f"{route('apps', self._app)}/addons")
        return [Addon(self._world, self._app, each["id"], each["name"]) for each in found]

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, index: Any) -> Any:
        return self._all()[index]


class Addon:
    """An add-on. `uuid` and `name` as the partner and the customer know it."""

    def __init__(self, world: World, app: str, uuid: str, name: str) -> None:
        self._world, self._app, self.uuid, self.name = world, app, uuid, name

    def __repr__(self) -> str:
        return f"<Addon {self.name} {self.state}>"

    @property
    def state(self) -> str:
        """`provisioning`, `provisioned`, `deprovisioning`, or `gone`."""
        try:
            return str(self._world.questions.ask("GET", route("addons", self.uuid))["state"])
        except Refused as refusal:
            if refusal.status in (404, 410):
                return "gone"
            raise

    @property
    def plan(self) -> str:
        """As `service:plan`."""
        return str(self._world.questions.ask("GET", route("addons", self.uuid))["plan"]["name"])

    @property
    def config(self) -> dict[str, str]:
        """The config vars that are the add-on's, as its app sees them."""
        names = self._world.questions.ask("GET", route("addons", self.uuid))["config_vars"]
        shown = self._world.questions.ask("GET", f"{route('apps', self._app)}/config-vars")
        return {name: shown[name] for name in names if name in shown}

    def change_plan(self, plan: str) -> None:
        """Wait for the partner's answer; Refused with its message. `plan` as `service:plan`."""
        self._world.questions.ask("PATCH", route("apps", self._app, "addons", self.uuid), {"plan": plan})

    def destroy(self) -> None:
        """Wait for the partner's answer. If it does not acknowledge, the platform goes on asking: a leak until then."""
        self._world.questions.ask("DELETE", route("apps", self._app, "addons", self.uuid))

    def wait(self, state: str = "provisioned", seconds: float = 10.0) -> None:
        """Until it is in this state; TimeoutError after so many wall seconds, or when it is gone before that.
        ValueError for what is no state."""
        if state not in STATES:
            raise ValueError(f"an add-on is never {state!r}, it is one of: {', '.join(STATES)}")
        waited_for(lambda: self.state in (state, "gone"), seconds)
        if (now := self.state) != state:
            raise TimeoutError(f"{self.name} is {now}, not {state}; waited for {seconds:g} s at most")

    def sso_form(self) -> SsoForm:
        """The signed form with which the platform sends a browser to the partner's dashboard, of now."""
        form = self._world.questions.ask("GET", f"{route('addons', self.uuid)}/sso")
        return SsoForm(form["method"], form["action"], dict(form["params"]))

    def sign_in(self, form: SsoForm | None = None) -> Answer:
        """Send the form as a browser would; what the partner answers. TimeoutError or OSError if it cannot be asked."""
        form = form or self.sso_form()
        encoded, headers = urlencode(form.fields), {"Accept": "text/html"}
        if form.method == "get":
            request = PartnerRequest("GET", f"{form.action}?{encoded}", headers, None, 25.0)
        else:
            request = PartnerRequest("POST", form.action, headers | {"Content-Type": FORM}, encoded.encode(), 25.0)
        return whole(form.action, self._world.send(request))


def waited_for(is_so: Callable[[], bool], seconds: float) -> bool:
    """Look again and again; whether it has become so within these wall seconds."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() >= end:
            return False
        time.sleep(PAUSE)
    return True
