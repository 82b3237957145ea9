"""What a transcript plays on: a platform, partners, other people; and the acts that a transcript may call."""

import json
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from platform_sim.assemble import Options, Platform

from ..certificates import issue
from ..processes.customer import Customer
from ..processes.partner import Reply, Sent, TinyPartner, running_partner
from ..processes.sources import app
from ..processes.up import outer_environment
from ..processes.waiting import wait_until
from .cli import Cli
from .exchanges import Exchanges, watched

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
"""Where the platform's clock stands."""

RULES = {"rate_limit": 1_000_000, "provision_retry_delay": 0.05, "deprovision_retry_delay": 0.05}
PRICES = {"free": 0, "test": 0, "essential-0": 500, "standard-0": 5000, "premium-0": 20000}
"""Cents a month, by the plan's name."""

TYPES = {
    "web": "python3 web.py",
    "worker": "python3 -c 'import time; print(\"at work\", flush=True); time.sleep(3600)'",
    "release": "echo release phase line 1; echo release phase line 2",
}
"""Commands, with no path of this machine in them: the CLI prints them."""


def source(types: Sequence[str]) -> dict[str, str]:
    """The files of an app."""
    return app() | {"Procfile": "".join(f"{each}: {TYPES[each]}\n" for each in types or ("web",))}


@dataclass
class Stage:
    """One customer with the CLI at a platform. `names`: what `% set` has found."""

    platform: Platform
    cli: Cli
    folder: Path
    exchanges: Exchanges
    stack: ExitStack
    names: dict[str, str] = field(default_factory=dict)
    partners: dict[str, TinyPartner] = field(default_factory=dict)

    @property
    def customer(self) -> Customer:
        """The same customer, without the CLI."""
        return Customer(self.platform.url, self.platform.token, self.folder)

    def act(self, line: str) -> None:
        """One line after `% `: the act's name, and what it is about."""
        word, *arguments = shlex.split(line)
        known = ACTS.get(word)
        assert known is not None, f"no such act: {word}. There are: {', '.join(ACTS)}"
        known(self, *arguments)


def partner(stage: Stage, slug: str, *plans: str) -> None:
    """`partner SLUG PLAN...`: register a partner that works, with prices."""
    made = stage.partners[slug] = stage.stack.enter_context(running_partner(slug))
    made.requires = ("many_per_app", "attachable")
    stage.customer.api("POST", f"/api/v3/addons/{slug}/manifests", {"contents": made.manifest})
    body = {
        "plans": [{"name": name, "cents": PRICES.get(name, 1000)} for name in plans or ("test",)],
        "state": "ga",
        "client_secret": made.secret,
    }
    stage.customer.api("PUT", f"/sim/services/{slug}", body)


def hook(stage: Stage) -> None:
    """`hook`: a receiver of webhooks; `{HOOK}` is its URL."""
    made = stage.stack.enter_context(running_partner("hooks"))
    made.acts = False
    stage.names["HOOK"] = f"{made.url}/hook"


def says(stage: Stage, slug: str, method: str, status: str, message: str = "") -> None:
    """`says SLUG METHOD STATUS [MESSAGE]`: from now on the partner answers this; status 0: rightly again."""
    answers = stage.partners[slug].answers
    if status == "0":
        answers.pop(method, None)
        return
    body = json.dumps({"message": message}).encode() if message else b"{}"
    answers[method] = lambda sent: Reply(int(status), body)


def at_the_partner(stage: Stage, slug: str, uuid: str) -> Customer:
    """The partner of an add-on, who has exchanged its grant."""
    order = stage.partners[slug].living[uuid]
    if "token" not in order:
        order["token"] = stage.partners[slug].exchange(stage.platform.url, uuid)
    return Customer(stage.platform.url, order["token"], stage.folder)


def _config(made: TinyPartner, uuid: str) -> dict[str, Any]:
    return {"config": [{"name": name, "value": value} for name, value in made.config_of(uuid).items()]}


def namespace(stage: Stage, slug: str, addon: str, name: str) -> None:
    """`namespace SLUG ADDON NAME`: the partner has a config of its own for this namespace of the add-on."""
    uuid = stage.customer.api("GET", f"/addons/{addon}")["id"]
    theirs = at_the_partner(stage, slug, uuid)
    theirs.api("PATCH", f"/addons/{uuid}/config/{name}", _config(stage.partners[slug], uuid))


def slow(stage: Stage, slug: str) -> None:
    """`slow SLUG`: the partner makes things in the background, and is ready when `ready` says so."""

    def answer(sent: Sent) -> Reply:
        return Reply(202, json.dumps({"id": f"tiny-{sent.body['uuid']}", "message": "slow one"}).encode())

    stage.partners[slug].answers["POST"] = answer


def ready(stage: Stage, slug: str, *after: str) -> None:
    """`ready SLUG [after METHOD PATH]`: all that it makes is ready now, or when such a request was answered."""
    made = stage.partners[slug]

    def finish() -> None:
        for uuid, order in made.living.items():
            if "token" not in order:
                theirs = at_the_partner(stage, slug, uuid)
                theirs.api("PATCH", f"/addons/{uuid}/config", _config(made, uuid))
                theirs.api("POST", f"/addons/{uuid}/actions/provision")

    if after:
        stage.exchanges.after[" ".join(after[1:])] = finish
    else:
        finish()


def deployed(stage: Stage, name: str, *types: str) -> None:
    """`app NAME [web|worker|release ...]`: an app of the customer's, built, its dynos up; types default to web."""
    stage.customer.api("POST", "/apps", {"name": name})
    stage.customer.deploy(name, source(types))
    settle(stage)


def settle(stage: Stage) -> None:
    """`settle`: wait until the platform has nothing to do now, and all dynos are up on the newest release."""
    customer = stage.customer

    def at_rest() -> bool:
        status = customer.api("GET", "/sim/status")
        return all(job["due"] > status["clock"]["now"] for job in status["waiting"])

    wait_until("all jobs that are due are done", at_rest)
    for each in customer.api("GET", "/apps"):
        count = sum(one["quantity"] for one in customer.api("GET", f"/apps/{each['name']}/formation"))
        if count:
            customer.up(each["name"], count)


def api(stage: Stage, method: str, path: str, body: str = "null") -> None:
    """`api METHOD PATH [JSON]`: the customer's own call."""
    stage.customer.api(method, path, json.loads(body))


def other(stage: Stage, email: str, method: str = "", path: str = "", body: str = "null") -> None:
    """`other EMAIL [METHOD PATH [JSON]]`: another customer, made when first named, and his call."""
    name = f"TOKEN {email}"
    if name not in stage.names:
        stage.names[name] = stage.customer.api("POST", "/sim/users", {"email": email})["token"]
    if method:
        theirs = Customer(stage.platform.url, stage.names[name], stage.folder)
        theirs.api(method, path, json.loads(body))


def find(stage: Stage, name: str, path: str, *where: str) -> None:
    """`set NAME PATH KEY...`: look something up with the API; keys lead into the answer, numbers into lists."""
    value = stage.customer.api("GET", path)
    for key in where:
        value = value[int(key)] if isinstance(value, list) else value[key]
    stage.names[name] = str(value)


def page(stage: Stage, name: str, path: str = "/") -> None:
    """`visit NAME [PATH]`: somebody opens the app in a browser; the router has told it when this is over."""
    app_id = stage.customer.api("GET", f"/apps/{name}")["id"]

    def told() -> int:
        return sum(line.dyno == "router" for line in stage.platform.logs.lines(app_id))

    before = told()
    stage.customer.page(name, path)
    wait_until("the router has told it", lambda: told() > before)


def write(stage: Stage, name: str, *lines: str) -> None:
    """`write FILE LINE...`: a file in the customer's folder; an empty app with `write Procfile web`."""
    (stage.cli.folder / name).write_text("".join(line + "\n" for line in lines))


def certificate(stage: Stage, domain: str) -> None:
    """`certificate DOMAIN`: cert.pem and key.pem in the customer's folder, the same each time."""
    made = issue(domain, starts_at=AT, days=365)
    (stage.cli.folder / "cert.pem").write_text(made.certificate)
    (stage.cli.folder / "key.pem").write_text(made.key)


ACTS: dict[str, Callable[..., None]] = {
    "partner": partner,
    "hook": hook,
    "says": says,
    "namespace": namespace,
    "slow": slow,
    "ready": ready,
    "app": deployed,
    "settle": settle,
    "api": api,
    "other": other,
    "set": find,
    "visit": page,
    "write": write,
    "certificate": certificate,
}


@contextmanager
def on_stage(folder: Path, way: str = "proxy", **rules: Any) -> Iterator[Stage]:
    """A fresh platform with a customer, in memory, its clock frozen, its chance seeded."""
    options = Options(seed=7, frozen_at=AT, environment=outer_environment(folder), rules=RULES | rules)
    with ExitStack() as stack:
        exchanges = stack.enter_context(watched())
        platform = stack.enter_context(Platform(options))
        cli = Cli(folder / "home", platform.url, platform.token, str(platform.ca_file), way)
        yield Stage(platform, stack.enter_context(cli), folder, exchanges, stack)
