"""Webhooks in public, and what payloads show of their subjects."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addon_config import update_config
from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.addons_outcome import acknowledge, finish_plan_change, finish_provisioning
from platform_sim.core.actions.apps import update_app
from platform_sim.core.actions.attachments import detach
from platform_sim.core.actions.builds import SourceBlob, create_build
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.dynos import report_gone
from platform_sim.core.actions.formation import Scaling, scale
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.actions.webhook_deliveries import deliveries_of
from platform_sim.core.actions.webhooks import create_webhook
from platform_sim.core.model.accounts import AccessToken, Authorization, BrowserSession, OauthClient
from platform_sim.core.model.addons import Attachment, Plan
from platform_sim.core.model.apps import App, Build, Dyno, LogSessionRow, Release, Slug
from platform_sim.core.model.catalog import PlanSpec
from platform_sim.core.model.drains import LogDrain, LogInput
from platform_sim.core.model.records import Event
from platform_sim.core.model.teams import TeamInvitation
from platform_sim.core.model.webhooks import ACTIONS, Webhook, WebhookDelivery
from platform_sim.core.public import addons as public_addons
from platform_sim.core.public import apps as public_apps
from platform_sim.core.public import webhooks as public
from platform_sim.core.store import Database, Transaction

from ...support import AT, deploy, new_addon, new_app, new_database, new_service, partner_of_addon
from ..test_determinism import SCRIPT, play
from .published import needs_schema, problems

Json = dict[str, Any]
EVERYTHING = {"include": list(ACTIONS), "level": "notify", "url": "https://hooks.example.com/x"}


def last(tx: Transaction, app: App, resource: str) -> Json:
    """The newest payload about a kind of subject."""
    found = [row.payload for row, _ in deliveries_of(tx, app) if row.payload["resource"] == resource]
    return found[-1]


@pytest.fixture
def hook(tx: Transaction, customer: Actor, app: App) -> Webhook:
    return create_webhook(tx, customer, app, EVERYTHING | {"authorization": "Bearer abc"})


class TestSubscriptions:
    """Both forms."""

    def test_an_apps(self, tx: Transaction, app: App, hook: Webhook) -> None:
        assert public.webhook(hook, app) == {
            "app": {"id": app.id, "name": "acme"},
            "created_at": "2026-03-01T12:00:00Z",
            "id": hook.id,
            "include": list(ACTIONS),
            "level": "notify",
            "updated_at": "2026-03-01T12:00:00Z",
            "url": "https://hooks.example.com/x",
        }

    def test_an_addons(self, tx: Transaction, customer: Actor, app: App) -> None:
        new_service(tx)
        addon = new_addon(tx, customer, app)
        made = create_webhook(tx, partner_of_addon(tx, addon), addon, EVERYTHING | {"include": ["api:app"]})
        body = public.webhook(made, addon)
        assert body["addon"] == {"id": addon.id, "name": addon.name}
        assert "app" not in body

    @needs_schema()
    def test_they_are_what_the_schema_says(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        """As a resource `app-webhook` accepts nothing; its links name these definitions."""
        new_service(tx)
        addon = new_addon(tx, customer, app)
        assert problems("app-webhook/definitions/app_webhook", public.webhook(hook, app)) == []
        assert problems("add-on-webhook/definitions/addon_webhook", public.webhook(hook, addon)) == []
        assert problems("app-webhook/definitions/app_webhook", public.webhook(hook, app) | {"level": "async"})
        assert problems("app-webhook/definitions/app_webhook", public.webhook(hook, app) | {"app": {"id": app.id}})

    @needs_schema()
    def test_skipped_is_the_one_status_that_the_schema_lacks(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        update_app(tx, customer, app, maintenance=True)
        [row] = tx.all(WebhookDelivery)
        assert problems("app-webhook-delivery", public.delivery(row, hook)) == []
        skipped = tx.update(row, status="skipped")
        [problem] = problems("app-webhook-delivery", public.delivery(skipped, hook))
        assert "'skipped' is not one of" in problem


class TestSubjects:
    """`data` is what the API shows; `previous_data` what of it was different before."""

    def test_an_app_that_is_renamed(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        app = update_app(tx, customer, app, name="renamed")
        payload = last(tx, app, "app")
        assert payload["data"] == public_apps.app(tx, app, AT)
        assert payload["previous_data"] == {
            "name": "acme",
            "git_url": "http://localhost:5100/acme.git",
            "web_url": "http://acme.localhost:5100/",
        }

    def test_an_app_on_another_stack(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        before: Json = public_apps.app(tx, app, AT)
        update_app(tx, customer, app, build_stack="heroku-22")
        assert last(tx, app, "app")["previous_data"] == {
            "stack": before["stack"],
            "build_stack": before["build_stack"],
        }

    def test_a_release_becomes_what_its_command_makes_of_it(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        deploy(tx, customer, app, web="serve", release="migrate")
        pending = last(tx, app, "release")
        [dyno] = tx.all(Dyno)
        report_gone(tx, dyno, 0)
        ended = last(tx, app, "release")
        assert (pending["action"], pending["data"]["status"], pending["previous_data"]) == ("create", "pending", {})
        assert (ended["action"], ended["data"]["status"], ended["data"]["current"]) == ("update", "succeeded", True)
        assert ended["previous_data"] == {"status": "pending", "eligible_for_rollback": False}
        [release] = [row for row in tx.all(Release, app_id=app.id) if row.output_secret]
        assert public_apps.one_release(tx, release, app, AT)["output_stream_url"] is not None
        assert pending["data"]["output_stream_url"] is ended["data"]["output_stream_url"] is None

    def test_a_formation_shows_only_what_has_changed(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        deploy(tx, customer, app)
        scale(tx, customer, app, [Scaling("web", "2")])
        assert last(tx, app, "formation")["previous_data"] == {"quantity": 1}
        scale(tx, customer, app, [Scaling("web", size="Standard-1X")])
        assert set(last(tx, app, "formation")["previous_data"]) == {"size", "dyno_size"}

    def test_a_dyno_that_has_ended_is_down(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        deploy(tx, customer, app, web="serve", release="migrate")
        [dyno] = tx.all(Dyno)
        report_gone(tx, dyno, 1)
        payload = last(tx, app, "dyno")
        assert (payload["action"], payload["data"]["state"], payload["data"]["name"]) == ("destroy", "down", dyno.name)
        assert payload["previous_data"] == {"state": "starting"}

    def test_an_addon_that_is_finished_shows_its_names(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        new_service(tx)
        addon, _ = create_addon(tx, customer, app, "exceptions")
        addon = acknowledge(tx, addon, "77", None, asynchronous=True)
        finish_provisioning(tx, addon, {"EXCEPTIONS_URL": "http://secret.test"}, customer.account)
        payload = last(tx, app, "addon")
        assert (payload["data"]["state"], payload["data"]["config_vars"]) == ("provisioned", ["EXCEPTIONS_URL"])
        assert payload["previous_data"] == {"state": "provisioning", "config_vars": []}

    def test_an_addon_on_another_plan(self, tx: Transaction, customer: Actor, app: App, hook: Webhook) -> None:
        set_plans(tx, new_service(tx), [PlanSpec("test"), PlanSpec("big", 5000)])
        addon = new_addon(tx, customer, app)
        big = tx.find(Plan, name="big")
        assert big is not None
        finish_plan_change(tx, addon, big, None, None, customer.account)
        payload = last(tx, app, "addon")
        assert payload["data"]["plan"]["name"] == "exceptions:big"
        assert payload["previous_data"] == {
            "plan": {"id": addon.plan_id, "name": "exceptions:test"},
            "billed_price": {"cents": 0, "contract": False, "unit": "month"},
        }

    def test_an_attachment_hides_the_token_of_its_log_input(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        new_service(tx, requires=("log_input",))
        addon = new_addon(tx, customer, app)
        [row] = tx.all(Attachment)
        shown = public_addons.attachment(tx, row, AT)
        assert shown["log_input_url"] is not None
        detach(tx, customer.account, app, row, addon)
        assert last(tx, app, "addon-attachment")["data"] == shown | {"log_input_url": None}

    def test_a_build_hides_where_its_source_and_output_are(
        self, tx: Transaction, customer: Actor, app: App, hook: Webhook
    ) -> None:
        create_build(tx, customer, app, SourceBlob("https://u:p@sources.example.com/1?sig=2", version="abc"))
        data = last(tx, app, "build")["data"]
        assert data["output_stream_url"] is None
        assert data["source_blob"] == {"checksum": None, "url": None, "version": "abc", "version_description": None}

    def test_a_subject_without_a_row_is_told_by_the_event(self, tx: Transaction, app: App) -> None:
        event = tx.record("app", "destroy", "no-such-id", None, {"name": "gone"}, previous={"name": "old"})
        assert public.subject(tx, event, AT) == ({"id": "no-such-id", "name": "gone"}, {"name": "old"})
        other = tx.record("account", "create", "1", None, {"email": "a@example.com"})
        assert public.subject(tx, other, AT) == ({"id": "1", "email": "a@example.com"}, {})


@pytest.fixture(scope="module")
def played() -> Iterator[Database]:
    """A long history, heard by an app's and an add-on's webhook. The last step ends both: it is left out."""
    database = new_database(seed=42)
    play(database, SCRIPT[:-1])
    yield database
    database.close()


def test_invariant_22_no_payload_and_no_event_holds_a_secret(played: Database) -> None:
    with played.transaction() as tx:
        secrets = _secrets(tx)
        texts = [json.dumps(row.payload) for row in tx.all(WebhookDelivery)]
        texts += [json.dumps([event.data, event.previous]) for event in tx.all(Event)]
    assert len(secrets) > 8
    assert len(texts) > 60
    assert [(secret, text) for text in texts for secret in secrets if secret in text] == []


def _secrets(tx: Transaction) -> set[str]:
    found = {row.output_secret for row in tx.all(Build)} | {row.upload_secret for row in tx.all(Slug)}
    found |= {row.output_secret for row in tx.all(Release) if row.output_secret}
    found |= {row.secret for row in tx.all(Webhook)} | {row.secret for row in tx.all(LogSessionRow)}
    found |= {row.token for row in tx.all(LogDrain)} | {row.token for row in tx.all(LogInput)}
    found |= {row.token for row in tx.all(AccessToken)} | {row.secret for row in tx.all(OauthClient)}
    found |= {str(row.cookie) for row in tx.all(BrowserSession)} | {row.token for row in tx.all(TeamInvitation)}
    found |= {code for row in tx.all(Authorization) for code in (row.grant_code, row.refresh_token) if code}
    return found | {"/secret", "partner-password", "partner-salt", "client-secret", "PRIVATE KEY"}


def test_permissions_that_change_are_told_with_those_of_before(played: Database) -> None:
    with played.snapshot() as rows:
        (told,) = [
            row.payload
            for row in rows.all(WebhookDelivery)
            if row.include == "api:collaborator" and row.payload["action"] == "update"
        ]
    assert [each["name"] for each in told["data"]["permissions"]] == ["view", "deploy"]
    assert [each["name"] for each in told["previous_data"]["permissions"]] == ["view", "deploy", "operate"]


def test_payloads_of_a_long_history_are_whole(played: Database) -> None:
    kinds = set()
    with played.snapshot() as rows:
        for row in rows.all(WebhookDelivery):
            payload = row.payload
            assert payload["data"]["id"], payload
            assert set(payload["previous_data"]) <= set(payload["data"])
            assert all(payload["data"][name] != value for name, value in payload["previous_data"].items())
            kinds.add(row.include)
    assert kinds == {
        "api:addon",
        "api:addon-attachment",
        "api:app",
        "api:build",
        "api:collaborator",
        "api:domain",
        "api:dyno",
        "api:formation",
        "api:release",
        "api:sni-endpoint",
        "dyno",
    }


@needs_schema()
def test_data_is_what_the_schema_says_of_the_resource(played: Database) -> None:
    """Apart from the URLs that are left out because they are secret."""
    with played.snapshot() as rows:
        for row in rows.all(WebhookDelivery):
            resource = {"addon": "add-on", "addon-attachment": "add-on-attachment"}.get(row.payload["resource"])
            found = problems(resource or row.payload["resource"], row.payload["data"])
            assert [each for each in found if "url: None is not of type" not in each] == [], row.include


def test_a_partners_and_a_customers_config_values_never_show(
    tx: Transaction, customer: Actor, app: App, hook: Webhook
) -> None:
    new_service(tx)
    addon = new_addon(tx, customer, app, config={"EXCEPTIONS_URL": "http://first-value.test"})
    update_config(tx, partner_of_addon(tx, addon), addon.id, [("EXCEPTIONS_URL", "http://second-value.test")])
    change_config_vars(tx, customer, app, {"MINE": "third-value"})
    new_app(tx, customer, "other")
    text = json.dumps([row.payload for row, _ in deliveries_of(tx, app)])
    assert "EXCEPTIONS_URL" in text
    assert "-value" not in text
    assert "Bearer abc" not in text
