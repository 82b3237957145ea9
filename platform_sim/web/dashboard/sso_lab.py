"""The SSO lab: how an add-on's login is made, and what its partner does with good and bad ones.

The salt and what is made of it are in no page until one presses *Reveal*. Experiments are jobs: an engine sends them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request

from platform_sim.core import access, errors
from platform_sim.core.access import Actor
from platform_sim.core.actions import sso_lab
from platform_sim.core.actions.sso_lab import Lab
from platform_sim.core.model.addons import AddonService
from platform_sim.core.model.apps import App
from platform_sim.core.model.masking import masked_url
from platform_sim.core.model.records import Job
from platform_sim.core.model.sso import OF_A_GET, SALT, TOKENS, WINDOW, TokenRule
from platform_sim.core.model.sso_lab import Experiment, expectation
from platform_sim.core.store import Snapshot
from platform_sim.web.dashboard.desk import Desk, field
from platform_sim.web.dashboard.held import by_id
from platform_sim.web.dashboard.paging import part_of

DOTS = "••••••••"
PART = 50
NOTES = {
    "resource_id": ("3", "the resource, as the platform knows it"),
    "resource_token": ("3", "signature, not over the user"),
    "user_scoped_resource_token": ("3", "signature, over the user too"),
    "timestamp": ("1 and 3", "Unix seconds, by the platform's clock"),
    "user_id": ("3", "who enters"),
    "email": ("1 and 3", "who enters; people change it, so never key on it"),
    "app": ("1 and 3", "the app that pays"),
    "context_app": ("3", "the app from which the user comes"),
    "id": ("1", "the resource, as the partner knows it"),
    "token": ("1", "signature over that id, not over the user"),
    "nav-data": ("1", "Base64 of JSON: the add-ons of the app, for a header of old"),
}
"""Of each field: the version of the contract that names it so, and what it is."""


@dataclass(frozen=True)
class Made:
    """How a token comes about: its strings with their names, in order, and what comes out."""

    rule: TokenRule
    strings: list[tuple[str, str]]
    digest: str


@dataclass(frozen=True)
class Tried:
    """An experiment of the page, with what came of it the last time."""

    experiment: Experiment
    expects: str
    last: Job | None


def sso_lab_pages(desk: Desk) -> Blueprint:
    """`/dashboard/operator/sso`."""
    blueprint = Blueprint("sso_lab", __name__, url_prefix="/dashboard/operator/sso")
    database = desk.doors.database

    @blueprint.get("")
    def show() -> Response:
        wanted = request.args.get("addon", "").strip()
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            if not wanted:
                return _choice(desk, rows, actor)
            lab = _lab(desk, rows, actor, wanted, request.args.get("app", "").strip())
            result = request.args.get("result", "")
            return _page(desk, rows, actor, lab, result=result)

    @blueprint.post("/reveal")
    def reveal() -> Response:
        with database.snapshot() as rows:
            actor = desk.actor(rows)
            lab = _lab(desk, rows, actor, field("addon"), field("app"))
            return _page(desk, rows, actor, lab, revealed=True)

    @blueprint.post("/try")
    def attempt() -> Response:
        with database.transaction() as tx:
            actor = desk.actor(tx)
            lab = _lab(desk, tx, actor, field("addon"), field("app"))
            job = sso_lab.try_out(tx, actor, lab, field("experiment"))
        desk.doors.job_settled(job.id, desk.patience)
        where = {"addon": lab.addon.name, "app": lab.context_app.name, "result": job.id}
        answer = redirect(f"/dashboard/operator/sso?{urlencode(where)}", 303)
        assert isinstance(answer, Response)
        return answer

    return blueprint


def _lab(desk: Desk, rows: Snapshot, actor: Actor, addon: str, app: str) -> Lab:
    """What the form or the address names: an add-on by name or id, and the app from which one comes to it."""
    context = access.app_named(rows, actor, app) if app else None
    found = access.addon_named(rows, actor, addon, context)
    if context is None:
        context = access.app_named(rows, actor, found.app_id)
    return sso_lab.lab_of(rows, actor, found, context, desk.doors.sso_target)


def _choice(desk: Desk, rows: Snapshot, actor: Actor) -> Response:
    """Those with a sign-on that the actor sees, by a part of their name."""
    q = request.args.get("q", "").strip()
    wanted = q.lower()
    ready = access.visible_names(rows, actor, "provisioned")
    seen = [each for each in ready if wanted in each.name.lower()]
    services = by_id(rows, AddonService, (each.service_id for each in seen))
    signs_in = {key: desk.signs_in(each) for key, each in services.items()}
    part = part_of([each for each in seen if signs_in[each.service_id]], PART)
    apps = by_id(rows, App, (each.app_id for each in part.items))
    shown = {"part": part, "q": q, "services": services, "apps": apps}
    return desk.page("sso.html", actor, view="sso", lab=None, **shown)


def _page(desk: Desk, rows: Snapshot, actor: Actor, lab: Lab, *, result: str = "", revealed: bool = False) -> Response:
    now = int(rows.now().timestamp())
    whole = lab.entry.signed(lab.salt, str(now))
    fields = whole if revealed else whole | {rule.name: DOTS for rule in TOKENS}
    salt = lab.salt if revealed else DOTS
    tried = sso_lab.results(rows, actor, lab.addon)
    shown = {
        "lab": lab,
        "url": masked_url(lab.target.url),
        "fields": fields,
        "notes": NOTES,
        "of_a_get": OF_A_GET,
        "made": [_made(rule, fields, salt) for rule in TOKENS],
        "get_form": _get_form(lab, fields),
        "window": WINDOW,
        "frozen": rows.clock.is_frozen,
        "revealed": revealed,
        "tries": [Tried(each, expectation(each), _last(tried, each)) for each in lab.offered],
        "result": _result(tried, result),
        "where": urlencode({"addon": lab.addon.name, "app": lab.context_app.name}),
    }
    shown["experiment"] = sso_lab.experiment_of(shown["result"]) if isinstance(shown["result"], Job) else None
    return desk.page("sso.html", actor, view="sso", **shown)


def _made(rule: TokenRule, fields: Mapping[str, str], salt: str) -> Made:
    strings = [(name, salt if name == SALT else fields[name]) for name in rule.strings]
    return Made(rule, strings, fields[rule.name])


def _get_form(lab: Lab, fields: Mapping[str, str]) -> str:
    """The first line of the request of old: what is sent to a partner of the oldest kind, or would be."""
    where = masked_url(lab.target.url) if lab.target.method == "get" else f"…/heroku/resources/{lab.entry.partners_id}"
    return f"GET {where}?" + "&".join(f"{name}={fields[name]}" for name in OF_A_GET)


def _last(tried: list[Job], experiment: Experiment) -> Job | None:
    return next((job for job in tried if job.payload["experiment"] == experiment.name), None)


def _result(tried: list[Job], job_id: str) -> Job | None:
    """NotFound for one that is no longer kept, is of another add-on or somebody else's."""
    if not job_id:
        return None
    found = next((job for job in tried if job.id == job_id), None)
    if found is None:
        raise errors.NotFound("result", "This result is not kept any more: press the button again.")
    return found
