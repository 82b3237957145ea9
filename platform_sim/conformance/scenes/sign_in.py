"""Logins as the gateway signs them, and others: of another time, user or resource, or signed by somebody else.

What an experiment changes in a form is the SSO lab's (`core/model/sso_lab.py`). Signed on the partner's own clock.
"""

from collections.abc import Mapping
from dataclasses import replace

from platform_sim.conformance.home import Instance
from platform_sim.conformance.scenes.life import FIRST, SECOND, provisioned
from platform_sim.conformance.scenes.scene import NOTHING, Mode, Script, Stage
from platform_sim.conformance.seen import Exchange, NotSeen
from platform_sim.core.model.sso import TOKENS, Entry, SsoTarget, fields_of
from platform_sim.core.model.sso_lab import ENTERS, EXPERIMENTS, Experiment, fields, subject_of
from platform_sim.partners.client import PartnerClient
from platform_sim.partners.manifest import sso_target
from platform_sim.partners.sso_answer import cookie_header, led_to, stays_here

SCRIPT = Script()
scene = SCRIPT.scene
LAB = {each.name: each for each in EXPERIMENTS}
VALID = LAB["valid"]
NAMES = tuple(rule.name for rule in TOKENS)
USER_SCOPED, SCOPED, OLD = NAMES
NO_TIMES = ("", "soon", "nan", "-1", "1e9", "9" * 30)
"""What stands where Unix seconds should; the first two are no number in any reading."""
SOMEBODY = "5c0f2e0e-0000-4000-8000-000000000001"


class Gateway:
    """Signs logins to one instance and sends them. Each has a second of its own, for no form must be another's
    repeat: strict partners keep a list."""

    def __init__(self, stage: Stage, instance: Instance, spent: int = 0) -> None:
        self._stage, self.salt = stage, str(stage.home.manifest["api"]["sso_salt"])
        self._client = PartnerClient(stage.home.deliver, stage.home.platform.database.rules.partner_timeout)
        self._now = stage.home.wall_seconds() - spent
        customer = stage.home.customer
        ids = (instance.uuid, instance.provider_id or instance.uuid)
        self.entry = Entry(*ids, customer.id, customer.email, customer.app, customer.app, "e30")
        self.target = self._target(self.entry)

    def try_out(
        self,
        moment: str,
        experiment: Experiment = VALID,
        *,
        entry: Entry | None = None,
        other: Entry | None = None,
        changes: Mapping[str, str] = NOTHING,
    ) -> Exchange:
        """Send what the experiment makes of a good login; `changes` are made after signing."""
        entry = entry or self.entry
        form = fields(experiment, self.target, entry, other, self.salt, self._tick())
        return self.send(moment, form | dict(changes), subject_of(experiment, entry, other))

    def at(self, moment: str, timestamp: str) -> Exchange:
        """A login that is rightly signed for a time in any spelling."""
        self._tick()
        return self.send(moment, fields_of(self.target, self.entry.signed(self.salt, timestamp)))

    def send(self, moment: str, form: Mapping[str, str], subject: Entry | None = None) -> Exchange:
        """A form as it is. `subject`: whose place is asked; the oldest have one for each resource."""
        return self._stage.called(moment, self._client.sign_in(self._target(subject or self.entry), form))

    def look(self, moment: str, url: str, cookie: str) -> Exchange:
        """The page to which a login leads."""
        return self._stage.called(moment, self._client.look(url, cookie))

    def _target(self, entry: Entry) -> SsoTarget:
        target = sso_target(self._stage.home.manifest, entry.partners_id)
        assert target is not None, "the scene needs `sso`"
        return target

    def _tick(self) -> int:
        self._now -= 1
        return self._now


def _gateway(stage: Stage, fact: str, spent: int) -> Gateway:
    return Gateway(stage, provisioned(stage, fact), spent)


def _for_users(gateway: Gateway) -> None:
    if gateway.target.method == "get":
        raise NotSeen("a manifest without an sso_url gets logins that name no user")


BASICS = (
    "login",
    "login with wrong tokens",
    "login without tokens",
    "login with empty tokens",
    "stale login",
    "login with a newer time than it was signed for",
    "login without a time",
)


@scene("logins", ", ".join(BASICS), needs="sso", after="install")
def _logins(stage: Stage) -> None:
    gateway = _gateway(stage, FIRST, 0)
    good, wrong, bare, empty, stale, newer, timeless = BASICS
    gateway.try_out(good)
    gateway.try_out(wrong, LAB["token"])
    gateway.try_out(bare, LAB["no-token"])
    sent = NAMES if gateway.target.method == "post" else (OLD,)
    gateway.try_out(empty, changes=dict.fromkeys(sent, ""))
    gateway.try_out(stale, LAB["stale"])
    gateway.try_out(newer, LAB["stale"], changes={"timestamp": str(stage.home.wall_seconds())})
    gateway.try_out(timeless, LAB["no-time"])


ODD_TIMES = "login with something else as its time"
MORE = (
    "login with parameters of its link",
    "login from the future",
    "login to another resource",
    "login to an unknown resource",
    "login to a deleted resource",
    "login with a wrong token alone",
    "login without a form",
    "login page",
    "login that is repeated",
    "login again",
)


@scene("more logins", ", ".join((*MORE, ODD_TIMES)), mode=Mode.DEFAULT, needs="sso", after="logins, strangers")
def _more(stage: Stage) -> None:
    gateway = _gateway(stage, FIRST, 10)
    linked, future, other, unknown, deleted, alone, formless, page, first, again = MORE
    gateway.try_out(linked, changes={"utm_source": "mail", "tags[]": "a&b=c"})
    gateway.try_out(future, LAB["future"])
    second = Gateway(stage, stage.seen.fact(SECOND)).entry
    # The tokens of the one that is gone, with the ids of the one that is there: else 410 would hide what is open.
    gateway.try_out(other, LAB["resource"], entry=second, other=gateway.entry)
    uuid = stage.fresh_uuid()
    gateway.try_out(unknown, entry=replace(gateway.entry, resource_id=uuid, partners_id=uuid))
    stage.seen.good("second deprovision")
    gateway.try_out(deleted, entry=second)
    for name in (SCOPED, OLD) if gateway.target.method == "post" else (OLD,):
        others = tuple(each for each in NAMES if each != name)
        gateway.try_out(alone, replace(VALID, spoiled=(name,), left_out=others))
    for spelled in NO_TIMES:
        gateway.at(ODD_TIMES, spelled)
    gateway.send(formless, {})
    stage.send(page, stage.page(gateway.target.url))
    gateway.send(again, gateway.try_out(first).form)


USERS = (
    "login with a wrong user-scoped token",
    "login with another e-mail",
    "login with another user",
    "login of an address with a plus",
    "login of an address with an umlaut",
    "login of another user",
    "login with the current fields only",
)


@scene("logins of users", ", ".join(USERS), mode=Mode.DEFAULT, needs="sso", after="logins")
def _users(stage: Stage) -> None:
    gateway = _gateway(stage, FIRST, 40)
    _for_users(gateway)
    wrong, email, user, plus, umlaut, another, current = USERS
    gateway.try_out(wrong, replace(VALID, spoiled=(USER_SCOPED,)))
    gateway.try_out(email, LAB["user"])
    gateway.try_out(user, changes={"user_id": SOMEBODY})
    gateway.try_out(plus, entry=replace(gateway.entry, email="ada+addons@example.com"))
    gateway.try_out(umlaut, entry=replace(gateway.entry, email="jörg@exämple.com"))
    gateway.try_out(another, entry=replace(gateway.entry, user_id=SOMEBODY, email="bob@example.com"))
    gateway.try_out(current, replace(VALID, left_out=("id", OLD, "nav-data")))


BEHIND = "page behind the login"


@scene("landing", BEHIND, mode=Mode.DEFAULT, needs="sso", after="logins")
def _landing(stage: Stage) -> None:
    login = stage.seen.one("login")
    url = led_to(login.request, login.answer)
    if login.status not in ENTERS or url is None:
        raise NotSeen(f"the login leads to no other page: it was answered with {login.said}")
    if not stays_here(login.request, url):
        raise NotSeen("a redirect is followed on this machine only")
    _gateway(stage, FIRST, 0).look(BEHIND, url, cookie_header(login.answer))
