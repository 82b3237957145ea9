"""Hours and days of a whole platform: the clock stands still and is moved, so that none of it takes any time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from platform_sim.assemble import Options, Platform
from platform_sim.core.model.accounts import Account
from platform_sim.web import passing

from ..processes.customer import Customer
from ..processes.partner import Reply, Sent, TinyPartner, running_partner, said
from ..processes.up import outer_environment
from ..processes.waiting import stopwatch

pytestmark = pytest.mark.processes

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GENEROUS = 20.0
"""Seconds that no test here may take; alone each takes well under one."""


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Nothing waits for a clock on the wall."""
    with stopwatch() as seconds:
        yield
        assert seconds() < GENEROUS


@pytest.fixture
def settings() -> dict[str, Any]:
    """Those that a test is about; all others are what they are by default."""
    return {}


@pytest.fixture
def platform(tmp_path: Path, settings: dict[str, Any]) -> Iterator[Platform]:
    options = Options(frozen_at=AT, environment=outer_environment(tmp_path), rules={"rate_limit": 1_000_000} | settings)
    with Platform(options) as started:
        yield started


@pytest.fixture
def acme(customer: Customer, partner: TinyPartner) -> Customer:
    """The customer, with an app `acme` and the partner in the marketplace."""
    customer.register(partner, "test", "pro")
    customer.api("POST", "/apps", {"name": "acme"})
    return customer


def passes(platform: Platform, by: timedelta) -> None:
    """Time; each thing that is due is done at its own moment."""
    with platform.database.snapshot() as rows:
        operator = rows.get(Account, platform.customer_id)
    assert passing.run(platform.database, operator, platform.clock.now() + by).left == []


def buy(customer: Customer) -> dict[str, Any]:
    addon: dict[str, Any] = customer.api("POST", "/apps/acme/addons", {"plan": "exceptions:test"})
    return addon


def enable(customer: Customer, *abilities: str) -> None:
    customer.api("PUT", "/sim/services/exceptions", {"abilities": list(abilities)})


def accepts(sent: Sent) -> Reply:
    """202 to a POST or DELETE: to be finished later."""
    return said({"id": "later"}, 202)


def as_partner(customer: Customer, token: str) -> Customer:
    return replace(customer, token=token)


def code_of(partner: TinyPartner, addon: dict[str, Any]) -> str:
    code: str = partner.living[addon["id"]]["oauth_grant"]["code"]
    return code


class TestGrantAndTokens:
    """Five minutes, eight hours (partner-api §3)."""

    @pytest.mark.parametrize(("age", "status"), [(5 * MINUTE - timedelta(seconds=1), 200), (5 * MINUTE, 401)])
    def test_a_grant_is_good_for_five_minutes(
        self, platform: Platform, acme: Customer, partner: TinyPartner, age: timedelta, status: int
    ) -> None:
        addon = buy(acme)
        passes(platform, age)
        assert partner.token(acme.url, code=code_of(partner, addon)).status_code == status

    def test_a_missed_grant_is_fetched_anew(self, platform: Platform, acme: Customer, partner: TinyPartner) -> None:
        addon = buy(acme)
        passes(platform, 30 * 24 * HOUR)
        enable(acme, "fresh_grants")
        with requests.Session() as session:
            session.trust_env = False
            session.auth = ("exceptions", partner.manifest["api"]["password"])
            grant = session.get(f"{acme.url}/vendor/resources/{addon['id']}/oauth-grant").json()
        answer = partner.token(acme.url, code=grant["code"])
        assert as_partner(acme, answer.json()["access_token"]).api("GET", f"/addons/{addon['id']}")["id"] == addon["id"]

    def test_an_access_token_is_good_for_eight_hours_a_refresh_token_for_ever(
        self, platform: Platform, acme: Customer, partner: TinyPartner
    ) -> None:
        addon = buy(acme)
        tokens = partner.token(acme.url, code=code_of(partner, addon)).json()
        path, first = f"/addons/{addon['id']}/config", as_partner(acme, tokens["access_token"])
        passes(platform, 8 * HOUR - timedelta(seconds=1))
        assert first.ask("GET", path).status_code == 200
        passes(platform, timedelta(seconds=1))
        assert first.ask("GET", path).status_code == 401
        passes(platform, 365 * 24 * HOUR)
        again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        second = partner.token(acme.url, **again).json()
        assert (second["refresh_token"], second["expires_in"]) == (tokens["refresh_token"], 28_800)
        assert as_partner(acme, second["access_token"]).ask("GET", path).status_code == 200
        acme.api("DELETE", f"/apps/acme/addons/{addon['id']}")
        assert partner.token(acme.url, **again).status_code == 401
        assert as_partner(acme, second["access_token"]).ask("GET", path).status_code == 401

    def test_a_new_client_secret_ends_access_tokens_and_refreshing_goes_on_with_it(
        self, acme: Customer, partner: TinyPartner
    ) -> None:
        addon = buy(acme)
        tokens = partner.token(acme.url, code=code_of(partner, addon)).json()
        acme.api("PUT", "/sim/services/exceptions", {"client_secret": "another"})
        assert as_partner(acme, tokens["access_token"]).ask("GET", f"/addons/{addon['id']}").status_code == 401
        again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        assert partner.token(acme.url, **again).status_code == 401, "the old secret"
        fresh = partner.token(acme.url, **again, client_secret="another").json()
        assert as_partner(acme, fresh["access_token"]).ask("GET", f"/addons/{addon['id']}").status_code == 200

    def test_a_partner_exchanges_its_grant_before_it_answers(self, acme: Customer, partner: TinyPartner) -> None:
        """The token endpoint answers while the provisioning request is open (design §9)."""
        tokens: list[str] = []

        def exchanges(sent: Sent) -> None:
            tokens.append(partner.exchange(acme.url, sent.body["uuid"]))
            config = {"config": [{"name": "EXCEPTIONS_URL", "value": "early"}]}
            as_partner(acme, tokens[0]).api("PATCH", f"/addons/{sent.body['uuid']}/config", config)

        partner.answers["POST"] = exchanges
        addon = buy(acme)
        assert (addon["state"], len(tokens)) == ("provisioned", 1)
        assert acme.api("GET", "/apps/acme/config-vars") == {"EXCEPTIONS_URL": partner.url_of(addon["id"])}


class TestTwelveHours:
    """What a partner has accepted with 202 and does not finish (partner-api §2.5, §2.11)."""

    def test_an_order_that_is_never_finished_is_taken_back(
        self, platform: Platform, acme: Customer, partner: TinyPartner
    ) -> None:
        partner.answers["POST"] = accepts
        addon = buy(acme)
        tokens = partner.token(acme.url, code=code_of(partner, addon)).json()
        passes(platform, 12 * HOUR - timedelta(seconds=1))
        assert acme.api("GET", f"/addons/{addon['id']}")["state"] == "provisioning"
        again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        late = as_partner(acme, partner.token(acme.url, **again).json()["access_token"])
        passes(platform, timedelta(seconds=1))
        assert acme.ask("GET", f"/addons/{addon['id']}").status_code == 404
        assert (partner.methods(), partner.living) == (["POST", "DELETE"], {})
        assert late.ask("POST", f"/addons/{addon['id']}/actions/provision").status_code == 404
        assert partner.token(acme.url, **again).status_code == 401
        assert (acme.api("GET", "/apps/acme/config-vars"), acme.versions("acme")[-1]) == ({}, 4)

    def test_a_finished_one_stays(self, platform: Platform, acme: Customer, partner: TinyPartner) -> None:
        partner.answers["POST"] = accepts
        addon = buy(acme)
        own = as_partner(acme, partner.exchange(acme.url, addon["id"]))
        passes(platform, 7 * HOUR)
        for _ in range(2):
            assert own.api("POST", f"/addons/{addon['id']}/actions/provision")["state"] == "provisioned"
        passes(platform, 100 * HOUR)
        assert acme.api("GET", f"/addons/{addon['id']}")["state"] == "provisioned"
        assert partner.methods() == ["POST"]

    def test_a_deprovisioning_that_is_never_finished_ends_by_itself(
        self, platform: Platform, acme: Customer, partner: TinyPartner
    ) -> None:
        enable(acme, "async_deprovisioning")
        addon = buy(acme)
        own = as_partner(acme, partner.exchange(acme.url, addon["id"]))
        before, versions = acme.api("GET", "/apps/acme/config-vars"), acme.versions("acme")
        partner.answers["DELETE"] = accepts
        answer = acme.ask("DELETE", f"/apps/acme/addons/{addon['id']}")
        assert (answer.status_code, answer.json()["state"]) == (202, "deprovisioning")
        assert answer.json()["config_vars"] == ["EXCEPTIONS_URL"]
        passes(platform, 8 * HOUR - timedelta(seconds=1))
        assert own.api("GET", f"/addons/{addon['id']}")["state"] == "deprovisioning"
        assert own.api("GET", "/apps/acme")["name"] == "acme"
        assert (acme.api("GET", "/apps/acme/config-vars"), acme.versions("acme")) == (before, versions)
        passes(platform, 4 * HOUR + timedelta(seconds=1))
        assert acme.ask("GET", f"/addons/{addon['id']}").status_code == 404
        assert own.ask("GET", f"/addons/{addon['id']}").status_code == 401
        assert (acme.api("GET", "/apps/acme/config-vars"), len(acme.versions("acme"))) == ({}, len(versions) + 1)
        assert partner.methods() == ["POST", "DELETE"]

    def test_or_when_the_partner_says_so(self, platform: Platform, acme: Customer, partner: TinyPartner) -> None:
        enable(acme, "async_deprovisioning")
        addon = buy(acme)
        own = as_partner(acme, partner.exchange(acme.url, addon["id"]))
        partner.answers["DELETE"] = accepts
        acme.api("DELETE", f"/apps/acme/addons/{addon['id']}")
        passes(platform, HOUR)
        done = own.api("POST", f"/addons/{addon['id']}/actions/deprovision")
        assert (done["state"], done["config_vars"]) == ("deprovisioned", [])
        assert acme.api("GET", "/apps/acme/config-vars") == {}
        versions = acme.versions("acme")
        assert own.ask("POST", f"/addons/{addon['id']}/actions/deprovision").status_code == 401
        passes(platform, 12 * HOUR)
        assert acme.versions("acme") == versions


class TestAPartnerThatIsAway:
    """Its process ends and comes back on the same port."""

    def test_orders_wait_for_it(self, platform: Platform, customer: Customer) -> None:
        with running_partner() as partner:
            customer.register(partner)
            customer.api("POST", "/apps", {"name": "acme"})
        addon = buy(customer)
        assert (addon["state"], partner.sent) == ("provisioning", [])
        passes(platform, timedelta(seconds=1))
        with running_partner(again=partner):
            passes(platform, timedelta(seconds=2))
        assert customer.api("GET", f"/addons/{addon['id']}")["state"] == "provisioned"
        assert (partner.methods(), partner.made) == (["POST"], {addon["id"]: 1})

    def test_it_ends_in_the_middle_of_an_order(self, platform: Platform, customer: Customer) -> None:
        with running_partner() as partner:
            customer.register(partner)
            customer.api("POST", "/apps", {"name": "acme"})
            partner.answers["POST"] = lambda _: Reply(200, b'{"id": "x"}', cut=True)
            addon = buy(customer)
        del partner.answers["POST"]
        passes(platform, timedelta(seconds=1))
        with running_partner(again=partner):
            passes(platform, timedelta(seconds=2))
        assert customer.api("GET", f"/addons/{addon['id']}")["state"] == "provisioned"
        assert [each.body for each in partner.sent] == [partner.sent[0].body] * 2
        assert partner.made == {addon["id"]: 1}

    def test_a_delete_waits_for_days(self, platform: Platform, customer: Customer) -> None:
        with running_partner() as partner:
            customer.register(partner)
            customer.api("POST", "/apps", {"name": "acme"})
            addon = buy(customer)
        answer = customer.ask("DELETE", f"/apps/acme/addons/{addon['id']}")
        assert (answer.status_code, answer.json()["state"]) == (202, "deprovisioning")
        passes(platform, 72 * HOUR)
        assert partner.living.keys() == {addon["id"]}
        with running_partner(again=partner):
            passes(platform, HOUR)
        assert partner.living == {}
        assert partner.methods() == ["POST", "DELETE"]
        assert customer.ask("GET", f"/addons/{addon['id']}").status_code == 404
        attempts = [each["method"] for each in customer.api("GET", f"/sim/exchanges?addon={addon['id']}")]
        assert attempts.count("DELETE") == 13 + 71, "at once, after 1, 2, 4 ... 2048 s, then every hour"


class TestWebhooks:
    """Receivers that are down for days (partner-api §6.4)."""

    @pytest.mark.parametrize(
        ("settings", "hours", "attempts"),
        [({}, 72, 84), ({"webhook_retry_window": 604_800.0}, 168, 180)],
        ids=["72 h", "7 days"],
    )
    def test_sync_is_tried_for_that_long(
        self, platform: Platform, acme: Customer, partner: TinyPartner, hours: int, attempts: int
    ) -> None:
        with running_partner("receiver") as receiver:
            receiver.acts = False
            receiver.answers["POST"] = lambda _: Reply(503)
            wish = {"include": ["api:app"], "level": "sync", "url": f"{receiver.url}/hooks"}
            acme.api("POST", "/apps/acme/webhooks", wish)
            acme.api("PATCH", "/apps/acme", {"maintenance": True})
            passes(platform, timedelta(hours=hours, seconds=-1))
            [delivery] = acme.api("GET", "/apps/acme/webhook-deliveries")
            assert delivery["status"] == "retrying"
            passes(platform, timedelta(seconds=1))
        [delivery] = acme.api("GET", "/apps/acme/webhook-deliveries")
        assert (delivery["status"], delivery["num_attempts"], len(receiver.sent)) == ("failed", attempts, attempts)
        assert (len({str(each.body) for each in receiver.sent}), delivery["last_attempt"]["code"]) == (1, 503)
        passes(platform, timedelta(days=30))
        assert len(receiver.sent) == attempts

    def test_one_that_comes_back_hears_all_of_it_in_order(
        self, platform: Platform, acme: Customer, partner: TinyPartner
    ) -> None:
        with running_partner("receiver") as receiver:
            pass
        wish = {"include": ["api:app"], "level": "sync", "url": f"{receiver.url}/hooks"}
        acme.api("POST", "/apps/acme/webhooks", wish)
        for number in range(5):
            acme.api("PATCH", "/apps/acme", {"maintenance": number % 2 == 0})
            passes(platform, 10 * HOUR)
        receiver.acts = False
        receiver.answers["POST"] = lambda _: Reply(204)
        with running_partner(again=receiver):
            passes(platform, HOUR)
        assert [each.body["data"]["maintenance"] for each in receiver.sent] == [True, False] * 2 + [True]
        statuses = {each["status"] for each in acme.api("GET", "/apps/acme/webhook-deliveries")}
        assert statuses == {"succeeded"}


class TestByHand:
    """An operator lets time pass, by HTTP: no engine is asked, and yet nothing is jumped over."""

    def test_three_days_of_retries_in_one_run(self, acme: Customer) -> None:
        with running_partner("receiver") as receiver:
            receiver.acts = False
            receiver.answers["POST"] = lambda _: Reply(503)
            wish = {"include": ["api:app"], "level": "sync", "url": f"{receiver.url}/hooks"}
            acme.api("POST", "/apps/acme/webhooks", wish)
            acme.api("PATCH", "/apps/acme", {"maintenance": True})
            ended = acme.api("POST", "/sim/clock/run", {"until": "idle"})
        assert (ended["done"], ended["moves"], len(receiver.sent)) == (True, 83, 84)
        assert ended["now"] == (AT + timedelta(hours=72)).isoformat()
        assert ended["next"] is None

    def test_twelve_hours_are_over_at_once(self, acme: Customer, partner: TinyPartner) -> None:
        partner.answers["POST"] = accepts
        addon = buy(acme)
        moved = acme.api("POST", "/sim/clock/advance", {"by": "12h"})
        assert [each["name"] for each in moved["came_due"]] == [addon["name"]]
        assert acme.api("POST", "/sim/clock/run")["done"]
        assert acme.api("GET", "/apps/acme/addons") == []
        assert partner.sent[-1].method == "DELETE"

    def test_a_deadline_that_was_met_is_not_shown(self, acme: Customer, partner: TinyPartner) -> None:
        partner.answers["POST"] = accepts
        addon = buy(acme)
        assert acme.api("GET", "/sim/clock")["next"]["kind"] == "provision_deadline"
        partners = as_partner(acme, partner.token(acme.url, code=code_of(partner, addon)).json()["access_token"])
        partners.api("POST", f"/addons/{addon['id']}/actions/provision")
        assert acme.api("GET", "/sim/clock")["next"] is None

    def test_a_dyno_that_crashes_is_started_at_its_times(self, acme: Customer) -> None:
        acme.deploy("acme", {"Procfile": "web: exit 3\n"})
        ended = acme.api("POST", "/sim/clock/run", {"until": (AT + timedelta(seconds=75)).isoformat()})
        assert ended["done"]
        assert [each["kind"] for each in ended["came_due"]] == ["dyno_restart"] * 2
        assert (ended["next"]["name"], ended["next"]["due"]) == ("web.1", (AT + timedelta(seconds=370)).isoformat())
        told = [each for each in acme.api("GET", "/sim/events") if each["data"].get("state") == "crashed"]
        assert [each["created_at"] for each in told] == [
            (AT + timedelta(seconds=after)).isoformat() for after in (0, 0, 10, 70)
        ]
