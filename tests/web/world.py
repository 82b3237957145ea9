"""A platform's doors in process: rows in memory, clock frozen, a customer, a stranger and a partner with tokens."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from platform_sim.core.access import Actor
from platform_sim.core.actions import addons_end, addons_outcome, jobs, oauth
from platform_sim.core.actions.accounts import create_account, issue_token
from platform_sim.core.actions.addon_logs import use_drain_url
from platform_sim.core.actions.app_setups import create_setup
from platform_sim.core.actions.builds import SourceBlob, create_slug, create_source, set_buildpacks
from platform_sim.core.actions.certificates import create_endpoint
from platform_sim.core.actions.domains import create_domain
from platform_sim.core.actions.drains import create_drain
from platform_sim.core.actions.dynos import add_formation_dyno, report_state, run_dyno
from platform_sim.core.actions.keys import add_key
from platform_sim.core.actions.pipelines import change_stage_vars, couple, create_pipeline
from platform_sim.core.actions.promotions import promote
from platform_sim.core.actions.releases import current_release
from platform_sim.core.actions.review_app_config import enable
from platform_sim.core.actions.webhooks import create_webhook
from platform_sim.core.model.accounts import Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService, Attachment, Plan
from platform_sim.core.model.apps import App, Build
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.records import Job
from platform_sim.core.model.setups import AppSetup, ReviewApp
from platform_sim.core.model.webhooks import Webhook, WebhookDelivery
from platform_sim.core.store import Database, Transaction
from platform_sim.engines.jobs import JobRunner
from platform_sim.partners.manifest import sso_target
from platform_sim.web.app import create_web
from platform_sim.web.context import Doors

from .. import support
from ..certificates import issue
from . import control_api, lean
from .people import add_people

VERSION = "application/vnd.heroku+json; version=3"


class Reply:
    """An answer, read whole."""

    def __init__(self, status: int, headers: Headers, data: bytes) -> None:
        self.status_code = status
        self.headers = headers
        self.data = data

    @classmethod
    def to_client(cls, response: TestResponse) -> "Reply":
        """What Flask's client was answered."""
        with response:
            return cls(response.status_code, response.headers, response.data)

    @property
    def text(self) -> str:
        return str(self.data, "utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def error(self) -> tuple[int, str]:
        """Status and error id."""
        return self.status_code, self.json["id"]


@dataclass
class World:
    """`call` asks as the customer; `seen` says whether rows have changed."""

    doors: Doors
    client: FlaskClient
    customer: Actor
    token: str
    stranger: Actor
    strangers_token: str
    _image: tuple[int, bytes] | None = None
    """With how many changes the rows had seen by then."""

    @property
    def database(self) -> Database:
        return self.doors.database

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = "",
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Reply:
        """One request. `token`: "" the customer's, None none. `body` is sent as JSON, `data` as it is."""
        sent = {"Accept": VERSION}
        if token is not None:
            sent["Authorization"] = f"Bearer {token or self.token}"
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        reply = self._answered(method, path, sent | dict(headers or {}), data)
        if path.startswith("/sim/"):
            control_api.hold(method, path, data, reply.status_code, reply.headers, reply.data)
        return reply

    def _answered(self, method: str, path: str, headers: dict[str, str], data: bytes | None) -> Reply:
        if lean.is_plain(self.client, path, headers, data):
            return Reply(*lean.ask(self.client, method, path, headers, data))
        return Reply.to_client(self.client.open(path, method=method, headers=headers, data=data))

    def get(self, path: str, **more: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.call("GET", path, **more)
        assert answer.status_code in (200, 206), (path, answer.status_code, answer.text)
        return answer.json

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that is written."""
        with self.database.snapshot() as rows:
            return support.dump(rows)

    def image(self) -> bytes:
        """The rows' bytes, made anew only if some row was touched: to see at once that nothing was written."""
        connection = self.database._connection()
        if self._image is None or self._image[0] != connection.total_changes:
            self._image = connection.total_changes, connection.serialize()
        return self._image[1]

    def partner_token(self, addon: Addon) -> str:
        """A fresh access token of the add-on's partner."""
        with self.database.transaction() as tx:
            authorization = tx.find(Authorization, addon_id=addon.id)
            assert authorization is not None
            secret = tx.get(AddonService, addon.service_id).client_secret
            if authorization.refresh_token:
                return oauth.refresh(tx, authorization.refresh_token, secret).access.token
            assert authorization.grant_code is not None
            return oauth.exchange_grant(tx, authorization.grant_code, secret).access.token

    @contextmanager
    def nothing_written(self) -> Iterator[None]:
        """Fails if the block changes one byte of the rows."""
        before = self.image()
        yield
        assert self.image() == before


def new_world(
    folder: Path,
    *,
    problems: Callable[[dict[str, Any]], list[str]] | None = None,
    at: datetime | None = support.START,
    **settings: Any,
) -> World:
    """Doors whose calls do not wait for partners (`customer_patience=0`) unless told otherwise. Close the database."""
    database = support.new_database(at=at, **({"customer_patience": 0.0} | settings))
    with database.transaction() as tx:
        customer, token = _person(tx, "user@example.com")
        stranger, strangers_token = _person(tx, "stranger@example.com")
    doors = Doors(
        database,
        Layout(folder),
        support.AT,
        customer.account.id,
        problems or (lambda manifest: []),
        sso_target,
    )
    client = create_web(doors).test_client()
    return World(doors, client, customer, token, stranger, strangers_token)


def _person(tx: Transaction, email: str) -> tuple[Actor, str]:
    account = create_account(tx, email)
    token = issue_token(tx, account, "test")
    return Actor(account, token.authorization_id), token.token


@dataclass
class Populated:
    """One of everything that a customer can have; what the paths of the table's rows are filled with."""

    world: World
    app: App
    addon: Addon
    partner: str
    """A token of the add-on's partner."""
    paths: dict[str, str] = field(default_factory=dict)
    paths_of_addon: dict[str, str] = field(default_factory=dict)
    """What stands for some of the variables in paths below `/addons/:addon`."""

    def path(self, pattern: str, **other: str) -> str:
        """A row's path for what is there; `other` replaces variables."""
        known = self.paths | (self.paths_of_addon if pattern.startswith("/addons/") else {})
        if pattern.startswith("/teams/"):
            known["app"] = known["team-app"]
        known |= other
        return "/".join(known.get(p[1:-1], NOWHERE) if p.startswith("{") else p for p in pattern.split("/"))

    def lets_in_customers_only(self, method: str, path: str) -> None:
        """Fails unless nobody, a made-up token and a partner's are turned away, and nothing is written."""
        with self.world.nothing_written():
            for token, error in (
                (None, (401, "unauthorized")),
                ("x", (401, "unauthorized")),
                (self.partner, (403, "forbidden")),
            ):
                assert self.world.call(method, path, token=token).error == error


NOWHERE = "01234567-89ab-4cde-8f01-23456789abcd"
"""An id that nothing has."""


DRAIN = "https://logs.example.com/drain"
"""Of a customer's drain and of the add-on's."""

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@home"

WEBHOOK = {"include": ["api:release", "api:dyno"], "level": "sync", "url": "http://localhost:9/hook"}
"""Of the app's webhook and of the add-on's: what they ask for."""


def populate(world: World) -> Populated:
    """An app `acme` that has run for a while, with an add-on that another app shares."""
    with world.database.transaction() as tx:
        who = world.customer
        support.new_service(tx, "exceptions", requires=("log_input", "syslog_drain"), owner=who.account)
        app, other = support.new_app(tx, who, "acme"), support.new_app(tx, who, "other")
        release = support.deploy(tx, who, app)
        addon = support.new_addon(tx, who, app, name="exceptions-first")
        support.attach(tx, other, addon, "SHARED")
        use_drain_url(tx, who.account, addon, DRAIN)
        create_drain(tx, who, app, DRAIN)
        partner = support.partner_of_addon(tx, addon)
        hook = create_webhook(tx, who, app, WEBHOOK)
        partners_hook = create_webhook(tx, partner, addon, WEBHOOK)
        dyno = add_formation_dyno(tx, current_release(tx, app.id), "web.1", "serve", "Basic")
        report_state(tx, dyno, "up")
        run_dyno(tx, who, app, "bash")
        key = add_key(tx, who, KEY)
        issued = issue("www.example.com")
        endpoint = create_endpoint(tx, who, app, issued.certificate, issued.key)
        domain = create_domain(tx, who, app, "www.example.com", endpoint.name)
        set_buildpacks(tx, who, app, ["heroku/python", "https://example.com/pack"])
        slug = create_slug(tx, who, app, {"web": "serve"}, commit="abc")
        create_source(tx)
        build = support.deploy(tx, who, app, "0a1b2c3d4e")
        setup = create_setup(tx, who, other, SourceBlob("http://localhost/x.tgz"))
        attachment = tx.find(Attachment, app_id=app.id, addon_id=addon.id)
        made = tx.find(Build, release_id=build.id)
        assert attachment is not None
        assert made is not None
        plan = tx.get(Plan, addon.plan_id)
        paths_of_hooks = [_paths_of_webhook(tx, each) for each in (hook, partners_hook)]
        paths_of_people = add_people(tx, who)
        paths_of_pipeline = _paths_of_pipeline(tx, who, app)
        for job in tx.all(Job, state="todo"):
            jobs.finish(tx, job, {"ok": True})
    paths = {
        "app": "acme",
        "app-setup": setup.id,
        "add-on": addon.name,
        "database": addon.name,
        "namespace": "credential:reader",
        "add-on-attachment": attachment.id,
        "add-on-attachment.scopedIdentity": attachment.name,
        "add-on-service": "exceptions",
        "plan": plan.id,
        "account": "~",
        "region": "us",
        "stack": "heroku-24",
        "release": str(release.version),
        "slug": slug.id,
        "build": made.id,
        "dyno": dyno.name,
        "formation": "web",
        "dyno.formation_type": "web",
        "domain": domain.hostname,
        "app-feature": "preboot",
        "account-feature": "dashboard-repositories-api",
        "key": key.id,
        "dyno-size": "basic",
        "sni-endpoint": endpoint.name,
        "log-drain.query_identity": quote(DRAIN, safe=""),
    } | (paths_of_hooks[0] | paths_of_pipeline | paths_of_people)
    return Populated(world, app, addon, world.partner_token(addon), paths, paths_of_hooks[1])


def _paths_of_pipeline(tx: Transaction, who: Actor, app: App) -> dict[str, str]:
    """The app, which has been promoted to another one."""
    pipeline = create_pipeline(tx, who, "flow")
    live = support.new_app(tx, who, "live")
    coupling = couple(tx, who, pipeline, app, "staging")
    couple(tx, who, pipeline, live, "production")
    for crews in tx.all(App, name="crew-app"):
        couple(tx, who, pipeline, crews, "development")
    change_stage_vars(tx, who, pipeline, "review", {"REVIEW": "1"})
    promotion = promote(tx, who, pipeline, app, [live])
    enable(tx, who, pipeline, {})
    [setup], now = tx.all(AppSetup), tx.now()
    review = tx.insert(
        ReviewApp(tx.uuid("review-app"), pipeline.id, app.id, setup.id, who.account.id, "first", 1, 5, "", now, now)
    )
    return {
        "pipeline": pipeline.name,
        "pipeline.id": pipeline.id,
        "review-app.id": review.id,
        "pipeline-coupling": coupling.id,
        "pipeline-coupling.stage": "review",
        "pipeline-promotion": promotion.id,
        "pipeline-promotion.id": promotion.id,
    }


def _paths_of_webhook(tx: Transaction, webhook: Webhook) -> dict[str, str]:
    delivery = tx.find(WebhookDelivery, webhook_id=webhook.id)
    assert delivery is not None
    return {
        "app-webhook": webhook.id,
        "app-webhook-delivery": delivery.id,
        "app-webhook-event": delivery.event_id,
    }


Act = Callable[[Transaction, Job], None]


def provisions(config: Mapping[str, str], *, asynchronous: bool = False) -> Act:
    """A job `provision` whose partner says yes."""

    def act(tx: Transaction, job: Job) -> None:
        addon = tx.get(Addon, job.subject_id)
        addon = addons_outcome.acknowledge(tx, addon, "provider-1", "Welcome.", asynchronous=asynchronous)
        if not asynchronous:
            addons_outcome.finish_provisioning(tx, addon, config, tx.get(Account, addon.actor_id))
        jobs.finish(tx, job, {"ok": True})

    return act


def deprovisions(tx: Transaction, job: Job) -> None:
    """A job `deprovision` whose partner acknowledges."""
    addons_end.finish_deprovisioning(tx, tx.get(Addon, job.subject_id), None)
    jobs.finish(tx, job, {"ok": True})


@contextmanager
def playing(world: World, **acts: Act) -> Iterator[None]:
    """Jobs of these kinds are done by a thread, each in one transaction."""

    def run(act: Act, job: Job) -> None:
        with world.database.transaction(job.cause_id) as tx:
            act(tx, job)

    runner = JobRunner(world.database, "test-boot", {kind: partial(run, act) for kind, act in acts.items()}, workers=2)
    runner.start()
    try:
        yield
    finally:
        runner.stop()
