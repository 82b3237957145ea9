"""One platform with everything in it, and all of it as public JSON, by resource of the published schema."""

from typing import Any

from platform_sim.core.actions.accounts import issue_token
from platform_sim.core.actions.addon_logs import use_drain_url
from platform_sim.core.actions.addons_end import destroy_addon, finish_deprovisioning
from platform_sim.core.actions.builds import SourceBlob, create_build, create_slug, create_source, fail_build
from platform_sim.core.actions.certificates import create_endpoint
from platform_sim.core.actions.domains import create_domain, domains_of, set_acm
from platform_sim.core.actions.drains import create_drain, drains_of_app
from platform_sim.core.actions.dynos import add_formation_dyno, report_started, report_state, run_dyno
from platform_sim.core.actions.features import feature_named, features_of, switch
from platform_sim.core.actions.keys import add_key
from platform_sim.core.actions.log_sessions import create_log_session
from platform_sim.core.actions.oauth import exchange_grant
from platform_sim.core.actions.pipelines import couple, create_pipeline
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.actions.promotions import promote
from platform_sim.core.actions.releases import current_release, finish_release_phase
from platform_sim.core.actions.webhook_deliveries import deliveries_of, events_of, record_attempt
from platform_sim.core.actions.webhooks import create_webhook
from platform_sim.core.model.accounts import Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService, Attachment, Plan
from platform_sim.core.model.apps import App, Build, Dyno, Formation, Release, Slug
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.domains import SniEndpoint
from platform_sim.core.model.pipelines import Pipeline, PipelineCoupling, Promotion, PromotionTarget
from platform_sim.core.model.places import DYNO_SIZES, REGIONS, STACKS
from platform_sim.core.public import accounts as public_accounts
from platform_sim.core.public import addons as public_addons
from platform_sim.core.public import apps as public_apps
from platform_sim.core.public import domains as public_domains
from platform_sim.core.public import drains as public_drains
from platform_sim.core.public import features as public_features
from platform_sim.core.public import pipelines as public_pipelines
from platform_sim.core.public import webhooks as public_webhooks
from platform_sim.core.store import Transaction

from ...certificates import issue
from ...support import (
    AT,
    deploy,
    new_addon,
    new_app,
    new_customer,
    new_pending_addon,
    new_service,
)
from .samples_people import of_people
from .samples_setups import of_setups

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@home"

Bodies = dict[str, list[Any]]


def samples(tx: Transaction) -> Bodies:
    """Rows in every state that they can have, shown."""
    customer = new_customer(tx)
    issue_token(tx, customer.account, "laptop")
    app = new_app(tx, customer, "acme")
    new_app(tx, customer)
    release = deploy(tx, customer, app)
    fail_build(tx, create_build(tx, customer, app, SourceBlob("http://localhost/s")))
    create_build(tx, customer, app, SourceBlob("http://localhost/s", "SHA256:1", "v1", "first"))
    create_build(tx, customer, app, SourceBlob("http://localhost/s"), ["heroku/python", "https://a:b@example.com/pack"])
    create_slug(tx, customer, app, {"web": "serve"})
    up = add_formation_dyno(tx, release, "web.1", "serve", "Basic")
    report_state(tx, report_started(tx, up, pid=1, pid_started=1.0, port=1, boot_id="b"), "up")
    report_state(tx, add_formation_dyno(tx, release, "web.2", "serve", "Basic"), "crashed", exit_status=1)
    run_dyno(tx, customer, app, "ls")
    deploy(tx, customer, app, web="serve", release="migrate")
    failed = deploy(tx, customer, app, web="serve", release="migrate")
    finish_release_phase(tx, failed, succeeded=False)
    found = (
        _of_apps(tx)
        | _of_the_market(tx)
        | _of_accounts(tx)
        | _of_webhooks(tx)
        | _of_domains(tx)
        | _of_pipelines(tx)
        | _fixed(tx, app)
    )
    people, setups = of_people(tx), of_setups(tx)
    names = found | people | setups
    return {name: found.get(name, []) + people.get(name, []) + setups.get(name, []) for name in names}


def _of_apps(tx: Transaction) -> Bodies:
    [app] = tx.all(App, name="acme")
    current = current_release(tx, app.id).id
    return {
        "app": [public_apps.app(tx, row, AT) for row in tx.all(App)],
        "release": [public_apps.release(row, app, AT, current) for row in tx.all(Release, app_id=app.id)],
        "buildpack-installation": [
            public_apps.buildpack_installation(name, number)
            for number, name in enumerate(("heroku/python", "https://example.com/pack"))
        ],
        "build": [public_apps.build(tx, row, AT) for row in tx.all(Build)],
        "slug": [public_apps.slug(row, AT, upload=row.folder is None) for row in tx.all(Slug)],
        "dyno": [public_apps.dyno(tx, row, app) for row in tx.all(Dyno)],
        "formation": [public_apps.formation(row, app) for row in tx.all(Formation)],
    }


def _of_the_market(tx: Transaction) -> Bodies:
    """Add-ons in each of the three states that the schema knows; with and without provider id, config, message."""
    customer = new_customer(tx, "market@example.com")
    app = new_app(tx, customer, "market")
    service = new_service(tx, requires=("many_per_app", "attachable", "log_input", "syslog_drain"))
    set_plans(tx, service, [PlanSpec("test"), PlanSpec("premium", 5000)])
    use_drain_url(tx, customer.account, new_addon(tx, customer, app), "https://partner.example/logs")
    create_drain(tx, customer, app, "syslog://logs.example.com:514")
    new_addon(tx, customer, app, config={})
    new_pending_addon(tx, customer, app)
    gone = new_addon(tx, customer, app)
    destroy_addon(tx, customer, gone)
    finish_deprovisioning(tx, gone, None)
    return {
        "add-on": [public_addons.addon(tx, row, AT, message=True) for row in tx.all(Addon)],
        "add-on-attachment": [public_addons.attachment(tx, row, AT) for row in tx.all(Attachment)],
        "add-on-service": [public_addons.service(row) for row in tx.all(AddonService)],
        "plan": [public_addons.plan(row, service) for row in tx.all(Plan)],
        "log-drain": [public_drains.log_drain(tx, row) for row in drains_of_app(tx, app)],
    }


def _of_accounts(tx: Transaction) -> Bodies:
    grant = tx.find(Authorization, account_id=None, revoked_at=None)
    assert grant is not None
    assert grant.grant_code is not None
    tokens = exchange_grant(tx, grant.grant_code, "exceptions-client-secret")
    return {
        "account": [public_accounts.account(row) for row in tx.all(Account)],
        "oauth-token": [public_accounts.api_tokens(tokens, "exceptions-client-secret")],
    }


def _of_webhooks(tx: Transaction) -> Bodies:
    """Deliveries in each status that the schema knows: it lacks `skipped`."""
    customer = new_customer(tx, "hooks@example.com")
    app = new_app(tx, customer, "hooks")
    wish = {"include": ["api:release", "api:build"], "level": "sync", "url": "http://localhost:9/x"}
    create_webhook(tx, customer, app, wish)
    deploy(tx, customer, app)
    deploy(tx, customer, app, "bbbbbbbb02")
    for (row, _), code in zip(deliveries_of(tx, app), (204, None, 500), strict=False):
        why = None if code else "timeout"
        record_attempt(tx, row, code=code, error_class=why, began_at=tx.now(), retried=code != 500)
    return {
        "app-webhook-delivery": [public_webhooks.delivery(row, to) for row, to in deliveries_of(tx, app)],
        "app-webhook-event": [public_webhooks.event(row) for row in events_of(tx, app)],
    }


def _of_domains(tx: Transaction) -> Bodies:
    """With and without a certificate, managed and not, the certificate by itself and by somebody else."""
    customer = new_customer(tx, "domains@example.com")
    app = new_app(tx, customer, "domains")
    own, authority = issue("www.example.com"), issue(common_name="CA", number=2)
    signed = issue("shop.example.com", by=authority, number=3)
    for each in (own, signed):
        create_endpoint(tx, customer, app, each.certificate, each.key)
    create_domain(tx, customer, app, "www.example.com", tx.all(SniEndpoint)[0].name)
    app = set_acm(tx, customer, app, on=True)
    create_domain(tx, customer, app, "*.example.com")
    return {
        "domain": [public_domains.domain(tx, row) for row in domains_of(tx, app)],
        "sni-endpoint": [public_domains.sni_endpoint(tx, row) for row in tx.all(SniEndpoint)],
    }


def _of_pipelines(tx: Transaction) -> Bodies:
    """Promotions in each state: done, waiting for a release command, failed; and what the apps did last."""
    customer = new_customer(tx, "pipelines@example.com")
    flow = create_pipeline(tx, customer, "flow")
    staging, live = new_app(tx, customer, "staging"), new_app(tx, customer, "live")
    couple(tx, customer, flow, staging, "staging")
    couple(tx, customer, flow, live, "production")
    deploy(tx, customer, staging)
    promote(tx, customer, flow, staging, [live])
    finish_release_phase(tx, deploy(tx, customer, staging, web="serve", release="migrate"), succeeded=True)
    promote(tx, customer, flow, staging, [live])
    promote(tx, customer, flow, staging, [live])
    [*_, failed] = tx.all(Release, app_id=live.id)
    finish_release_phase(tx, failed, succeeded=False)
    return {
        "pipeline": [public_pipelines.pipeline(row) for row in tx.all(Pipeline)],
        "pipeline-coupling": [public_pipelines.coupling(tx, row) for row in tx.all(PipelineCoupling)],
        "pipeline-promotion": [public_pipelines.promotion(tx, row) for row in tx.all(Promotion)],
        "pipeline-promotion-target": [public_pipelines.target(tx, row) for row in tx.all(PromotionTarget)],
        "pipeline-build": [public_pipelines.latest_build(tx, staging, AT)],
        "pipeline-deployment": [public_pipelines.latest_deployment(tx, app, AT) for app in (staging, live)],
        "pipeline-stack": [public_pipelines.stack("heroku-24")],
    }


def _fixed(tx: Transaction, app: App) -> Bodies:
    customer = new_customer(tx, "logs@example.com")
    switch(tx, customer, app, feature_named(app, "preboot"), enabled=True)
    account = customer.account
    return {
        "app-feature": [public_features.feature(tx, row, app) for row in features_of(app)],
        "account-feature": [public_features.feature(tx, row, account) for row in features_of(account)],
        "key": [public_accounts.key(add_key(tx, customer, KEY), account)],
        "dyno-size": [public_addons.dyno_size(row) for row in DYNO_SIZES],
        "add-on-region-capability": [public_addons.region_capability(tx.all(AddonService)[0], row) for row in REGIONS],
        "region": [public_addons.region(row) for row in REGIONS],
        "stack": [public_addons.stack(row) for row in STACKS],
        "source": [public_apps.source(create_source(tx), AT)],
        "log-session": [public_apps.log_session(create_log_session(tx, customer, app), AT)],
    }
